/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handling of secrets that must not depend on what they are. The first two functions are
 * public in e4/keys.h as well.
 */
#ifndef E4_CRYPTO_CT_H
#define E4_CRYPTO_CT_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrite memory with zeros, also when nothing reads it afterwards. */
void e4_wipe(void *memory, size_t len);

/* Whether two buffers hold the same bytes, in a time that depends on len only. */
bool e4_equal(const void *a, const void *b, size_t len);

/* Whether a buffer is all zeros, in such a time. */
bool e4_is_zero(const void *memory, size_t len);

#endif
