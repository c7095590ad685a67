/* SPDX-License-Identifier: Apache-2.0 */
/* The script, and what is compared after each of its lines. */
#include "play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "crypto/load.h"
#include "random.h"

enum { HISTORY = 64, HEAD_START_S = 540, CHECK_EVERY = 20, COMMON_TEXTS = 4 };

/* A frame that was on its way, and how it was made. */
struct frame {
    int topic;
    struct made made;
    bool intact;
    uint8_t bytes[WORLD_FRAME_MAX];
    size_t len;
};

struct play {
    struct world *world;
    struct tally *tally;
    struct random random;
    struct model libe4;
    struct model e4go;
    int64_t command_s;            /* of the newest command that was made */
    int fresh;                    /* the next number that nothing has yet */
    int signing_key[MODEL_PEERS]; /* with which a peer signs; 0 signs with the client key */
    int former_key;               /* the client key before the last */
    struct frame history[HISTORY];
    unsigned history_count;
    char line[160]; /* what is being done, for a failure */
};

static unsigned below(struct play *play, unsigned limit)
{
    return random_below(&play->random, limit);
}

static bool chance(struct play *play, unsigned percent)
{
    return random_chance(&play->random, percent);
}

/* As Go has it: time() may be some milliseconds late. */
static int64_t now(void)
{
    struct timespec clock;

    clock_gettime(CLOCK_REALTIME, &clock);
    return (int64_t)clock.tv_sec;
}

static void surprise(const struct play *play, const char *who, enum outcome got,
                     enum outcome want)
{
    fail_msg("operation %u, %s: %s says \"%s\", and should say \"%s\"", play->tally->operations,
             play->line, who, outcome_name(got), outcome_name(want));
}

/* What was opened: nothing of a command, and of a message what was put into it. */
static void expect_text(const struct play *play, const struct frame *frame, const char *who,
                        const uint8_t *text, size_t len)
{
    static uint8_t want[WORLD_TEXT_MAX];
    size_t want_len = 0;

    if (frame->topic != RECEIVING)
        want_len = world_plain(play->world, want, &frame->made);
    if (len != want_len || memcmp(text, want, len) != 0)
        fail_msg("operation %u, %s: %s opens another text", play->tally->operations, play->line,
                 who);
}

static struct arrival arrival_of(const struct play *play, const struct frame *frame)
{
    struct arrival arrival = {.len = frame->len, .signer = NOBODY, .intact = frame->intact};

    if (frame->len >= 8)
        arrival.sent_s = (int64_t)e4_load_le64(frame->bytes);
    if (frame->len >= 8 + E4_ID_SIZE)
        arrival.signer = world_peer(play->world, frame->bytes + 8);
    arrival.made = &frame->made;
    return arrival;
}

/* The broker brings a frame to both: open it, and see that each does as its model does. */
static void receive(struct play *play, const struct frame *frame)
{
    static struct gopeer_message theirs;
    static uint8_t text[WORLD_TEXT_MAX];
    struct world *world = play->world;
    struct arrival arrival = arrival_of(play, frame);
    const char *topic = world_topic(world, frame->topic);
    int64_t now_s = now();
    enum outcome libe4;
    enum outcome e4go;
    enum outcome want;
    size_t len;

    link_wait(world->link);
    gopeer_wait(world->go, &theirs);
    assert_string_equal(world->link->topic, topic);
    assert_string_equal(theirs.topic, topic);
    assert_int_equal(world->link->frame_len, frame->len);
    assert_memory_equal(world->link->frame, frame->bytes, frame->len);

    world->rig.memory.now_s = (uint64_t)now_s;
    libe4 = world_open(world, frame->topic, text, &len, frame->bytes, frame->len,
                       below(play, WORLD_WAYS));
    want = model_receive(&play->libe4, frame->topic, &arrival, now_s);
    if (libe4 != want)
        surprise(play, "libe4", libe4, want);
    if (libe4 == DONE)
        expect_text(play, frame, "libe4", text, len);

    e4go = world_outcome_e4go(theirs.result);
    want = model_receive(&play->e4go, frame->topic, &arrival, now_s);
    if (e4go != want)
        surprise(play, "e4go", e4go, want);
    if (e4go == DONE)
        expect_text(play, frame, "e4go", theirs.text, theirs.text_len);

    play->tally->frames++;
    if (libe4 == e4go)
        play->tally->agreed[libe4]++;
    else
        play->tally->differed[e4go][libe4]++;
}

static void remember(struct play *play, const struct frame *frame)
{
    play->history[play->history_count++ % HISTORY] = *frame;
}

/* So near to a limit of its age that the two clients' clocks need not agree on it. */
static bool on_a_limit(const struct frame *frame)
{
    int64_t age = now() - frame->made.sent_s;

    return (age >= 598 && age <= 602) || age == -1 || age == -2 || (age >= -62 && age <= -58);
}

