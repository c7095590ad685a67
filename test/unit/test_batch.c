/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/batch.c: many at once give what one after the other gives. */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { LIST_MAX = 40, TEXT_MAX = 160, HANDLES = 6 };

static const char *const topic_name[HANDLES] = {"a", "b", "c", "a", "d", "nothing held"};

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* One message's memory: a frame with room, and a text beside it. */
struct buffer {
    uint8_t frame[TEXT_MAX + E4_OVERHEAD_PK];
    uint8_t text[TEXT_MAX];
};

/* A device, its handles and all buffers: copied to do the same things twice. */
static struct world {
    struct device device;
    struct e4_topic topic[HANDLES];
    struct e4_topic own; /* the receiving topic */
    struct e4_cache cache[HANDLES];
    struct buffer buffer[LIST_MAX];
    struct e4_outgoing out[LIST_MAX];
    struct e4_incoming in[LIST_MAX];
    size_t count;
} world, start, singly;

static uint64_t state;

static unsigned draw(unsigned below)
{
    return (unsigned)(random_next(&state) >> 33) % below;
}

static void make_world(enum e4_mode mode)
{
    struct e4_command command[] = {set_topic("a", 10), set_topic("b", 11), set_topic("c", 12),
                                   set_topic("d", 13), set_topic("d", 14), set_peer("bob", 20)};
    char name[E4_RECEIVING_TOPIC_SIZE];

    memset(&world, 0, sizeof world);
    device_make(&world.device, mode, "alice");
    for (size_t i = 0; i < COUNT(command) - (mode == E4_SYMMETRIC); i++)
        CHECK(order_at(&world.device, &command[i], T0 - 50 + i) == E4_OK);
    for (size_t i = 0; i < HANDLES; i++) /* the handle of b has no cache */
        CHECK(e4_topic_init(&world.topic[i], topic_name[i], strlen(topic_name[i]),
                            i == 1 ? NULL : &world.cache[i]) == E4_OK);
    e4_receiving_topic(name, world.device.identity.id);
    CHECK(e4_topic_init(&world.own, name, strlen(name), &world.cache[5]) == E4_OK);
}

/* Is everything the same after both ways, but for how often the port was called? */
static void check_same_world(size_t row)
{
    CHECK_AT(row, device_same(&world.device, &singly.device));
    CHECK_AT(row, world.device.memory.now_s == singly.device.memory.now_s);
    CHECK_AT(row, memcmp(world.buffer, singly.buffer, sizeof world.buffer) == 0);
}

static void fill_outgoing(size_t count)
{
    size_t overhead =
        world.device.identity.mode == E4_SYMMETRIC ? E4_OVERHEAD_SK : E4_OVERHEAD_PK;

    world.count = count;
    for (size_t i = 0; i < count; i++) {
        struct buffer *buffer = &world.buffer[i];
        struct e4_outgoing *out = &world.out[i];
        bool in_place = draw(3) == 0;

        out->topic = &world.topic[draw(20) == 0 ? 5 : draw(5)];
        out->frame = buffer->frame;
        out->text_len = draw(3) == 0 ? 2 : draw(TEXT_MAX);
        out->frame_cap = overhead + out->text_len - (draw(15) == 0);
        out->text = in_place ? buffer->frame + overhead - 64 * (overhead > 100) : buffer->text;
        memset(buffer, 0, sizeof *buffer);
        memset(in_place ? buffer->frame + overhead - 64 * (overhead > 100) : buffer->text,
               (int)draw(3), out->text_len); /* many texts are equal */
    }
}

