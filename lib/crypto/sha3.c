/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA3-256: the sponge of FIPS 202 over Keccak-f[1600], section 3. All lanes and rotations
 * are written as constants: that is what makes it fast, and it is small where a round is one
 * function, as compilers have it when they go for size.
 */
#include "sha3.h"

#include "ct.h"
#include "load.h"

enum { RATE = 136, ROUNDS = 24 };

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

/* Step mapping chi on one row. */
static inline void chi(uint64_t out[5], uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                       uint64_t e)
{
    out[0] = a ^ (~b & c);
    out[1] = b ^ (~c & d);
    out[2] = c ^ (~d & e);
    out[3] = d ^ (~e & a);
    out[4] = e ^ (~a & b);
}

static inline uint64_t column(const uint64_t in[25], unsigned x)
{
    return in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
}

/* All five step mappings: theta gives t0 to t4, then rho, pi and chi make row by row. */
static void round_of(uint64_t out[25], const uint64_t in[25], uint64_t constant)
{
    const uint64_t c0 = column(in, 0);
    const uint64_t c1 = column(in, 1);
    const uint64_t c2 = column(in, 2);
    const uint64_t c3 = column(in, 3);
    const uint64_t c4 = column(in, 4);
    const uint64_t t0 = c4 ^ turned(c1, 1);
    const uint64_t t1 = c0 ^ turned(c2, 1);
    const uint64_t t2 = c1 ^ turned(c3, 1);
    const uint64_t t3 = c2 ^ turned(c4, 1);
    const uint64_t t4 = c3 ^ turned(c0, 1);

    chi(out, in[0] ^ t0, turned(in[6] ^ t1, 44), turned(in[12] ^ t2, 43),
        turned(in[18] ^ t3, 21), turned(in[24] ^ t4, 14));
    chi(out + 5, turned(in[3] ^ t3, 28), turned(in[9] ^ t4, 20), turned(in[10] ^ t0, 3),
        turned(in[16] ^ t1, 45), turned(in[22] ^ t2, 61));
    chi(out + 10, turned(in[1] ^ t1, 1), turned(in[7] ^ t2, 6), turned(in[13] ^ t3, 25),
        turned(in[19] ^ t4, 8), turned(in[20] ^ t0, 18));
    chi(out + 15, turned(in[4] ^ t4, 27), turned(in[5] ^ t0, 36), turned(in[11] ^ t1, 10),
        turned(in[17] ^ t2, 15), turned(in[23] ^ t3, 56));
    chi(out + 20, turned(in[2] ^ t2, 62), turned(in[8] ^ t3, 55), turned(in[14] ^ t4, 39),
        turned(in[15] ^ t0, 41), turned(in[21] ^ t1, 2));
    out[0] ^= constant;
}

static void permute(uint64_t lane[25])
{
    uint64_t other[25];

    for (unsigned i = 0; i < ROUNDS; i += 2) {
        round_of(other, lane, round_constant[i]);
        round_of(lane, other, round_constant[i + 1]);
    }
    e4_wipe(other, sizeof other);
}

static void absorb_byte(struct e4_sha3 *state, unsigned at, uint8_t byte)
{
    state->lane[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

void e4_sha3_init(struct e4_sha3 *state)
{
    *state = (struct e4_sha3){{0}, 0};
}

void e4_sha3_update(struct e4_sha3 *state, const void *data, size_t len)
{
    const uint8_t *in = data;
    unsigned at = state->at;

    while (len > 0) {
        if (at % 8 == 0 && len >= 8) {
            state->lane[at / 8] ^= e4_load_le64(in);
            at += 8;
            in += 8;
            len -= 8;
        } else {
            absorb_byte(state, at++, *in++);
            len--;
        }
        if (at == RATE) {
            permute(state->lane);
            at = 0;
        }
    }
    state->at = (uint8_t)at;
}

void e4_sha3_final(struct e4_sha3 *state, uint8_t out[32])
{
    absorb_byte(state, state->at, 0x06);
    absorb_byte(state, RATE - 1, 0x80);
    permute(state->lane);
    for (unsigned i = 0; i < 4; i++)
        e4_store_le64(out + 8 * i, state->lane[i]);
    e4_wipe(state, sizeof *state);
}

void e4_sha3_256(uint8_t out[32], const void *data, size_t len)
{
    struct e4_sha3 state;

    e4_sha3_init(&state);
    e4_sha3_update(&state, data, len);
    e4_sha3_final(&state, out);
}