static void publish(struct play *play, const struct frame *frame)
{
    if (on_a_limit(frame))
        return;
    link_publish(play->world->link, world_topic(play->world, frame->topic), frame->bytes,
                 frame->len, frame->topic == RECEIVING);
    receive(play, frame);
}

/* The number and length of a text: often new, sometimes one of a few. */
static void pick_text(struct play *play, struct made *made)
{
    made->text = chance(play, 20) ? 1 + below(play, COMMON_TEXTS) : (unsigned)play->fresh++;
    if (made->text <= COMMON_TEXTS)
        made->text_len = 10 * made->text;
    else if (chance(play, 3))
        made->text_len = 0;
    else if (chance(play, 3))
        made->text_len = 1000 + below(play, WORLD_TEXT_MAX - 1000);
    else
        made->text_len = 1 + below(play, 300);
    if (made->text_len == 0)
        made->text = 0;
}

static enum layout layout_of(const struct play *play)
{
    return play->world->public_key ? SIGNED_LAYOUT : SYMMETRIC_LAYOUT;
}

/* A frame that one of the clients is about to make. */
static void own_frame(struct play *play, struct frame *frame)
{
    memset(&frame->made, 0, sizeof frame->made);
    frame->topic = (int)below(play, MODEL_TOPICS);
    frame->intact = true;
    frame->made.layout = layout_of(play);
    frame->made.signing_key = play->libe4.command_key.number;
    pick_text(play, &frame->made);
}

static void libe4_sends(struct play *play)
{
    static struct frame frame;
    static uint8_t text[WORLD_TEXT_MAX];
    enum outcome got;
    enum outcome want;

    own_frame(play, &frame);
    snprintf(play->line, sizeof play->line, "libe4 protects %zu bytes for topic %d",
             frame.made.text_len, frame.topic);
    world_text(play->world, text, frame.made.text, frame.made.text_len);
    play->world->rig.memory.now_s = (uint64_t)now();
    got = world_protect(play->world, frame.topic, frame.bytes, &frame.len, text,
                        frame.made.text_len, chance(play, 50));
    want =
        model_protect(&play->libe4, frame.topic, frame.made.text_len, &frame.made.key.number);
    if (got != want)
        surprise(play, "libe4", got, want);
    if (got != DONE)
        return;
    frame.made.sent_s = (int64_t)e4_load_le64(frame.bytes);
    if (frame.made.sent_s > now() - 2 || frame.made.sent_s < now() - 30)
        fail_msg("libe4 says that it sent %lld s ago", (long long)(now() - frame.made.sent_s));
    remember(play, &frame);
    publish(play, &frame);
}

static void e4go_sends(struct play *play)
{
    static struct frame frame;
    static uint8_t text[WORLD_TEXT_MAX];
    enum outcome got;
    enum outcome want;

    own_frame(play, &frame);
    snprintf(play->line, sizeof play->line, "e4go protects %zu bytes for topic %d",
             frame.made.text_len, frame.topic);
    world_text(play->world, text, frame.made.text, frame.made.text_len);
    got = world_protect_e4go(play->world, frame.topic, text, frame.made.text_len);
    want = model_protect(&play->e4go, frame.topic, frame.made.text_len, &frame.made.key.number);
    if (got != want)
        surprise(play, "e4go", got, want);
    if (got != DONE)
        return;
    frame.len = play->world->go->answer_len;
    memcpy(frame.bytes, play->world->go->answer, frame.len);
    frame.made.sent_s = (int64_t)e4_load_le64(frame.bytes);
    remember(play, &frame);
    receive(play, &frame);
}

/* A topic's key as one of the clients has it, or had it, or another. */
static int pick_key(struct play *play, int topic)
{
    const struct model *model = chance(play, 80) ? &play->libe4 : &play->e4go;
    unsigned what = below(play, 100);
    int other = (int)below(play, MODEL_TOPICS);

    if (what < 70 && model->topic[topic].held)
        return model->topic[topic].key;
    if (what < 88 && model->topic[topic].held && model->topic[topic].old_key != NO_KEY)
        return model->topic[topic].old_key;
    if (what < 96 && model->topic[other].held)
        return model->topic[other].key;
    return play->fresh++;
}

/* Away from every limit by more than the clocks may drift apart meanwhile. */
static int64_t pick_time(struct play *play)
{
    unsigned what = below(play, 100);

    if (what < 70)
        return now() - below(play, 6);
    if (what < 85)
        return now() - 6 - below(play, 580);
    if (what < 90)
        return now() - 620 - below(play, 100000);
    if (what < 95)
        return now() + 20 + below(play, 20);
    return now() + 100 + below(play, 100000);
}

