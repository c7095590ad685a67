/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of siv_choose.c on a device, whose engines have no way of their own.
 */
#include "siv_part.h"

#include "ct.h"

void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    e4_siv_compose_tag(aes, key, tag, ad, text, len);
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    e4_siv_compose_crypt(aes, key, out, in, len, tag);
}

bool e4_siv_try(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t expected[16];
    bool ok;

    e4_siv_compose_crypt(aes, key, out, in, len, tag);
    e4_siv_compose_tag(aes, key, expected, ad, out, len);
    ok = e4_equal(expected, tag, sizeof expected);
    e4_wipe(expected, sizeof expected); /* the right tag of a forgery */
    return ok;
}
