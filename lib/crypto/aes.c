/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an engine is asked through.
 */
#include "aes.h"

const char *e4_aes_name(const struct e4_aes *aes)
{
    return aes->name;
}

void e4_aes_encrypt(const struct e4_aes *aes, const uint32_t key[E4_AES_KEY_WORDS],
                    uint8_t out[E4_AES_BLOCK_SIZE], const uint8_t in[E4_AES_BLOCK_SIZE])
{
    aes->encrypt(key, out, in, 1);
}
