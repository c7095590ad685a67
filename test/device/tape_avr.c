/* SPDX-License-Identifier: Apache-2.0 */
/* A tape in an AVR's flash, which has addresses of its own. */
#include "tape.h"

#include <avr/pgmspace.h>

uint8_t tape_byte(uint32_t at)
{
    return pgm_read_byte_far(pgm_get_far_address(tape) + at);
}
