/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples of docs/devices.md take for granted: the example firmware's parts, a board.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "e4/device.h"
#include "e4/keys.h"
#include "e4/port_flash.h"
#include "examples/firmware/factory.h"

extern struct e4_device device;
extern struct factory factory;
extern uint8_t frame[256];
extern char name[64];

size_t board_wait_for_frame(uint8_t *into, size_t cap, char topic[64], size_t *topic_len);
uint32_t board_uptime_s(void);
void act_on(const uint8_t *text, size_t text_len);
void count_refusal(enum e4_result why);
enum e4_result erase_flash(void *ctx);
uint8_t uart_wait(void);
void uart_print(const char *line);
