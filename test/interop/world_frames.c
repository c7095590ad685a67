/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, made by libe4 and by e4go, which must agree on every byte. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/ed25519.h"
#include "crypto/load.h"
#include "e4/keys.h"
#include "e4/wire.h"

/* Malformed commands: a type, and a length that it has not. */
struct shape {
    uint8_t type;
    uint8_t len;
};
static const struct shape shapes_of_all[] = {
    {0x00, 1},  {0x00, 16}, {0x00, 18}, {0x01, 2},  {0x02, 32}, {0x02, 34},
    {0x02, 64}, {0x02, 66}, {0x03, 48}, {0x03, 50}, {0x08, 1},  {0x08, 17},
    {0x7f, 33}, {0x80, 18}, {0x81, 35}, {0xff, 1},  {0x03, 90},
};
static const struct shape shapes_of_public[] = {
    {0x04, 16}, {0x04, 18}, {0x05, 2}, {0x06, 48}, {0x06, 50}, {0x07, 32}, {0x07, 34},
};

static size_t plain_malformed(const struct world *world, uint8_t *plain,
                              const struct order *order)
{
    size_t count = sizeof shapes_of_all / sizeof shapes_of_all[0];
    const struct shape *shape = &shapes_of_all[(size_t)order->key % count];

    if (order->action == MALFORMED_PK) {
        count = sizeof shapes_of_public / sizeof shapes_of_public[0];
        shape = &shapes_of_public[(size_t)order->key % count];
    }
    world_text(world, plain, (unsigned)order->key, shape->len);
    plain[0] = shape->type;
    return shape->len;
}

/* The argument of e4go's builder that is a key, or nothing. */
static size_t key_argument(const struct world *world, uint8_t out[E4_PRIVATE_KEY_SIZE],
                           const struct order *order)
{
    memset(out, 0, E4_PRIVATE_KEY_SIZE);
    switch (order->action) {
    case SET_TOPIC_KEY:
        world_topic_key(world, out, order->key);
        return E4_KEY_SIZE;
    case SET_ID_KEY:
        if (world->public_key)
            world_private_key(world, out, order->key);
        else
            world_client_key(world, out, order->key);
        return world->public_key ? E4_PRIVATE_KEY_SIZE : E4_KEY_SIZE;
    case SET_PUB_KEY:
        if (order->key != NO_KEY)
            world_public_key(world, out, order->key);
        return E4_KEY_SIZE;
    case SET_SERVER_KEY:
        world_server_key(world, out, order->key);
        return E4_KEY_SIZE;
    default:
        return 0;
    }
}

/* A command in plain form, by libe4's encoder and by e4go's builder. */
static size_t plain_order(const struct world *world, uint8_t plain[WORLD_TEXT_MAX],
                          const struct order *order)
{
    struct e4_command command = {.type = (enum e4_command_type)order->action};
    bool is_topic = order->action == SET_TOPIC_KEY || order->action == REMOVE_TOPIC;
    bool is_peer = order->action == SET_PUB_KEY || order->action == REMOVE_PUB_KEY;
    const char *name = is_topic  ? world->topic[order->topic]
                       : is_peer ? world->peer_name[order->peer]
                                 : "";
    uint8_t number = (uint8_t)order->action;
    uint8_t key[E4_PRIVATE_KEY_SIZE];
    const struct gopeer_bytes ask[] = {
        {&number, 1}, {key, key_argument(world, key, order)}, {name, strlen(name)}};
    enum e4_mode mode =
        world->public_key || order->action != SET_ID_KEY ? E4_PUBLIC_KEY : E4_SYMMETRIC;
    size_t len;

    if (order->action == MALFORMED || order->action == MALFORMED_PK)
        return plain_malformed(world, plain, order);
    memcpy(command.key, key, E4_KEY_SIZE);
    memcpy(command.public_key, key + E4_KEY_SIZE, E4_KEY_SIZE);
    if (is_topic)
        assert_int_equal(e4_topic_hash(command.topic, name, strlen(name)), E4_OK);
    if (is_peer)
        memcpy(command.id, world->peer_id[order->peer], E4_ID_SIZE);
    assert_int_equal(e4_command_encode(plain, &len, &command, mode), E4_OK);
    assert_true(gopeer_ask(world->go, "command", ask, 3));
    assert_int_equal(world->go->answer_len, len);
    assert_memory_equal(world->go->answer, plain, len);
    return len;
}

