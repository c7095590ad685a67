/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 (RFC 8032, section 5.1), as strictly as a verifier can be, and the same keys as
 * Curve25519 keys.
 *
 * Two files answer to this header, and the build picks one: sodium.c (libsodium) or ed25519.c
 * (portable). They give the same bytes and refuse the same inputs. Both are constant time in
 * seeds; verification works on public data, and its time depends on it.
 */
#ifndef E4_ED25519_H
#define E4_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The public key of a seed. */
void e4_ed25519_public(uint8_t public_key[32], const uint8_t seed[32]);

/*
 * Sign a message. public_key must be that of the seed, from e4_ed25519_public(), never one that
 * came from outside: two signatures of one message under different public keys give the
 * secret away. sig may not overlap the message.
 */
void e4_ed25519_sign(uint8_t sig[64], const uint8_t seed[32], const uint8_t public_key[32],
                     const uint8_t *msg, size_t len);

/*
 * Is sig, R then S, a signature of the message under the public key A? It is if S is below L,
 * A is the canonical encoding of a point, neither A nor R has small order (1, 2, 4 or 8), and
 * R is the canonical encoding of S B - SHA-512(R, A, message) A. No cofactor is multiplied in.
 */
bool e4_ed25519_verify(const uint8_t sig[64], const uint8_t public_key[32], const uint8_t *msg,
                       size_t len);

/*
 * Is this a public key that a seed can have: the canonical encoding of a point of order L? Ask
 * once, when a key is taken in; it costs up to three times a verification.
 */
bool e4_ed25519_check_public(const uint8_t public_key[32]);

/* The Curve25519 public key of the same secret. False where e4_ed25519_check_public() is. */
bool e4_ed25519_to_curve_public(uint8_t u[32], const uint8_t public_key[32]);

/* The Curve25519 secret of a seed: the first half of its SHA-512, clamped. */
void e4_ed25519_to_curve_secret(uint8_t scalar[32], const uint8_t seed[32]);

#endif
