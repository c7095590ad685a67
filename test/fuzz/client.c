/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's life: commands and messages that are authentic, whatever they say, between frames
 * that are not; time that jumps, storage that fails, restarts. The target seals what the fuzzer
 * makes up, so that mutation reaches what lies behind the cryptography. After every step:
 *
 *   what was refused has changed nothing;
 *   no message is accepted twice, and no command seen before changes anything;
 *   the newest command's time never goes back;
 *   what is stored is what is held;
 *   many at once say what one after the other says.
 */
#include "unit.h"

#include <string.h>

#include "e4/keys.h"
#include "e4/wire.h"

enum { FRAME_MAX = 400, RING = 32, STEPS_MAX = 60, MANY = 5 };

/* A frame, and where it arrives. */
struct frame {
    unsigned topic; /* UNIT_NAMES: the receiving topic */
    uint8_t bytes[FRAME_MAX];
    size_t len;
};

static struct life {
    struct unit unit;
    struct input input;
    struct frame accepted[RING]; /* since the memory of frames was last lost */
    unsigned accepted_count;
    struct frame command[RING]; /* that were carried out, ever */
    unsigned command_count;
    struct frame last;
} life;

static struct e4_topic handle[UNIT_NAMES + 1];
static struct e4_cache cache[UNIT_NAMES + 1];
static const uint8_t peer_seed[UNIT_PEERS][E4_KEY_SIZE] = {{1}, {2}, {3}};
static uint8_t peer_key[UNIT_PEERS][E4_KEY_SIZE];
static const uint8_t own_id[E4_ID_SIZE] = {0xaa};
static const uint8_t peer_id[UNIT_PEERS][E4_ID_SIZE] = {{0xaa}, {0xbb}, {0xcc}};

static void begin(void)
{
    static const char *const names[UNIT_NAMES] = {"a", "b", "c/d", "e", "f/g/h", "i"};
    char receiving[E4_RECEIVING_TOPIC_SIZE];

    for (unsigned i = 0; i < UNIT_NAMES; i++)
        law(e4_topic_init(&handle[i], names[i], strlen(names[i]), i % 2 ? &cache[i] : NULL) ==
                E4_OK,
            "a topic");
    e4_receiving_topic(receiving, own_id);
    law(e4_topic_init(&handle[UNIT_NAMES], receiving, strlen(receiving), NULL) == E4_OK,
        "the receiving topic");
    for (unsigned i = 0; i < UNIT_PEERS; i++)
        law(e4_sign_public(peer_key[i], peer_seed[i]) == E4_OK, "a seed has a public key");
}

static void create(void)
{
    struct e4_identity identity = {.key = {1}, .server_key = {9}};
    uint8_t how = take_byte(&life.input);

    identity.mode = how & 1 ? E4_PUBLIC_KEY : E4_SYMMETRIC;
    memcpy(identity.id, own_id, E4_ID_SIZE);
    unit_prepare(&life.unit, identity.mode);
    life.unit.policy.report_repeats = (how & 2) != 0;
    life.unit.policy.unknown_senders = (how & 4) != 0;
    life.unit.policy.refuse_before_start = (how & 8) != 0;
    life.unit.policy.send_empty = (how & 16) != 0;
    life.unit.memory.now_s = (how & 32) != 0 ? 0 : 1600000000;
    law(e4_create(&life.unit.client, &life.unit.config, &identity) == E4_OK, "a client");
    life.accepted_count = 0;
    life.command_count = 0;
    life.last.len = 0;
}

static bool is_public(void)
{
    return e4_client_mode(&life.unit.client) == E4_PUBLIC_KEY;
}

