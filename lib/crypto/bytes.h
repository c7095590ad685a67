/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to bytes everywhere: a part of the caller or, where code is to be small, a
 * function. Compilers for small processors would write a loop for each otherwise.
 */
#ifndef E4_CRYPTO_BYTES_H
#define E4_CRYPTO_BYTES_H

#include <stdint.h>
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

/* The sum of two strings of bits, one byte or more. */
inline void e4_xor(void *out, const void *in, size_t len)
{
    uint8_t *to = (uint8_t *)out;
    const uint8_t *from = (const uint8_t *)in;

    do
        *to++ ^= *from++;
    while (--len > 0);
}

#endif
