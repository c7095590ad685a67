/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 by the instructions of x86 processors.
 */
#include "aes.h"

#if defined(__x86_64__) && !defined(E4_PORTABLE)

#define NATIVE __attribute__((target("aes,sse4.1")))
#define INLINE static inline __attribute__((target("aes,sse4.1"), always_inline))

#include "aes_x86.h"
#include "aes_four.h"
#include "aes_native.h"

NATIVE void e4_aes_ni_encrypt(const uint32_t *key, uint8_t *out, const uint8_t *in,
                              size_t count)
{
    for (; count > 0; count--, in += 16, out += 16)
        store(out, encrypt_add(key, add(load(in), entry_key(key)), from_words(0, 0)));
}

static bool usable(void)
{
    return (__builtin_cpu_supports("aes") != 0) & (__builtin_cpu_supports("sse4.1") != 0);
}

static const struct e4_aes_whole whole = {
    .tag = tag_text, .crypt = crypt_text, .open = open_text};
static const struct e4_aes_lanes lanes = {.chain = chain_lanes, .last = make_last};

const struct e4_aes e4_aes_ni = {
    .name = "AES-NI",
    .usable = usable,
    .expand = expand,
    .encrypt = e4_aes_ni_encrypt,
    .whole = &whole,
    .lanes = &lanes,
};

#endif
