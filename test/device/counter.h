/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much was executed: instructions, in an emulator that takes a nanosecond for each (its
 * option -icount shift=0), or an AVR's cycles. counter_*.c, one a kind of board.
 */
#ifndef DEVICE_COUNTER_H
#define DEVICE_COUNTER_H

#include <stdint.h>

/* What is counted, and in steps of how many. */
extern const char counter_of[];

void counter_start(void);
/* Since then; once. */
uint32_t counter_stop(void);

#endif
