/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 of one block in 16-bit words: for 8-bit and 16-bit microcontrollers.
 */
#include "aes.h"

#include <string.h>

typedef uint16_t word;
typedef uint8_t cell;
typedef const uint32_t *keys;
enum { BLOCKS = 1, CELLS = 2 };

/* Rows 0 and 2 of column c make word c, rows 1 and 3 word c + 4. */
static inline void load_columns(word q[8], const uint8_t *in, size_t count)
{
    (void)count;
    for (size_t i = 0; i < 4; i++, in += 4) {
        q[i] = (word)(in[0] | in[2] << 8);
        q[i + 4] = (word)(in[1] | in[3] << 8);
    }
}

static inline void store_columns(uint8_t *out, const word q[8], size_t count)
{
    (void)count;
    for (size_t i = 0; i < 4; i++, out += 4) {
        out[0] = (uint8_t)q[i];
        out[1] = (uint8_t)q[i + 4];
        out[2] = (uint8_t)(q[i] >> 8);
        out[3] = (uint8_t)(q[i + 4] >> 8);
    }
}

static inline void key_planes(word plane[BLOCKS], keys key, size_t at)
{
    memcpy(plane, (const uint8_t *)key + at * sizeof *plane, sizeof *plane);
}

#include "aes_sliced.h"

static void expand(uint32_t *key, const uint8_t *raw)
{
    expand_key(key, key, raw);
}

const struct e4_aes e4_aes_sliced16 = {
    "sliced16", expand, encrypt_blocks, NULL, NULL, NULL,
};
