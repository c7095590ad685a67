/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a call leaves on the stack: paint what lies below, call, copy what lies below, search.
 */
#ifndef DIST_BELOW_H
#define DIST_BELOW_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BELOW = 4096, BELOW_MARGIN = 96 };
static uint8_t below[BELOW];

/* Paint the stack below this function's own, or copy it. To be called by whoever makes the call
 * that is looked at. */
__attribute__((noinline)) static void look_below(bool paint)
{
    volatile uint8_t *top = (volatile uint8_t *)__builtin_frame_address(0) - BELOW_MARGIN;

    for (int i = 1; i <= BELOW; i++) {
        if (paint)
            top[-i] = 0xa5;
        else
            below[BELOW - i] = top[-i];
    }
}

/* Were these bytes anywhere in what was copied? */
static bool was_below(const uint8_t *part, size_t len)
{
    for (size_t at = 0; at + len <= BELOW; at++)
        if (below[at] == part[0] && memcmp(below + at, part, len) == 0)
            return true;
    return false;
}

#endif
