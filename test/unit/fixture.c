/* SPDX-License-Identifier: Apache-2.0 */
/* See fixture.h. */
#include "fixture.h"

#include <string.h>

#include "crypto/load.h"
#include "crypto/sha3.h"
#include "law.h"

void key_of(uint8_t key[E4_KEY_SIZE], unsigned n)
{
    uint8_t label[8] = {'k', 'e', 'y'};

    e4_store_le32(label + 4, n);
    e4_sha3_256(key, label, sizeof label);
}

void id_of(uint8_t id[E4_ID_SIZE], const char *name)
{
    CHECK(e4_id_from_name(id, name, strlen(name)) == E4_OK);
}

void public_of(uint8_t public_key[E4_KEY_SIZE], unsigned n)
{
    uint8_t seed[E4_KEY_SIZE];

    key_of(seed, n);
    CHECK(e4_sign_public(public_key, seed) == E4_OK);
}

void curve_public_of(uint8_t public_key[E4_KEY_SIZE], unsigned n)
{
    uint8_t secret[E4_KEY_SIZE];

    key_of(secret, n);
    CHECK(e4_curve_public(public_key, secret) == E4_OK);
}

/* Steele, Lea, Flood: SplitMix (2014). */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static enum e4_result device_now(void *ctx, uint64_t *now_s)
{
    struct device *device = ctx;

    if (device->trip.off)
        return E4_ERR_CLOCK;
    return device->memory_port.now(&device->memory, now_s);
}

static enum e4_result device_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    struct device *device = ctx;
    struct trip *trip = &device->trip;

    trip->loads++;
    if (trip->off)
        return E4_ERR_STORAGE;
    if (trip->loads == trip->load_at) { /* an error says that the bytes are not to be trusted */
        (void)device->memory_port.load(&device->memory, place, record);
        return E4_ERR_STORAGE;
    }
    return device->memory_port.load(&device->memory, place, record);
}

static enum e4_result device_store(void *ctx, unsigned place,
                                   const uint8_t record[E4_RECORD_SIZE])
{
    struct device *device = ctx;
    struct trip *trip = &device->trip;

    trip->stores++;
    if (trip->off)
        return E4_ERR_STORAGE;
    if (trip->stores != trip->store_at)
        return device->memory_port.store(&device->memory, place, record);
    trip->off = trip->how != TRIP_REFUSE;
    if (trip->how == TRIP_CUT_AFTER)
        CHECK(device->memory_port.store(&device->memory, place, record) == E4_OK);
    return E4_ERR_STORAGE;
}

static void device_set_clock(void *ctx, uint64_t now_s)
{
    struct device *device = ctx;

    device->memory_port.set_clock(&device->memory, now_s);
}

void device_trip_store(struct device *device, enum trip_how how, unsigned nth)
{
    memset(&device->trip, 0, sizeof device->trip);
    device->trip.how = how;
    device->trip.store_at = nth;
}

void device_trip_load(struct device *device, unsigned nth)
{
    memset(&device->trip, 0, sizeof device->trip);
    device->trip.load_at = nth;
}

static void device_wire(struct device *device)
{
    struct e4_config *config = &device->config;

    device->memory.records = device->records;
    device->memory.stored = device->stored;
    e4_memory_port(&device->memory_port, &device->memory);
    device->port.ctx = device;
    device->port.now = device_now;
    device->port.load = device_load;
    device->port.store = device_store;
    device->port.set_clock = device_set_clock;
    config->port = &device->port;
    config->policy = &device->policy;
    config->topics = device->topics;
    config->seen = device->seen;
    config->sent = device->sent;
}

void device_init(struct device *device, enum e4_mode mode, const char *name)
{
    struct e4_config *config = &device->config;

    memset(device, 0, sizeof *device);
    device_wire(device);
    device->memory.count = DEVICE_PLACES;
    device->memory.now_s = T0;
    device->policy = e4_policy_default;
    config->topic_count = DEVICE_TOPICS;
    config->seen_count = DEVICE_SEEN;
    config->sent_count = DEVICE_SENT;
    device->identity.mode = mode;
    id_of(device->identity.id, name);
    key_of(device->identity.key, 1);
    if (mode == E4_PUBLIC_KEY) {
        config->public_key = &e4_public_key_mode;
        config->signer = &device->signer;
        config->peers = device->peers;
        config->peer_count = DEVICE_PEERS;
        device_reserve(device, 2);
    }
}

void device_make(struct device *device, enum e4_mode mode, const char *name)
{
    device_init(device, mode, name);
    CHECK(e4_create(&device->client, &device->config, &device->identity) == E4_OK);
}

enum e4_result device_restart(struct device *device)
{
    memset(&device->client, 0xA5, sizeof device->client);
    memset(device->topics, 0xA5, sizeof device->topics);
    memset(device->peers, 0xA5, sizeof device->peers);
    memset(&device->signer, 0xA5, sizeof device->signer);
    memset(device->seen, 0, sizeof device->seen);
    memset(device->sent, 0, sizeof device->sent);
    memset(&device->trip, 0, sizeof device->trip);
    return e4_open(&device->client, &device->config);
}

