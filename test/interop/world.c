/* SPDX-License-Identifier: Apache-2.0 */
/* The two clients: made, taken up anew, and asked. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "e4/keys.h"

const char *world_topic(const struct world *world, int topic)
{
    return topic == RECEIVING ? world->receiving : world->topic[topic];
}

int world_peer(const struct world *world, const uint8_t id[E4_ID_SIZE])
{
    for (int i = 0; i < MODEL_PEERS; i++)
        if (memcmp(world->peer_id[i], id, E4_ID_SIZE) == 0)
            return i;
    return NOBODY;
}

static void name_all(struct world *world)
{
    static const char *const shapes[MODEL_TOPICS] = {
        "interop/%llx/plain",
        "interop/%llx/with a space",
        "interop/%llx/\xe6\xb8\xa9\xe5\xba\xa6",
        "interop/%llx//empty//levels/",
        "/%llx",
        "interop/%llx/a/rather/long/name/of/a/topic/that/"
        "does/not/fit/into/one/block/of/the/hash/so/that/"
        "there/are/two/of/them/at/least/to/be/sure",
    };

    for (int i = 0; i < MODEL_PEERS; i++) {
        snprintf(world->peer_name[i], sizeof world->peer_name[i], "peer %d \xc3\xa9 of %llx", i,
                 (unsigned long long)world->seed);
        assert_int_equal(e4_id_from_name(world->peer_id[i], world->peer_name[i],
                                         strlen(world->peer_name[i])),
                         E4_OK);
    }
    for (int i = 0; i < MODEL_TOPICS; i++) {
        snprintf(world->topic[i], sizeof world->topic[i], shapes[i],
                 (unsigned long long)world->seed);
        assert_int_equal(e4_topic_init(&world->handle[i], world->topic[i],
                                       strlen(world->topic[i]),
                                       i % 2 == 0 ? &world->cache[i] : NULL),
                         E4_OK);
    }
    e4_receiving_topic(world->receiving, world->peer_id[0]);
}

static void start_e4go(struct world *world, const struct e4_identity *identity,
                       struct key command_key)
{
    uint8_t client[E4_PRIVATE_KEY_SIZE];
    uint8_t server[E4_KEY_SIZE];
    struct gopeer_bytes ask[] = {
        {identity->id, E4_ID_SIZE}, {identity->key, E4_KEY_SIZE}, {server, sizeof server}};

    if (world->public_key) {
        world_private_key(world, client, command_key.number);
        world_server_key(world, server, command_key.server_key);
        ask[1] = (struct gopeer_bytes){client, sizeof client};
    }
    assert_true(gopeer_ask(world->go, world->public_key ? "new-pk" : "new-sk", ask,
                           world->public_key ? 3 : 2));
    assert_int_equal(world->go->answer_len, strlen(world->receiving));
    assert_memory_equal(world->go->answer, world->receiving, strlen(world->receiving));
}

void world_start(struct world *world, uint64_t seed, bool public_key, struct key command_key)
{
    struct e4_identity identity = {.mode = public_key ? E4_PUBLIC_KEY : E4_SYMMETRIC};

    world->seed = seed;
    world->public_key = public_key;
    name_all(world);
    memcpy(identity.id, world->peer_id[0], E4_ID_SIZE);
    world_client_key(world, identity.key, command_key.number);
    if (public_key)
        world_server_key(world, identity.server_key, command_key.server_key);
    assert_int_equal(rig_create(&world->rig, &identity, NULL, 1), E4_OK);
    world->rig.policy = e4_policy_default;
    start_e4go(world, &identity, command_key);
}

void world_restart(struct world *world, bool keeps_memory)
{
    static struct e4_seen_slot seen[RIG_SEEN];

    memcpy(seen, world->rig.seen, sizeof seen);
    assert_int_equal(rig_restart(&world->rig), E4_OK);
    if (keeps_memory)
        memcpy(world->rig.seen, seen, sizeof seen);
    assert_true(gopeer_ask(world->go, "restart", NULL, 0));
}

/* What the two clients say of an outcome. */
static enum outcome outcome_libe4(enum e4_result result)
{
    switch (result) {
    case E4_OK:
        return DONE;
    case E4_ERR_NO_TOPIC:
        return NO_TOPIC;
    case E4_ERR_NO_SENDER:
        return NO_SENDER;
    case E4_ERR_SHORT:
        return TOO_SHORT;
    case E4_ERR_FORGED:
        return FORGED;
    case E4_ERR_SIGNATURE:
        return BAD_SIGNATURE;
    case E4_ERR_STALE:
        return TOO_OLD;
    case E4_ERR_FUTURE:
        return IN_FUTURE;
    case E4_ERR_REPLAY:
        return REPLAYED;
    case E4_ERR_COMMAND:
        return NO_COMMAND;
    case E4_ERR_MODE:
        return WRONG_MODE;
    case E4_ERR_ORDER:
        return OUT_OF_ORDER;
    case E4_ERR_ARGUMENT:
        return REFUSED;
    default:
        fail_msg("libe4 says \"%s\"", e4_strerror(result));
        return REFUSED;
    }
}

