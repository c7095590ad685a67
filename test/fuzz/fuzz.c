/* SPDX-License-Identifier: Apache-2.0 */
/* Taking inputs apart, and breaking off. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t take_byte(struct input *input)
{
    if (input->len == 0)
        return 0;
    input->len--;
    return *input->data++;
}

uint64_t take_number(struct input *input, unsigned bytes)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < bytes; i++)
        number |= (uint64_t)take_byte(input) << 8 * i;
    return number;
}

void take_bytes(struct input *input, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = take_byte(input);
}

struct input take_piece(struct input *input)
{
    struct input piece = {.len = take_byte(input)};

    if (piece.len > input->len)
        piece.len = input->len;
    piece.data = input->data;
    input->data += piece.len;
    input->len -= piece.len;
    return piece;
}

void law(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "law broken: %s\n", what);
    abort();
}

bool all_zero(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}
