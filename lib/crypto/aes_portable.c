/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 in constant time on any CPU: four blocks at once, bitsliced into eight 64-bit words.
 *
 * Plane i holds bit i of every byte: that of row r, column c, block b at place 16r + 4c + b. So
 * a column's mixing is rotation of planes by 16, and the four blocks are the four bits of a
 * nibble. A block takes this form in two steps: block_in() gives two words, whose nibbles are
 * the low and the high halves of its bytes; transpose() turns the words of four blocks, nibble
 * by nibble, into four planes. Round keys are kept after the first step, in 16 bytes as
 * ever; as the second then joins the keys of four blocks, each block may have its own.
 */
#include "aes.h"

#include <string.h>

#include "ct.h"
#include "load.h"

enum { BLOCKS = 4, PLANES = 8, ROUNDS = 14 };

static inline uint64_t rotate_right(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

/* Exchange the bits of a under mask << by with those of b under mask. */
static inline void exchange(uint64_t *a, uint64_t *b, uint64_t mask, unsigned by)
{
    uint64_t differ = ((*a >> by) ^ *b) & mask;

    *b ^= differ;
    *a ^= differ << by;
}

/* In each nibble: bit j of word i becomes bit i of word j. */
static inline void transpose(uint64_t word[4])
{
    exchange(&word[0], &word[1], 0x5555555555555555, 1);
    exchange(&word[2], &word[3], 0x5555555555555555, 1);
    exchange(&word[0], &word[2], 0x3333333333333333, 2);
    exchange(&word[1], &word[3], 0x3333333333333333, 2);
}

/* Byte i of a word to bits 16i to 16i+7, and back. */
static inline uint64_t spread(uint64_t word)
{
    word = (word | word << 16) & 0x0000ffff0000ffff;
    return (word | word << 8) & 0x00ff00ff00ff00ff;
}

static inline uint32_t gather(uint64_t word)
{
    word &= 0x00ff00ff00ff00ff;
    word = (word | word >> 8) & 0x0000ffff0000ffff;
    return (uint32_t)(word | word >> 16);
}

/* A block, by columns, to the words of its low and of its high nibbles. */
static inline void block_in(uint64_t *low, uint64_t *high, const uint32_t column[4])
{
    uint64_t even = spread(column[0]) | spread(column[2]) << 8;
    uint64_t odd = spread(column[1]) | spread(column[3]) << 8;

    exchange(&even, &odd, 0x0f0f0f0f0f0f0f0f, 4);
    *low = even;
    *high = odd;
}

static inline void block_out(uint32_t column[4], uint64_t low, uint64_t high)
{
    exchange(&low, &high, 0x0f0f0f0f0f0f0f0f, 4);
    column[0] = gather(low);
    column[1] = gather(high);
    column[2] = gather(low >> 8);
    column[3] = gather(high >> 8);
}

/*
 * SubBytes by the circuit of Boyar and Peralta ("A small depth-16 circuit for the AES S-box"):
 * 23 sums of the input bits, the inversion in GF(2^8), whose 18 products come out in z, and 30
 * sums of these. The paper numbers bits from the most significant.
 */
static inline void sum_in(uint64_t y[22], const uint64_t q[PLANES])
{
    uint64_t common = q[6] ^ q[5];

    y[0] = q[0];
    y[14] = q[4] ^ q[2];
    y[13] = q[7] ^ q[1];
    y[9] = q[7] ^ q[4];
    y[8] = q[7] ^ q[2];
    y[1] = common ^ q[0];
    y[4] = y[1] ^ q[4];
    y[12] = y[13] ^ y[14];
    y[2] = y[1] ^ q[7];
    y[5] = y[1] ^ q[1];
    y[3] = y[5] ^ y[8];
    y[15] = q[3] ^ y[12] ^ q[2];
    y[20] = q[3] ^ y[12] ^ q[6];
    y[6] = y[15] ^ q[0];
    y[10] = y[15] ^ common;
    y[11] = y[20] ^ y[9];
    y[7] = q[0] ^ y[11];
    y[17] = y[10] ^ y[11];
    y[19] = y[10] ^ y[8];
    y[16] = common ^ y[11];
    y[21] = y[13] ^ y[16];
    y[18] = q[7] ^ y[16];
}

static inline void invert(uint64_t z[18], const uint64_t y[22])
{
    uint64_t p = y[12] & y[15], q = y[13] & y[16], r = y[9] & y[11];
    uint64_t s = (y[14] & y[17]) ^ r, t = (y[8] & y[10]) ^ r;
    uint64_t a = (y[3] & y[6]) ^ p ^ s ^ y[20];
    uint64_t b = (y[4] & y[0]) ^ p ^ t ^ y[19];
    uint64_t c = (y[5] & y[1]) ^ q ^ s ^ y[21];
    uint64_t d = (y[2] & y[7]) ^ q ^ t ^ y[18];
    uint64_t ab = a ^ b, ac = a & c, dac = d ^ ac;
    uint64_t e = (ab & dac) ^ b;
    uint64_t f = ((b ^ ac) & (c ^ d)) ^ d;
    uint64_t g = d & (dac ^ f);
    uint64_t h = g ^ c ^ f;
    uint64_t i = ab ^ (e & (dac ^ g));
    uint64_t ef = e ^ f, hi = h ^ i;

    z[0] = (f ^ h) & y[15];
    z[1] = h & y[6];
    z[2] = f & y[0];
    z[3] = (e ^ i) & y[16];
    z[4] = i & y[1];
    z[5] = e & y[7];
    z[6] = ef & y[11];
    z[7] = (ef ^ hi) & y[17];
    z[8] = hi & y[10];
    z[9] = (f ^ h) & y[12];
    z[10] = h & y[3];
    z[11] = f & y[4];
    z[12] = (e ^ i) & y[13];
    z[13] = i & y[5];
    z[14] = e & y[2];
    z[15] = ef & y[9];
    z[16] = (ef ^ hi) & y[14];
    z[17] = hi & y[8];
}

static inline void sum_out(uint64_t q[PLANES], const uint64_t z[18])
{
    uint64_t a = z[15] ^ z[16], b = z[5] ^ z[13];
    uint64_t c = z[2] ^ z[12] ^ z[0] ^ z[3], d = z[4] ^ a;
    uint64_t e = z[3] ^ z[6] ^ z[7], f = z[9] ^ z[10] ^ d;
    uint64_t g = z[7] ^ z[8] ^ d, h = z[4] ^ e;
    uint64_t i = z[14] ^ c ^ g, j = z[1] ^ f;

    q[7] = e ^ f;
    q[1] = ~(z[12] ^ b ^ g);
    q[0] = ~(b ^ a ^ c);
    q[4] = z[0] ^ z[3] ^ j;
    q[3] = z[2] ^ z[5] ^ j;
    q[2] = z[10] ^ z[11] ^ i;
    q[6] = ~(h ^ q[4]);
    q[5] = ~(z[16] ^ z[17] ^ h ^ i);
}

static void sub_bytes(uint64_t q[PLANES])
{
    uint64_t y[22], z[18];

    sum_in(y, q);
    invert(z, y);
    sum_out(q, z);
}

/* Row r turns by r columns: by two where r has bit 1, by one where it has bit 0. */
static inline void shift_rows(uint64_t q[PLANES])
{
    for (size_t i = 0; i < PLANES; i++) {
        uint64_t x = q[i];
        uint64_t differ = ((x >> 8) ^ x) & 0x00ff00ff00000000;

        x ^= differ ^ differ << 8;
        q[i] = (x & 0x0000ffff0000ffff) | (x >> 4 & 0x0fff00000fff0000) |
               (x << 12 & 0xf0000000f0000000);
    }
}

/* Row r becomes 2 (r + r') + r' + r'' + r''', where r' is the row below, and so on round. */
static inline void mix_columns(uint64_t q[PLANES])
{
    uint64_t top = q[7] ^ rotate_right(q[7], 16);
    uint64_t carry = top;
    uint64_t doubled = top;

    for (size_t i = 0; i < PLANES; i++) {
        uint64_t below = rotate_right(q[i], 16);
        uint64_t sum = q[i] ^ below;

        q[i] = doubled ^ below ^ rotate_right(sum, 32);
        doubled = sum;
        if (i == 0 || i == 2 || i == 3)
            doubled ^= carry;
    }
}

/* Round keys of four blocks; key[b] points at the round's 16 bytes for block b. */
static inline void add_round_key(uint64_t q[PLANES], const uint32_t *const key[BLOCKS],
                                 size_t round)
{
    for (size_t half = 0; half < 2; half++) {
        uint64_t plane[4];

        for (size_t b = 0; b < BLOCKS; b++)
            memcpy(&plane[b], key[b] + 4 * round + 2 * half, sizeof plane[b]);
        transpose(plane);
        for (size_t i = 0; i < 4; i++)
            q[4 * half + i] ^= plane[i];
    }
}

static void encrypt_planes(uint64_t q[PLANES], const uint32_t *const key[BLOCKS])
{
    add_round_key(q, key, 0);
    for (size_t round = 1; round < ROUNDS; round++) {
        sub_bytes(q);
        shift_rows(q);
        mix_columns(q);
        add_round_key(q, key, round);
    }
    sub_bytes(q);
    shift_rows(q);
    add_round_key(q, key, ROUNDS);
}

/* Four blocks, each under its own key. */
static void encrypt_four(uint8_t block[BLOCKS][E4_AES_BLOCK_SIZE],
                         const uint32_t *const key[BLOCKS])
{
    uint64_t q[PLANES];
    uint32_t column[4];

    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t c = 0; c < 4; c++)
            column[c] = e4_load_le32(block[b] + 4 * c);
        block_in(&q[b], &q[b + 4], column);
    }
    transpose(q);
    transpose(q + 4);
    encrypt_planes(q, key);
    transpose(q);
    transpose(q + 4);
    for (size_t b = 0; b < BLOCKS; b++) {
        block_out(column, q[b], q[b + 4]);
        for (size_t c = 0; c < 4; c++)
            e4_store_le32(block[b] + 4 * c, column[c]);
    }
}

