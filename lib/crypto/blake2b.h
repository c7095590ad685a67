/* SPDX-License-Identifier: Apache-2.0 */
/* BLAKE2b without a key (RFC 7693), which Argon2 is built on. In pieces. */
#ifndef E4_BLAKE2B_H
#define E4_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

struct e4_blake2b { /* private */
    uint64_t hash[8];
    uint64_t len;       /* bytes hashed so far, without those in block */
    uint8_t block[128]; /* never empty once there was data: the last block is hashed apart */
    uint8_t held;
    uint8_t out_len;
};

/* out_len, from 1 to 64, is part of what is hashed. */
void e4_blake2b_init(struct e4_blake2b *state, uint8_t out_len);
void e4_blake2b_update(struct e4_blake2b *state, const void *data, size_t len);

/* Give out_len bytes of digest and wipe the state. */
void e4_blake2b_final(struct e4_blake2b *state, uint8_t *out);

#endif
