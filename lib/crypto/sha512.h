/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512 (FIPS 180-4), which Ed25519 is built on. In pieces, for messages of any length. */
#ifndef E4_SHA512_H
#define E4_SHA512_H

#include <stddef.h>
#include <stdint.h>

struct e4_sha512 { /* private */
    uint64_t hash[8];
    uint64_t len; /* bytes taken in so far */
    uint8_t block[128];
};

void e4_sha512_init(struct e4_sha512 *state);
void e4_sha512_update(struct e4_sha512 *state, const void *data, size_t len);

/* Give the digest and wipe the state. */
void e4_sha512_final(struct e4_sha512 *state, uint8_t out[64]);

#endif
