/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X25519 (RFC 7748, section 5): what a client and its key server agree on a key with.
 *
 * Two files answer to this header, and the build picks one: sodium.c (libsodium) or x25519.c
 * (portable). Both clamp the scalar, ignore the top bit of u, take u that is not canonical,
 * and are constant time in the scalar. Outputs may be the same memory as inputs.
 */
#ifndef E4_X25519_H
#define E4_X25519_H

#include <stdbool.h>
#include <stdint.h>

/* False, and out all zero, when u is a point of low order, whatever the scalar. */
bool e4_x25519(uint8_t out[32], const uint8_t scalar[32], const uint8_t u[32]);

/* The public half of a secret scalar. */
void e4_x25519_base(uint8_t out[32], const uint8_t scalar[32]);

#endif
