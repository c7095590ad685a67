/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers become keys and texts. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "e4/keys.h"
#include "random.h"

/* What a number names. */
enum kind { TOPIC_KEY, CLIENT_KEY, SERVER_KEY, TEXT };

static void secret(const struct world *world, uint8_t out[E4_KEY_SIZE], enum kind kind,
                   int number)
{
    random_bytes(out, E4_KEY_SIZE, world->seed, kind, (uint64_t)number);
}

void world_topic_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number)
{
    secret(world, key, TOPIC_KEY, number);
}

void world_public_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number)
{
    uint8_t seed[E4_KEY_SIZE];

    secret(world, seed, CLIENT_KEY, number);
    assert_int_equal(e4_sign_public(key, seed), E4_OK);
}

void world_server_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number)
{
    uint8_t server[E4_KEY_SIZE];

    secret(world, server, SERVER_KEY, number);
    assert_int_equal(e4_curve_public(key, server), E4_OK);
}

/* A private key as e4go has it: seed, then public key. */
void world_private_key(const struct world *world, uint8_t key[E4_PRIVATE_KEY_SIZE], int number)
{
    secret(world, key, CLIENT_KEY, number);
    world_public_key(world, key + E4_KEY_SIZE, number);
}

void world_text(const struct world *world, uint8_t *text, unsigned number, size_t len)
{
    random_bytes(text, len, world->seed, TEXT, number);
}

/* The server's half of the agreement, and e4go's word that it is right. */
void world_key(const struct world *world, uint8_t out[E4_KEY_SIZE], struct key key)
{
    uint8_t server[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
    uint8_t client[E4_PRIVATE_KEY_SIZE];
    const struct gopeer_bytes ask[] = {{client, sizeof client},
                                       {public_key, sizeof public_key}};

    if (!key.is_command_key || !world->public_key) {
        secret(world, out, key.is_command_key ? CLIENT_KEY : TOPIC_KEY, key.number);
        return;
    }
    secret(world, server, SERVER_KEY, key.server_key);
    world_public_key(world, public_key, key.number);
    assert_int_equal(e4_command_key_server(out, server, public_key), E4_OK);

    world_private_key(world, client, key.number);
    world_server_key(world, public_key, key.server_key);
    assert_true(gopeer_ask(world->go, "shared", ask, 2));
    assert_int_equal(world->go->answer_len, E4_KEY_SIZE);
    assert_memory_equal(world->go->answer, out, E4_KEY_SIZE);
}

void world_client_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number)
{
    secret(world, key, CLIENT_KEY, number);
}
