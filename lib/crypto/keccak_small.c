/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The permutation by the text of FIPS 202, 3.2, step by step: loops, and all indices public.
 */
#include "keccak.h"

#include <string.h>

#include "ct.h"

static const uint8_t wrapped[9] = {0, 1, 2, 3, 4, 0, 1, 2, 3}; /* x modulo 5 */

static uint64_t turned(uint64_t x, unsigned by)
{
    return x << by | x >> ((64 - by) % 64);
}

static void theta(uint64_t lane[25], uint64_t parity[5])
{
    memcpy(parity, lane, 5 * sizeof *parity);
    for (unsigned y = 5; y < 25; y += 5)
        for (unsigned x = 0; x < 5; x++)
            parity[x] ^= lane[x + y];
    for (unsigned x = 0; x < 5; x++) {
        uint64_t both = parity[wrapped[x + 4]] ^ turned(parity[wrapped[x + 1]], 1);

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

static void chi(uint64_t lane[25], uint64_t row[5])
{
    for (unsigned y = 0; y < 25; y += 5) {
        memcpy(row, lane + y, 5 * sizeof *row);
        for (unsigned x = 0; x < 5; x++)
            lane[x + y] ^= ~row[wrapped[x + 1]] & row[wrapped[x + 2]];
    }
}

/* Bits 0, 1, 3, 7, 15, 31 and 63 of a constant come out of a shift register (3.2.5). */
static uint8_t iota(uint64_t *lane, uint8_t bits)
{
    for (unsigned at = 1; at <= 64; at *= 2) {
        *lane ^= turned(bits & 1, at - 1);
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
        chi(lane, parity);
        bits = iota(lane, bits);
    }
    e4_wipe(parity, sizeof parity);
}
