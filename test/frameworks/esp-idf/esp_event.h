/* SPDX-License-Identifier: Apache-2.0 */
/* Events of ESP-IDF: as much as packaging/esp-idf uses. */
#ifndef TEST_ESP_EVENT_H
#define TEST_ESP_EVENT_H

#include <stdint.h>

#include "esp_err.h"

typedef const char *esp_event_base_t;
typedef void (*esp_event_handler_t)(void *ctx, esp_event_base_t base, int32_t id, void *event);

esp_err_t esp_event_loop_create_default(void);

#endif
