/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What aes_native.h asks of a CPU, on x86 with AES-NI and SSE4.1. The including file defines
 * NATIVE, the attribute of functions that use its CPU's instructions, and INLINE.
 */
#ifndef E4_CRYPTO_AES_X86_H
#define E4_CRYPTO_AES_X86_H

#include <immintrin.h>

#include "aes.h"

typedef __m128i block;

INLINE block load(const void *in)
{
    return _mm_loadu_si128((const __m128i *)in);
}

INLINE void store(void *out, block a)
{
    _mm_storeu_si128((__m128i *)out, a);
}

INLINE block from_words(uint64_t first, uint64_t second)
{
    return _mm_set_epi64x((long long)second, (long long)first);
}

INLINE uint64_t first_word(block a)
{
    return (uint64_t)_mm_cvtsi128_si64(a);
}

INLINE uint64_t second_word(block a)
{
    return (uint64_t)_mm_extract_epi64(a, 1);
}

INLINE bool same(block a, block b)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(a, b)) == 0xffff;
}

INLINE block add(block a, block b)
{
    return _mm_xor_si128(a, b);
}

/* The S-box on every byte of a block whose columns are alike: ShiftRows changes nothing. */
INLINE block sub_columns(block a)
{
    return _mm_aesenclast_si128(a, _mm_setzero_si128());
}

/* Byte i is byte index[i] of a, or 0 where that is 0x80. */
INLINE block pick(block a, block index)
{
    return _mm_shuffle_epi8(a, index);
}

/* Reverse the bytes of each half: from two big-endian numbers to two that can be counted. */
INLINE block swap_halves(block a)
{
    return _mm_shuffle_epi8(a, _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607));
}

/* Add to the second number. */
INLINE block count_up(block a, int by)
{
    return _mm_add_epi64(a, _mm_set_epi64x(by, 0));
}

/* Clear the top bits of the last two 32-bit words of a block: where RFC 5297's counter starts.
 */
INLINE block clear_bits(block a)
{
    return _mm_and_si128(a, _mm_set_epi32(~0x80, ~0x80, -1, -1));
}

/* Times x in GF(2^128): a bit that leaves one number enters the other, or folds to 0x87. */
INLINE block twice(block a)
{
    block number = swap_halves(a);
    block carry = _mm_shuffle_epi32(_mm_srai_epi32(number, 31), _MM_SHUFFLE(0, 1, 0, 3));

    carry = _mm_and_si128(carry, _mm_set_epi32(0, 0x87, 0, 1));
    return swap_halves(_mm_xor_si128(_mm_add_epi64(number, number), carry));
}

/* The inverse: the bit that leaves the second number folds to the top bit and 0x43. */
INLINE block half(block a)
{
    block number = swap_halves(a);
    block carry = _mm_shuffle_epi32(_mm_slli_epi64(number, 63), _MM_SHUFFLE(1, 0, 3, 2));
    block fold = _mm_shuffle_epi32(_mm_srai_epi32(carry, 31), _MM_SHUFFLE(3, 1, 3, 3));

    carry = _mm_xor_si128(carry, _mm_and_si128(fold, _mm_set_epi32(0, 0x43, 0, 0)));
    return swap_halves(_mm_xor_si128(_mm_srli_epi64(number, 1), carry));
}

INLINE block round_key(const uint32_t *key, int round)
{
    return load(key + 4 * round);
}

/* What the caller adds to a block before round 1. */
INLINE block entry_key(const uint32_t *key)
{
    return round_key(key, 0);
}

/* Rounds 1 to 13. */
INLINE block one_round(block a, const uint32_t *key, int round)
{
    return _mm_aesenc_si128(a, round_key(key, round));
}

/* Round 14, then z is added, at no cost to the time that a takes. */
INLINE block last_round(block a, const uint32_t *key, block z)
{
    return _mm_aesenclast_si128(a, add(round_key(key, 14), z));
}

/* AES-NI's, good for all engines of x86. */
void e4_aes_ni_encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t count);

#endif
