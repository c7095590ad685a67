/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of a chip whose AES unit takes the raw key with every block: AES by the book. */
#include "e4/aes.h"

#include <string.h>

#include "test/unit/book.h"

static void keep_raw(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE])
{
    memcpy(key, raw, E4_AES_RAW_SIZE);
}

static void encrypt(const uint32_t key[E4_AES_KEY_WORDS], uint8_t *out, const uint8_t *in,
                    size_t count)
{
    for (; count > 0; count--, in += E4_AES_BLOCK_SIZE, out += E4_AES_BLOCK_SIZE)
        by_the_book(out, in, (const uint8_t *)key);
}

static const struct e4_aes unit = {"by the book", keep_raw, encrypt, NULL, NULL, NULL};

const struct e4_aes *e4_aes_choose(void)
{
    return &unit;
}
