/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says of itself while it runs: one line at a time to standard error, as text or
 * as JSON. Any thread may call. Secrets do not belong in here.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* From now on: what is at least this important, in this form. At first: information, as text.
 */
void log_setup(enum log_level level, bool json);

/* The level with this name: error, warning, info, debug. -1: there is none. */
int log_level_of(enum log_level *level, const char *name);

/* part is what of the program speaks: "outbox". Lines are cut after 1000 bytes. */
void log_write(enum log_level level, const char *part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
