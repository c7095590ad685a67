/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 in constant time on any CPU, without tables: bitsliced. Written once over what the
 * including file defines, which is an engine for words of one width:
 *
 *   word             an unsigned type, of 16 bits for each of BLOCKS blocks
 *   cell             an unsigned type, as the processor computes with; a word has CELLS
 *   keys             where the round keys of the blocks are
 *   key_planes()     word `at` of the round keys, as the BLOCKS planes that it stands for
 *   load_columns()   count blocks to words, zeros for those that are missing, so that byte n of
 *                    word i is row 2n / BLOCKS of the column at place 8n + i in the planes
 *   store_columns()  the inverse
 *
 * Plane i holds bit i of every byte: that of row r, column c, block b at place
 * 4 BLOCKS r + 4b + c. So a row is a part of a word, and a column's mixing rotation of planes.
 * A round key is kept in 16 bytes: BLOCKS planes of one block in each word.
 */
#ifndef E4_CRYPTO_AES_SLICED_H
#define E4_CRYPTO_AES_SLICED_H

#include <string.h>

#include "ct.h"

enum { PLANES = 8, ROUNDS = 14, KEY_WORDS = PLANES / BLOCKS };

/* Columns are a bit each, of a row r, of all rows; bits those of each byte. */
#define ALL             ((word)-1)
#define EACH_BYTE(bits) ((word)(ALL / 255 * (bits)))
#define ROW_BITS        (4 * BLOCKS)
#define ROW_0           ((word)(((word)1 << ROW_BITS) - 1))
#define ROW(r, columns) ((word)((word)(ROW_0 / 15 * (columns)) << (r)*ROW_BITS))
#define EACH_ROW(bits)  ((word)(ALL / ROW_0 * (bits)))
#define BY_ONE          (ROW(1, 5) | ROW(3, 5)) /* of shifted() */

static inline word turn_rows(word x, unsigned by)
{
    return (word)(x >> by * ROW_BITS | x << (4 - by) * ROW_BITS);
}

/* Exchange the bits of a under mask << by with those of b under mask. */
static inline void exchange(word *a, word *b, word mask, unsigned by)
{
    word x = *a, y = *b;
    word differ = (word)((x >> by ^ y) & mask);

    *b = y ^ differ;
    *a = (word)(x ^ differ << by);
}

/* In each byte: bit j of word i becomes bit i of word j. By four, then by two and by one. */
static void transpose(word q[PLANES])
{
    word mask = EACH_BYTE(0x0f);

    for (unsigned by = 4; by > 0; by /= 2, mask ^= (word)(mask << by))
        for (size_t i = 0; i < PLANES; i = (i + by + 1) & ~(size_t)by)
            exchange(&q[i], &q[i + by], mask, by);
}

/*
 * SubBytes by the circuit of Boyar and Peralta ("A small depth-16 circuit for the AES S-box"):
 * sums y of the input bits; the inversion in GF(2^8), whose products come out in z; and sums s
 * of these. The paper numbers bits from the most significant. The order is the one, of many
 * tried, in which compilers keep the fewest values in memory.
 */
