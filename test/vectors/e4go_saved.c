/* SPDX-License-Identifier: Apache-2.0 */
/* The state that e4go saved, held against the state that a client is in. */
#include "e4go.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "crypto/load.h"
#include "crypto/sha3.h"
#include "e4/keys.h"
#include "e4/wire.h"

enum { ENTRIES_MAX = RIG_TOPICS };

/* A topic or a peer that e4go holds. */
struct held {
    uint8_t name[E4_HASH_SIZE];
    uint8_t key[E4_KEY_SIZE];
    bool has_old;
    uint8_t old_key[E4_KEY_SIZE];
    uint64_t changed_s;
};

struct saved {
    enum e4_mode mode;
    uint8_t id[E4_ID_SIZE];
    uint8_t command_key[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
    struct held topic[ENTRIES_MAX];
    size_t topic_count;
    struct held peer[ENTRIES_MAX];
    size_t peer_count;
};

/* e4go takes the names of members in any case. */
static json_t *member_of(json_t *object, const char *name)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value) if (strcasecmp(key, name) == 0) return value;
    return NULL;
}

static struct bytes base64_of(json_t *object, const char *name, size_t len)
{
    const char *text = json_string_value(member_of(object, name));
    struct bytes bytes;

    if (text == NULL)
        fail_msg("%s: no %s in the saved state", case_name(), name);
    bytes = case_base64(text);
    if (bytes.len != len)
        fail_msg("%s: %s has %zu bytes, not %zu", case_name(), name, bytes.len, len);
    return bytes;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(((const struct held *)a)->name, ((const struct held *)b)->name, E4_HASH_SIZE);
}

/* A key before the last stands under the hash of the topic's hash, with a time. */
static void read_old_key(struct held *topic, const json_t *keys)
{
    uint8_t slot[32];
    char name[2 * E4_HASH_SIZE + 1];
    const char *text;
    struct bytes value;

    e4_sha3_256(slot, topic->name, E4_HASH_SIZE);
    for (size_t i = 0; i < E4_HASH_SIZE; i++)
        snprintf(name + 2 * i, 3, "%02x", slot[i]);
    text = field_text(keys, name);
    if (text == NULL)
        return;
    value = case_base64(text);
    expect(value.len == 40, "an old key and its time have %zu bytes", value.len);
    topic->has_old = true;
    memcpy(topic->old_key, value.data, E4_KEY_SIZE);
    topic->changed_s = e4_load_le64(value.data + E4_KEY_SIZE);
}

/* The members whose value is a key; in topics, longer ones are keys before the last. */
static size_t read_held(struct held *held, json_t *object)
{
    size_t count = 0;
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        struct bytes key = case_base64(json_string_value(value));

        if (key.len != E4_KEY_SIZE)
            continue;
        if (count == ENTRIES_MAX)
            fail_msg("%s: too many entries", case_name());
        memset(&held[count], 0, sizeof held[count]);
        memcpy(held[count].name, case_hex(name).data, E4_HASH_SIZE);
        memcpy(held[count].key, key.data, E4_KEY_SIZE);
        count++;
    }
    qsort(held, count, sizeof *held, by_name);
    return count;
}

static void read_saved(struct saved *saved, const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_DISABLE_EOF_CHECK, &error);
    json_t *topics = json_object_get(json, "TopicKeys");
    json_t *data = json_object_get(json_object_get(json, "Key"), "keyData");
    int key_type =
        (int)json_integer_value(json_object_get(json_object_get(json, "Key"), "keyType"));

    if (json == NULL)
        fail_msg("%s: saved state: %s", case_name(), error.text);
    memset(saved, 0, sizeof *saved);
    memcpy(saved->id, base64_of(json, "ID", E4_ID_SIZE).data, E4_ID_SIZE);
    saved->topic_count = read_held(saved->topic, topics);
    for (size_t i = 0; i < saved->topic_count; i++)
        read_old_key(&saved->topic[i], topics);
    saved->mode = key_type == 0 ? E4_SYMMETRIC : E4_PUBLIC_KEY;
    if (saved->mode == E4_SYMMETRIC) {
        memcpy(saved->command_key, base64_of(data, "Key", 32).data, 32);
    } else {
        const uint8_t *private_key = base64_of(data, "PrivateKey", 64).data;

        memcpy(saved->public_key, private_key + 32, 32);
        expect_result(e4_command_key_client(saved->command_key, private_key,
                                            base64_of(data, "C2PubKey", 32).data),
                      E4_OK, "e4_command_key_client");
        saved->peer_count = read_held(saved->peer, member_of(data, "PubKeys"));
    }
    json_decref(json);
}

