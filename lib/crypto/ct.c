/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiping that compilers keep, comparison without an early exit.
 */
#include "ct.h"

#include <stdint.h>
#include <string.h>

#include "load.h"

void e4_wipe(void *memory, size_t len)
{
    /* Volatile, so that no compiler knows that it is memset, and drops the call. */
    void *(*volatile set_memory)(void *, int, size_t) = memset;

    if (len > 0)
        set_memory(memory, 0, len);
}

bool e4_equal(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    uint64_t difference = 0;

    for (; len >= 8; len -= 8, x += 8, y += 8)
        difference |= e4_load_le64(x) ^ e4_load_le64(y);
    for (; len > 0; len--, x++, y++)
        difference |= (uint64_t)(*x ^ *y);
    return difference == 0;
}

bool e4_is_zero(const void *memory, size_t len)
{
    const uint8_t *x = memory;
    uint8_t any = 0;

    while (len > 0)
        any |= x[--len];
    return any == 0;
}
