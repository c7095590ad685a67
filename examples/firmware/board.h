/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the firmware needs of its board, a file for each: test/device/mps2.c is an emulated
 * Cortex-M4. Two serial lines, one to the factory and one to a modem, a clock that counts from
 * power-on, and two sectors of flash.
 */
#ifndef EXAMPLES_FIRMWARE_BOARD_H
#define EXAMPLES_FIRMWARE_BOARD_H

#include "e4/port_flash.h"

enum board_line { BOARD_FACTORY, BOARD_MODEM };

void board_start(void);

/* The next byte that came on a line. False: none is there. */
bool board_get(enum board_line line, uint8_t *byte);
/* Send, and wait until the line has taken it. */
void board_put(enum board_line line, const void *data, size_t len);

/* Sleep until a byte comes, on either line; at once if one is there. */
void board_sleep(void);

/* Since power-on. */
uint32_t board_uptime_s(void);

/* The flash driver, as for e4_flash_port(); the clock is not its business. */
void board_flash(struct e4_flash *flash);

#endif
