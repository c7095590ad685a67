/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256 as FIPS 197 writes it, byte by byte, with an S-box that is computed. */
#include "test/unit/book.h"

#include <string.h>

#include "crypto/load.h"

/* FIPS 197, 4.2. */
static uint8_t times(uint8_t a, uint8_t b)
{
    unsigned sum = 0;

    for (unsigned x = a; b != 0; b >>= 1) {
        if (b & 1)
            sum ^= x;
        x = x << 1 ^ (x & 0x80 ? 0x11b : 0);
    }
    return (uint8_t)sum;
}

/* 5.1.1: the inverse, which is the power 254, then the affine map. */
static uint8_t s_box(uint8_t a)
{
    static uint8_t known[256];
    uint8_t inverse = 1;
    unsigned turned;

    if (known[a] != 0)
        return known[a];
    for (int i = 0; i < 254; i++)
        inverse = times(inverse, a);
    turned = inverse * 0x101u;
    known[a] =
        (uint8_t)(inverse ^ turned >> 4 ^ turned >> 5 ^ turned >> 6 ^ turned >> 7 ^ 0x63);
    return known[a];
}

/* FIPS 197, 5.2, words in little-endian order. */
void schedule_by_the_book(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[32])
{
    uint32_t constant = 1;

    for (size_t i = 0; i < 8; i++)
        key[i] = e4_load_le32(raw + 4 * i);
    for (size_t i = 8; i < E4_AES_KEY_WORDS; i++) {
        uint32_t word = key[i - 1];

        if (i % 4 == 0)
            word = (uint32_t)s_box((uint8_t)word) | (uint32_t)s_box((uint8_t)(word >> 8)) << 8 |
                   (uint32_t)s_box((uint8_t)(word >> 16)) << 16 |
                   (uint32_t)s_box((uint8_t)(word >> 24)) << 24;
        if (i % 8 == 0) {
            word = (word >> 8 | word << 24) ^ constant;
            constant <<= 1;
        }
        key[i] = key[i - 8] ^ word;
    }
}

static void add_key(uint8_t state[16], const uint32_t *round_key)
{
    for (size_t i = 0; i < 16; i += 4)
        e4_store_le32(state + i, e4_load_le32(state + i) ^ round_key[i / 4]);
}

static void sub_and_shift(uint8_t state[16])
{
    uint8_t old[16];

    memcpy(old, state, sizeof old);
    for (size_t i = 0; i < 16; i++)
        state[i] = s_box(old[(i + i % 4 * 4) % 16]);
}

static void mix(uint8_t state[16])
{
    uint8_t old[16];

    memcpy(old, state, sizeof old);
    for (size_t i = 0; i < 16; i++) {
        const uint8_t *column = old + i / 4 * 4;

        state[i] = (uint8_t)(times(column[i % 4], 2) ^ times(column[(i + 1) % 4], 3) ^
                             column[(i + 2) % 4] ^ column[(i + 3) % 4]);
    }
}

void by_the_book(uint8_t out[16], const uint8_t in[16], const uint8_t raw[32])
{
    uint32_t key[E4_AES_KEY_WORDS];

    schedule_by_the_book(key, raw);
    memmove(out, in, 16);
    add_key(out, key);
    for (size_t round = 1; round < 14; round++) {
        sub_and_shift(out);
        mix(out);
        add_key(out, key + 4 * round);
    }
    sub_and_shift(out);
    add_key(out, key + 56);
}
