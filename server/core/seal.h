/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys at rest: sealed under the master key with a random nonce, and bound to where they stand,
 * so that none can be put in another's place. While the master key is being changed there are
 * two, of which one seals and both open. seal.c is the one file here that knows libsodium.
 */
#ifndef SERVER_CORE_SEAL_H
#define SERVER_CORE_SEAL_H

#include <stdbool.h>
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

/* Any thread may call these. */
int seal_key(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE],
             const struct seal_place *place, const uint8_t key[E4_KEY_SIZE], struct err *err);
/* ERR_STATE: it was sealed elsewhere, with another master key, or changed since. */
int seal_open(const struct seal *seal, uint8_t key[E4_KEY_SIZE], const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err);
/* Seal it once more, if it was not sealed with the master key that seals now. Errors as above.
 */
int seal_renew(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE], bool *renewed,
               const struct seal_place *place, struct err *err);

/* Equal for equal keys, and without the master key as good as random. */
void seal_print(const struct seal *seal, uint8_t print[STORE_PRINT_SIZE],
                const uint8_t key[E4_KEY_SIZE]);

/* BLAKE2b of any bytes, with a key of STORE_HASH_SIZE bytes or without (NULL). */
void seal_hash(uint8_t hash[STORE_HASH_SIZE], const uint8_t *key, const void *data, size_t len);

/* A key for one purpose, from another. */
void seal_derive(uint8_t key[STORE_HASH_SIZE], const uint8_t from[E4_KEY_SIZE],
                 const char *purpose);

/* What changing the master key is made of: rekey.c. */

/* One that seals under another master key, opens under both, and makes the same prints. */
int seal_next(struct seal **next, const struct seal *seal, const uint8_t master[E4_KEY_SIZE],
              struct err *err);
bool seal_is_under(const struct seal *seal, const uint8_t master[E4_KEY_SIZE]);
/* Open under this master key as well; let the two change places; open under one only. */
void seal_add(struct seal *seal, const uint8_t master[E4_KEY_SIZE]);
void seal_swap(struct seal *seal);
void seal_forget(struct seal *seal);

/* The other master key and the key of the prints, sealed, for a later start; and back. */
enum seal_own { SEAL_OTHER_MASTER, SEAL_PRINTING };
int seal_keep(const struct seal *seal, uint8_t sealed[STORE_SEALED_SIZE], enum seal_own what,
              const struct seal_place *place, struct err *err);
int seal_take(struct seal *seal, enum seal_own what, const struct seal_place *place,
              const uint8_t sealed[STORE_SEALED_SIZE], struct err *err);

/* How a master key is made of a passphrase: Argon2id, with a random salt. */
struct seal_stretch {
    uint8_t salt[16];
    uint32_t memory_kib;
    uint32_t passes;
};

enum { SEAL_STRETCH_SIZE = 24 };

/* A new salt, and the usual cost. */
int seal_stretch_new(struct seal_stretch *how, struct err *err);
/* ERR_SYSTEM: there is not as much memory. */
int seal_stretch(uint8_t master[E4_KEY_SIZE], const struct seal_stretch *how,
                 const char *passphrase, size_t len, struct err *err);
/* As bytes; ERR_STATE: these are none. */
void seal_stretch_write(uint8_t bytes[SEAL_STRETCH_SIZE], const struct seal_stretch *how);
int seal_stretch_read(struct seal_stretch *how, const uint8_t *bytes, size_t len,
                      struct err *err);

#endif
