/* SPDX-License-Identifier: Apache-2.0 */
/* The AES unit of ESP-IDF: as much as packaging/esp-idf uses. */
#ifndef TEST_ESP_AES_H
#define TEST_ESP_AES_H

#include <stdint.h>

#define ESP_AES_ENCRYPT 1

typedef struct {
    uint8_t key_bytes;
    uint8_t key[32];
} esp_aes_context;

void esp_aes_init(esp_aes_context *unit);
void esp_aes_free(esp_aes_context *unit);
int esp_aes_setkey(esp_aes_context *unit, const unsigned char *key, unsigned int bits);
int esp_aes_crypt_ecb(esp_aes_context *unit, int mode, const unsigned char in[16],
                      unsigned char out[16]);

#endif
