/* SPDX-License-Identifier: Apache-2.0 */
/* test/device/simavr_run puts the cycles into reserved registers when GPIOR2 is written. */
#include "counter.h"

#include <avr/io.h>

const char counter_of[] = "cycles";
static uint32_t begun;

static uint32_t cycles(void)
{
    uint32_t count = 0;

    GPIOR2 = 1;
    for (uint8_t i = 4; i-- > 0;)
        count = count << 8 | ((volatile uint8_t *)0xf0)[i];
    return count;
}

void counter_start(void)
{
    begun = cycles();
}

uint32_t counter_stop(void)
{
    return cycles() - begun;
}
