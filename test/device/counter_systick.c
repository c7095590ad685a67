/* SPDX-License-Identifier: Apache-2.0 */
/* SysTick, as the Cortex-M boards' clocks drive it: COUNTER_MHZ by the build. */
#include "counter.h"

enum { ENABLE = 1, PROCESSOR_CLOCK = 4 };
#define RELOAD UINT32_C(0xffffff)

struct systick {
    uint32_t control;
    uint32_t reload;
    uint32_t value;
};

#define SYSTICK ((volatile struct systick *)0xe000e010)

const char counter_of[] = "instructions";

void counter_start(void)
{
    SYSTICK->control = 0;
    SYSTICK->reload = RELOAD;
    SYSTICK->value = 0; /* makes it begin at the reload value */
    SYSTICK->control = ENABLE | PROCESSOR_CLOCK;
}

uint32_t counter_stop(void)
{
    uint32_t ticks = RELOAD - SYSTICK->value;

    return (uint32_t)((uint64_t)ticks * 1000 / COUNTER_MHZ);
}
