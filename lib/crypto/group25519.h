/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points of the curve of Ed25519, -x^2 + y^2 = 1 + d x^2 y^2 modulo 2^255 - 19 (RFC 8032,
 * section 5.1). B is its base point, of the prime order L.
 */
#ifndef E4_GROUP25519_H
#define E4_GROUP25519_H

#include <stdbool.h>
#include <stdint.h>

#include "field25519.h"

/* Extended coordinates: the point (x / z, y / z), with t = x y / z. */
struct e4_point {
    struct e4_fe x, y, z, t;
};

/* Decode a public point. False: not the one canonical encoding of a point of the curve. */
bool e4_point_load(struct e4_point *out, const uint8_t in[32]);

void e4_point_store(uint8_t out[32], const struct e4_point *in);

void e4_point_negate(struct e4_point *point);

/* Is 8 times the point the neutral one? */
bool e4_point_has_small_order(const struct e4_point *point);

/* scalar * B, for a secret scalar below 2^255. Constant time. */
void e4_point_mul_base(struct e4_point *out, const uint8_t scalar[32]);

/*
 * a * point + b * B, for public numbers: the time depends on them. a is below 2^253, b below
 * 2^255.
 */
void e4_point_mul_public(struct e4_point *out, const uint8_t a[32],
                         const struct e4_point *point, const uint8_t b[32]);

#endif