static void pick_signer(struct play *play, struct made *made)
{
    made->signer = (int)below(play, MODEL_PEERS);
    if (made->signer == 0)
        made->signing_key = play->libe4.command_key.number;
    else
        made->signing_key = play->signing_key[made->signer];
    if (chance(play, 8))
        made->signing_key = play->fresh++;
    made->spoilt = chance(play, 4);
}

/* A message made by somebody else, who may have the wrong key, time, or layout. */
static void make_message(struct play *play, struct frame *frame)
{
    memset(&frame->made, 0, sizeof frame->made);
    frame->topic = (int)below(play, MODEL_TOPICS);
    frame->intact = true;
    frame->made.layout = layout_of(play);
    frame->made.key.number = pick_key(play, frame->topic);
    frame->made.sent_s = pick_time(play);
    pick_text(play, &frame->made);
    if (play->world->public_key && chance(play, 8))
        frame->made.layout = SYMMETRIC_LAYOUT;
    if (frame->made.layout == SIGNED_LAYOUT)
        pick_signer(play, &frame->made);
    if (chance(play, 4))
        frame->topic = RECEIVING;
    frame->len = world_make(play->world, frame->bytes, &frame->made);
    snprintf(play->line, sizeof play->line,
             "a message of %zu bytes, key %d, sent %lld s ago, signer %d, for topic %d",
             frame->made.text_len, frame->made.key.number,
             (long long)(now() - frame->made.sent_s), frame->made.signer, frame->topic);
}

static enum action pick_action(struct play *play)
{
    static const struct {
        enum action action;
        unsigned weight;
    } table[] = {
        {SET_TOPIC_KEY, 40}, {REMOVE_TOPIC, 10},  {RESET_TOPICS, 3},   {SET_ID_KEY, 6},
        {SET_PUB_KEY, 18},   {REMOVE_PUB_KEY, 6}, {RESET_PUB_KEYS, 2}, {SET_SERVER_KEY, 4},
        {MALFORMED, 7},      {MALFORMED_PK, 4},
    };
    unsigned what = below(play, 100);
    size_t i = 0;

    while (what >= table[i].weight)
        what -= table[i++].weight;
    return table[i].action;
}

static int pick_peer_key(struct play *play, int peer)
{
    if (chance(play, 5))
        return NO_KEY;
    if (peer == 0)
        return chance(play, 85) ? play->libe4.command_key.number : play->fresh++;
    if (chance(play, 25))
        play->signing_key[peer] = play->fresh++;
    return chance(play, 90) ? play->signing_key[peer] : play->fresh++;
}

static void pick_order(struct play *play, struct order *order)
{
    int topic = (int)below(play, MODEL_TOPICS);
    int peer = (int)below(play, MODEL_PEERS);

    *order = (struct order){.action = pick_action(play)};
    switch (order->action) {
    case SET_TOPIC_KEY:
        order->key = chance(play, 60) ? play->fresh++ : pick_key(play, topic);
        order->topic = topic;
        break;
    case REMOVE_TOPIC:
        order->topic = topic;
        break;
    case SET_PUB_KEY:
        order->key = pick_peer_key(play, peer);
        order->peer = peer;
        break;
    case REMOVE_PUB_KEY:
        order->peer = peer;
        break;
    case SET_ID_KEY:
        order->key = chance(play, 85) ? play->fresh++ : play->libe4.command_key.number;
        break;
    case SET_SERVER_KEY:
        order->key = chance(play, 85) ? play->fresh++ : play->libe4.command_key.server_key;
        break;
    case MALFORMED:
    case MALFORMED_PK:
        order->key = play->fresh++;
        break;
    case RESET_TOPICS:
    case RESET_PUB_KEYS:
        break;
    }
}

static bool changes_command_key(const struct order *order)
{
    return order->action == SET_ID_KEY || order->action == SET_SERVER_KEY;
}

/*
 * Mostly one second after the command before; now and then the same second, earlier, too old
 * or in the future. Commands that change the command key are never late: e4go would
 * carry them out, and from then on the two would not have the same commands any more.
 */
static int64_t pick_command_time(struct play *play, const struct order *order)
{
    unsigned what = below(play, 100);

    if (what < 82 || changes_command_key(order))
        return ++play->command_s;
    if (what < 93)
        return play->command_s;
    if (what < 97)
        return play->command_s - 1 - below(play, 20);
    if (what < 98)
        return now() - 620 - below(play, 10000);
    return now() + 100 + below(play, 10000);
}

