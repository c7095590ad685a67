/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a tape, step by step. */
#include "tape.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t position;
static uint32_t step_end;

static uint16_t u16(void)
{
    uint16_t low = tape_u8();

    return (uint16_t)(low | tape_u8() << 8);
}

bool tape_next(char *operation)
{
    position = step_end;
    if (position >= tape_len)
        return false;
    step_end = position + 3; /* as far as may be read, until the length is known */
    *operation = (char)tape_u8();
    step_end += u16();
    return true;
}

uint8_t tape_u8(void)
{
    if (position >= step_end || position >= tape_len) {
        printf("the tape has a step that is too short\n");
        exit(1);
    }
    return tape_byte(position++);
}

uint64_t tape_u64(void)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)tape_u8() << (8 * i);
    return value;
}

void tape_take(void *out, size_t len)
{
    uint8_t *bytes = out;

    for (size_t i = 0; i < len; i++)
        bytes[i] = tape_u8();
}

size_t tape_take_varied(void *out, size_t cap)
{
    size_t len = u16();

    if (len > cap) {
        printf("no room for %u bytes of the tape\n", (unsigned)len);
        exit(1);
    }
    tape_take(out, len);
    return len;
}

bool tape_is(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    bool same = true;

    for (size_t i = 0; i < len; i++)
        same &= tape_u8() == bytes[i];
    return same;
}

bool tape_is_varied(const void *data, size_t len)
{
    return u16() == len && tape_is(data, len);
}
