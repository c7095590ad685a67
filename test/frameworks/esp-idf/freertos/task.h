/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks of FreeRTOS: as much as the example uses. */
#ifndef TEST_TASK_H
#define TEST_TASK_H

#include "freertos/FreeRTOS.h"

void vTaskDelay(TickType_t ticks);

#endif
