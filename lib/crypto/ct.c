/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiping that compilers keep, comparison without an early exit.
 */
#include "ct.h"

#include <stdint.h>
#include <string.h>

void e4_wipe(void *memory, size_t len)
{
    /* Volatile, so that no compiler knows that it is memset, and drops the call. */
    void *(*volatile set_memory)(void *, int, size_t) = memset;

    if (len > 0)
        set_memory(memory, 0, len);
}

bool e4_equal(const void *a, const void *b, size_t len)
{
    const uint8_t *x = (const uint8_t *)a;
    const uint8_t *y = (const uint8_t *)b;
    size_t difference = 0, one, other; /* words, as the machine has them */

    /* On hosts eight bytes at once; less code elsewhere. */
    for (; sizeof one == 8 && len >= sizeof one; len -= sizeof one) {
        memcpy(&one, x, sizeof one);
        memcpy(&other, y, sizeof other);
        difference |= one ^ other;
        x += sizeof one;
        y += sizeof one;
    }
    for (size_t i = 0; i < len; i++)
        difference |= (size_t)(x[i] ^ y[i]);
    return difference == 0;
}

bool e4_is_zero(const void *memory, size_t len)
{
    const uint8_t *x = (const uint8_t *)memory;
    uint8_t any = 0;

    while (len > 0)
        any |= x[--len];
    return any == 0;
}
