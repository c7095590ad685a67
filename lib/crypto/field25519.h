/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers modulo p = 2^255 - 19, for Ed25519 and X25519 without a foreign library.
 *
 * An element is ten limbs, turn and turn about of 26 and 25 bits; limb i stands for its value
 * times 2^ceil(25.5 i). Limbs may run over a little: below 2^26 + 2^14 (even) and 2^25 + 2^14
 * (odd) is what every function here takes and gives. Nothing is secret about which function is
 * called; everything is secret about the numbers, and all of it is constant time.
 *
 * An output may be the same object as an input.
 */
#ifndef E4_FIELD25519_H
#define E4_FIELD25519_H

#include <stdbool.h>
#include <stdint.h>

struct e4_fe {
    uint32_t limb[10];
};

extern const struct e4_fe e4_fe_zero;
extern const struct e4_fe e4_fe_one;

/* 32 bytes, least significant first. The top bit is ignored, and p and more are taken too. */
void e4_fe_load(struct e4_fe *out, const uint8_t in[32]);

/* The one encoding below p. */
void e4_fe_store(uint8_t out[32], const struct e4_fe *in);

void e4_fe_add(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b);
void e4_fe_sub(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b);
void e4_fe_mul(struct e4_fe *out, const struct e4_fe *a, const struct e4_fe *b);
void e4_fe_square(struct e4_fe *out, const struct e4_fe *in);

/* in^(p - 2): the inverse, and 0 for 0. */
void e4_fe_invert(struct e4_fe *out, const struct e4_fe *in);

/* in^((p - 5) / 8), the heart of a square root. */
void e4_fe_root(struct e4_fe *out, const struct e4_fe *in);

bool e4_fe_is_zero(const struct e4_fe *in);

/* Exchange a and b if bit is 1, leave them if it is 0. */
void e4_fe_swap(struct e4_fe *a, struct e4_fe *b, uint32_t bit);

#endif
