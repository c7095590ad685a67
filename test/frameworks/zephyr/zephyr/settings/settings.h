/* SPDX-License-Identifier: Apache-2.0 */
/* Zephyr's settings: as much as packaging/zephyr uses. */
#ifndef TEST_ZEPHYR_SETTINGS_H
#define TEST_ZEPHYR_SETTINGS_H

#include <stddef.h>
#include <sys/types.h>

typedef ssize_t (*settings_read_cb)(void *cb_arg, void *data, size_t len);
typedef int (*settings_load_direct_cb)(const char *key, size_t len, settings_read_cb read_cb,
                                       void *cb_arg, void *param);

int settings_subsys_init(void);
int settings_save_one(const char *name, const void *value, size_t len);
/* key is what follows the subtree's name: NULL where that is the whole name. */
int settings_load_subtree_direct(const char *subtree, settings_load_direct_cb cb, void *param);

#endif