void device_rekey(struct device *device, unsigned n)
{
    key_of(device->identity.key, n);
}

void device_reserve(struct device *device, unsigned n)
{
    key_of(device->server_secret, n);
    curve_public_of(device->identity.server_key, n);
}

bool device_same(const struct device *a, const struct device *b)
{
    return memcmp(&a->client, &b->client, sizeof a->client) == 0 &&
           memcmp(a->topics, b->topics, sizeof a->topics) == 0 &&
           memcmp(a->peers, b->peers, sizeof a->peers) == 0 &&
           memcmp(&a->signer, &b->signer, sizeof a->signer) == 0 &&
           memcmp(a->seen, b->seen, sizeof a->seen) == 0 &&
           memcmp(a->sent, b->sent, sizeof a->sent) == 0 &&
           memcmp(a->records, b->records, sizeof a->records) == 0 &&
           memcmp(a->stored, b->stored, sizeof a->stored) == 0;
}

static uint64_t hash_of(const void *data, size_t len)
{
    uint8_t full[32];

    e4_sha3_256(full, data, len);
    return e4_load_le64(full);
}

static uint64_t entry_state(const struct e4_entry *entry, const uint8_t *old_key,
                            uint64_t changed_s)
{
    uint8_t all[E4_HASH_SIZE + 2 * E4_KEY_SIZE + 10] = {entry->state, entry->has_old};

    memcpy(all + 2, entry->name, E4_HASH_SIZE);
    memcpy(all + 18, entry->key, E4_KEY_SIZE);
    if (entry->has_old) {
        memcpy(all + 50, old_key, E4_KEY_SIZE);
        e4_store_le64(all + 82, changed_s);
    }
    return hash_of(all, sizeof all);
}

uint64_t device_state(const struct device *device)
{
    const struct e4_client *client = &device->client;
    uint8_t self[E4_ID_SIZE + E4_KEY_SIZE + 2] = {client->mode};
    uint64_t sum;

    memcpy(self + 1, client->id, E4_ID_SIZE);
    memcpy(self + 17, client->command_key, E4_KEY_SIZE);
    sum = hash_of(self, sizeof self);
    if (client->mode == E4_PUBLIC_KEY)
        sum += hash_of(&device->signer, sizeof device->signer);
    for (unsigned i = 0; i < client->topic_top; i++) {
        const struct e4_topic_slot *topic = &device->topics[i];

        if (topic->entry.state == 1)
            sum += entry_state(&topic->entry, topic->old_key, topic->changed_s);
    }
    for (unsigned i = 0; i < client->peer_top; i++)
        if (device->peers[i].entry.state == 1)
            sum += 3 * entry_state(&device->peers[i].entry, NULL, 0);
    return sum;
}

static bool contains(const void *memory, size_t memory_len, const uint8_t *bytes, size_t len)
{
    const uint8_t *at = memory;

    for (size_t i = 0; i + len <= memory_len; i++)
        if (memcmp(at + i, bytes, len) == 0)
            return true;
    return false;
}

bool device_contains(const struct device *device, const uint8_t *bytes, size_t len)
{
    return contains(&device->client, sizeof device->client, bytes, len) ||
           contains(device->topics, sizeof device->topics, bytes, len) ||
           contains(device->peers, sizeof device->peers, bytes, len) ||
           contains(&device->signer, sizeof device->signer, bytes, len) ||
           contains(device->seen, sizeof device->seen, bytes, len) ||
           contains(device->sent, sizeof device->sent, bytes, len) ||
           contains(device->records, sizeof device->records, bytes, len);
}

static struct e4_command command_of(enum e4_command_type type)
{
    struct e4_command command;

    memset(&command, 0, sizeof command);
    command.type = type;
    return command;
}

struct e4_command set_topic(const char *topic, unsigned key)
{
    struct e4_command command = command_of(E4_SET_TOPIC_KEY);

    CHECK(e4_topic_hash(command.topic, topic, strlen(topic)) == E4_OK);
    key_of(command.key, key);
    return command;
}

struct e4_command remove_topic(const char *topic)
{
    struct e4_command command = command_of(E4_REMOVE_TOPIC);

    CHECK(e4_topic_hash(command.topic, topic, strlen(topic)) == E4_OK);
    return command;
}

struct e4_command reset_topics(void)
{
    return command_of(E4_RESET_TOPICS);
}

struct e4_command set_peer(const char *name, unsigned seed)
{
    struct e4_command command = command_of(E4_SET_PUB_KEY);

    id_of(command.id, name);
    public_of(command.key, seed);
    return command;
}

struct e4_command remove_peer(const char *name)
{
    struct e4_command command = command_of(E4_REMOVE_PUB_KEY);

    id_of(command.id, name);
    return command;
}

struct e4_command reset_peers(void)
{
    return command_of(E4_RESET_PUB_KEYS);
}

