/* SPDX-License-Identifier: Apache-2.0 */
/* X25519, portable: the Montgomery ladder of RFC 7748, section 5, with the names used there. */
#include "x25519.h"

#include <string.h>

#include "ct.h"
#include "field25519.h"

/* Two neighbouring multiples of the point, as fractions. */
struct ladder {
    struct e4_fe x2, z2, x3, z3;
};

/* (A - 2) / 4 of the curve v^2 = u^3 + A u^2 + u */
static const struct e4_fe a24 = {{121665}};

/* Double the first multiple, and make the second the sum of both. */
static void step(struct ladder *at, const struct e4_fe *x1)
{
    struct e4_fe a;
    struct e4_fe b;
    struct e4_fe t;

    e4_fe_add(&a, &at->x2, &at->z2);
    e4_fe_sub(&b, &at->x2, &at->z2);
    e4_fe_add(&t, &at->x3, &at->z3);
    e4_fe_sub(&at->z3, &at->x3, &at->z3);
    e4_fe_mul(&at->z3, &at->z3, &a); /* DA */
    e4_fe_mul(&t, &t, &b);           /* CB */
    e4_fe_add(&at->x3, &at->z3, &t);
    e4_fe_square(&at->x3, &at->x3);
    e4_fe_sub(&t, &at->z3, &t);
    e4_fe_square(&t, &t);
    e4_fe_mul(&at->z3, &t, x1);

    e4_fe_square(&a, &a); /* AA */
    e4_fe_square(&b, &b); /* BB */
    e4_fe_mul(&at->x2, &a, &b);
    e4_fe_sub(&b, &a, &b); /* E */
    e4_fe_mul(&t, &b, &a24);
    e4_fe_add(&t, &t, &a);
    e4_fe_mul(&at->z2, &b, &t);
}

bool e4_x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t u[32])
{
    static const uint8_t zero[32] = {0};
    struct ladder at;
    struct e4_fe x1;
    uint8_t k[32];
    uint32_t swapped = 0;

    memcpy(k, scalar, sizeof k);
    k[0] &= 0xf8;
    k[31] = (uint8_t)((k[31] & 0x7f) | 0x40);
    e4_fe_load(&x1, u);
    at.x2 = at.z3 = e4_fe_one;
    at.z2 = e4_fe_zero;
    at.x3 = x1;

    for (unsigned i = 255; i-- > 0;) {
        const uint32_t bit = (uint32_t)k[i / 8] >> i % 8 & 1;

        e4_fe_swap(&at.x2, &at.x3, bit ^ swapped);
        e4_fe_swap(&at.z2, &at.z3, bit ^ swapped);
        swapped = bit;
        step(&at, &x1);
    }
    /* The lowest bit of a clamped scalar is 0, so nothing is left swapped. */
    e4_fe_invert(&at.z2, &at.z2);
    e4_fe_mul(&at.x2, &at.x2, &at.z2);
    e4_fe_store(out, &at.x2);
    e4_wipe(&at, sizeof at);
    e4_wipe(k, sizeof k);
    return !e4_equal(out, zero, sizeof zero);
}

void e4_x25519_base(uint8_t out[32], const uint8_t scalar[32])
{
    static const uint8_t base[32] = {9};

    e4_x25519(out, scalar, base); /* never all zero: the base point has prime order */
}
