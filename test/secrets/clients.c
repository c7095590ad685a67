/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a client whose keys and texts are secret: made, given keys by command, sending
 * and opening, one at a time and many, refused and replayed frames, reports, saved and taken up
 * again. Every public function of e4.h that meets a secret is called.
 */
#include "clients.h"

#include <string.h>

#include "e4/keys.h"
#include "e4/wire.h"
#include "marks.h"
#include "test/vectors/rig.h"

enum { TEXT_LEN = 75, MANY = 11, FRAME_MAX = TEXT_LEN + E4_OVERHEAD_PK };
enum { TOPICS = 3 };

static const char *const topic_name[TOPICS] = {"one", "two", "three"};
static const uint8_t own_id[E4_ID_SIZE] = {0x11};
static const uint8_t peer_id[E4_ID_SIZE] = {0x22};

/* The client, and what its key server knows of it. */
struct story {
    struct rig rig;
    enum e4_mode mode;
    struct e4_topic handle[TOPICS];
    struct e4_cache cache[TOPICS];
    struct e4_topic receiving;
    uint8_t client_key[E4_KEY_SIZE]; /* or seed */
    uint8_t client_public[E4_KEY_SIZE];
    uint8_t server_secret[E4_KEY_SIZE];
    uint8_t server_public[E4_KEY_SIZE];
    uint8_t command_key[E4_KEY_SIZE];
    uint8_t peer_seed[E4_KEY_SIZE];
    uint8_t peer_public[E4_KEY_SIZE];
    uint8_t topic_key[TOPICS][E4_KEY_SIZE];
};
static struct story story;

static bool is_public(void)
{
    return story.mode == E4_PUBLIC_KEY;
}

static void work_out_command_key(void)
{
    if (!is_public()) {
        memcpy(story.command_key, story.client_key, E4_KEY_SIZE);
        return;
    }
    must(e4_sign_public(story.client_public, story.client_key) == E4_OK, "a public key");
    must(e4_curve_public(story.server_public, story.server_secret) == E4_OK, "a public key");
    public(story.server_public, E4_KEY_SIZE);
    must(e4_command_key_server(story.command_key, story.server_secret, story.client_public) ==
             E4_OK,
         "a command key");
}

static void begin(enum e4_mode mode)
{
    struct e4_identity identity = {.mode = mode};
    char receiving[E4_RECEIVING_TOPIC_SIZE];

    memset(&story, 0, sizeof story);
    story.mode = mode;
    fresh(story.client_key, E4_KEY_SIZE);
    fresh(story.server_secret, E4_KEY_SIZE);
    fresh(story.peer_seed, E4_KEY_SIZE);
    must(e4_sign_public(story.peer_public, story.peer_seed) == E4_OK, "a public key");
    work_out_command_key();
    memcpy(identity.id, own_id, E4_ID_SIZE);
    memcpy(identity.key, story.client_key, E4_KEY_SIZE);
    memcpy(identity.server_key, story.server_public, E4_KEY_SIZE);
    must(rig_create(&story.rig, &identity, NULL, 1000) == E4_OK, "a client is made");
    for (unsigned i = 0; i < TOPICS; i++)
        must(e4_topic_init(&story.handle[i], topic_name[i], strlen(topic_name[i]),
                           i > 0 ? &story.cache[i] : NULL) == E4_OK,
             "a topic");
    e4_receiving_topic(receiving, own_id);
    must(e4_topic_init(&story.receiving, receiving, strlen(receiving), NULL) == E4_OK,
         "a topic");
}

/* The server protects a command, and the client takes it; a second passes. */
static enum e4_result command(const struct e4_command *what)
{
    struct e4_sealing sealing = {story.command_key, ++story.rig.memory.now_s, NULL, NULL, NULL};
    uint8_t plain[E4_COMMAND_MAX];
    uint8_t frame[E4_COMMAND_FRAME_MAX];
    uint8_t receipt[E4_RECEIPT_FRAME_SIZE];
    struct e4_opened opened;
    enum e4_result result;
    size_t len;

    must(e4_command_encode(plain, &len, what, story.mode) == E4_OK, "a command is encoded");
    must(e4_frame_seal(frame, sizeof frame, &len, &sealing, plain, len) == E4_OK, "and sealed");
    public(frame, len);
    result = e4_unprotect(&story.rig.client, &story.receiving, NULL, 0, &opened, frame, len);
    must(e4_receipt(&story.rig.client, &opened, result, receipt, sizeof receipt, &len) == E4_OK,
         "a receipt");
    must(e4_unprotect(&story.rig.client, &story.receiving, NULL, 0, &opened, frame,
                      E4_OVERHEAD_SK + 1) != E4_OK,
         "a cut command is refused");
    return result;
}

