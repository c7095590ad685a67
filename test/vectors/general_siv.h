/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV as RFC 5297 has it, with two different key halves and any number of strings, built
 * from the library's CMAC and CTR. E4 itself needs less; the published vectors need this.
 */
#ifndef GENERAL_SIV_H
#define GENERAL_SIV_H

#include "crypto/siv.h"

#include "suite.h"

enum { GENERAL_SIV_KEY_SIZE = 64, GENERAL_SIV_STRINGS_MAX = 4 };

struct general_siv {
    const struct e4_aes *aes;
    uint32_t mac_key[E4_SIV_KEY_WORDS];
    uint32_t ctr_key[E4_SIV_KEY_WORDS];
};

/* Strings of associated data, in order; a nonce is the last of them. */
struct strings {
    struct bytes string[GENERAL_SIV_STRINGS_MAX];
    size_t count;
};

void general_siv_init(struct general_siv *siv, const struct e4_aes *aes,
                      const uint8_t key[GENERAL_SIV_KEY_SIZE]);

/* out: 16 bytes of tag, then as many as the text has. */
void general_siv_seal(const struct general_siv *siv, uint8_t *out, const struct strings *ad,
                      struct bytes text);

/* text: sealed.len - 16 bytes. False: too short or not authentic. */
bool general_siv_open(const struct general_siv *siv, uint8_t *text, const struct strings *ad,
                      struct bytes sealed);

/* RFC 5297, 2.3: multiply by x. */
void general_siv_double(uint8_t block[16]);

/* Both ways with every engine that this CPU can run: seals to sealed, and opens to text. */
void expect_siv(const uint8_t key[GENERAL_SIV_KEY_SIZE], const struct strings *ad,
                struct bytes text, struct bytes sealed);
/* No engine opens it. */
void expect_no_siv(const uint8_t key[GENERAL_SIV_KEY_SIZE], const struct strings *ad,
                   struct bytes sealed);

#endif
