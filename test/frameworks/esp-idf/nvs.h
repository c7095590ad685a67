/* SPDX-License-Identifier: Apache-2.0 */
/* Non-volatile storage of ESP-IDF: as much as packaging/esp-idf uses. */
#ifndef TEST_NVS_H
#define TEST_NVS_H

#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#define ESP_ERR_NVS_NOT_FOUND        0x1102
#define ESP_ERR_NVS_NOT_ENOUGH_SPACE 0x1105
#define ESP_ERR_NVS_KEY_TOO_LONG     0x1109
#define ESP_ERR_NVS_INVALID_LENGTH   0x110c

typedef uint32_t nvs_handle_t;
typedef enum { NVS_READONLY, NVS_READWRITE } nvs_open_mode_t;

esp_err_t nvs_open(const char *name, nvs_open_mode_t mode, nvs_handle_t *handle);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out, size_t *len);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t len);
esp_err_t nvs_commit(nvs_handle_t handle);

#endif
