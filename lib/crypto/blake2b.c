/* SPDX-License-Identifier: Apache-2.0 */
/* BLAKE2b as in RFC 7693, section 3. */
#include "blake2b.h"

#include <string.h>

#include "ct.h"
#include "load.h"

enum { BLAKE2B_BLOCK = 128, BLAKE2B_ROUNDS = 12 };

static const uint64_t first_vector[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Section 2.7: which word of the message goes where; rounds 10 and 11 begin anew. */
static const uint8_t word_order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t right_turned(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

/* Step i of a round: steps 0 to 3 mix the columns of the 4 by 4 words, 4 to 7 the diagonals. */
static void mix(uint64_t v[16], unsigned i, uint64_t x, uint64_t y)
{
    const unsigned shift = i / 4;
    uint64_t *a = &v[i % 4];
    uint64_t *b = &v[4 + (i + shift) % 4];
    uint64_t *c = &v[8 + (i + 2 * shift) % 4];
    uint64_t *d = &v[12 + (i + 3 * shift) % 4];

    *a += *b + x;
    *d = right_turned(*d ^ *a, 32);
    *c += *d;
    *b = right_turned(*b ^ *c, 24);
    *a += *b + y;
    *d = right_turned(*d ^ *a, 16);
    *c += *d;
    *b = right_turned(*b ^ *c, 63);
}

static void hash_block(struct e4_blake2b *state, uint64_t last)
{
    uint64_t v[16];
    uint64_t m[16];

    for (unsigned i = 0; i < 16; i++)
        m[i] = e4_load_le64(state->block + 8 * i);
    memcpy(v, state->hash, sizeof state->hash);
    memcpy(v + 8, first_vector, sizeof first_vector);
    v[12] ^= state->len;
    v[14] ^= last;
    for (unsigned round = 0; round < BLAKE2B_ROUNDS; round++) {
        const uint8_t *order = word_order[round % 10];

        for (unsigned i = 0; i < 8; i++)
            mix(v, i, m[order[2 * i]], m[order[2 * i + 1]]);
    }
    for (unsigned i = 0; i < 8; i++)
        state->hash[i] ^= v[i] ^ v[8 + i];
    e4_wipe(v, sizeof v);
    e4_wipe(m, sizeof m);
}

void e4_blake2b_init(struct e4_blake2b *state, uint8_t out_len)
{
    memcpy(state->hash, first_vector, sizeof first_vector);
    state->hash[0] ^= 0x01010000U ^ out_len;
    state->len = 0;
    state->held = 0;
    state->out_len = out_len;
}

void e4_blake2b_update(struct e4_blake2b *state, const void *data, size_t len)
{
    const uint8_t *in = data;

    while (len > 0) {
        size_t part;

        if (state->held == BLAKE2B_BLOCK) {
            state->len += BLAKE2B_BLOCK;
            hash_block(state, 0);
            state->held = 0;
        }
        part = BLAKE2B_BLOCK - (size_t)state->held;
        if (part > len)
            part = len;
        memcpy(state->block + state->held, in, part);
        state->held = (uint8_t)(state->held + part);
        in += part;
        len -= part;
    }
}

void e4_blake2b_final(struct e4_blake2b *state, uint8_t *out)
{
    uint8_t digest[64];

    memset(state->block + state->held, 0, BLAKE2B_BLOCK - (size_t)state->held);
    state->len += state->held;
    hash_block(state, UINT64_MAX);
    for (unsigned i = 0; i < 8; i++)
        e4_store_le64(digest + 8 * i, state->hash[i]);
    memcpy(out, digest, state->out_len);
    e4_wipe(digest, sizeof digest);
    e4_wipe(state, sizeof *state);
}
