/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of S2V that siv.c and siv_many.c share. For these two alone.
 */
#ifndef E4_CRYPTO_SIV_PART_H
#define E4_CRYPTO_SIV_PART_H

#include "siv.h"

/*
 * What e4_siv_expand() keeps behind the round keys: what is added to the one, padded block of
 * the associated data; and what makes of its CMAC the state of S2V before the text, with K1
 * added already. So a text of whole blocks takes two additions. K1 is half of K2.
 */
static inline const uint8_t *e4_siv_k2(const uint32_t *key)
{
    return (const uint8_t *)(key + 60);
}

static inline const uint8_t *e4_siv_start(const uint32_t *key)
{
    return (const uint8_t *)(key + 64);
}

/* The one block of the CMAC of the associated data, ready to be encrypted. */
void e4_siv_first(uint8_t first[16], const uint32_t *key, const uint8_t ad[8]);

/*
 * The last one or two blocks of the CMAC of text: those that depend on d, the state of S2V
 * before the text with K1 added, which does not outlast this. Returns how many.
 */
size_t e4_siv_last(uint8_t last[32], const uint32_t *key, uint8_t d[16], const uint8_t *text,
                   size_t len);

/* How many whole blocks go before those, as they are. */
static inline size_t e4_siv_plain_blocks(size_t len)
{
    return len < 32 ? 0 : len / 16 - 1;
}

#endif