static void check_protect(size_t row)
{
    enum e4_result first = E4_OK;

    start = world;
    for (size_t i = 0; i < world.count; i++) {
        struct e4_outgoing *out = &world.out[i];

        out->result = e4_protect(&world.device.client, out->topic, out->frame, out->frame_cap,
                                 &out->frame_len, out->text, out->text_len);
        if (first == E4_OK)
            first = out->result;
    }
    singly = world;
    world = start;
    for (size_t i = 0; i < world.count; i++) {
        world.out[i].frame_len = 99;
        world.out[i].result = (enum e4_result)99;
    }
    CHECK_AT(row, e4_protect_many(&world.device.client, world.out, world.count) == first);
    check_same_world(row);
    for (size_t i = 0; i < world.count; i++) {
        CHECK_AT(row, world.out[i].result == singly.out[i].result);
        CHECK_AT(row, world.out[i].frame_len == singly.out[i].frame_len);
    }
}

TEST(protecting_many_gives_the_frames_of_protecting_one_by_one)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        state = 1;
        make_world(both_modes[m]);
        for (size_t row = 0; row < (m == 0 ? 600 : 30); row++) {
            fill_outgoing(row % (LIST_MAX + 1));
            world.device.policy.send_empty = draw(2) == 0;
            check_protect(row);
            world.device.memory.now_s += draw(2);
        }
    }
}

TEST(protecting_many_without_a_clock_fails_for_each)
{
    make_world(E4_SYMMETRIC);
    state = 2;
    fill_outgoing(LIST_MAX);
    world.device.memory.now_s = 0;
    check_protect(0);
}

/* A frame that somebody sent, or copied, or cut, or made up. */
static void fill_frame(struct e4_incoming *in, struct buffer *buffer, size_t index)
{
    static const unsigned key[] = {10, 11, 12, 10, 14, 10};
    unsigned kind = draw(24), handle = draw(5);
    struct device *device = &world.device;
    uint64_t sent_s = T0 - draw(3);
    char text[] = "0 some text to tell them apart";
    const struct e4_command command[] = {
        set_topic("a", 10 + 100 * draw(2)),
        set_topic("c", 12 + 100 * draw(2)),
        remove_topic("c"),
        reset_topics(),
    };

    text[0] = (char)('0' + draw(10));
    text[1 + draw(29)] = '\0';
    in->topic = &world.topic[handle];
    if (kind == 0 && index > 0) {
        *in = world.in[draw((unsigned)index)]; /* a copy of one before it, into other memory */
        memcpy(buffer->frame, in->frame, in->frame_len);
        in->text = buffer->text;
        in->frame = buffer->frame;
        return;
    }
    if (kind == 1)
        sent_s = draw(2) ? T0 - 601 - draw(3) : T0 + 61;
    in->frame_len =
        seal_message(buffer->frame, device->identity.mode, kind == 2 ? 13 : key[handle],
                     kind == 3 ? "eve" : "bob", 20, text, sent_s);
    if (kind == 4)
        buffer->frame[draw((unsigned)in->frame_len)] ^= 1;
    if (kind == 5)
        in->frame_len = draw((unsigned)in->frame_len);
    if (kind == 6)
        in->topic = &world.topic[5];
    if (kind == 7 && in->frame_len > 30)
        in->text_cap = draw(5);
    if (kind == 8 || kind == 9) {
        in->topic = &world.own;
        in->frame_len = seal_command(buffer->frame, device, &command[draw(4)], T0 - draw(2));
    }
}

static void fill_incoming(size_t count)
{
    world.count = count;
    for (size_t i = 0; i < count; i++) {
        struct buffer *buffer = &world.buffer[i];
        struct e4_incoming *in = &world.in[i];

        memset(buffer, 0, sizeof *buffer);
        memset(in, 0, sizeof *in);
        in->text_cap = TEXT_MAX;
        in->text = draw(3) == 0 ? buffer->frame + E4_TEXT_AT(world.device.identity.mode)
                                : buffer->text;
        in->frame = buffer->frame;
        fill_frame(in, buffer, i);
    }
}

