/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public-key mode as one object. A program that never names e4_public_key_mode is linked
 * without it, and so without everything it refers to.
 */
#include "client/client.h"

#include "crypto/ed25519.h"
#include "e4/keys.h"

static void public_of(uint8_t public_key[E4_KEY_SIZE], const uint8_t seed[E4_KEY_SIZE])
{
    e4_ed25519_public(public_key, seed);
}

static bool check_public(const uint8_t public_key[E4_KEY_SIZE])
{
    return e4_ed25519_check_public(public_key);
}

static bool command_key(uint8_t key[E4_KEY_SIZE], const uint8_t seed[E4_KEY_SIZE],
                        const uint8_t server_key[E4_KEY_SIZE])
{
    return e4_command_key_client(key, seed, server_key) == E4_OK;
}

static void sign(uint8_t *signature, const struct e4_signer *signer, const uint8_t *data,
                 size_t len)
{
    e4_ed25519_sign(signature, signer->seed, signer->public_key, data, len);
}

static bool verify(const uint8_t *signature, const uint8_t public_key[E4_KEY_SIZE],
                   const uint8_t *data, size_t len)
{
    return e4_ed25519_verify(signature, public_key, data, len);
}

const struct e4_public_key_mode e4_public_key_mode = {public_of, check_public, command_key,
                                                      sign, verify};
