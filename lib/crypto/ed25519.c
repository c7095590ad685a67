/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519, portable: RFC 8032, section 5.1, on the field, scalars and group beside this file.
 */
#include "ed25519.h"

#include <string.h>

#include "ct.h"
#include "group25519.h"
#include "scalar25519.h"
#include "sha512.h"

/* Section 5.1.5: the secret scalar, then the prefix that makes nonces. */
static void expand_seed(uint8_t secret[64], const uint8_t seed[32])
{
    struct e4_sha512 hash;

    e4_sha512_init(&hash);
    e4_sha512_update(&hash, seed, 32);
    e4_sha512_final(&hash, secret);
    secret[0] &= 0xf8;
    secret[31] = (uint8_t)((secret[31] & 0x7f) | 0x40);
}

/* SHA-512(R, A, message) mod L */
static void challenge(uint8_t out[32], const uint8_t r[32], const uint8_t public_key[32],
                      const uint8_t *msg, size_t len)
{
    struct e4_sha512 hash;
    uint8_t digest[64];

    e4_sha512_init(&hash);
    e4_sha512_update(&hash, r, 32);
    e4_sha512_update(&hash, public_key, 32);
    e4_sha512_update(&hash, msg, len);
    e4_sha512_final(&hash, digest);
    e4_scalar_reduce(out, digest);
}

static void store_base_multiple(uint8_t out[32], const uint8_t scalar[32])
{
    struct e4_point point;

    e4_point_mul_base(&point, scalar);
    e4_point_store(out, &point);
    e4_wipe(&point, sizeof point);
}

void e4_ed25519_public(uint8_t public_key[32], const uint8_t seed[32])
{
    uint8_t secret[64];

    expand_seed(secret, seed);
    store_base_multiple(public_key, secret);
    e4_wipe(secret, sizeof secret);
}

void e4_ed25519_sign(uint8_t sig[64], const uint8_t seed[32], const uint8_t public_key[32],
                     const uint8_t *msg, size_t len)
{
    struct e4_sha512 hash;
    uint8_t secret[64];
    uint8_t digest[64];
    uint8_t nonce[32];
    uint8_t k[32];

    expand_seed(secret, seed);
    e4_sha512_init(&hash);
    e4_sha512_update(&hash, secret + 32, 32);
    e4_sha512_update(&hash, msg, len);
    e4_sha512_final(&hash, digest);
    e4_scalar_reduce(nonce, digest);
    store_base_multiple(sig, nonce);
    challenge(k, sig, public_key, msg, len);
    e4_scalar_mul_add(sig + 32, k, secret, nonce);
    e4_wipe(secret, sizeof secret);
    e4_wipe(digest, sizeof digest);
    e4_wipe(nonce, sizeof nonce);
}

bool e4_ed25519_verify(const uint8_t sig[64], const uint8_t public_key[32], const uint8_t *msg,
                       size_t len)
{
    struct e4_point a;
    struct e4_point r;
    uint8_t k[32];
    uint8_t encoded[32];

    if (!e4_scalar_is_canonical(sig + 32))
        return false;
    if (!e4_point_load(&a, public_key) || e4_point_has_small_order(&a))
        return false;
    challenge(k, sig, public_key, msg, len);
    e4_point_negate(&a);
    e4_point_mul_public(&r, k, &a, sig + 32);
    e4_point_store(encoded, &r);
    return e4_equal(encoded, sig, sizeof encoded) && !e4_point_has_small_order(&r);
}

/* Decode, then require order L: L times the point is neutral, and the point is not. */
static bool load_public(struct e4_point *out, const uint8_t public_key[32])
{
    static const uint8_t zero[32] = {0};
    struct e4_point multiple;

    if (!e4_point_load(out, public_key) || e4_fe_is_zero(&out->x))
        return false;
    e4_point_mul_public(&multiple, e4_scalar_order, out, zero);
    e4_fe_sub(&multiple.y, &multiple.y, &multiple.z);
    return e4_fe_is_zero(&multiple.x) && e4_fe_is_zero(&multiple.y);
}

bool e4_ed25519_check_public(const uint8_t public_key[32])
{
    struct e4_point point;

    return load_public(&point, public_key);
}

/* u = (1 + y) / (1 - y), as in RFC 7748, section 4.1 */
bool e4_ed25519_to_curve_public(uint8_t u[32], const uint8_t public_key[32])
{
    struct e4_point point;
    struct e4_fe t;

    if (!load_public(&point, public_key))
        return false;
    e4_fe_sub(&t, &e4_fe_one, &point.y);
    e4_fe_invert(&t, &t);
    e4_fe_add(&point.y, &e4_fe_one, &point.y);
    e4_fe_mul(&t, &t, &point.y);
    e4_fe_store(u, &t);
    return true;
}

void e4_ed25519_to_curve_secret(uint8_t scalar[32], const uint8_t seed[32])
{
    uint8_t secret[64];

    expand_seed(secret, seed);
    memcpy(scalar, secret, 32);
    e4_wipe(secret, sizeof secret);
}
