/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that counts on from where it was set. */
#include "e4_ticks.h"

#include <FreeRTOS.h>
#include <task.h>

enum e4_result e4_ticks_now(struct e4_ticks *ticks, uint64_t *now_s)
{
    TickType_t passed, seconds;

    if (ticks->now_s == 0)
        return E4_ERR_CLOCK;
    passed = (TickType_t)(xTaskGetTickCount() - (TickType_t)ticks->at);
    seconds = passed / configTICK_RATE_HZ;
    ticks->now_s += seconds;
    ticks->at = (TickType_t)(ticks->at + seconds * configTICK_RATE_HZ);
    *now_s = ticks->now_s;
    return E4_OK;
}

void e4_ticks_set(struct e4_ticks *ticks, uint64_t now_s)
{
    ticks->now_s = now_s;
    ticks->at = xTaskGetTickCount();
}
