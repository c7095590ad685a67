/* SPDX-License-Identifier: Apache-2.0 */
/* Mutexes of FreeRTOS: as much as packaging/esp-idf uses. */
#ifndef TEST_SEMPHR_H
#define TEST_SEMPHR_H

#include "freertos/FreeRTOS.h"

typedef struct {
    int held;
} StaticSemaphore_t;
typedef StaticSemaphore_t *SemaphoreHandle_t;

SemaphoreHandle_t xSemaphoreCreateRecursiveMutexStatic(StaticSemaphore_t *memory);
BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t mutex, TickType_t ticks);
BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t mutex);

#endif