/* A signed frame around something that does not open: libe4's parts, put together by hand. */
static size_t spoil(uint8_t *frame, const struct e4_sealing *sealing, const uint8_t *text,
                    size_t text_len)
{
    size_t len;

    assert_int_equal(
        e4_frame_seal_signed(frame, WORLD_FRAME_MAX, &len, sealing, text, text_len), E4_OK);
    frame[24] ^= 1; /* the tag's first bit */
    e4_ed25519_sign(frame + len - E4_SIGNATURE_SIZE, sealing->seed, sealing->public_key, frame,
                    len - E4_SIGNATURE_SIZE);
    return len;
}

static size_t make_signed(const struct world *world, uint8_t *frame, const struct made *made,
                          struct e4_sealing *sealing, const uint8_t *text, size_t text_len)
{
    uint8_t signer[E4_PRIVATE_KEY_SIZE];
    uint8_t sent[8];
    const struct gopeer_bytes ask[] = {{world->peer_id[made->signer], E4_ID_SIZE},
                                       {signer, sizeof signer},
                                       {sealing->key, E4_KEY_SIZE},
                                       {sent, sizeof sent},
                                       {text, text_len}};
    size_t len;

    world_private_key(world, signer, made->signing_key);
    e4_store_le64(sent, sealing->sent_s);
    sealing->sender = world->peer_id[made->signer];
    sealing->seed = signer;
    sealing->public_key = signer + E4_KEY_SIZE;
    if (made->spoilt)
        return spoil(frame, sealing, text, text_len);
    assert_int_equal(
        e4_frame_seal_signed(frame, WORLD_FRAME_MAX, &len, sealing, text, text_len), E4_OK);
    assert_true(gopeer_ask(world->go, "sign", ask, 5));
    assert_int_equal(world->go->answer_len, len);
    assert_memory_equal(world->go->answer, frame, len);
    return len;
}

static size_t make_sealed(const struct world *world, uint8_t *frame,
                          const struct e4_sealing *sealing, const uint8_t *text,
                          size_t text_len)
{
    uint8_t sent[8];
    const struct gopeer_bytes ask[] = {
        {sealing->key, E4_KEY_SIZE}, {sent, sizeof sent}, {text, text_len}};
    size_t len;

    e4_store_le64(sent, sealing->sent_s);
    assert_int_equal(e4_frame_seal(frame, WORLD_FRAME_MAX, &len, sealing, text, text_len),
                     E4_OK);
    assert_true(gopeer_ask(world->go, "seal", ask, 3));
    assert_int_equal(world->go->answer_len, len);
    assert_memory_equal(world->go->answer, frame, len);
    return len;
}

size_t world_plain(const struct world *world, uint8_t text[WORLD_TEXT_MAX],
                   const struct made *made)
{
    if (made->is_order)
        return plain_order(world, text, &made->order);
    world_text(world, text, made->text, made->text_len);
    return made->text_len;
}

size_t world_make(const struct world *world, uint8_t frame[WORLD_FRAME_MAX],
                  const struct made *made)
{
    static uint8_t text[WORLD_TEXT_MAX];
    uint8_t key[E4_KEY_SIZE];
    struct e4_sealing sealing = {.key = key, .sent_s = (uint64_t)made->sent_s};
    size_t text_len = world_plain(world, text, made);

    world_key(world, key, made->key);
    if (made->layout == SIGNED_LAYOUT)
        return make_signed(world, frame, made, &sealing, text, text_len);
    return make_sealed(world, frame, &sealing, text, text_len);
}
