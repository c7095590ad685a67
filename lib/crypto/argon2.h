/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argon2i and Argon2id, version 0x13 (RFC 9106): a key from a password. Here because E4's
 * passwords have an empty salt, which other libraries refuse. For hosts: it wants much memory.
 */
#ifndef E4_ARGON2_H
#define E4_ARGON2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "argon2_block.h"

enum e4_argon2_type { E4_ARGON2I = 1, E4_ARGON2ID = 2 };

/* Some of what is hashed; NULL is fine when len is 0. */
struct e4_argon2_bytes {
    const void *data;
    size_t len;
};

struct e4_argon2 {
    enum e4_argon2_type type;
    uint32_t passes;     /* 1 or more */
    uint32_t memory_kib; /* 8 for each lane, or more */
    uint32_t lanes;      /* 1 to 2^24 - 1 */
    /* Any of these may be empty. */
    struct e4_argon2_bytes password, salt, secret, ad;
    /* The block function; NULL: the fastest on this machine. */
    e4_argon2_fill *fill;
};

/*
 * Derive out_len bytes. work is memory_kib * 1024 bytes, aligned for uint64_t, and is wiped
 * before return. False, and nothing written, if a parameter is out of its range: those above,
 * out_len below 4, a length above 2^32 - 1, work too small or not aligned.
 *
 * Argon2i's way through memory, and its time, depend on the parameters alone; Argon2id's depend
 * on the password too, from the second half of the first pass on.
 */
bool e4_argon2(uint8_t *out, size_t out_len, const struct e4_argon2 *params, void *work,
               size_t work_len);

#endif
