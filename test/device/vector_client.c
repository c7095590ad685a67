/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a tape that a client takes: its life from e4_create() on, and what it holds. */
#include "vectors.h"

#include <string.h>

#include "crypto/sha3.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tape.h"

static void wire_up(struct rig *rig)
{
    rig->policy = e4_policy_default;
    rig->policy.max_skew_s = 0;
    rig->policy.back_date_s = 0;
    rig->policy.send_empty = true;
    rig->config.port = &place.device.port;
    rig->config.policy = &rig->policy;
    rig->config.topics = rig->topics;
    rig->config.topic_count = RIG_TOPICS;
    rig->config.seen = rig->seen;
    rig->config.seen_count = RIG_SEEN;
    rig->config.sent = rig->sent;
    rig->config.sent_count = sizeof rig->sent / sizeof rig->sent[0];
    rig->config.receiving_topic = rig->receiving[0] != '\0' ? rig->receiving : NULL;
}

static void make_public(struct rig *rig)
{
    rig->config.public_key = &e4_public_key_mode;
    rig->config.signer = &rig->signer;
    rig->config.peers = rig->peers;
    rig->config.peer_count = RIG_PEERS;
}

static void step_make(void)
{
    struct e4_identity identity;
    struct rig *rig = &place.device.rig;

    memset(&place, 0, sizeof place);
    place.device.memory.records = place.device.records;
    place.device.memory.stored = place.device.stored;
    place.device.memory.count = RIG_PLACES;
    e4_memory_port(&place.device.port, &place.device.memory);
    memset(&identity, 0, sizeof identity);
    identity.mode = (enum e4_mode)tape_u8();
    tape_take(identity.id, sizeof identity.id);
    tape_take(identity.key, sizeof identity.key);
    tape_take(identity.server_key, sizeof identity.server_key);
    tape_take_varied(rig->receiving, sizeof rig->receiving - 1);
    place.device.memory.now_s = tape_u64();
    wire_up(rig);
    if (identity.mode == E4_PUBLIC_KEY)
        make_public(rig);
    expect_result(e4_create(&rig->client, &rig->config, &identity), take_result(), "e4_create");
}

static void step_apply(void)
{
    struct e4_command command;

    command.type = (enum e4_command_type)tape_u8();
    tape_take(command.topic, sizeof command.topic);
    tape_take(command.id, sizeof command.id);
    tape_take(command.key, sizeof command.key);
    tape_take(command.public_key, sizeof command.public_key);
    expect_result(e4_apply(&place.device.rig.client, &command), take_result(), "e4_apply");
}

static bool take_topic(struct e4_topic *topic)
{
    size_t len = tape_take_varied(frame, sizeof frame);
    enum e4_result result = e4_topic_init(topic, (const char *)frame, len, NULL);

    expect_result(result, E4_OK, "e4_topic_init");
    return result == E4_OK;
}

static void step_protect(void)
{
    struct rig *rig = &place.device.rig;
    enum e4_mode mode = e4_client_mode(&rig->client);
    uint8_t *text = frame + E4_TEXT_AT(mode);
    struct e4_topic topic;
    size_t text_len;
    size_t len = 99;
    int want;

    if (!take_topic(&topic))
        return;
    text_len = tape_take_varied(text, TEXT_MAX);
    want = take_result();
    expect_result(e4_protect(&rig->client, &topic, frame, sizeof frame, &len, text, text_len),
                  want, "e4_protect");
    if (want == E4_OK)
        expect(tape_is_varied(frame, len), "the frame");
    else
        expect(len == 0, "an error with a frame");
}

/* A value for all that is stored and held. */
static void fingerprint(uint8_t digest[32])
{
    struct rig *rig = &place.device.rig;
    struct e4_sha3 sha3;

    e4_sha3_init(&sha3);
    e4_sha3_update(&sha3, (const uint8_t *)place.device.records, sizeof place.device.records);
    e4_sha3_update(&sha3, (const uint8_t *)rig->topics, sizeof rig->topics);
    e4_sha3_update(&sha3, (const uint8_t *)rig->peers, sizeof rig->peers);
    e4_sha3_update(&sha3, (const uint8_t *)&rig->signer, sizeof rig->signer);
    e4_sha3_final(&sha3, digest, 32);
}

static void step_unprotect(void)
{
    struct rig *rig = &place.device.rig;
    uint8_t *text = frame + E4_TEXT_AT(e4_client_mode(&rig->client));
    struct e4_topic topic;
    struct e4_opened opened;
    uint8_t before[32];
    uint8_t after[32];
    size_t len;
    int want;
    uint8_t kind;

    if (!take_topic(&topic))
        return;
    len = tape_take_varied(frame, sizeof frame);
    want = take_result();
    kind = tape_u8();
    fingerprint(before);
    memset(&opened, 0xee, sizeof opened);
    expect_result(e4_unprotect(&rig->client, &topic, text, sizeof frame - E4_OVERHEAD_PK,
                               &opened, frame, len),
                  want, "e4_unprotect");
    fingerprint(after);
    if (want != E4_OK) {
        expect(opened.kind == 0 && opened.text_len == 0 && !opened.verified,
               "an error that tells something");
        expect(kind != E4_COMMAND || memcmp(before, after, sizeof before) == 0,
               "a refused command changed something");
        return;
    }
    expect(opened.kind == (enum e4_kind)kind && opened.now_s == place.device.memory.now_s,
           "what was opened");
    if (kind == E4_MESSAGE)
        expect(tape_is_varied(text, opened.text_len), "the text");
}

