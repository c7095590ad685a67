/* SPDX-License-Identifier: Apache-2.0 */
/* What does not depend on who watches. */
#include "marks.h"

#include <stdio.h>
#include <stdlib.h>

bool public_bool(bool value)
{
    public(&value, sizeof value);
    return value;
}

void fresh(uint8_t *out, size_t len)
{
    static uint8_t next = 1;

    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(next + i * 7);
    next = (uint8_t)(next + 11);
    secret(out, len);
}

void must(bool holds, const char *what)
{
    if (public_bool(holds))
        return;
    fprintf(stderr, "secrets: not so: %s\n", what);
    exit(1);
}
