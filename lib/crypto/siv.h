/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV (RFC 5297) as E4 uses it: AES-256, the same key for CMAC and CTR, one string of
 * associated data, always 8 bytes, no nonce. The tag is the synthetic IV.
 *
 * An expanded key belongs to the engine that expanded it. Text of no bytes may be NULL.
 */
#ifndef E4_CRYPTO_SIV_H
#define E4_CRYPTO_SIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aes.h"

/* Round keys, then as bytes: CMAC's subkey K2 (4 words), K1 + dbl(CMAC(0^128)) (4 words). */
enum { E4_SIV_KEY_WORDS = 68, E4_SIV_TAG_SIZE = 16, E4_SIV_AD_SIZE = 8, E4_SIV_LANES = 8 };

void e4_siv_expand(const struct e4_aes *aes, uint32_t key[E4_SIV_KEY_WORDS],
                   const uint8_t raw[E4_AES_RAW_SIZE]);

/* S2V(ad, text). */
void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len);

/* Encrypt or decrypt under a tag; out may be in, and overlaps it in no other way. */
void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE]);

/* Decrypt and check; out as for e4_siv_crypt(). False: not authentic, and e4_siv_crypt() of out
 * with the same key and tag makes in of it again. */
bool e4_siv_try(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t tag[E4_SIV_TAG_SIZE]);

/* Decrypt and check; out as for e4_siv_crypt(). False: not authentic, and out is all zeros. */
bool e4_siv_open(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                 const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                 const uint8_t tag[E4_SIV_TAG_SIZE]);

/*
 * The same for many messages, E4_SIV_LANES of them side by side whatever their keys and
 * lengths. tag_many reads in and writes tag; crypt_many reads tag and in, and writes out;
 * open_many only reads tag, writes out and ok, and wipes out where not ok.
 */
struct e4_siv_job {
    const uint32_t *key; /* E4_SIV_KEY_WORDS */
    const uint8_t *ad;   /* E4_SIV_AD_SIZE */
    uint8_t *tag;        /* E4_SIV_TAG_SIZE */
    uint8_t *out;
    const uint8_t *in;
    size_t len; /* of in and of out */
    bool ok;
};

void e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);
void e4_siv_crypt_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);
void e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count);

/* CMAC (RFC 4493) over any bytes: what SIV is made of, for those who build it otherwise. */
void e4_cmac(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t mac[16],
             const uint8_t *data, size_t len);

#endif