static void check_unprotect(size_t row)
{
    enum e4_result first = E4_OK;

    start = world;
    for (size_t i = 0; i < world.count; i++) {
        struct e4_incoming *in = &world.in[i];

        in->result = e4_unprotect(&world.device.client, in->topic, in->text, in->text_cap,
                                  &in->opened, in->frame, in->frame_len);
        if (first == E4_OK)
            first = in->result;
    }
    singly = world;
    world = start;
    for (size_t i = 0; i < world.count; i++) {
        memset(&world.in[i].opened, 0xA5, sizeof world.in[i].opened);
        world.in[i].result = (enum e4_result)99;
    }
    CHECK_AT(row, e4_unprotect_many(&world.device.client, world.in, world.count) == first);
    check_same_world(row);
    for (size_t i = 0; i < world.count; i++) {
        const struct e4_opened *a = &world.in[i].opened, *b = &singly.in[i].opened;

        CHECK_AT(row, world.in[i].result == singly.in[i].result);
        CHECK_AT(row, a->kind == b->kind && a->text_len == b->text_len);
        CHECK_AT(row, a->sent_s == b->sent_s && a->now_s == b->now_s);
        CHECK_AT(row, memcmp(a->sender, b->sender, sizeof a->sender) == 0);
        CHECK_AT(row, memcmp(a->tag, b->tag, sizeof a->tag) == 0);
        CHECK_AT(row, a->command == b->command && a->verified == b->verified);
        CHECK_AT(row, a->old_key == b->old_key && a->repeated == b->repeated);
    }
}

TEST(opening_many_gives_the_results_of_opening_one_by_one)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        unsigned seen[20] = {0};

        state = 3;
        for (size_t row = 0; row < (m == 0 ? 600 : 30); row++) {
            if (row % 10 == 0)
                make_world(both_modes[m]);
            fill_incoming(row % (LIST_MAX + 1));
            world.device.policy.report_repeats = row / 10 % 3 == 0;
            world.device.policy.unknown_senders = row / 10 % 2 == 0;
            check_unprotect(row);
            for (size_t i = 0; i < world.count; i++)
                seen[-world.in[i].result]++;
        }
        CHECK(seen[0] > 100 && seen[-E4_ERR_NO_TOPIC] > 0 && seen[-E4_ERR_SHORT] > 0);
        CHECK(seen[-E4_ERR_STALE] > 0 && seen[-E4_ERR_FUTURE] > 0 && seen[-E4_ERR_SPACE] > 0);
        CHECK(seen[-E4_ERR_FORGED] > 0 && seen[-E4_ERR_REPLAY] > 0);
        CHECK(m == 0 || (seen[-E4_ERR_SIGNATURE] > 0 && seen[-E4_ERR_NO_SENDER] > 0));
    }
}

TEST(copies_within_a_batch_are_let_in_once)
{
    for (int in_place = 0; in_place < 2; in_place++) {
        make_world(E4_SYMMETRIC);
        world.count = 20;
        for (size_t i = 0; i < world.count; i++) {
            struct buffer *buffer = &world.buffer[i];
            size_t len = seal_message(buffer->frame, E4_SYMMETRIC, 10, NULL, 0, "hello", T0);

            world.in[i] = (struct e4_incoming){
                .topic = &world.topic[0],
                .text = in_place ? buffer->frame + E4_OVERHEAD_SK : buffer->text,
                .text_cap = 5,
                .frame = buffer->frame,
                .frame_len = len,
            };
        }
        check_unprotect(0);
        CHECK(world.in[0].result == E4_OK && memcmp(world.in[0].text, "hello", 5) == 0);
        for (size_t i = 1; i < world.count; i++)
            CHECK_AT(i, world.in[i].result == E4_ERR_REPLAY && all_zero(world.in[i].text, 5));
    }
}