static void make_command(struct play *play, struct frame *frame)
{
    struct made *made = &frame->made;

    memset(made, 0, sizeof *made);
    frame->topic = RECEIVING;
    frame->intact = true;
    made->layout = SYMMETRIC_LAYOUT;
    made->is_order = true;
    made->key = play->libe4.command_key;
    pick_order(play, &made->order);
    made->sent_s = pick_command_time(play, &made->order);
    if (chance(play, 4) && play->former_key != NO_KEY)
        made->key.number = play->former_key;
    if (chance(play, 3))
        made->key = (struct key){false, pick_key(play, made->order.topic), 0};
    if (chance(play, 3))
        frame->topic = made->order.topic;
    frame->len = world_make(play->world, frame->bytes, made);
    snprintf(play->line, sizeof play->line,
             "command %d, topic %d, peer %d, key %d, sent %lld s ago (newest %lld), on %d",
             made->order.action, made->order.topic, made->order.peer, made->order.key,
             (long long)(now() - made->sent_s), (long long)(now() - play->libe4.newest_s),
             frame->topic);
}

static void send_command(struct play *play)
{
    static struct frame frame;
    int key = play->libe4.command_key.number;

    make_command(play, &frame);
    publish(play, &frame);
    if (play->libe4.command_key.number != key)
        play->former_key = key;
    assert_int_equal(play->libe4.command_key.number, play->e4go.command_key.number);
    assert_int_equal(play->libe4.command_key.server_key, play->e4go.command_key.server_key);
    if (!changes_command_key(&frame.made.order))
        remember(play, &frame);
}

static void send_message(struct play *play)
{
    static struct frame frame;

    make_message(play, &frame);
    remember(play, &frame);
    publish(play, &frame);
}

/* A frame that was here before. */
static void send_again(struct play *play)
{
    unsigned count = play->history_count < HISTORY ? play->history_count : HISTORY;
    const struct frame *frame;

    if (count == 0)
        return;
    frame = &play->history[below(play, count)];
    snprintf(play->line, sizeof play->line, "a frame again, for topic %d, sent %lld s ago",
             frame->topic, (long long)(now() - frame->made.sent_s));
    publish(play, frame);
}

/* Add the order of the group to S: the same signature for whoever does not look. */
static void add_group_order(uint8_t s[32])
{
    static const uint8_t order[32] = {
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10,
    };
    unsigned carry = 0;

    for (size_t i = 0; i < 32; i++) {
        carry += s[i] + (unsigned)order[i];
        s[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void damage(struct play *play, struct frame *frame)
{
    unsigned what = below(play, 100);

    frame->intact = false;
    if (what < 10 && frame->made.layout == SIGNED_LAYOUT) {
        add_group_order(frame->bytes + frame->len - 32);
    } else if (what < 65) {
        size_t bit = below(play, (unsigned)frame->len * 8);

        frame->bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    } else if (what < 85) {
        frame->len = below(play, (unsigned)frame->len);
    } else {
        size_t more = 1 + below(play, 40);

        world_text(play->world, frame->bytes + frame->len, (unsigned)play->fresh++, more);
        frame->len += more;
    }
}

static void send_damaged(struct play *play)
{
    static struct frame frame;

    if (chance(play, 40))
        make_command(play, &frame);
    else
        make_message(play, &frame);
    damage(play, &frame);
    publish(play, &frame);
}

static void take_up_anew(struct play *play)
{
    bool keeps_memory = chance(play, 50);

    snprintf(play->line, sizeof play->line, "both are taken up anew");
    world_restart(play->world, keeps_memory);
    model_restart(&play->libe4, keeps_memory);
}

static void operate(struct play *play)
{
    unsigned what = below(play, 100);

    if (what < 20)
        libe4_sends(play);
    else if (what < 38)
        e4go_sends(play);
    else if (what < 56)
        send_message(play);
    else if (what < 88)
        send_command(play);
    else if (what < 94)
        send_again(play);
    else if (what < 98)
        send_damaged(play);
    else
        take_up_anew(play);
}

void play(struct world *world, uint64_t seed, bool public_key, unsigned operations,
          struct tally *tally)
{
    static struct play state;
    struct key first = {true, 1, public_key ? 2 : 0};

    memset(&state, 0, sizeof state);
    state.world = world;
    state.tally = tally;
    state.random.state = seed;
    state.command_s = now() - HEAD_START_S;
    state.fresh = 100;
    state.former_key = NO_KEY;
    for (int i = 0; i < MODEL_PEERS; i++)
        state.signing_key[i] = 10 + i;
    world_start(world, seed, public_key, first);
    model_start(&state.libe4, &rules_of_libe4, public_key, first);
    model_start(&state.e4go, &rules_of_e4go, public_key, first);
    for (unsigned i = 1; i <= operations; i++) {
        tally->operations++;
        operate(&state);
        if (i % CHECK_EVERY == 0 || i == operations) {
            world_check_libe4(world, &state.libe4);
            world_check_e4go(world, &state.e4go);
        }
    }
}
