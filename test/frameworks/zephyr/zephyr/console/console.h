/* SPDX-License-Identifier: Apache-2.0 */
/* Zephyr's console input: as much as the sample uses. */
#ifndef TEST_ZEPHYR_CONSOLE_H
#define TEST_ZEPHYR_CONSOLE_H

void console_getline_init(void);
char *console_getline(void);

#endif
