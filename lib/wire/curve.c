/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys and what is agreed with them (PROTOCOL.md §3). */
#include "e4/keys.h"

#include "crypto/ed25519.h"
#include "crypto/sha3.h"
#include "crypto/x25519.h"

enum e4_result e4_sign_public(uint8_t public_key[E4_KEY_SIZE], const uint8_t seed[E4_KEY_SIZE])
{
    e4_ed25519_public(public_key, seed);
    return E4_OK;
}

enum e4_result e4_curve_public(uint8_t public_key[E4_KEY_SIZE],
                               const uint8_t secret[E4_KEY_SIZE])
{
    e4_x25519_base(public_key, secret);
    return E4_OK;
}

enum e4_result e4_sign_check_public(const uint8_t public_key[E4_KEY_SIZE])
{
    return e4_ed25519_check_public(public_key) ? E4_OK : E4_ERR_ARGUMENT;
}

/* SHA3-256 of the X25519 result, which is refused when it is zero. */
static enum e4_result agree(uint8_t key[E4_KEY_SIZE], const uint8_t secret[E4_KEY_SIZE],
                            const uint8_t other[E4_KEY_SIZE])
{
    uint8_t shared[E4_KEY_SIZE];

    if (!e4_x25519(shared, secret, other))
        return E4_ERR_ARGUMENT;
    e4_sha3_256(key, shared, sizeof shared);
    e4_wipe(shared, sizeof shared);
    return E4_OK;
}

enum e4_result e4_command_key_server(uint8_t key[E4_KEY_SIZE],
                                     const uint8_t server_secret[E4_KEY_SIZE],
                                     const uint8_t client_sign_public[E4_KEY_SIZE])
{
    uint8_t client_curve[E4_KEY_SIZE];

    if (!e4_ed25519_to_curve_public(client_curve, client_sign_public))
        return E4_ERR_ARGUMENT;
    return agree(key, server_secret, client_curve);
}

enum e4_result e4_command_key_client(uint8_t key[E4_KEY_SIZE],
                                     const uint8_t client_seed[E4_KEY_SIZE],
                                     const uint8_t server_public[E4_KEY_SIZE])
{
    uint8_t secret[E4_KEY_SIZE];
    enum e4_result result;

    e4_ed25519_to_curve_secret(secret, client_seed);
    result = agree(key, secret, server_public);
    e4_wipe(secret, sizeof secret);
    return result;
}
