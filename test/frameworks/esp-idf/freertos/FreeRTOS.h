/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRTOS: as much as packaging/esp-idf uses. */
#ifndef TEST_FREERTOS_H
#define TEST_FREERTOS_H

#include <stdint.h>

typedef uint32_t TickType_t;
typedef int BaseType_t;

#define pdTRUE            1
#define portMAX_DELAY     ((TickType_t)0xffffffff)
#define pdMS_TO_TICKS(ms) ((TickType_t)(ms))

#endif