static void encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t count)
{
    const uint32_t *const same[BLOCKS] = {key, key, key, key};
    uint8_t block[BLOCKS][E4_AES_BLOCK_SIZE] = {{0}};

    while (count > 0) {
        size_t now = count < BLOCKS ? count : BLOCKS;

        memcpy(block, in, now * E4_AES_BLOCK_SIZE);
        encrypt_four(block, same);
        memcpy(out, block, now * E4_AES_BLOCK_SIZE);
        in += now * E4_AES_BLOCK_SIZE;
        out += now * E4_AES_BLOCK_SIZE;
        count -= now;
    }
    e4_wipe(block, sizeof block);
}

static void chain(struct e4_aes_lane *lane, size_t count, size_t blocks)
{
    uint8_t block[BLOCKS][E4_AES_BLOCK_SIZE];

    for (size_t first = 0; first < count; first += BLOCKS) {
        const uint32_t *key[BLOCKS];
        struct e4_aes_lane *four = lane + first;

        for (size_t b = 0; b < BLOCKS; b++) {
            key[b] = four[b].key;
            memcpy(block[b], four[b].mac, sizeof block[b]);
        }
        for (size_t i = 0; i < blocks; i++) {
            for (size_t b = 0; b < BLOCKS; b++)
                for (size_t j = 0; j < E4_AES_BLOCK_SIZE; j++)
                    block[b][j] ^= four[b].in[i * E4_AES_BLOCK_SIZE + j];
            encrypt_four(block, key);
        }
        for (size_t b = 0; b < BLOCKS; b++)
            memcpy(four[b].mac, block[b], sizeof block[b]);
    }
    e4_wipe(block, sizeof block);
}

static uint32_t sub_word(uint32_t word)
{
    uint32_t column[4] = {word, 0, 0, 0};
    uint64_t q[PLANES] = {0};

    block_in(&q[0], &q[4], column);
    transpose(q);
    transpose(q + 4);
    sub_bytes(q);
    transpose(q);
    transpose(q + 4);
    block_out(column, q[0], q[4]);
    e4_wipe(q, sizeof q);
    return column[0];
}

static void expand(uint32_t *key, const uint8_t *raw)
{
    uint64_t half[2];

    e4_aes_schedule(key, raw, sub_word);
    for (size_t i = 0; i < E4_AES_KEY_WORDS; i += 4) {
        block_in(&half[0], &half[1], key + i);
        memcpy(key + i, half, sizeof half);
    }
    e4_wipe(half, sizeof half);
}

static bool usable(void)
{
    return true;
}

const struct e4_aes e4_aes_portable = {
    .name = "portable",
    .usable = usable,
    .expand = expand,
    .encrypt = encrypt,
    .chain = chain,
};
