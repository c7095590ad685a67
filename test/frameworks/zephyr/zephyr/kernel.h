/* SPDX-License-Identifier: Apache-2.0 */
/* Zephyr's kernel: as much as packaging/zephyr uses. */
#ifndef TEST_ZEPHYR_KERNEL_H
#define TEST_ZEPHYR_KERNEL_H

#include <stdint.h>
#include <stdlib.h>

#define k_panic() abort()

int64_t k_uptime_get(void);
int32_t k_msleep(int32_t ms);

#endif
