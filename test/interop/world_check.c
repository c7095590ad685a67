/* SPDX-License-Identifier: Apache-2.0 */
/* What the two clients hold, held against what the models say. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/hex.h"
#include "crypto/sha3.h"

static int topic_of_hash(const struct world *world, const uint8_t hash[E4_HASH_SIZE])
{
    for (int i = 0; i < MODEL_TOPICS; i++) {
        uint8_t own[E4_HASH_SIZE];

        assert_int_equal(e4_topic_hash(own, world->topic[i], strlen(world->topic[i])), E4_OK);
        if (memcmp(own, hash, E4_HASH_SIZE) == 0)
            return i;
    }
    fail_msg("a topic is held that nobody set");
    return 0;
}

static void check_topic(const struct world *world, const struct model *model,
                        const struct e4_held *held)
{
    const struct model_topic *want = &model->topic[topic_of_hash(world, held->name)];
    uint8_t key[E4_KEY_SIZE];
    uint8_t print[16];

    assert_true(want->held);
    world_topic_key(world, key, want->key);
    e4_fingerprint(print, key);
    assert_memory_equal(held->fingerprint, print, sizeof print);
    assert_int_equal(held->has_old, want->old_key != NO_KEY);
    assert_int_equal(held->command_s, want->command_s);
}

static void check_peer(const struct world *world, const struct model *model,
                       const struct e4_held *held)
{
    int peer = world_peer(world, held->name);
    uint8_t key[E4_KEY_SIZE];
    uint8_t print[16];

    assert_int_not_equal(peer, NOBODY);
    assert_true(model->peer[peer].held);
    world_public_key(world, key, model->peer[peer].key);
    e4_fingerprint(print, key);
    assert_memory_equal(held->fingerprint, print, sizeof print);
}

static unsigned topics_held(const struct model *model)
{
    unsigned count = 0;

    for (int i = 0; i < MODEL_TOPICS; i++)
        count += model->topic[i].held;
    return count;
}

static unsigned peers_held(const struct model *model)
{
    unsigned count = 0;

    for (int i = 0; i < MODEL_PEERS; i++)
        count += model->peer[i].held;
    return count;
}

void world_check_libe4(struct world *world, const struct model *model)
{
    const struct e4_client *client = &world->rig.client;
    struct e4_held held;
    unsigned topics = 0;
    unsigned peers = 0;

    for (uint16_t at = 0; e4_next_topic(client, &at, &held); topics++)
        check_topic(world, model, &held);
    for (uint16_t at = 0; e4_next_peer(client, &at, &held); peers++)
        check_peer(world, model, &held);
    assert_int_equal(topics, topics_held(model));
    assert_int_equal(peers, peers_held(model));
    assert_int_equal(e4_client_command_time(client), model->newest_s);
}

/* A member of e4go's state: hex of a name, base64 of a key and maybe more. */
static size_t member_bytes(const json_t *object, const uint8_t name[E4_HASH_SIZE],
                           uint8_t bytes[40])
{
    char hex[2 * E4_HASH_SIZE + 1];
    const char *text;
    size_t len;

    hex_encode(hex, name, E4_HASH_SIZE);
    text = json_string_value(json_object_get(object, hex));
    if (text == NULL)
        return 0;
    assert_int_equal(base64_decode(bytes, 40, &len, text, strlen(text)), 0);
    return len;
}

static void check_e4go_topic(const struct world *world, const json_t *topics, int number,
                             const struct model_topic *want)
{
    uint8_t hash[32];
    uint8_t bytes[40];
    uint8_t key[E4_KEY_SIZE];
    size_t len;

    assert_int_equal(e4_topic_hash(hash, world->topic[number], strlen(world->topic[number])),
                     E4_OK);
    len = member_bytes(topics, hash, bytes);
    assert_int_equal(len, want->held ? E4_KEY_SIZE : 0);
    if (want->held) {
        world_topic_key(world, key, want->key);
        assert_memory_equal(bytes, key, E4_KEY_SIZE);
    }
    e4_sha3_256(hash, hash, E4_HASH_SIZE);
    len = member_bytes(topics, hash, bytes);
    assert_int_equal(len, want->held && want->old_key != NO_KEY ? 40 : 0);
    if (len > 0) {
        world_topic_key(world, key, want->old_key);
        assert_memory_equal(bytes, key, E4_KEY_SIZE);
    }
}

static void check_e4go_peer(const struct world *world, const json_t *peers, int number,
                            const struct model_peer *want)
{
    uint8_t bytes[40];
    uint8_t key[E4_KEY_SIZE];

    assert_int_equal(member_bytes(peers, world->peer_id[number], bytes),
                     want->held ? E4_KEY_SIZE : 0);
    if (!want->held)
        return;
    world_public_key(world, key, want->key);
    assert_memory_equal(bytes, key, E4_KEY_SIZE);
}

void world_check_e4go(struct world *world, const struct model *model)
{
    const json_t *data;
    json_t *state;

    assert_true(gopeer_ask(world->go, "state", NULL, 0));
    state = json_loadb((const char *)world->go->answer, world->go->answer_len,
                       JSON_DISABLE_EOF_CHECK, NULL);
    assert_non_null(state);
    data = json_object_get(json_object_get(state, "Key"), "keyData");
    for (int i = 0; i < MODEL_TOPICS; i++)
        check_e4go_topic(world, json_object_get(state, "TopicKeys"), i, &model->topic[i]);
    for (int i = 0; i < MODEL_PEERS; i++)
        check_e4go_peer(world, json_object_get(data, "PubKeys"), i, &model->peer[i]);
    json_decref(state);
}
