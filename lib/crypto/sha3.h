/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA3-256 (FIPS 202): names and topics become ids and hashes, and an X25519 result becomes a
 * command key. In one call, or in pieces.
 */
#ifndef E4_SHA3_H
#define E4_SHA3_H

#include <stddef.h>
#include <stdint.h>

struct e4_sha3 { /* private */
    uint64_t lane[25];
    uint8_t at; /* bytes of the current block that are taken in, below the rate of 136 */
};

void e4_sha3_init(struct e4_sha3 *state);
void e4_sha3_update(struct e4_sha3 *state, const void *data, size_t len);

/* Give the first len bytes of the digest, 32 at most, and wipe the state. */
void e4_sha3_final(struct e4_sha3 *state, uint8_t *out, size_t len);

/* The digest of data; out may be within data. */
void e4_sha3_256(uint8_t out[32], const void *data, size_t len);

#endif
