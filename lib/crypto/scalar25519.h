/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers modulo L, the prime order of the group that Ed25519 signs in:
 * L = 2^252 + 27742317777372353535851937790883648493. Bytes are least significant first.
 * Constant time in the numbers. Outputs may be the same memory as inputs.
 */
#ifndef E4_SCALAR25519_H
#define E4_SCALAR25519_H

#include <stdbool.h>
#include <stdint.h>

extern const uint8_t e4_scalar_order[32]; /* L */

/* Below L? */
bool e4_scalar_is_canonical(const uint8_t in[32]);

/* in mod L, for a hash of 64 bytes. */
void e4_scalar_reduce(uint8_t out[32], const uint8_t in[64]);

/* (a * b + c) mod L, for any a, b and c below 2^255. */
void e4_scalar_mul_add(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                       const uint8_t c[32]);

/*
 * Write in as a sum of +2^i and -2^i, one for each i below 256: bit i of out is set for plus.
 * in must be below 2^255. It is in + L that is written if in is even, as no even number is
 * such a sum; for multiples of a point of order L that is the same.
 */
void e4_scalar_to_signs(uint8_t out[32], const uint8_t in[32]);

#endif
