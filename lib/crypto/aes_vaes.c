/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 by the instructions of newer x86 processors: CTR with two blocks a register. All else
 * gains only by AVX's way of writing instructions: what is slow there is waiting, not width.
 */
#include "aes.h"

#if defined(__x86_64__) && !defined(E4_PORTABLE)

#define NATIVE __attribute__((target("aes,avx2,vaes")))
#define INLINE static inline __attribute__((target("aes,avx2,vaes"), always_inline))

#include <cpuid.h>

#include "aes_x86.h"

typedef __m256i pair;

INLINE pair load_pair(const uint8_t *in)
{
    return _mm256_loadu_si256((const __m256i *)in);
}

INLINE void store_pair(uint8_t *out, pair a)
{
    _mm256_storeu_si256((__m256i *)out, a);
}

INLINE pair twin(block a)
{
    return _mm256_broadcastsi128_si256(a);
}

INLINE pair counters(block count)
{
    pair a = _mm256_add_epi64(twin(count), _mm256_set_epi64x(1, 0, 0, 0));

    return _mm256_shuffle_epi8(a, twin(_mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607)));
}

INLINE void pair_rounds(pair a[2], const uint32_t *key, int round)
{
    pair both = twin(round_key(key, round));

    a[0] = _mm256_aesenc_epi128(a[0], both);
    a[1] = _mm256_aesenc_epi128(a[1], both);
}

INLINE void crypt_four(const uint32_t *key, uint8_t *out, const uint8_t *in, block count)
{
    pair entry = twin(entry_key(key));
    pair last = twin(round_key(key, 14));
    pair a[2] = {_mm256_xor_si256(counters(count), entry),
                 _mm256_xor_si256(counters(count_up(count, 2)), entry)};

    pair_rounds(a, key, 1);
    pair_rounds(a, key, 2);
    pair_rounds(a, key, 3);
    pair_rounds(a, key, 4);
    pair_rounds(a, key, 5);
    pair_rounds(a, key, 6);
    pair_rounds(a, key, 7);
    pair_rounds(a, key, 8);
    pair_rounds(a, key, 9);
    pair_rounds(a, key, 10);
    pair_rounds(a, key, 11);
    pair_rounds(a, key, 12);
    pair_rounds(a, key, 13);
    a[0] = _mm256_aesenclast_epi128(a[0], _mm256_xor_si256(last, load_pair(in)));
    a[1] = _mm256_aesenclast_epi128(a[1], _mm256_xor_si256(last, load_pair(in + 32)));
    store_pair(out, a[0]);
    store_pair(out + 32, a[1]);
}

#include "aes_native.h"

/* Compilers know of AVX2 whether the system keeps its registers; of VAES, not all know. */
static bool usable(void)
{
    unsigned a, b, c = 0, d;

    (void)__get_cpuid_count(7, 0, &a, &b, &c, &d);
    return (__builtin_cpu_supports("aes") != 0) & (__builtin_cpu_supports("avx2") != 0) &
           ((c & bit_VAES) != 0);
}

static const struct e4_aes_whole whole = {
    .tag = tag_text, .crypt = crypt_text, .open = open_text};
static const struct e4_aes_lanes lanes = {.chain = chain_lanes, .last = make_last};

const struct e4_aes e4_aes_vaes = {
    .name = "VAES",
    .usable = usable,
    .expand = expand,
    .encrypt = e4_aes_ni_encrypt,
    .whole = &whole,
    .lanes = &lanes,
};

#endif