static void sub_cell(cell *q)
{
    cell q0 = q[0], q1 = q[CELLS], q2 = q[2 * CELLS], q3 = q[3 * CELLS];
    cell q4 = q[4 * CELLS], q5 = q[5 * CELLS], q6 = q[6 * CELLS], q7 = q[7 * CELLS];
    cell y22 = q6 ^ q5, y13 = q7 ^ q1, y14 = q4 ^ q2, y12 = y13 ^ y14, y1 = y22 ^ q0;
    cell y5 = y1 ^ q1, y4 = y1 ^ q4, b0 = y4 & q0, y8 = q7 ^ q2, y9 = q7 ^ q4, y2 = y1 ^ q7;
    cell y3 = y5 ^ y8, y23 = q3 ^ y12, y15 = y23 ^ q2, y10 = y15 ^ y22, y19 = y10 ^ y8;
    cell y20 = y23 ^ q6, m0 = y12 & y15, y6 = y15 ^ q0, y11 = y20 ^ y9, y16 = y22 ^ y11;
    cell m5 = y8 & y10, m1 = y13 & y16, c0 = y5 & y1, y17 = y10 ^ y11, m2 = y9 & y11;
    cell c1 = c0 ^ m1, y18 = q7 ^ y16, m6 = m5 ^ m2, m3 = y14 & y17, m4 = m3 ^ m2, b1 = b0 ^ m0;
    cell b2 = b1 ^ m6, a0 = y3 & y6, y21 = y13 ^ y16, a1 = a0 ^ m0, b = b2 ^ y19, c2 = c1 ^ m4;
    cell a2 = a1 ^ m4, a = a2 ^ y20, ab = a ^ b, c = c2 ^ y21, y7 = q0 ^ y11, d0 = y2 & y7;
    cell d1 = d0 ^ m1, d2 = d1 ^ m6, ac = a & c, d = d2 ^ y18, f1 = c ^ d, dac = d ^ ac;
    cell f0 = b ^ ac, e0 = ab & dac, e = e0 ^ b, f2 = f0 & f1, f = f2 ^ d, g0 = dac ^ f;
    cell g = d & g0, i0 = dac ^ g, i1 = e & i0, i = ab ^ i1, h0 = g ^ c, ef = e ^ f, h = h0 ^ f;
    cell hi = h ^ i, z2 = f & q0, z8 = hi & y10, z6 = ef & y11, z15 = ef & y9, ei = e ^ i;
    cell efhi = ef ^ hi, z3 = ei & y16, fh = f ^ h, z9 = fh & y12, z13 = i & y5, z5 = e & y7;
    cell z14 = e & y2, z12 = ei & y13, z7 = efhi & y17, z10 = h & y3, z16 = efhi & y14;
    cell s2 = z5 ^ z13, s6 = z6 ^ z7, s10 = z7 ^ z8, s1 = z15 ^ z16, s16 = z12 ^ s2;
    cell z0 = fh & y15, s3 = z2 ^ z12, s8 = z9 ^ z10, s0 = z0 ^ z3, s17 = s2 ^ s1, z4 = i & y1;
    cell z17 = hi & y8, s4 = s3 ^ s0, s18 = z2 ^ z5, z11 = f & y4, z1 = h & y6, s7 = z3 ^ s6;
    cell s13 = z14 ^ s4, s5 = z4 ^ s1;
    q[0] = (cell) ~(s17 ^ s4);
    cell s11 = s10 ^ s5, s9 = s8 ^ s5, s15 = z1 ^ s9, s20 = z16 ^ z17;
    q[CELLS] = (cell) ~(s16 ^ s11);
    cell s19 = z10 ^ z11;
    q[7 * CELLS] = s7 ^ s9;
    cell s14 = s13 ^ s11, r4 = s0 ^ s15;
    q[3 * CELLS] = s18 ^ s15;
    q[4 * CELLS] = r4;
    cell s12 = z4 ^ s7, s21 = s12 ^ s14;
    q[2 * CELLS] = s19 ^ s14;
    q[6 * CELLS] = (cell) ~(s12 ^ r4);
    q[5 * CELLS] = (cell) ~(s20 ^ s21);
}

static void sub_bytes(word q[PLANES])
{
    for (size_t i = 0; i < CELLS; i++)
        sub_cell((cell *)q + i);
}

/* In each row: exchange the columns at a place of the mask and `by` places further. */
static inline word swap_columns(word x, word mask, unsigned by)
{
    word differ = (word)((x >> by ^ x) & mask);

    return (word)(x ^ differ ^ differ << by);
}

/* For shifted(); from memory, since compilers would make it of four parts each time. */
static inline word swaps_by_two(void)
{
    static const word mask = ROW(1, 2) | ROW(2, 3) | ROW(3, 1);

    return *(const volatile word *)&mask;
}

/*
 * ShiftRows: row r turns by r columns. 0123 becomes 1032 in rows 1 and 3, and from there 1230
 * and 3012; in row 2 it becomes 2301.
 */
static inline word shifted(word x, word by_two)
{
    return swap_columns(swap_columns(x, BY_ONE, 1), by_two, 2);
}