static struct e4_command topic_command(enum e4_command_type type, unsigned topic)
{
    struct e4_command what = {.type = type};

    memcpy(what.topic, story.handle[topic].hash, E4_HASH_SIZE);
    memcpy(what.key, story.topic_key[topic], E4_KEY_SIZE);
    return what;
}

static void give_topics(void)
{
    struct e4_command what;

    for (unsigned i = 0; i < TOPICS; i++) {
        fresh(story.topic_key[i], E4_KEY_SIZE);
        what = topic_command(E4_SET_TOPIC_KEY, i);
        must(command(&what) == E4_OK, "a topic's key");
        must(command(&what) == E4_OK, "the same once more");
    }
    what = topic_command(E4_SET_TOPIC_KEY, 0);
    memcpy(what.key, story.topic_key[1], E4_KEY_SIZE);
    must(command(&what) == E4_ERR_COMMAND, "no two topics have one key");
}

static void give_peers(void)
{
    struct e4_command what = {.type = E4_SET_PUB_KEY};

    if (!is_public())
        return;
    memcpy(what.id, peer_id, E4_ID_SIZE);
    memcpy(what.key, story.peer_public, E4_KEY_SIZE);
    must(command(&what) == E4_OK, "a peer");
    memcpy(what.id, own_id, E4_ID_SIZE);
    memcpy(what.key, story.client_public, E4_KEY_SIZE);
    must(command(&what) == E4_OK, "itself");
}

static void open_one(struct e4_topic *topic, const uint8_t *frame, size_t len,
                     const uint8_t *want, enum e4_result result)
{
    uint8_t text[TEXT_LEN];
    uint8_t copy[FRAME_MAX];
    struct e4_opened opened;

    must(e4_unprotect(&story.rig.client, topic, text, sizeof text, &opened, frame, len) ==
             result,
         "a frame is opened or refused");
    if (result == E4_OK)
        must(opened.text_len == TEXT_LEN && e4_equal(text, want, TEXT_LEN), "to its text");
    memcpy(copy, frame, len);
    copy[len - 70] ^= 1;
    must(e4_unprotect(&story.rig.client, topic, text, sizeof text, &opened, copy, len) != E4_OK,
         "a changed frame is refused");
}

/* One at a time: its own frames, replayed, and those of a peer under the old key. */
static void one_at_a_time(void)
{
    struct e4_sealing sealing = {NULL, 0, peer_id, story.peer_seed, story.peer_public};
    uint8_t text[TEXT_LEN];
    uint8_t frame[FRAME_MAX];
    size_t len;

    for (unsigned i = 0; i < TOPICS; i++) {
        fresh(text, sizeof text);
        must(e4_protect(&story.rig.client, &story.handle[i], frame, sizeof frame, &len, text,
                        sizeof text) == E4_OK,
             "a text is protected");
        public(frame, len);
        open_one(&story.handle[i], frame, len, text, E4_OK);
        open_one(&story.handle[i], frame, len, text, E4_ERR_REPLAY);
        must(e4_protect(&story.rig.client, &story.handle[i], frame, sizeof frame, &len, text,
                        sizeof text) == E4_OK,
             "the same text is protected again");
        sealing.key = story.topic_key[i];
        sealing.sent_s = story.rig.memory.now_s;
        if (is_public())
            must(e4_frame_seal_signed(frame, sizeof frame, &len, &sealing, text, sizeof text) ==
                     E4_OK,
                 "a peer's frame");
        else
            must(e4_frame_seal(frame, sizeof frame, &len, &sealing, text, TEXT_LEN - 1) ==
                     E4_OK,
                 "a peer's frame");
        public(frame, len);
        must(e4_unprotect(&story.rig.client, &story.handle[i], text, sizeof text,
                          &(struct e4_opened){.kind = E4_MESSAGE}, frame, len) == E4_OK,
             "a peer's frame is opened");
    }
}

static void many_at_once(void)
{
    static uint8_t text[MANY][TEXT_LEN];
    static uint8_t frame[MANY][FRAME_MAX];
    static struct e4_outgoing out[MANY];
    static struct e4_incoming in[MANY];

    memset(out, 0, sizeof out);
    memset(in, 0, sizeof in);
    for (unsigned i = 0; i < MANY; i++) {
        fresh(text[i], TEXT_LEN);
        out[i].topic = &story.handle[i % TOPICS];
        out[i].frame = frame[i];
        out[i].frame_cap = FRAME_MAX;
        out[i].text = text[i];
        out[i].text_len = TEXT_LEN - i;
    }
    must(e4_protect_many(&story.rig.client, out, MANY) == E4_OK, "many are protected");
    public(frame, sizeof frame);
    for (unsigned i = 0; i < MANY; i++) {
        in[i].topic = out[i].topic;
        in[i].frame = frame[i];
        in[i].frame_len = out[i].frame_len;
        in[i].text = text[i];
        in[i].text_cap = TEXT_LEN;
    }
    frame[3][out[3].frame_len - 1] ^= 1;
    must(e4_unprotect_many(&story.rig.client, in, MANY) != E4_OK, "not all of them are right");
    for (unsigned i = 0; i < MANY; i++)
        must((in[i].result == E4_OK) == (i != 3), "all but the changed one are opened");
}

