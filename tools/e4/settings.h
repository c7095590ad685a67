/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device.json in a state folder: what the tool keeps of a device beside the library's own
 * state. A folder without one is fine: its device has no name and the usual receiving topic.
 */
#ifndef TOOLS_E4_SETTINGS_H
#define TOOLS_E4_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/e4/device.h"

/* What is written; the id ties it to the state that lies beside it. */
struct settings_file {
    struct device_settings settings;
    uint8_t id[E4_ID_SIZE];
    bool present; /* out: there was a file */
    bool ready;   /* false: making the device was begun and not finished */
};

/* From the file's text. The texts in settings are the caller's to free. */
int settings_parse(struct settings_file *out, const char *text, size_t len, struct err *err);

int settings_read(struct settings_file *out, const char *folder, struct err *err);
int settings_write(const struct settings_file *file, const char *folder, struct err *err);

void settings_free(struct device_settings *settings);

#endif
