/* SPDX-License-Identifier: Apache-2.0 */
/* The compression function of Argon2 in plain C. */
#include "argon2_block.h"

static inline uint64_t turned_right(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

/* BLAKE2b's addition, with the product of the low halves, doubled, on top. */
static inline uint64_t sum_and_product(uint64_t x, uint64_t y)
{
    return x + y + 2 * ((x & 0xffffffff) * (y & 0xffffffff));
}

static inline void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d)
{
    *a = sum_and_product(*a, *b);
    *d = turned_right(*d ^ *a, 32);
    *c = sum_and_product(*c, *d);
    *b = turned_right(*b ^ *c, 24);
    *a = sum_and_product(*a, *b);
    *d = turned_right(*d ^ *a, 16);
    *c = sum_and_product(*c, *d);
    *b = turned_right(*b ^ *c, 63);
}

/* Permutation P of section 3.6 on sixteen words: pairs of neighbours, pairs step words apart.
 */
static void permute_words(uint64_t *v, unsigned step)
{
    uint64_t *w[16];

    for (unsigned i = 0; i < 16; i++)
        w[i] = v + i / 2 * step + i % 2;
    for (unsigned i = 0; i < 4; i++)
        mix(w[i], w[4 + i], w[8 + i], w[12 + i]);
    for (unsigned i = 0; i < 4; i++)
        mix(w[i], w[4 + (i + 1) % 4], w[8 + (i + 2) % 4], w[12 + (i + 3) % 4]);
}

void e4_argon2_fill_portable(uint64_t next[E4_ARGON2_WORDS],
                             const uint64_t previous[E4_ARGON2_WORDS],
                             const uint64_t reference[E4_ARGON2_WORDS],
                             uint64_t scratch[E4_ARGON2_WORDS], bool add)
{
    const uint64_t keep = 0 - (uint64_t)add;

    for (unsigned i = 0; i < E4_ARGON2_WORDS; i++)
        scratch[i] = previous[i] ^ reference[i];
    for (unsigned row = 0; row < 8; row++)
        permute_words(scratch + 16 * row, 2);
    for (unsigned column = 0; column < 8; column++)
        permute_words(scratch + 2 * column, 16);
    for (unsigned i = 0; i < E4_ARGON2_WORDS; i++)
        next[i] = (next[i] & keep) ^ scratch[i] ^ previous[i] ^ reference[i];
}
