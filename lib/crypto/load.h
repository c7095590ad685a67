/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers from bytes and back, in a stated byte order, at any address, on any machine.
 *
 * Compilers know the machine's own order and make an instruction or two of each of these.
 * (Written byte by byte, stores come out worse: gcc 12 takes the bytes for a vector to build.)
 */
#ifndef E4_CRYPTO_LOAD_H
#define E4_CRYPTO_LOAD_H

#include <stdint.h>
#include <string.h>

static inline uint32_t e4_swap32(uint32_t x)
{
    x = (x & 0x00ff00ff) << 8 | (x >> 8 & 0x00ff00ff);
    return x << 16 | x >> 16;
}

static inline uint64_t e4_swap64(uint64_t x)
{
    return (uint64_t)e4_swap32((uint32_t)x) << 32 | e4_swap32((uint32_t)(x >> 32));
}

/* Between the machine's order and little-endian: nothing, or a swap. */
static inline uint64_t e4_order64(uint64_t x)
{
    const uint16_t one = 1;
    uint8_t little;

    memcpy(&little, &one, 1);
    return x ^ ((x ^ e4_swap64(x)) & ((uint64_t)little - 1));
}

static inline uint32_t e4_order32(uint32_t x)
{
    const uint16_t one = 1;
    uint8_t little;

    memcpy(&little, &one, 1);
    return x ^ ((x ^ e4_swap32(x)) & ((uint32_t)little - 1));
}

static inline uint32_t e4_load_le32(const uint8_t *in)
{
    uint32_t x;

    memcpy(&x, in, sizeof x);
    return e4_order32(x);
}

static inline uint64_t e4_load_le64(const uint8_t *in)
{
    uint64_t x;

    memcpy(&x, in, sizeof x);
    return e4_order64(x);
}

static inline uint64_t e4_load_be64(const uint8_t *in)
{
    return e4_swap64(e4_load_le64(in));
}

static inline void e4_store_le32(uint8_t *out, uint32_t value)
{
    uint32_t x = e4_order32(value);

    memcpy(out, &x, sizeof x);
}

static inline void e4_store_le64(uint8_t *out, uint64_t value)
{
    uint64_t x = e4_order64(value);

    memcpy(out, &x, sizeof x);
}

static inline void e4_store_be64(uint8_t *out, uint64_t value)
{
    e4_store_le64(out, e4_swap64(value));
}

#endif