static bool same_frame(const struct frame *a, const struct frame *b)
{
    return a->topic == b->topic && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static bool was_accepted(const struct frame *frame)
{
    for (unsigned i = 0; i < RING && i < life.accepted_count; i++)
        if (same_frame(&life.accepted[i], frame))
            return true;
    return false;
}

static bool was_carried_out(const struct frame *frame)
{
    for (unsigned i = 0; i < RING && i < life.command_count; i++)
        if (same_frame(&life.command[i], frame))
            return true;
    return false;
}

/* What a refused frame may leave behind. */
static void refused(const struct unit *before, enum e4_result result,
                    const struct e4_opened *opened, const uint8_t *text)
{
    law(unit_same(&life.unit, before), "what was refused has changed nothing");
    law(all_zero(text, FRAME_MAX), "what was refused has left no text");
    law(opened->kind == 0 && opened->text_len == 0 && !opened->verified,
        "what was refused tells nothing");
    law(result != E4_ERR_ARGUMENT && result != E4_ERR_SPACE && result != E4_ERR_EMPTY &&
            result != E4_ERR_VERSION,
        "a frame's fault is told as one");
}

/* A frame arrives. */
static void arrive(const struct frame *frame)
{
    static struct unit before;
    uint8_t text[FRAME_MAX] = {0};
    uint8_t digest[2][32];
    struct e4_opened opened;
    bool repeated = was_accepted(frame);
    bool old_command = was_carried_out(frame);
    enum e4_result result;

    if (old_command)
        unit_digest(&life.unit, digest[0]);
    unit_copy(&before, &life.unit);
    result = e4_unprotect(&life.unit.client, &handle[frame->topic], text, sizeof text, &opened,
                          frame->bytes, frame->len);
    law(e4_client_command_time(&life.unit.client) >= e4_client_command_time(&before.client),
        "the newest command's time does not go back");
    if (result != E4_OK)
        refused(&before, result, &opened, text);
    else if (opened.kind == E4_MESSAGE)
        law(unit_same(&life.unit, &before), "a message changes nothing that is kept");
    if (old_command) {
        unit_digest(&life.unit, digest[1]);
        law(memcmp(digest[0], digest[1], 32) == 0, "a command seen before changes nothing");
    }
    if (result != E4_OK)
        return;
    if (opened.kind == E4_COMMAND)
        law(!repeated || opened.sent_s == e4_client_command_time(&before.client),
            "only of the newest second is a command taken again, and changes nothing");
    else
        law(!repeated || opened.repeated, "a message is accepted once");
    life.accepted[life.accepted_count++ % RING] = *frame;
    if (opened.kind == E4_COMMAND)
        life.command[life.command_count++ % RING] = *frame;
}

static uint64_t pick_time(void)
{
    int8_t back = (int8_t)take_byte(&life.input);

    return life.unit.memory.now_s + 30 - (uint64_t)(back * 5);
}

static void seal(struct frame *frame, const uint8_t *key, unsigned signer,
                 const struct input *text)
{
    const struct e4_sealing sealing = {key, pick_time(), peer_id[signer], peer_seed[signer],
                                       peer_key[signer]};

    if (frame->topic < UNIT_NAMES && is_public())
        law(e4_frame_seal_signed(frame->bytes, FRAME_MAX, &frame->len, &sealing, text->data,
                                 text->len) == E4_OK,
            "sealing and signing succeeds");
    else
        law(e4_frame_seal(frame->bytes, FRAME_MAX, &frame->len, &sealing, text->data,
                          text->len) == E4_OK,
            "sealing succeeds");
}

/* A command that is authentic, whatever it says. */
static void command(struct frame *frame)
{
    struct input text = take_piece(&life.input);

    frame->topic = UNIT_NAMES;
    seal(frame, life.unit.client.command_key, 0, &text);
}

/* A command that says something, about few topics, peers and keys. */
static void sensible_command(struct frame *frame)
{
    struct e4_command what = {.type = (enum e4_command_type)(take_byte(&life.input) % 8)};
    enum e4_mode mode = e4_client_mode(&life.unit.client);
    uint8_t about = take_byte(&life.input);
    uint8_t key = take_byte(&life.input) % 8;
    uint8_t bytes[E4_COMMAND_MAX];
    struct input text = {.data = bytes};

    memcpy(what.topic, handle[about % UNIT_NAMES].hash, E4_HASH_SIZE);
    memcpy(what.id, peer_id[about % UNIT_PEERS], E4_ID_SIZE);
    what.key[0] = key;
    if (what.type == E4_SET_PUB_KEY)
        memcpy(what.key, peer_key[key % UNIT_PEERS], E4_KEY_SIZE);
    if (what.type == E4_SET_ID_KEY)
        memcpy(what.public_key, peer_key[(unsigned)(key - 1) % UNIT_PEERS], E4_KEY_SIZE);
    frame->topic = UNIT_NAMES;
    if (e4_command_encode(bytes, &text.len, &what, mode) != E4_OK)
        text.len = 0;
    seal(frame, life.unit.client.command_key, 0, &text);
}

/* A message under a key that some topic has, or had. */
static void message(struct frame *frame)
{
    uint8_t who = take_byte(&life.input);
    const struct e4_topic_slot *slot = &life.unit.topics[who % UNIT_TOPICS];
    struct input text = take_piece(&life.input);

    frame->topic = who / UNIT_TOPICS % UNIT_NAMES;
    seal(frame, (who & 0x80) != 0 ? slot->old_key : slot->entry.key, who / 7 % UNIT_PEERS,
         &text);
}

/* Bytes from nowhere, or a frame from before with some byte changed. */
static void noise(struct frame *frame)
{
    uint8_t what = take_byte(&life.input);

    if (what % 2 == 0 && life.last.len > 0) {
        *frame = life.last;
        frame->bytes[take_byte(&life.input) % frame->len] ^= what | 1;
        return;
    }
    frame->topic = what % (UNIT_NAMES + 1);
    frame->len = take_byte(&life.input);
    take_bytes(&life.input, frame->bytes, frame->len);
}

static void again(struct frame *frame)
{
    uint8_t which = take_byte(&life.input);

    *frame = life.last;
    if (which % 2 == 0 && life.accepted_count > 0)
        *frame = life.accepted[which / 2 %
                               (life.accepted_count < RING ? life.accepted_count : RING)];
    else if (life.command_count > 0)
        *frame =
            life.command[which / 2 % (life.command_count < RING ? life.command_count : RING)];
}

/* The next frame, of one kind or another. */
static void make_frame(struct frame *frame)
{
    switch (take_byte(&life.input) % 6) {
    case 0:
        command(frame);
        break;
    case 1:
        sensible_command(frame);
        break;
    case 2:
    case 3:
        message(frame);
        break;
    case 4:
        noise(frame);
        break;
    default:
        again(frame);
    }
}

static void one_frame(void)
{
    struct frame frame = {.topic = 0};

    make_frame(&frame);
    life.last = frame;
    arrive(&frame);
}

/* Several at once, and by a second client one after the other. */
static void many_frames(void)
{
    static struct unit second;
    static struct frame frame[MANY];
    static uint8_t text[MANY][FRAME_MAX];
    static uint8_t alone[FRAME_MAX];
    struct e4_incoming list[MANY];
    size_t count = 1 + take_byte(&life.input) % MANY;

    memset(list, 0, sizeof list);
    memset(text, 0, sizeof text);
    for (size_t i = 0; i < count; i++) {
        make_frame(&frame[i]);
        list[i].topic = &handle[frame[i].topic];
        list[i].text = text[i];
        list[i].text_cap = FRAME_MAX;
        list[i].frame = frame[i].bytes;
        list[i].frame_len = frame[i].len;
    }
    unit_copy(&second, &life.unit);
    e4_unprotect_many(&life.unit.client, list, count);
    for (size_t i = 0; i < count; i++) {
        struct e4_opened opened;
        enum e4_result result =
            e4_unprotect(&second.client, &handle[frame[i].topic], alone, sizeof alone, &opened,
                         frame[i].bytes, frame[i].len);

        law(result == list[i].result, "many at once: the same results");
        law(opened.text_len == list[i].opened.text_len &&
                memcmp(alone, text[i], opened.text_len) == 0,
            "many at once: the same texts");
        if (result != E4_OK)
            continue;
        life.accepted[life.accepted_count++ % RING] = frame[i];
        if (opened.kind == E4_COMMAND)
            life.command[life.command_count++ % RING] = frame[i];
    }
    if (life.unit.policy.refuse_before_start) /* the start is when the clock is first read */
        second.seen[0] = life.unit.seen[0];
    law(unit_same(&life.unit, &second) &&
            memcmp(life.unit.seen, second.seen, sizeof second.seen) == 0,
        "many at once: the same client afterwards");
}

/* It protects a text, which then opens for whoever holds what it holds. */
static void protect(void)
{
    static struct unit before;
    struct frame frame = {.topic = take_byte(&life.input) % UNIT_NAMES};
    struct input text = take_piece(&life.input);
    enum e4_result result;

    unit_copy(&before, &life.unit);
    result = e4_protect(&life.unit.client, &handle[frame.topic], frame.bytes, FRAME_MAX,
                        &frame.len, text.data, text.len);
    law(unit_same(&life.unit, &before), "protecting changes nothing that is kept");
    if (result != E4_OK) {
        law(frame.len == 0, "no frame of a failure");
        return;
    }
    law(frame.len == text.len + (is_public() ? E4_OVERHEAD_PK : E4_OVERHEAD_SK),
        "a frame has the length that it should have");
    arrive(&frame);
    life.last = frame;
}

static void restart(void)
{
    bool keeps_memory = take_byte(&life.input) % 2 == 0;
    uint8_t before[32];
    uint8_t after[32];

    life.unit.memory.fail_store = false;
    unit_digest(&life.unit, before);
    e4_close(&life.unit.client);
    if (!keeps_memory) {
        memset(life.unit.seen, 0, sizeof life.unit.seen);
        memset(life.unit.sent, 0, sizeof life.unit.sent);
        life.accepted_count = 0;
    }
    law(e4_open(&life.unit.client, &life.unit.config) == E4_OK, "what is stored opens");
    unit_digest(&life.unit, after);
    law(memcmp(before, after, sizeof before) == 0, "a restart changes nothing");
}

static void save(void)
{
    enum e4_result result = e4_save(&life.unit.client);

    if (life.unit.memory.now_s == 0)
        law(result == E4_ERR_CLOCK, "no time is saved without a clock");
    else
        law(result == (life.unit.memory.fail_store ? E4_ERR_STORAGE : E4_OK),
            "the time is saved, unless storage fails");
}

static void step(void)
{
    switch (take_byte(&life.input) % 12) {
    case 0:
        life.unit.memory.now_s += take_byte(&life.input);
        break;
    case 1:
        life.unit.memory.now_s += take_number(&life.input, 2) - 30000;
        break;
    case 2:
        life.unit.memory.fail_store = take_byte(&life.input) % 2 == 0;
        break;
    case 3:
        restart();
        break;
    case 4:
        save();
        break;
    case 5:
        protect();
        break;
    case 6:
    case 7:
        many_frames();
        break;
    default:
        one_frame();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (handle[UNIT_NAMES].hash[0] == 0)
        begin();
    life.input = (struct input){data, size};
    create();
    for (unsigned i = 0; i < STEPS_MAX && life.input.len > 0; i++)
        step();
    life.unit.memory.fail_store = false;
    unit_check(&life.unit);
    e4_close(&life.unit.client);
    return 0;
}
