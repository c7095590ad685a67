/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The permutation with all lanes and rotations written as constants, for hosts. Lanes 1, 2, 8,
 * 12, 17 and 20 are kept inverted all the way: so step chi takes 8 inversions a round, not 25
 * (chapter 2.2 of the "Keccak implementation overview").
 */
#include "keccak.h"

#include "ct.h"

enum { ROUNDS = 24 };

static const uint64_t round_constant[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static inline uint64_t turned(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static inline uint64_t column(const uint64_t in[25], unsigned x)
{
    return in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
}

/* Step mapping theta: what it adds to each column. */
static inline void theta(uint64_t t[5], const uint64_t in[25])
{
    const uint64_t c0 = column(in, 0);
    const uint64_t c1 = column(in, 1);
    const uint64_t c2 = column(in, 2);
    const uint64_t c3 = column(in, 3);
    const uint64_t c4 = column(in, 4);

    t[0] = c4 ^ turned(c1, 1);
    t[1] = c0 ^ turned(c2, 1);
    t[2] = c1 ^ turned(c3, 1);
    t[3] = c2 ^ turned(c4, 1);
    t[4] = c3 ^ turned(c0, 1);
}

/* All five step mappings: theta, then rho, pi and chi row by row, with iota in the first. */
static void round_of(uint64_t out[25], const uint64_t in[25], uint64_t constant)
{
    uint64_t t[5], a, b, c, d, e;

    theta(t, in);
    a = in[0] ^ t[0];
    b = turned(in[6] ^ t[1], 44);
    c = turned(in[12] ^ t[2], 43);
    d = turned(in[18] ^ t[3], 21);
    e = turned(in[24] ^ t[4], 14);
    out[0] = a ^ (b | c) ^ constant;
    out[1] = b ^ (~c | d);
    out[2] = c ^ (d & e);
    out[3] = d ^ (e | a);
    out[4] = e ^ (a & b);
    a = turned(in[3] ^ t[3], 28);
    b = turned(in[9] ^ t[4], 20);
    c = turned(in[10] ^ t[0], 3);
    d = turned(in[16] ^ t[1], 45);
    e = turned(in[22] ^ t[2], 61);
    out[5] = a ^ (b | c);
    out[6] = b ^ (c & d);
    out[7] = c ^ (d | ~e);
    out[8] = d ^ (e | a);
    out[9] = e ^ (a & b);
    a = turned(in[1] ^ t[1], 1);
    b = turned(in[7] ^ t[2], 6);
    c = turned(in[13] ^ t[3], 25);
    d = turned(in[19] ^ t[4], 8);
    e = turned(in[20] ^ t[0], 18);
    out[10] = a ^ (b | c);
    out[11] = b ^ (c & d);
    out[12] = c ^ (~d & e);
    out[13] = ~d ^ (e | a);
    out[14] = e ^ (a & b);
    a = turned(in[4] ^ t[4], 27);
    b = turned(in[5] ^ t[0], 36);
    c = turned(in[11] ^ t[1], 10);
    d = turned(in[17] ^ t[2], 15);
    e = turned(in[23] ^ t[3], 56);
    out[15] = a ^ (b & c);
    out[16] = b ^ (c | d);
    out[17] = c ^ (~d | e);
    out[18] = ~d ^ (e & a);
    out[19] = e ^ (a | b);
    a = turned(in[2] ^ t[2], 62);
    b = turned(in[8] ^ t[3], 55);
    c = turned(in[14] ^ t[4], 39);
    d = turned(in[15] ^ t[0], 41);
    e = turned(in[21] ^ t[1], 2);
    out[20] = a ^ (~b & c);
    out[21] = ~b ^ (c | d);
    out[22] = c ^ (d & e);
    out[23] = d ^ (e | a);
    out[24] = e ^ (a & b);
}

static void invert_some(uint64_t lane[25])
{
    static const uint8_t inverted[6] = {1, 2, 8, 12, 17, 20};

    for (unsigned i = 0; i < sizeof inverted; i++)
        lane[inverted[i]] = ~lane[inverted[i]];
}

void e4_keccak(uint64_t lane[25])
{
    uint64_t other[25];

    invert_some(lane);
    for (unsigned i = 0; i < ROUNDS; i += 2) {
        round_of(other, lane, round_constant[i]);
        round_of(lane, other, round_constant[i + 1]);
    }
    invert_some(lane);
    e4_wipe(other, sizeof other);
}
