/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time of a device that has no clock but a counter since power-on: the key server's
 * commands bring it (PROTOCOL.md §6). For struct e4_port.
 */
#ifndef EXAMPLES_FIRMWARE_CLOCK_H
#define EXAMPLES_FIRMWARE_CLOCK_H

#include "e4/e4.h"

struct clock {
    uint64_t started_s; /* what the time was at power-on */
    bool known;
};

enum e4_result clock_now(void *clock, uint64_t *now_s);
void clock_set(void *clock, uint64_t now_s);

#endif
