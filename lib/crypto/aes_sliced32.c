/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 of two blocks at once in 32-bit words: for microcontrollers, and the smallest. The
 * round keys of one key are all it can use at a time, so there is no chain().
 */
#include "aes.h"

#include "load.h"

typedef uint32_t word;
typedef uint32_t cell;
typedef const uint32_t *keys;
enum { BLOCKS = 2, CELLS = 1 };

static inline void load_columns(word q[8], const uint8_t *in, size_t count)
{
    for (size_t i = 0; i < 8; i++)
        q[i] = i < 4 * count ? e4_load_le32(in + 4 * i) : 0;
}

static inline void store_columns(uint8_t *out, const word q[8], size_t count)
{
    for (size_t i = 0; i < 4 * count; i++)
        e4_store_le32(out + 4 * i, q[i]);
}

static inline void key_planes(word plane[BLOCKS], keys key, size_t at)
{
    word low = key[at] & 0x0f0f0f0f;
    word high = key[at] & 0xf0f0f0f0;

    plane[0] = low | low << 4;
    plane[1] = high | high >> 4;
}

#include "aes_sliced.h"

static void expand(uint32_t *key, const uint8_t *raw)
{
    expand_key(key, key, raw);
}

const struct e4_aes e4_aes_sliced32 = {
    "sliced32", expand, encrypt_blocks, NULL, NULL, NULL,
};
