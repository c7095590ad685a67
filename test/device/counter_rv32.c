/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V counts its instructions. */
#include "counter.h"

const char counter_of[] = "instructions";
static uint32_t begun;

static uint32_t retired(void)
{
    uint32_t count;

    __asm__ volatile("csrr %0, minstret" : "=r"(count));
    return count;
}

void counter_start(void)
{
    begun = retired();
}

uint32_t counter_stop(void)
{
    return retired() - begun;
}
