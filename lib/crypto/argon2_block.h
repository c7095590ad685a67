/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compression function G of Argon2 (RFC 9106, section 3.5), where all of its time goes:
 * in C for any machine, and with AVX2.
 */
#ifndef E4_ARGON2_BLOCK_H
#define E4_ARGON2_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { E4_ARGON2_WORDS = 128, E4_ARGON2_BLOCK = 8 * E4_ARGON2_WORDS };

/*
 * next = G(previous, reference), added to what next holds if add is set. scratch is for work,
 * is left with secrets, and must be apart from the others; next may be one of the inputs.
 */
typedef void e4_argon2_fill(uint64_t next[E4_ARGON2_WORDS],
                            const uint64_t previous[E4_ARGON2_WORDS],
                            const uint64_t reference[E4_ARGON2_WORDS],
                            uint64_t scratch[E4_ARGON2_WORDS], bool add);

e4_argon2_fill e4_argon2_fill_portable;
e4_argon2_fill e4_argon2_fill_avx2; /* where it is built, and the CPU has it */

/* The fastest that works here. */
e4_argon2_fill *e4_argon2_choose_fill(void);

#endif
