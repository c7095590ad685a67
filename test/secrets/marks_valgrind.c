/* SPDX-License-Identifier: Apache-2.0 */
/* Valgrind watches: it sees the instructions that really run. */
#include "marks.h"

#include <valgrind/memcheck.h>

bool marks_are_watched(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

void secret(const void *memory, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(memory, len);
}

void public(const void *memory, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(memory, len);
}

bool all_secret(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    for (size_t i = 0; i < len; i++) {
        uint8_t undefined = 0;

        (void)VALGRIND_GET_VBITS(bytes + i, &undefined, 1);
        if (undefined == 0)
            return false;
    }
    return true;
}