/* A key before the last, and frames under it. */
static void transition(void)
{
    struct e4_sealing sealing = {story.topic_key[1], 0, peer_id, story.peer_seed,
                                 story.peer_public};
    struct e4_command what = topic_command(E4_SET_TOPIC_KEY, 1);
    uint8_t old_key[E4_KEY_SIZE];
    uint8_t text[TEXT_LEN];
    uint8_t frame[FRAME_MAX];
    size_t len;

    memcpy(old_key, story.topic_key[1], E4_KEY_SIZE);
    fresh(story.topic_key[1], E4_KEY_SIZE);
    memcpy(what.key, story.topic_key[1], E4_KEY_SIZE);
    must(command(&what) == E4_OK, "another key");
    sealing.key = old_key;
    sealing.sent_s = story.rig.memory.now_s;
    fresh(text, sizeof text);
    if (is_public())
        must(e4_frame_seal_signed(frame, sizeof frame, &len, &sealing, text, sizeof text) ==
                 E4_OK,
             "a frame under the old key");
    else
        must(e4_frame_seal(frame, sizeof frame, &len, &sealing, text, sizeof text) == E4_OK,
             "a frame under the old key");
    public(frame, len);
    open_one(&story.handle[1], frame, len, text, E4_OK);
    one_at_a_time();
}

/* Other keys of its own, by command and by its application. */
static void own_keys(void)
{
    struct e4_command what = {.type = E4_SET_ID_KEY};
    uint8_t next[E4_KEY_SIZE];

    fresh(next, sizeof next);
    memcpy(what.key, next, E4_KEY_SIZE);
    must(e4_sign_public(what.public_key, next) == E4_OK, "a public key");
    must(command(&what) == E4_OK, "another key of its own");
    memcpy(story.client_key, next, E4_KEY_SIZE);
    work_out_command_key();
    if (is_public()) {
        what.type = E4_SET_SERVER_KEY;
        fresh(story.server_secret, E4_KEY_SIZE);
        must(e4_curve_public(what.key, story.server_secret) == E4_OK, "a public key");
        must(command(&what) == E4_OK, "another server key");
        work_out_command_key();
        give_peers();
    }
    what = topic_command(E4_SET_TOPIC_KEY, 2);
    must(e4_apply(&story.rig.client, &what) == E4_OK, "a command of its application's");
}

static void tell_and_restart(void)
{
    uint8_t frame[E4_HELLO_FRAME_SIZE];
    struct e4_held held;
    size_t len;

    must(e4_hello(&story.rig.client, frame, sizeof frame, &len) == E4_OK, "it says hello");
    for (uint16_t at = 0; e4_next_topic(&story.rig.client, &at, &held);)
        must(held.command_s > 0, "what it holds");
    must(e4_save(&story.rig.client) == E4_OK, "it is saved");
    must(rig_restart(&story.rig) == E4_OK, "it is taken up again");
    for (unsigned i = 0; i < TOPICS; i++)
        e4_topic_forget(&story.handle[i]);
    story.rig.memory.now_s++;
    one_at_a_time();
}

static void forget(void)
{
    struct e4_command what = topic_command(E4_REMOVE_TOPIC, 0);

    must(command(&what) == E4_OK, "a topic is removed");
    what.type = E4_RESET_TOPICS;
    must(command(&what) == E4_OK, "all topics are removed");
    if (is_public()) {
        what.type = E4_REMOVE_PUB_KEY;
        must(command(&what) == E4_OK, "a peer is removed");
        what.type = E4_RESET_PUB_KEYS;
        must(command(&what) == E4_OK, "all peers are removed");
    }
    e4_close(&story.rig.client);
}

static void live(enum e4_mode mode)
{
    begin(mode);
    give_topics();
    give_peers();
    one_at_a_time();
    many_at_once();
    transition();
    own_keys();
    tell_and_restart();
    forget();
}

void symmetric_client(void)
{
    live(E4_SYMMETRIC);
}

void public_key_client(void)
{
    live(E4_PUBLIC_KEY);
}
