/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chip's AES unit as the engine of the library. It takes the raw key, so that is what is
 * kept. esp_aes_*() waits for the unit while another task uses it.
 */
#include "e4.h"

#include <stdlib.h>
#include <string.h>

#include <aes/esp_aes.h>

static void keep_raw(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE])
{
    memcpy(key, raw, E4_AES_RAW_SIZE);
}

/* What is not encrypted must not leave: rather the chip starts again. */
static void encrypt(const uint32_t key[E4_AES_KEY_WORDS], uint8_t *out, const uint8_t *in,
                    size_t count)
{
    esp_aes_context unit;
    bool failed;

    esp_aes_init(&unit);
    failed = esp_aes_setkey(&unit, (const unsigned char *)key, 8 * E4_AES_RAW_SIZE) != 0;
    for (; count > 0 && !failed; count--, in += E4_AES_BLOCK_SIZE, out += E4_AES_BLOCK_SIZE)
        failed = esp_aes_crypt_ecb(&unit, ESP_AES_ENCRYPT, in, out) != 0;
    esp_aes_free(&unit);
    if (failed)
        abort();
}

static const struct e4_aes esp_unit = {"ESP", keep_raw, encrypt, NULL, NULL, NULL};

const struct e4_aes *e4_aes_choose(void)
{
    return &esp_unit;
}