enum outcome world_outcome_e4go(const char *result)
{
    static const struct {
        const char *name;
        enum outcome outcome;
    } known[] = {
        {"ok", DONE},
        {"TopicKeyNotFound", NO_TOPIC},
        {"PubKeyNotFound", NO_SENDER},
        {"InvalidProtectedLen", TOO_SHORT},
        {"TooShortCiphertext", TOO_SHORT},
        {"NotAuthentic", FORGED},
        {"InvalidSignature", BAD_SIGNATURE},
        {"TimestampTooOld", TOO_OLD},
        {"TimestampInFuture", IN_FUTURE},
        {"InvalidCommand", NO_COMMAND},
        {"UnsupportedOperation", WRONG_MODE},
        {"other", NO_COMMAND}, /* lengths, and keys not held: nothing else gets there */
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, result) == 0)
            return known[i].outcome;
    fail_msg("e4go says \"%s\"", result);
    return REFUSED;
}

enum outcome world_protect(struct world *world, int topic, uint8_t frame[WORLD_FRAME_MAX],
                           size_t *frame_len, const uint8_t *text, size_t text_len,
                           bool in_place)
{
    size_t text_at = (size_t)E4_TEXT_AT(e4_client_mode(&world->rig.client));

    if (in_place && text_len > 0) {
        memcpy(frame + text_at, text, text_len);
        text = frame + text_at;
    }
    return outcome_libe4(e4_protect(&world->rig.client, &world->handle[topic], frame,
                                    WORLD_FRAME_MAX, frame_len, text, text_len));
}

enum outcome world_open(struct world *world, int topic, uint8_t *text, size_t *text_len,
                        const uint8_t *frame, size_t frame_len, unsigned way)
{
    static uint8_t buffer[WORLD_FRAME_MAX];
    size_t text_at = (size_t)E4_TEXT_AT(e4_client_mode(&world->rig.client));
    struct e4_incoming incoming = {.frame = buffer, .frame_len = frame_len};
    struct e4_topic receiving;
    enum e4_result result;

    assert_int_equal(
        e4_topic_init(&receiving, world->receiving, strlen(world->receiving), NULL), E4_OK);
    assert_true(frame_len <= sizeof buffer);
    memcpy(buffer, frame, frame_len);
    incoming.topic = topic == RECEIVING ? &receiving : &world->handle[topic];
    incoming.text = way == 1 ? buffer + text_at : text;
    incoming.text_cap = way == 1 ? sizeof buffer - text_at : WORLD_TEXT_MAX;
    if (way == 2) {
        result = e4_unprotect_many(&world->rig.client, &incoming, 1);
        assert_int_equal(result, incoming.result);
    } else {
        result = e4_unprotect(&world->rig.client, incoming.topic, incoming.text,
                              incoming.text_cap, &incoming.opened, buffer, frame_len);
    }
    *text_len = incoming.opened.text_len;
    if (way == 1)
        memcpy(text, incoming.text, *text_len);
    return outcome_libe4(result);
}

enum outcome world_protect_e4go(struct world *world, int topic, const uint8_t *text,
                                size_t text_len)
{
    const char *name = world->topic[topic];
    const struct gopeer_bytes ask[] = {{name, strlen(name)}, {text, text_len}};

    if (gopeer_ask(world->go, "protect", ask, 2))
        return DONE;
    return world_outcome_e4go(world->go->error);
}
