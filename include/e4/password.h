/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts only: a key from a password, as the deployed clients derive it (§3 of PROTOCOL.md):
 * Argon2i (RFC 9106), one pass over 64 MiB, four lanes, an empty salt. Equal passwords give
 * equal keys everywhere: this is for getting along with what exists; random keys are better.
 */
#ifndef E4_PASSWORD_H
#define E4_PASSWORD_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { E4_PASSWORD_MIN = 16 };                /* bytes */
#define E4_PASSWORD_WORK (64UL * 1024 * 1024) /* bytes of work memory */

/*
 * A symmetric key, or an Ed25519 seed. work: E4_PASSWORD_WORK bytes, aligned to 8, wiped
 * before return; on huge pages it takes half the time. E4_ERR_ARGUMENT: shorter
 * than E4_PASSWORD_MIN or not UTF-8; E4_ERR_SPACE: too little work memory.
 */
enum e4_result e4_key_from_password(uint8_t key[E4_KEY_SIZE], const char *password,
                                    size_t password_len, void *work, size_t work_cap);

#ifdef __cplusplus
}
#endif

#endif