struct e4_command set_id_key(unsigned key)
{
    struct e4_command command = command_of(E4_SET_ID_KEY);

    key_of(command.key, key);
    public_of(command.public_key, key);
    return command;
}

struct e4_command set_server_key(unsigned secret)
{
    struct e4_command command = command_of(E4_SET_SERVER_KEY);

    curve_public_of(command.key, secret);
    return command;
}

void server_command_key(uint8_t key[E4_KEY_SIZE], const struct device *device)
{
    const struct e4_identity *identity = &device->identity;
    uint8_t public_key[E4_KEY_SIZE];

    memcpy(key, identity->key, E4_KEY_SIZE);
    if (identity->mode == E4_PUBLIC_KEY) {
        CHECK(e4_sign_public(public_key, identity->key) == E4_OK);
        CHECK(e4_command_key_server(key, device->server_secret, public_key) == E4_OK);
    }
}

size_t seal_plain(uint8_t *frame, const struct device *device, const uint8_t *text,
                  size_t text_len, uint64_t sent_s)
{
    uint8_t key[E4_KEY_SIZE];
    struct e4_sealing sealing = {.key = key, .sent_s = sent_s};
    size_t frame_len;

    server_command_key(key, device);
    CHECK(e4_frame_seal(frame, FRAME_MAX, &frame_len, &sealing, text, text_len) == E4_OK);
    return frame_len;
}

size_t seal_command(uint8_t *frame, const struct device *device,
                    const struct e4_command *command, uint64_t sent_s)
{
    uint8_t text[E4_COMMAND_MAX];
    size_t text_len;

    CHECK(e4_command_encode(text, &text_len, command, device->identity.mode) == E4_OK);
    return seal_plain(frame, device, text, text_len, sent_s);
}

enum e4_result take_command(struct device *device, struct e4_opened *opened,
                            const uint8_t *frame, size_t frame_len)
{
    char name[E4_RECEIVING_TOPIC_SIZE];
    const char *receiving = device->config.receiving_topic;
    struct e4_topic topic;

    e4_receiving_topic(name, device->identity.id);
    topic = topic_of(receiving != NULL ? receiving : name);
    CHECK(e4_is_receiving(&device->client, &topic));
    return e4_unprotect(&device->client, &topic, NULL, 0, opened, frame, frame_len);
}

enum e4_result order_at(struct device *device, const struct e4_command *command,
                        uint64_t sent_s)
{
    uint8_t frame[FRAME_MAX];
    struct e4_opened opened;

    return take_command(device, &opened, frame, seal_command(frame, device, command, sent_s));
}

enum e4_result order(struct device *device, const struct e4_command *command)
{
    return order_at(device, command, device->memory.now_s);
}

struct e4_topic topic_of(const char *name)
{
    struct e4_topic topic;

    CHECK(e4_topic_init(&topic, name, strlen(name), NULL) == E4_OK);
    return topic;
}

enum e4_result send_text(struct device *device, const char *topic, const char *text,
                         uint8_t *frame, size_t *frame_len)
{
    struct e4_topic handle = topic_of(topic);

    return e4_protect(&device->client, &handle, frame, FRAME_MAX, frame_len,
                      (const uint8_t *)text, strlen(text));
}

enum e4_result receive_text(struct device *device, const char *topic, const char *text,
                            const uint8_t *frame, size_t frame_len)
{
    struct e4_topic handle = topic_of(topic);
    uint8_t opened_text[FRAME_MAX];
    struct e4_opened opened;
    enum e4_result result = e4_unprotect(&device->client, &handle, opened_text,
                                         sizeof opened_text, &opened, frame, frame_len);

    if (result == E4_OK && text != NULL) {
        CHECK(opened.kind == E4_MESSAGE && opened.text_len == strlen(text));
        CHECK(memcmp(opened_text, text, opened.text_len) == 0);
    }
    return result;
}

enum e4_result receive(struct device *device, const char *topic, const uint8_t *frame,
                       size_t frame_len)
{
    return receive_text(device, topic, NULL, frame, frame_len);
}

size_t seal_message(uint8_t *frame, enum e4_mode mode, unsigned key, const char *sender,
                    unsigned seed, const char *text, uint64_t sent_s)
{
    uint8_t key_bytes[E4_KEY_SIZE], id[E4_ID_SIZE], seed_bytes[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
    struct e4_sealing sealing = {key_bytes, sent_s, id, seed_bytes, public_key};
    const uint8_t *bytes = (const uint8_t *)text;
    size_t len;

    key_of(key_bytes, key);
    if (mode == E4_SYMMETRIC) {
        CHECK(e4_frame_seal(frame, FRAME_MAX, &len, &sealing, bytes, strlen(text)) == E4_OK);
        return len;
    }
    id_of(id, sender);
    key_of(seed_bytes, seed);
    public_of(public_key, seed);
    CHECK(e4_frame_seal_signed(frame, FRAME_MAX, &len, &sealing, bytes, strlen(text)) == E4_OK);
    return len;
}

bool all_zero(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}
