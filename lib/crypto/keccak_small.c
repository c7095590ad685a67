/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The permutation by the text of FIPS 202, 3.2, step by step: loops, and all indices public.
 */
#include "keccak.h"

#include "ct.h"

static uint64_t turned(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void theta(uint64_t lane[25], uint64_t parity[5])
{
    for (unsigned x = 0; x < 5; x++)
        parity[x] = lane[x] ^ lane[x + 5] ^ lane[x + 10] ^ lane[x + 15] ^ lane[x + 20];
    for (unsigned x = 0; x < 5; x++) {
        uint64_t both = parity[x > 0 ? x - 1 : 4] ^ turned(parity[x < 4 ? x + 1 : 0], 1);

        for (unsigned y = 0; y < 25; y += 5)
            lane[x + y] ^= both;
    }
}

/* Each lane goes where the next one is taken from, turned by 1, 1 + 2, 1 + 2 + 3... */
static void rho_and_pi(uint64_t lane[25])
{
    static const uint8_t path[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    uint64_t moving = lane[1];
    unsigned by = 0;

    for (unsigned i = 0; i < 24; i++) {
        uint64_t next = lane[path[i]];

        by += i + 1;
        lane[path[i]] = turned(moving, by % 64);
        moving = next;
    }
}

static void chi(uint64_t lane[25])
{
    for (uint64_t *row = lane; row < lane + 25; row += 5) {
        uint64_t first = row[0], second = row[1];

        for (unsigned x = 0; x < 3; x++)
            row[x] ^= ~row[x + 1] & row[x + 2];
        row[3] ^= ~row[4] & first;
        row[4] ^= ~first & second;
    }
}

/* Bits 0, 1, 3, 7, 15, 31 and 63 of a constant come out of a shift register (3.2.5). */
static uint8_t iota(uint64_t *lane, uint8_t bits)
{
    for (unsigned at = 1; at <= 64; at *= 2) {
        *lane ^= (uint64_t)(bits & 1) << (at - 1);
        bits = (uint8_t)(bits << 1 ^ (bits >> 7) * 0x71);
    }
    return bits;
}

void e4_keccak(uint64_t lane[25])
{
    uint64_t parity[5];
    uint8_t bits = 1;

    for (unsigned round = 0; round < 24; round++) {
        theta(lane, parity);
        rho_and_pi(lane);
        chi(lane);
        bits = iota(lane, bits);
    }
    e4_wipe(parity, sizeof parity);
}
