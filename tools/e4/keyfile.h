/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files, raw bytes as the deployed E4 key generator writes them: a symmetric key has 32
 * bytes, an Ed25519 private key 64 (seed, then public half), a Curve25519 secret 32; the
 * public half of the last two lies beside in FILE.pub, 32 bytes.
 */
#ifndef TOOLS_E4_KEYFILE_H
#define TOOLS_E4_KEYFILE_H

#include <stdbool.h>

#include "e4/keys.h"

struct err;

enum keyfile_kind { KEYFILE_SYMMETRIC, KEYFILE_ED25519, KEYFILE_CURVE25519 };

/* "symmetric", "ed25519", "curve25519"; what they are in words. */
const char *keyfile_kind_name(enum keyfile_kind kind);
const char *keyfile_kind_words(enum keyfile_kind kind);
/* ERR_USAGE: none of the three. */
int keyfile_kind_parse(enum keyfile_kind *kind, const char *name, struct err *err);

struct keyfile {
    enum keyfile_kind kind;
    uint8_t secret[E4_KEY_SIZE];     /* Ed25519: the seed */
    uint8_t public_key[E4_KEY_SIZE]; /* zero for a symmetric key */
};

/* Work out the public half of a key whose kind and secret are set. */
int keyfile_complete(struct keyfile *key, struct err *err);

/*
 * Read a private or symmetric key; path "-" is standard input. ERR_INPUT: not readable,
 * readable by others, of the wrong length, all zero, or with a public half (in it or beside it)
 * that is not its own. The caller wipes key.
 */
int keyfile_read(struct keyfile *key, enum keyfile_kind kind, const char *path,
                 struct err *err);

/*
 * The same, with the kind told by the length: 64 bytes are Ed25519, 32 a symmetric key
 * unless FILE.pub beside it is what it is as a Curve25519 secret.
 */
int keyfile_read_any(struct keyfile *key, const char *path, struct err *err);

/* Read a public half, Ed25519 or Curve25519. ERR_INPUT also for points that are no good. */
int keyfile_read_public(uint8_t key[E4_KEY_SIZE], enum keyfile_kind kind, const char *path,
                        struct err *err);
/* Is this public key good: on the curve and not of low order? */
bool keyfile_public_is_good(const uint8_t key[E4_KEY_SIZE], enum keyfile_kind kind);

/* Write a key, mode 0600, and its public half, mode 0644, to path and path.pub. */
int keyfile_write(const struct keyfile *key, const char *path, bool force, struct err *err);
/* Write a public half alone to path. */
int keyfile_write_public(const uint8_t key[E4_KEY_SIZE], const char *path, bool force,
                         struct err *err);

/*
 * The bytes of a key's file: 32 or 64; returned as *len.
 */
void keyfile_bytes(uint8_t bytes[E4_PRIVATE_KEY_SIZE], size_t *len, const struct keyfile *key);

/* Make a key from a password, symmetric or Ed25519. ERR_INPUT: too short or not UTF-8. */
int keyfile_from_password(struct keyfile *key, enum keyfile_kind kind, const char *password,
                          size_t password_len, struct err *err);

#endif
