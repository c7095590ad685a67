/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 of four blocks at once in 64-bit words, each under its own key if need be: for hosts
 * without instructions for AES.
 */
#include "aes.h"

#include <string.h>

#include "load.h"

typedef uint64_t word;
typedef uint64_t cell;
typedef const uint32_t *const *keys; /* of each block */
enum { BLOCKS = 4, CELLS = 1 };

/* Byte i of a word to bits 16i to 16i+7, and back. */
static inline uint64_t spread(uint64_t x)
{
    x = (x | x << 16) & 0x0000ffff0000ffff;
    return (x | x << 8) & 0x00ff00ff00ff00ff;
}

static inline uint32_t gather(uint64_t x)
{
    x &= 0x00ff00ff00ff00ff;
    x = (x | x >> 8) & 0x0000ffff0000ffff;
    return (uint32_t)(x | x >> 16);
}

/* Blocks 0 and 1 in the even bytes, 2 and 3 in the odd ones. */
static inline void load_columns(word q[8], const uint8_t *in, size_t count)
{
    memset(q, 0, 8 * sizeof *q);
    for (size_t i = 0; i < 4 * count; i++)
        q[i % 8] |= spread(e4_load_le32(in + 4 * i)) << i / 8 * 8;
}

static inline void store_columns(uint8_t *out, const word q[8], size_t count)
{
    for (size_t i = 0; i < 4 * count; i++)
        e4_store_le32(out + 4 * i, gather(q[i % 8] >> i / 8 * 8));
}

static inline void exchange(word *a, word *b, word mask, unsigned by);

static inline void key_planes(word plane[BLOCKS], keys key, size_t at)
{
    for (size_t b = 0; b < BLOCKS; b++)
        memcpy(&plane[b], key[b] + 2 * at, sizeof plane[b]);
    exchange(&plane[0], &plane[2], 0x00ff00ff00ff00ff, 8);
    exchange(&plane[1], &plane[3], 0x00ff00ff00ff00ff, 8);
    exchange(&plane[0], &plane[1], 0x0f0f0f0f0f0f0f0f, 4);
    exchange(&plane[2], &plane[3], 0x0f0f0f0f0f0f0f0f, 4);
}

#include "aes_sliced.h"

static void encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t count)
{
    const uint32_t *const same[BLOCKS] = {key, key, key, key};

    encrypt_blocks(same, out, in, count);
}

static void expand(uint32_t *key, const uint8_t *raw)
{
    const uint32_t *const same[BLOCKS] = {key, key, key, key};

    expand_key(key, same, raw);
}

/* Four lanes; block[b] holds the state of one. */
static void chain_four(struct e4_aes_lane lane[BLOCKS], size_t blocks)
{
    const uint32_t *const key[BLOCKS] = {lane[0].key, lane[1].key, lane[2].key, lane[3].key};
    uint8_t block[BLOCKS][E4_AES_BLOCK_SIZE];

    for (size_t b = 0; b < BLOCKS; b++)
        memcpy(block[b], lane[b].mac, sizeof block[b]);
    for (size_t i = 0; i < 16 * blocks; i += 16) {
        for (size_t b = 0; b < BLOCKS; b++)
            for (size_t j = 0; j < E4_AES_BLOCK_SIZE; j++)
                block[b][j] ^= lane[b].in[i + j];
        encrypt_blocks(key, block[0], block[0], BLOCKS);
    }
    for (size_t b = 0; b < BLOCKS; b++)
        memcpy(lane[b].mac, block[b], sizeof block[b]);
    e4_wipe(block, sizeof block);
}

static void chain(struct e4_aes_lane *lane, size_t count, size_t blocks)
{
    for (size_t first = 0; first < count; first += BLOCKS)
        chain_four(lane + first, blocks);
}

/* Not where words of 64 bits take two registers. */
static bool usable(void)
{
    return sizeof(size_t) >= sizeof(word);
}

static const struct e4_aes_lanes lanes = {.chain = chain};

const struct e4_aes e4_aes_sliced64 = {
    .name = "sliced64",
    .usable = usable,
    .expand = expand,
    .encrypt = encrypt,
    .lanes = &lanes,
};
