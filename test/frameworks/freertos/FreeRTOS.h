/* SPDX-License-Identifier: Apache-2.0 */
/* FreeRTOS: as much as packaging/freertos uses. */
#ifndef TEST_FREERTOS_H
#define TEST_FREERTOS_H

#include <stdint.h>

typedef uint32_t TickType_t;
typedef long BaseType_t;
typedef unsigned long UBaseType_t;

#define pdPASS             1
#define configTICK_RATE_HZ ((TickType_t)1000)
#define pdMS_TO_TICKS(ms)  ((TickType_t)(ms))

#endif
