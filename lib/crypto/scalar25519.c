/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic modulo L with 32-bit limbs, least significant first. Reduction is Barrett's
 * (Handbook of Applied Cryptography, algorithm 14.42, with b = 2^32 and k = 8), its last step
 * without a branch.
 */
#include "scalar25519.h"

#include <string.h>

#include "ct.h"
#include "load.h"

enum { WORDS = 8, MORE = WORDS + 1, DOUBLE = 2 * WORDS };

const uint8_t e4_scalar_order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                     0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                     0,    0,    0,    0,    0,    0,    0,    0,
                                     0,    0,    0,    0,    0,    0,    0,    0x10};

/* Barrett's mu: 2^512 / L, rounded down. */
static const uint32_t reciprocal[MORE] = {0x0a2c131b, 0xed9ce5a3, 0x086329a7,
                                          0x2106215d, 0xffffffeb, 0xffffffff,
                                          0xffffffff, 0xffffffff, 0x0000000f};

static void load(uint32_t *out, const uint8_t *in, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        out[i] = e4_load_le32(in + 4 * i);
}

/* out += a * b. out has room for a_words + b_words, of which the first b_words may be set. */
static void mul_add(uint32_t *out, const uint32_t *a, unsigned a_words, const uint32_t *b,
                    unsigned b_words)
{
    for (unsigned i = 0; i < a_words; i++) {
        uint64_t sum = 0;

        for (unsigned j = 0; j < b_words; j++) {
            sum += (uint64_t)a[i] * b[j] + out[i + j];
            out[i + j] = (uint32_t)sum;
            sum >>= 32;
        }
        out[i + b_words] = (uint32_t)sum;
    }
}

/* out = a - b; 1 if that is negative. */
static uint32_t subtract(uint32_t out[MORE], const uint32_t a[MORE], const uint32_t b[MORE])
{
    uint64_t difference = 0;

    for (unsigned i = 0; i < MORE; i++) {
        difference = (uint64_t)a[i] - b[i] - (difference >> 63);
        out[i] = (uint32_t)difference;
    }
    return (uint32_t)(difference >> 63);
}

static void reduce(uint8_t out[32], const uint32_t x[DOUBLE])
{
    uint32_t order[MORE] = {0};
    uint32_t quotient[2 * MORE] = {0};
    uint32_t multiple[2 * MORE] = {0};
    uint32_t rest[MORE];
    uint32_t less[MORE];

    load(order, e4_scalar_order, WORDS);
    mul_add(quotient, x + WORDS - 1, MORE, reciprocal, MORE);
    mul_add(multiple, quotient + MORE, MORE, order, MORE);
    subtract(rest, x, multiple);
    /* The quotient is right or up to 2 too small. */
    for (unsigned turn = 0; turn < 2; turn++) {
        const uint32_t keep = 0 - subtract(less, rest, order);

        for (unsigned i = 0; i < MORE; i++)
            rest[i] = (rest[i] & keep) | (less[i] & ~keep);
    }
    for (unsigned i = 0; i < WORDS; i++)
        e4_store_le32(out + 4 * i, rest[i]);
    e4_wipe(quotient, sizeof quotient);
    e4_wipe(multiple, sizeof multiple);
    e4_wipe(rest, sizeof rest);
    e4_wipe(less, sizeof less);
}

bool e4_scalar_is_canonical(const uint8_t in[32])
{
    uint32_t order[MORE] = {0};
    uint32_t x[MORE] = {0};

    load(order, e4_scalar_order, WORDS);
    load(x, in, WORDS);
    return subtract(x, x, order) == 1;
}

void e4_scalar_reduce(uint8_t out[32], const uint8_t in[64])
{
    uint32_t x[DOUBLE];

    load(x, in, DOUBLE);
    reduce(out, x);
    e4_wipe(x, sizeof x);
}

void e4_scalar_mul_add(uint8_t out[32], const uint8_t a[32], const uint8_t b[32],
                       const uint8_t c[32])
{
    uint32_t x[DOUBLE] = {0};
    uint32_t factor[2][WORDS];

    load(factor[0], a, WORDS);
    load(factor[1], b, WORDS);
    load(x, c, WORDS);
    mul_add(x, factor[0], WORDS, factor[1], WORDS);
    reduce(out, x);
    e4_wipe(x, sizeof x);
    e4_wipe(factor, sizeof factor);
}

void e4_scalar_to_signs(uint8_t out[32], const uint8_t in[32])
{
    const uint32_t even = (in[0] & 1U) - 1;
    uint32_t sum = 0;

    for (unsigned i = 0; i < 32; i++) {
        sum += in[i] + (even & e4_scalar_order[i]);
        out[i] = (uint8_t)sum;
        sum >>= 8;
    }
    /* Of an odd number, 2 x + 1 = sum of (2 b_i - 1) 2^i holds for b = x + 2^255. */
    for (unsigned i = 0; i < 31; i++)
        out[i] = (uint8_t)(out[i] >> 1 | out[i + 1] << 7);
    out[31] = (uint8_t)(out[31] >> 1 | 0x80);
}
