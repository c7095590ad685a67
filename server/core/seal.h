/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys at rest: sealed under the master key with a random nonce, and bound to where they stand,
 * so that none can be put in another's place. seal.c is the one file here that knows libsodium.
 */
#ifndef SERVER_CORE_SEAL_H
#define SERVER_CORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "e4/e4.h"
#include "server/store/store.h"

struct err;
struct seal;

/* Where a sealed key stands: in which table, in whose row, and its how manieth key it is. */
struct seal_place {
    const char *table;
    const uint8_t *id; /* STORE_ID_SIZE bytes */
    int64_t version;
};

/* The keys derived from the master, in memory of their own. The caller frees it. */
int seal_new(struct seal **seal, const uint8_t master[E4_KEY_SIZE], struct err *err);
void seal_free(struct seal *seal); /* NULL is fine */

int seal_key(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE],
             const struct seal_place *place, const uint8_t key[E4_KEY_SIZE], struct err *err);
/* ERR_STATE: it was sealed elsewhere, with another master key, or changed since. */
int seal_open(const struct seal *seal, uint8_t key[E4_KEY_SIZE], const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err);

/* Equal for equal keys, and without the master key as good as random. */
void seal_print(const struct seal *seal, uint8_t print[STORE_PRINT_SIZE],
                const uint8_t key[E4_KEY_SIZE]);

/* BLAKE2b of any bytes, with a key of STORE_HASH_SIZE bytes or without (NULL). */
void seal_hash(uint8_t hash[STORE_HASH_SIZE], const uint8_t *key, const void *data, size_t len);

/* A key for one purpose, from another. */
void seal_derive(uint8_t key[STORE_HASH_SIZE], const uint8_t from[E4_KEY_SIZE],
                 const char *purpose);

#endif
