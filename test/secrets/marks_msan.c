/* SPDX-License-Identifier: Apache-2.0 */
/* The memory sanitizer watches: for instructions that valgrind does not know. */
#include "marks.h"

#include <sanitizer/msan_interface.h>

bool marks_are_watched(void)
{
    return true; /* it is part of the program */
}

void secret(const void *memory, size_t len)
{
    __msan_poison(memory, len);
}

void public(const void *memory, size_t len)
{
    __msan_unpoison(memory, len);
}

bool all_secret(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    for (size_t i = 0; i < len; i++)
        if (__msan_test_shadow(bytes + i, 1) != 0)
            return false;
    return true;
}
