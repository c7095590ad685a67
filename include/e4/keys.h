/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, ids, hashes and public keys. The conventions of e4/e4.h hold. §1 to §3 of PROTOCOL.md.
 * Randomness comes in as bytes: 32 fresh ones are a key, a seed, or a scalar.
 */
#ifndef E4_KEYS_H
#define E4_KEYS_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { E4_NAME_MAX = 255, E4_PRIVATE_KEY_SIZE = 64 /* an Ed25519 seed, then its public key */ };

/* First 16 bytes of SHA3-256 of a name. E4_ERR_ARGUMENT: not 1 to E4_NAME_MAX bytes of UTF-8.
 */
enum e4_result e4_id_from_name(uint8_t id[E4_ID_SIZE], const char *name, size_t name_len);

/* First 16 bytes of SHA3-256 of a topic. E4_ERR_ARGUMENT: as for e4_topic_init(). */
enum e4_result e4_topic_hash(uint8_t hash[E4_HASH_SIZE], const char *name, size_t name_len);

/* First 16 bytes of SHA3-256 of any bytes, as in e4_id_from_name() but with no rule about them.
 */
void e4_hash(uint8_t hash[E4_HASH_SIZE], const void *data, size_t len);

/* All of it: what a hello's digest is made of (§9). */
void e4_hash_full(uint8_t hash[32], const void *data, size_t len);

/* First 16 bytes of SHA3-256 of a key: names it without giving it away. */
void e4_fingerprint(uint8_t print[16], const uint8_t key[E4_KEY_SIZE]);

/* Well-formed UTF-8 (RFC 3629), any length. */
bool e4_is_utf8(const char *text, size_t len);

/* The public half of an Ed25519 seed (RFC 8032, 5.1.5), of a Curve25519 secret (RFC 7748, 6.1).
 */
enum e4_result e4_sign_public(uint8_t public_key[E4_KEY_SIZE], const uint8_t seed[E4_KEY_SIZE]);
enum e4_result e4_curve_public(uint8_t public_key[E4_KEY_SIZE],
                               const uint8_t secret[E4_KEY_SIZE]);

/* Can a seed have this Ed25519 public key: canonical, and of the right order? E4_ERR_ARGUMENT.
 */
enum e4_result e4_sign_check_public(const uint8_t public_key[E4_KEY_SIZE]);

/*
 * The symmetric key of commands between a public-key client and its server (§3).
 * E4_ERR_ARGUMENT: a public key that is malformed or of low order.
 */
enum e4_result e4_command_key_server(uint8_t key[E4_KEY_SIZE],
                                     const uint8_t server_secret[E4_KEY_SIZE],
                                     const uint8_t client_sign_public[E4_KEY_SIZE]);
enum e4_result e4_command_key_client(uint8_t key[E4_KEY_SIZE],
                                     const uint8_t client_seed[E4_KEY_SIZE],
                                     const uint8_t server_public[E4_KEY_SIZE]);

void e4_wipe(void *memory, size_t len);                  /* not optimised away */
bool e4_equal(const void *a, const void *b, size_t len); /* constant time for a given len */

#ifdef __cplusplus
}
#endif

#endif
