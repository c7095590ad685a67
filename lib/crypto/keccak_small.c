/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The permutation by the text of FIPS 202, 3.2, step by step: loops, all indices public, and
 * lanes by their bytes wherever their order is no matter.
 */
#include "keccak.h"

#include <string.h>

#include "bytes.h"
#include "ct.h"

enum { LANE = sizeof(uint64_t), KECCAK_ROW = 5 * LANE };

/* Turn a lane left: by halves, unless the processor is smaller than those. */
static void turn_lane(uint64_t *lane, unsigned by)
{
    uint32_t low = (uint32_t)*lane, high = (uint32_t)(*lane >> 32), other = low;

    if (sizeof by < sizeof low) {
        *lane = *lane << by | *lane >> ((64 - by) % 64);
        return;
    }
    if (by & 32) {
        low = high;
        high = other;
    }
    by &= 31;
    other = high << by | low >> 1 >> (31 - by);
    low = low << by | high >> 1 >> (31 - by);
    *lane = (uint64_t)other << 32 | low;
}

static void add_to_rows(uint64_t lane[25], const uint64_t row[5])
{
    for (uint64_t *at = lane; at < lane + 25; at += 5)
        e4_xor(at, row, KECCAK_ROW);
}

/* Row x + 1 of parity is column x of the lanes; at both ends it goes on as the other begins. */
static void theta(uint64_t lane[25], uint64_t parity[7])
{
    memset(parity, 0, 7 * LANE);
    for (const uint64_t *at = lane; at < lane + 25; at += 5)
        e4_xor(parity + 1, at, KECCAK_ROW);
    memcpy(parity, parity + 5, LANE);
    memcpy(parity + 6, parity + 1, LANE);
    add_to_rows(lane, parity);
    for (uint64_t *at = parity + 2; at < parity + 7; at++)
        turn_lane(at, 1);
    add_to_rows(lane, parity + 2);
}

/* Each lane goes where the next one is taken from, turned by 1, 1 + 2, 1 + 2 + 3... */
static void rho_and_pi(uint64_t lane[25], uint64_t moving[2])
{
    static const uint8_t path[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    unsigned by = 0;

    memcpy(moving, lane + 1, LANE);
    for (unsigned i = 0; i < 24; i++) {
        uint64_t *at = lane + path[i];

        by += i + 1;
        turn_lane(moving, by % 64);
        memcpy(moving + 1, at, LANE);
        memcpy(at, moving, LANE);
        memcpy(moving, moving + 1, LANE);
    }
}

static void chi(uint8_t state[5 * KECCAK_ROW], uint8_t row[KECCAK_ROW + 2 * LANE])
{
    for (uint8_t *at = state; at < state + 5 * KECCAK_ROW;) {
        memcpy(row, at, KECCAK_ROW);
        e4_copy16(row + KECCAK_ROW, at);
        for (unsigned i = 0; i < KECCAK_ROW; i++)
            *at++ ^= (uint8_t)(~row[i + LANE] & row[i + 2 * LANE]);
    }
}

/* Bits 0, 1, 3, 7, 15, 31 and 63 of a constant come out of a shift register (3.2.5). */
static uint8_t iota(uint64_t *lane, uint8_t bits, uint64_t *bit)
{
    for (unsigned at = 1; at <= 64; at *= 2) {
        *bit = bits & 1;
        turn_lane(bit, at - 1);
        e4_xor(lane, bit, LANE);
        bits = (uint8_t)(bits << 1 ^ (bits >> 7) * 0x71);
    }
    return bits;
}

void e4_keccak(uint64_t lane[25])
{
    uint64_t row[7];
    uint8_t bits = 1;

    for (unsigned round = 0; round < 24; round++) {
        theta(lane, row);
        rho_and_pi(lane, row);
        chi((uint8_t *)lane, (uint8_t *)row);
        bits = iota(lane, bits, row);
    }
    e4_wipe(row, sizeof row);
}
