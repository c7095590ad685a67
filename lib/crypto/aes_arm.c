/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 by the cryptographic extension of 64-bit ARM processors, on Linux, which says whether
 * it is there. Built where the compiler was allowed the instructions (-march=armv8-a+crypto,
 * for this file and aes_choose.c).
 *
 * The instruction adds the round key first, so a round here ends before its key: that key goes
 * in with the next.
 */
#include "aes.h"

#if defined(__ARM_FEATURE_AES) && defined(__AARCH64EL__) && defined(__linux__) &&              \
    !defined(E4_PORTABLE)

#define NATIVE
#define INLINE static inline __attribute__((always_inline))

#include <arm_neon.h>
#include <sys/auxv.h>

/* The functions that aes_native.h asks for; aes_x86.h says what each is to do. */
typedef uint8x16_t block;

INLINE block load(const void *in)
{
    return vld1q_u8((const uint8_t *)in);
}

INLINE void store(void *out, block a)
{
    vst1q_u8((uint8_t *)out, a);
}

INLINE block from_words(uint64_t first, uint64_t second)
{
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(first), vcreate_u64(second)));
}

INLINE uint64_t first_word(block a)
{
    return vgetq_lane_u64(vreinterpretq_u64_u8(a), 0);
}

INLINE uint64_t second_word(block a)
{
    return vgetq_lane_u64(vreinterpretq_u64_u8(a), 1);
}

INLINE bool same(block a, block b)
{
    return vmaxvq_u8(veorq_u8(a, b)) == 0;
}

INLINE block add(block a, block b)
{
    return veorq_u8(a, b);
}

INLINE block sub_columns(block a)
{
    return vaeseq_u8(a, from_words(0, 0));
}

INLINE block pick(block a, block index)
{
    return vqtbl1q_u8(a, index);
}

INLINE block swap_halves(block a)
{
    return vrev64q_u8(a);
}

INLINE block count_up(block a, int by)
{
    return vreinterpretq_u8_u64(
        vaddq_u64(vreinterpretq_u64_u8(a), vreinterpretq_u64_u8(from_words(0, (uint64_t)by))));
}

INLINE block clear_bits(block a)
{
    return vandq_u8(a, from_words(UINT64_MAX, 0xffffff7fffffff7f));
}

/* In both words at once: shift, and the other word's outgoing bit as a mask. */
INLINE block twice(block a)
{
    uint64x2_t number = vreinterpretq_u64_u8(swap_halves(a));
    uint64x2_t mask = vreinterpretq_u64_s64(vshrq_n_s64(vreinterpretq_s64_u64(number), 63));
    uint64x2_t carry = vreinterpretq_u64_u8(from_words(1, 0x87));

    carry = vandq_u64(carry, vextq_u64(mask, mask, 1));
    return swap_halves(vreinterpretq_u8_u64(veorq_u64(vshlq_n_u64(number, 1), carry)));
}

INLINE block half(block a)
{
    uint64x2_t number = vreinterpretq_u64_u8(swap_halves(a));
    uint64x2_t carry = vshlq_n_u64(number, 63);
    uint64x2_t fold = vreinterpretq_u64_u8(from_words(0, 0x43));

    carry = vextq_u64(carry, carry, 1);
    fold = vandq_u64(fold, vreinterpretq_u64_s64(vshrq_n_s64(
                               vreinterpretq_s64_u64(vdupq_laneq_u64(carry, 0)), 63)));
    number = veorq_u64(vshrq_n_u64(number, 1), veorq_u64(carry, fold));
    return swap_halves(vreinterpretq_u8_u64(number));
}

INLINE block round_key(const uint32_t *key, int round)
{
    return load(key + 4 * round);
}

INLINE block entry_key(const uint32_t *key)
{
    (void)key;
    return from_words(0, 0);
}

INLINE block one_round(block a, const uint32_t *key, int round)
{
    return vaesmcq_u8(vaeseq_u8(a, round_key(key, round - 1)));
}

INLINE block last_round(block a, const uint32_t *key, block z)
{
    return add(vaeseq_u8(a, round_key(key, 13)), add(round_key(key, 14), z));
}

#include "aes_four.h"
#include "aes_native.h"

static NATIVE void encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t count)
{
    for (; count > 0; count--, in += 16, out += 16)
        store(out, encrypt_add(key, load(in), from_words(0, 0)));
}

static bool usable(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_AES) != 0;
}

static const struct e4_aes_whole whole = {
    .tag = tag_text, .crypt = crypt_text, .open = open_text};
static const struct e4_aes_lanes lanes = {.chain = chain_lanes, .last = make_last};

const struct e4_aes e4_aes_arm = {
    .name = "ARMv8",
    .usable = usable,
    .expand = expand,
    .encrypt = encrypt,
    .whole = &whole,
    .lanes = &lanes,
};

#endif