TEST(a_command_within_a_batch_changes_what_comes_after_it_and_not_before)
{
    struct e4_command command = set_topic("a", 99);

    make_world(E4_SYMMETRIC);
    world.device.policy.transition_s = 0;
    world.device.memory.now_s = T0 + 1;
    for (size_t i = 0; i < 6; i++) {
        char text[2] = {(char)('0' + i)};
        size_t len = seal_message(world.buffer[i].frame, E4_SYMMETRIC, i % 2 ? 99 : 10, NULL, 0,
                                  text, T0 + 1);

        if (i == 2)
            len = seal_command(world.buffer[i].frame, &world.device, &command, T0 + 1);
        world.in[i] = (struct e4_incoming){
            .topic = i == 2 ? &world.own : &world.topic[0],
            .text = world.buffer[i].text,
            .text_cap = 1,
            .frame = world.buffer[i].frame,
            .frame_len = len,
        };
    }
    world.count = 6;
    check_unprotect(0);
    CHECK(world.in[0].result == E4_OK && world.in[1].result == E4_ERR_FORGED);
    CHECK(world.in[2].result == E4_OK && world.in[2].opened.kind == E4_COMMAND);
    CHECK(world.in[3].result == E4_OK && !world.in[3].opened.old_key);
    CHECK(world.in[4].result == E4_OK && world.in[4].opened.old_key); /* in its second */
    CHECK(world.in[5].result == E4_OK);
}

TEST(a_command_within_a_batch_may_set_the_clock)
{
    struct e4_command command = set_topic("w", 98);

    make_world(E4_SYMMETRIC);
    for (size_t i = 0; i < 5; i++) {
        char text[2] = {(char)('0' + i)};
        size_t len = seal_message(world.buffer[i].frame, E4_SYMMETRIC, 10, NULL, 0, text, T0);

        if (i == 2)
            len = seal_command(world.buffer[i].frame, &world.device, &command, T0);
        world.in[i] = (struct e4_incoming){
            .topic = i == 2 ? &world.own : &world.topic[0],
            .text = world.buffer[i].text,
            .text_cap = 1,
            .frame = world.buffer[i].frame,
            .frame_len = len,
        };
    }
    world.count = 5;
    world.device.memory.now_s = 0;
    check_unprotect(0);
    for (size_t i = 0; i < 5; i++)
        CHECK_AT(i, world.in[i].result == (i < 2 ? E4_ERR_CLOCK : E4_OK));
}

TEST(the_receiving_topic_takes_commands_in_a_batch_even_if_it_has_a_key)
{
    struct e4_command key = set_topic("e4/a7dcef9aef26202fce82a7c7d6672afb", 97);
    struct e4_command command = set_topic("w", 98);
    size_t len;

    make_world(E4_SYMMETRIC);
    CHECK(order_at(&world.device, &key, T0 - 1) == E4_OK);
    len = seal_command(world.buffer[0].frame, &world.device, &command, T0);
    world.in[0] = (struct e4_incoming){
        .topic = &world.own, .frame = world.buffer[0].frame, .frame_len = len};
    world.count = 1;
    check_unprotect(0);
    CHECK(world.in[0].result == E4_OK && world.in[0].opened.kind == E4_COMMAND);
}

TEST(nothing_at_once_is_nothing)
{
    make_world(E4_SYMMETRIC);
    start = world;
    CHECK(e4_protect_many(&world.device.client, NULL, 0) == E4_OK);
    CHECK(e4_unprotect_many(&world.device.client, NULL, 0) == E4_OK);
    CHECK(device_same(&world.device, &start.device));
}

LAWS(LAW(protecting_many_gives_the_frames_of_protecting_one_by_one),
     LAW(protecting_many_without_a_clock_fails_for_each),
     LAW(opening_many_gives_the_results_of_opening_one_by_one),
     LAW(copies_within_a_batch_are_let_in_once),
     LAW(a_command_within_a_batch_changes_what_comes_after_it_and_not_before),
     LAW(a_command_within_a_batch_may_set_the_clock),
     LAW(the_receiving_topic_takes_commands_in_a_batch_even_if_it_has_a_key),
     LAW(nothing_at_once_is_nothing))
