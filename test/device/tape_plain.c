/* SPDX-License-Identifier: Apache-2.0 */
/* A tape in memory like any other. */
#include "tape.h"

uint8_t tape_byte(uint32_t at)
{
    return tape[at];
}
