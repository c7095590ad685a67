/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks of FreeRTOS: as much as packaging/freertos uses. */
#ifndef TEST_TASK_H
#define TEST_TASK_H

#include "FreeRTOS.h"

typedef struct task *TaskHandle_t;

TickType_t xTaskGetTickCount(void);
void vTaskDelay(TickType_t ticks);
void vTaskDelete(TaskHandle_t task);
BaseType_t xTaskCreate(void (*run)(void *), const char *name, uint16_t stack, void *arg,
                       UBaseType_t priority, TaskHandle_t *task);
void vTaskStartScheduler(void);

#endif
