/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of the two sizes that most things here have: compilers for small processors would
 * write a loop for each.
 */
#ifndef E4_CRYPTO_COPY_H
#define E4_CRYPTO_COPY_H

#include <string.h>

/* Blocks, tags, ids and hashes. */
inline void e4_copy16(void *out, const void *in)
{
    memcpy(out, in, 16);
}

/* Keys. */
inline void e4_copy32(void *out, const void *in)
{
    memcpy(out, in, 32);
}

#endif
