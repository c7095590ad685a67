/* SPDX-License-Identifier: Apache-2.0 */
/* Zephyr's console output: as much as packaging/zephyr uses. */
#ifndef TEST_ZEPHYR_PRINTK_H
#define TEST_ZEPHYR_PRINTK_H

#include <stdio.h>

#define printk   (void)printf
#define snprintk snprintf

#endif