/* As PROTOCOL.md §9 has it: topics with the hashes of their keys, then peers with their keys.
 */
static void digest_of(const struct saved *saved, uint8_t digest[E4_DIGEST_SIZE])
{
    struct e4_sha3 sha3;

    e4_sha3_init(&sha3);
    for (size_t i = 0; i < saved->topic_count; i++) {
        uint8_t hash[32];

        e4_sha3_256(hash, saved->topic[i].key, E4_KEY_SIZE);
        e4_sha3_update(&sha3, saved->topic[i].name, E4_HASH_SIZE);
        e4_sha3_update(&sha3, hash, sizeof hash);
    }
    for (size_t i = 0; i < saved->peer_count; i++) {
        e4_sha3_update(&sha3, saved->peer[i].name, E4_ID_SIZE);
        e4_sha3_update(&sha3, saved->peer[i].key, E4_KEY_SIZE);
    }
    e4_sha3_final(&sha3, digest, 32);
}

/* What the client says of itself, under the command key that it should have. */
static void expect_hello(struct rig *rig, const struct saved *saved)
{
    uint8_t frame[E4_HELLO_FRAME_SIZE];
    uint8_t text[E4_REPORT_MAX];
    uint8_t digest[E4_DIGEST_SIZE];
    struct e4_frame parsed;
    struct e4_report report;
    size_t frame_len;
    size_t text_len;

    expect_result(e4_hello(&rig->client, frame, sizeof frame, &frame_len), E4_OK, "e4_hello");
    expect_result(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, frame_len), E4_OK,
                  "e4_frame_parse");
    expect_result(e4_frame_open(text, sizeof text, &text_len, &parsed, saved->command_key),
                  E4_OK, "opening its hello with the command key of the saved state");
    if (e4_report_decode(&report, text, text_len) != E4_OK) {
        expect(false, "its hello is none");
        return;
    }
    digest_of(saved, digest);
    expect(report.type == E4_HELLO && report.mode == saved->mode, "its hello is another");
    expect_bytes(report.digest, sizeof report.digest, (struct bytes){digest, sizeof digest},
                 "the digest of what it holds");
}

static const struct e4_topic_slot *slot_of(const struct rig *rig, const uint8_t *hash)
{
    for (size_t i = 0; i < RIG_TOPICS; i++)
        if (memcmp(rig->topics[i].entry.name, hash, E4_HASH_SIZE) == 0)
            return &rig->topics[i];
    return NULL;
}

/* Keys before the last, while they still count: these no hello tells. */
static void expect_old_keys(const struct rig *rig, const struct saved *saved)
{
    for (size_t i = 0; i < saved->topic_count; i++) {
        const struct held *want = &saved->topic[i];
        const struct e4_topic_slot *got = slot_of(rig, want->name);

        if (got == NULL) {
            expect(false, "a topic is not held");
            continue;
        }
        if (want->has_old && rig->memory.now_s > want->changed_s + 3600)
            continue;
        expect((got->entry.has_old != 0) == want->has_old, "a topic has %s old key",
               want->has_old ? "no" : "an");
        if (!want->has_old)
            continue;
        expect(memcmp(got->old_key, want->old_key, E4_KEY_SIZE) == 0, "an old key differs");
        expect(got->changed_s == want->changed_s, "an old key was replaced at another time");
    }
}

/* Leave out the topic of this hash. */
static void forget_topic(struct saved *saved, const uint8_t *hash)
{
    size_t kept = 0;

    for (size_t i = 0; i < saved->topic_count; i++)
        if (memcmp(saved->topic[i].name, hash, E4_HASH_SIZE) != 0)
            saved->topic[kept++] = saved->topic[i];
    saved->topic_count = kept;
}

void expect_state(struct rig *rig, const char *text, const uint8_t *missing)
{
    struct saved saved;
    const uint8_t *public_key = e4_client_public_key(&rig->client);

    read_saved(&saved, text);
    if (missing != NULL)
        forget_topic(&saved, missing);
    expect(memcmp(e4_client_id(&rig->client), saved.id, E4_ID_SIZE) == 0, "the id differs");
    if (saved.mode == E4_PUBLIC_KEY)
        expect(public_key != NULL && memcmp(public_key, saved.public_key, E4_KEY_SIZE) == 0,
               "its own public key differs");
    expect_hello(rig, &saved);
    expect_old_keys(rig, &saved);
}