/* What the client says of itself under the command key that it should have. */
static void expect_hello(struct rig *rig, const uint8_t command_key[32], enum e4_mode mode)
{
    uint8_t hello[E4_HELLO_FRAME_SIZE];
    uint8_t text[E4_REPORT_MAX];
    struct e4_frame parsed;
    struct e4_report report;
    size_t len;
    size_t text_len;

    memset(&report, 0, sizeof report);
    expect(e4_hello(&rig->client, hello, sizeof hello, &len) == E4_OK &&
               e4_frame_parse(&parsed, E4_SYMMETRIC, hello, len) == E4_OK &&
               e4_frame_open(text, sizeof text, &text_len, &parsed, command_key) == E4_OK &&
               e4_report_decode(&report, text, text_len) == E4_OK && report.type == E4_HELLO &&
               report.mode == mode,
           "its hello under the recorded command key");
    expect(tape_is(report.digest, sizeof report.digest), "the digest of what it holds");
}

static const struct e4_topic_slot *slot_of(const struct rig *rig, const uint8_t *hash)
{
    for (size_t i = 0; i < RIG_TOPICS; i++)
        if (memcmp(rig->topics[i].entry.name, hash, E4_HASH_SIZE) == 0)
            return &rig->topics[i];
    return NULL;
}

/* Keys before the last, while they still count: these no hello tells. */
static void expect_old_key(const struct rig *rig)
{
    uint8_t hash[E4_HASH_SIZE];
    uint8_t old_key[E4_KEY_SIZE];
    const struct e4_topic_slot *slot;
    bool has_old;
    uint64_t changed_s;

    tape_take(hash, sizeof hash);
    has_old = tape_u8() != 0;
    tape_take(old_key, sizeof old_key);
    changed_s = tape_u64();
    slot = slot_of(rig, hash);
    expect(slot != NULL, "a topic is not held");
    if (slot == NULL || (has_old && place.device.memory.now_s > changed_s + 3600))
        return;
    expect((slot->entry.has_old != 0) == has_old, "a topic has an old key, or has none");
    if (has_old)
        expect(memcmp(slot->old_key, old_key, sizeof old_key) == 0 &&
                   slot->changed_s == changed_s,
               "an old key, or when it was replaced");
}

static void step_state(void)
{
    struct rig *rig = &place.device.rig;
    const uint8_t *public_key = e4_client_public_key(&rig->client);
    uint8_t key[32];
    uint8_t server[32];
    enum e4_mode mode;

    expect(tape_is(e4_client_id(&rig->client), E4_ID_SIZE), "the id");
    mode = (enum e4_mode)tape_u8();
    tape_take(key, sizeof key);
    tape_take(server, sizeof server);
    if (mode == E4_PUBLIC_KEY)
        expect_result(e4_command_key_client(key, key, server), E4_OK, "e4_command_key_client");
    expect(mode == e4_client_mode(&rig->client) &&
               tape_is_varied(public_key, mode == E4_PUBLIC_KEY ? E4_KEY_SIZE : 0),
           "the public key");
    expect_hello(rig, key, mode);
    for (uint8_t left = tape_u8(); left > 0; left--)
        expect_old_key(rig);
}

/* Does one client hold every topic and public key that another holds, with the same key? */
static bool holds_all_of(const struct e4_client *one, const struct e4_client *other,
                         bool (*next)(const struct e4_client *client, uint16_t *at,
                                      struct e4_held *held))
{
    struct e4_held want;
    struct e4_held got;

    for (uint16_t i = 0; next(other, &i, &want);) {
        bool found = false;

        for (uint16_t j = 0; !found && next(one, &j, &got);)
            found = got.command_s == want.command_s && got.has_old == want.has_old &&
                    memcmp(got.name, want.name, sizeof got.name) == 0 &&
                    memcmp(got.fingerprint, want.fingerprint, sizeof got.fingerprint) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* Taken up anew from what it stored, the client is the same. */
static void step_restart(void)
{
    struct rig *rig = &place.device.rig;
    struct rig *again = &place.device.restarted;

    memset(again, 0, sizeof *again);
    memcpy(again->receiving, rig->receiving, sizeof again->receiving);
    wire_up(again);
    if (e4_client_mode(&rig->client) == E4_PUBLIC_KEY)
        make_public(again);
    expect_result(e4_open(&again->client, &again->config), E4_OK, "e4_open");
    expect(memcmp(again->client.command_key, rig->client.command_key, E4_KEY_SIZE) == 0 &&
               e4_client_command_time(&again->client) == e4_client_command_time(&rig->client) &&
               memcmp(&again->signer, &rig->signer, sizeof rig->signer) == 0,
           "who it is after a restart");
    expect(holds_all_of(&again->client, &rig->client, e4_next_topic) &&
               holds_all_of(&rig->client, &again->client, e4_next_topic),
           "topics after a restart");
    if (e4_client_mode(&rig->client) == E4_PUBLIC_KEY)
        expect(holds_all_of(&again->client, &rig->client, e4_next_peer) &&
                   holds_all_of(&rig->client, &again->client, e4_next_peer),
               "public keys after a restart");
}

bool client_step(char operation)
{
    switch (operation) {
    case 'm':
        step_make();
        return true;
    case 'N':
        place.device.memory.now_s = tape_u64();
        return true;
    case 'A':
        step_apply();
        return true;
    case 'P':
        step_protect();
        return true;
    case 'u':
        step_unprotect();
        return true;
    case 'S':
        step_state();
        return true;
    case 'R':
        step_restart();
        return true;
    default:
        return false;
    }
}
