/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV of one message: by the engine's own way, where it has one.
 */
#include "siv_part.h"

#include "ct.h"

void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    if (aes->whole != NULL)
        aes->whole->tag(key, tag, ad, text, len);
    else
        e4_siv_compose_tag(aes, key, tag, ad, text, len);
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    if (aes->whole != NULL)
        aes->whole->crypt(key, out, in, len, tag);
    else
        e4_siv_compose_crypt(aes, key, out, in, len, tag);
}

bool e4_siv_try(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t expected[16];
    bool ok;

    if (aes->whole != NULL)
        return aes->whole->open(key, out, in, len, ad, tag);
    e4_siv_compose_crypt(aes, key, out, in, len, tag);
    e4_siv_compose_tag(aes, key, expected, ad, out, len);
    ok = e4_equal(expected, tag, sizeof expected);
    e4_wipe(expected, sizeof expected); /* the right tag of a forgery */
    return ok;
}
