/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA3-256: the sponge of FIPS 202, section 4.
 */
#include "sha3.h"

#include <string.h>

#include "ct.h"
#include "keccak.h"

enum { RATE = 136 };

/* A byte of the state, whose lanes are little-endian numbers. */
static uint8_t *byte_at(struct e4_sha3 *state, unsigned at)
{
    const uint16_t one = 1;
    uint8_t little;

    memcpy(&little, &one, 1);
    return (uint8_t *)state->lane + (at ^ (7u & (little - 1u)));
}

void e4_sha3_init(struct e4_sha3 *state)
{
    memset(state, 0, sizeof *state);
}

void e4_sha3_update(struct e4_sha3 *state, const void *data, size_t len)
{
    const uint8_t *in = (const uint8_t *)data;
    unsigned at = state->at;

    for (; len > 0; len--) {
        *byte_at(state, at++) ^= *in++;
        if (at == RATE) {
            e4_keccak(state->lane);
            at = 0;
        }
    }
    state->at = (uint8_t)at;
}

void e4_sha3_final(struct e4_sha3 *state, uint8_t *out, size_t len)
{
    *byte_at(state, state->at) ^= 0x06;
    *byte_at(state, RATE - 1) ^= 0x80;
    e4_keccak(state->lane);
    for (unsigned i = 0; i < len; i++)
        out[i] = *byte_at(state, i);
    e4_wipe(state, sizeof *state);
}

void e4_sha3_256(uint8_t out[32], const void *data, size_t len)
{
    struct e4_sha3 state;

    e4_sha3_init(&state);
    e4_sha3_update(&state, data, len);
    e4_sha3_final(&state, out, 32);
}
