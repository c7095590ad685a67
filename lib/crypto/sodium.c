/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 and X25519 by libsodium, for hosts: the other answer to ed25519.h and x25519.h. The
 * only file that knows libsodium; right with version 1.0.18 and later.
 */
#include "ed25519.h"
#include "x25519.h"

#include <string.h>

#include <sodium.h>

#include "ct.h"

/* L - 1 */
static const uint8_t minus_one[32] = {0xec, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                      0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                      0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

/*
 * Let libsodium choose its code for this machine: once a process, safe from any thread, and a
 * lock and a test from then on. What is used here is right without it too, so a failure costs
 * speed only.
 */
static void prepare(void)
{
    const int ready = sodium_init();

    (void)ready;
}

void e4_ed25519_public(uint8_t public_key[32], const uint8_t seed[32])
{
    uint8_t private_key[64];

    prepare();
    crypto_sign_ed25519_seed_keypair(public_key, private_key, seed);
    e4_wipe(private_key, sizeof private_key);
}

void e4_ed25519_sign(uint8_t sig[64], const uint8_t seed[32], const uint8_t public_key[32],
                     const uint8_t *msg, size_t len)
{
    uint8_t private_key[64];

    prepare();
    memcpy(private_key, seed, 32);
    memcpy(private_key + 32, public_key, 32);
    crypto_sign_ed25519_detached(sig, NULL, msg, len, private_key);
    e4_wipe(private_key, sizeof private_key);
}

bool e4_ed25519_verify(const uint8_t sig[64], const uint8_t public_key[32], const uint8_t *msg,
                       size_t len)
{
    prepare();
    return crypto_sign_ed25519_verify_detached(sig, msg, len, public_key) == 0;
}

/*
 * A has order L if (L - 1) A = -A. libsodium's own test of the order takes some points of order
 * 2 L too in versions up to 1.0.20; what else it refuses is refused here as well: encodings
 * that are not canonical, not on the curve, or of small order.
 */
bool e4_ed25519_check_public(const uint8_t public_key[32])
{
    uint8_t negative[32];

    prepare();
    if (crypto_scalarmult_ed25519_noclamp(negative, minus_one, public_key) != 0)
        return false;
    negative[31] ^= 0x80;
    return e4_equal(negative, public_key, sizeof negative);
}

bool e4_ed25519_to_curve_public(uint8_t u[32], const uint8_t public_key[32])
{
    if (!e4_ed25519_check_public(public_key))
        return false;
    return crypto_sign_ed25519_pk_to_curve25519(u, public_key) == 0;
}

void e4_ed25519_to_curve_secret(uint8_t scalar[32], const uint8_t seed[32])
{
    prepare();
    crypto_sign_ed25519_sk_to_curve25519(scalar, seed); /* reads the seed half only */
}

bool e4_x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t u[32])
{
    uint8_t result[32] = {0}; /* libsodium leaves it alone when u has low order */
    bool good;

    prepare();
    good = crypto_scalarmult_curve25519(result, scalar, u) == 0;
    memcpy(out, result, sizeof result);
    e4_wipe(result, sizeof result);
    return good;
}

void e4_x25519_base(uint8_t out[32], const uint8_t scalar[32])
{
    prepare();
    crypto_scalarmult_curve25519_base(out, scalar);
}
