/* SPDX-License-Identifier: Apache-2.0 */
/* General AES-SIV (RFC 5297) out of the library's parts. */
#include "general_siv.h"

#include <string.h>

#include "crypto/ct.h"

void general_siv_init(struct general_siv *siv, const struct e4_aes *aes,
                      const uint8_t key[GENERAL_SIV_KEY_SIZE])
{
    siv->aes = aes;
    e4_siv_expand(aes, siv->mac_key, key);
    e4_siv_expand(aes, siv->ctr_key, key + GENERAL_SIV_KEY_SIZE / 2);
}

void general_siv_double(uint8_t block[16])
{
    uint8_t carry = block[0] >> 7;

    for (size_t i = 0; i < 15; i++)
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[15] = (uint8_t)(block[15] << 1 ^ (carry != 0 ? 0x87 : 0));
}

static void xor_block(uint8_t out[16], const uint8_t in[16])
{
    for (size_t i = 0; i < 16; i++)
        out[i] ^= in[i];
}

/* S2V, section 2.4. */
static void make_tag(const struct general_siv *siv, uint8_t tag[16], const struct strings *ad,
                     struct bytes text)
{
    uint8_t sum[16] = {0};
    uint8_t mac[16];
    uint8_t *last;
    size_t last_len = text.len < 16 ? 16 : text.len;

    e4_cmac(siv->aes, siv->mac_key, sum, sum, sizeof sum);
    for (size_t i = 0; i < ad->count; i++) {
        general_siv_double(sum);
        e4_cmac(siv->aes, siv->mac_key, mac, ad->string[i].data, ad->string[i].len);
        xor_block(sum, mac);
    }
    last = case_alloc(last_len);
    memcpy(last, text.data, text.len);
    if (text.len < 16) {
        last[text.len] = 0x80;
        general_siv_double(sum);
    }
    xor_block(last + last_len - 16, sum);
    e4_cmac(siv->aes, siv->mac_key, tag, last, last_len);
}

void general_siv_seal(const struct general_siv *siv, uint8_t *out, const struct strings *ad,
                      struct bytes text)
{
    make_tag(siv, out, ad, text);
    e4_siv_crypt(siv->aes, siv->ctr_key, out + 16, text.data, text.len, out);
}

bool general_siv_open(const struct general_siv *siv, uint8_t *text, const struct strings *ad,
                      struct bytes sealed)
{
    uint8_t tag[16];

    if (sealed.len < 16)
        return false;
    e4_siv_crypt(siv->aes, siv->ctr_key, text, sealed.data + 16, sealed.len - 16, sealed.data);
    make_tag(siv, tag, ad, (struct bytes){text, sealed.len - 16});
    return e4_equal(tag, sealed.data, sizeof tag);
}

void expect_siv(const uint8_t key[GENERAL_SIV_KEY_SIZE], const struct strings *ad,
                struct bytes text, struct bytes sealed)
{
    const struct e4_aes *aes;
    struct general_siv siv;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        uint8_t *out = case_alloc(text.len + 16);
        bool opens;

        general_siv_init(&siv, aes, key);
        general_siv_seal(&siv, out, ad, text);
        expect_bytes(out, text.len + 16, sealed, e4_aes_name(aes));
        memset(out, 0xee, text.len + 16);
        opens = general_siv_open(&siv, out, ad, sealed);
        expect(opens, "%s does not open it", e4_aes_name(aes));
        expect_bytes(out, text.len, text, e4_aes_name(aes));
    }
}

void expect_no_siv(const uint8_t key[GENERAL_SIV_KEY_SIZE], const struct strings *ad,
                   struct bytes sealed)
{
    const struct e4_aes *aes;
    struct general_siv siv;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        general_siv_init(&siv, aes, key);
        expect(!general_siv_open(&siv, case_alloc(sealed.len), ad, sealed), "%s opens it",
               e4_aes_name(aes));
    }
}
