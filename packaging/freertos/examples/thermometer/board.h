/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the example wants of a board and of its network: to be written for each.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <core_mqtt.h>

/* Two sectors of flash, as struct e4_flash has them. */
enum { BOARD_SECTOR_SIZE = 4096, BOARD_FLASH_UNIT = 8 };
bool board_flash_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len);
bool board_flash_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                         size_t len);
bool board_flash_erase(void *ctx, unsigned sector);

/* A connection to the broker, as coreMQTT's transport; it waits until there is one. */
void board_connect(TransportInterface_t *transport);

uint32_t board_time_ms(void);
int board_temperature(void);
void board_log(const char *what, const char *more);

#endif
