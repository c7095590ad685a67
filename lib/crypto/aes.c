/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all AES engines have in common: the key schedule, FIPS 197, 5.2.
 */
#include "aes.h"

#include "load.h"

void e4_aes_schedule(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE],
                     uint32_t (*sub_word)(uint32_t word))
{
    uint32_t round_constant = 1;
    uint32_t word;

    for (size_t i = 0; i < 8; i++)
        key[i] = e4_load_le32(raw + 4 * i);
    word = key[7];
    for (size_t i = 8; i < E4_AES_KEY_WORDS; i++) {
        if (i % 4 == 0)
            word = sub_word(word);
        if (i % 8 == 0) {
            word = (word >> 8 | word << 24) ^ round_constant;
            round_constant <<= 1;
        }
        word ^= key[i - 8];
        key[i] = word;
    }
}

const char *e4_aes_name(const struct e4_aes *aes)
{
    return aes->name;
}

void e4_aes_encrypt(const struct e4_aes *aes, const uint32_t key[E4_AES_KEY_WORDS],
                    uint8_t out[E4_AES_BLOCK_SIZE], const uint8_t in[E4_AES_BLOCK_SIZE])
{
    aes->encrypt(key, out, in, 1);
}