/*
 * ShiftRows, then MixColumns: row r becomes 2 (r + r') + r' + r'' + r''', where r' is the row
 * below, and so on round. Doubling moves a plane of the sum to the next, and the last to four.
 * Where a word has several parts, shifting is better a function, and turning by two rows is an
 * exchange of parts; elsewhere the other ways are shorter.
 */
static void shift_and_mix(word q[PLANES])
{
    const word by_two = swaps_by_two();
    word *plane = q;
    word doubled = 0;

    do {
        word x = CELLS > 1 ? shifted(*plane, by_two)
                           : swap_columns(swap_columns(*plane, BY_ONE, 1), by_two, 2);
        word sum = x ^ turn_rows(x, 1);

        *plane = doubled ^ (CELLS > 1 ? turn_rows(x, 1) ^ turn_rows(sum, 2)
                                      : turn_rows(x ^ turn_rows(sum, 1), 1));
        doubled = sum;
    } while (++plane < q + PLANES);
    q[0] ^= doubled;
    q[1] ^= doubled;
    q[3] ^= doubled;
    q[4] ^= doubled;
}

static void add_round_key(word q[PLANES], keys key, size_t round)
{
    for (size_t i = 0; i < KEY_WORDS; i++) {
        word plane[BLOCKS];

        key_planes(plane, key, round * KEY_WORDS + i);
        for (size_t b = 0; b < BLOCKS; b++)
            plane[b] ^= q[BLOCKS * i + b];
        for (size_t b = 0; b < BLOCKS; b++)
            q[BLOCKS * i + b] = plane[b];
    }
}

static void encrypt_planes(word q[PLANES], keys key)
{
    const word by_two = swaps_by_two();

    add_round_key(q, key, 0);
    for (size_t round = 1; round < ROUNDS; round++) {
        sub_bytes(q);
        shift_and_mix(q);
        add_round_key(q, key, round);
    }
    sub_bytes(q);
    for (size_t i = 0; i < PLANES; i++)
        q[i] = shifted(q[i], by_two);
    add_round_key(q, key, ROUNDS);
}

static void encrypt_blocks(keys key, uint8_t *out, const uint8_t *in, size_t count)
{
    word q[PLANES];

    while (count > 0) {
        size_t now = count < BLOCKS ? count : (size_t)BLOCKS;

        load_columns(q, in, now);
        transpose(q);
        encrypt_planes(q, key);
        transpose(q);
        store_columns(out, q, now);
        in += 16 * now;
        out += 16 * now;
        count -= now;
    }
    e4_wipe(q, sizeof q);
}

/* The round key that is in the first block of q. */
static void keep_round_key(uint32_t *key, size_t round, const word q[PLANES])
{
    for (size_t i = 0; i < KEY_WORDS; i++) {
        word joined = 0;

        for (size_t b = 0; b < BLOCKS; b++)
            joined |= (word)((q[BLOCKS * i + b] & EACH_ROW(0x0f)) << 4 * b);
        memcpy((uint8_t *)key + (round * KEY_WORDS + i) * sizeof joined, &joined,
               sizeof joined);
    }
}

/* FIPS 197, 5.2, a round key a step: its last column, through the S-box, goes into the first */
static void next_round_key(word q[PLANES], keys key, size_t round)
{
    word *plane = q;

    sub_bytes(q);
    do {
        word x = *plane;

        if (round % 2 == 0)
            x = turn_rows(x, 1);
        *plane = (word)(x >> 3 & EACH_BYTE(0x11));
    } while (++plane < q + PLANES);
    if (round % 2 == 0)
        q[round / 2 - 1] ^= 1;
    add_round_key(q, key, round - 2);
    do {
        word x = *--plane;

        x ^= (word)(x << 1 & EACH_BYTE(0xee));
        *plane = (word)(x ^ (x << 2 & EACH_BYTE(0xcc)));
    } while (plane > q);
}

static void expand_key(uint32_t *key, keys same, const uint8_t *raw)
{
    word q[PLANES];

    for (size_t round = 0; round <= ROUNDS; round++) {
        if (round < 2) {
            load_columns(q, raw + 16 * round, 1);
            transpose(q);
        } else {
            next_round_key(q, same, round);
        }
        keep_round_key(key, round, q);
    }
    e4_wipe(q, sizeof q);
}

#endif
