/* SPDX-License-Identifier: Apache-2.0 */
/* See log.h. A line is made whole and then written at once, so that lines do not mix. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json_out.h"

enum { MESSAGE_MAX = 1000, LINE_MAX_BYTES = 8 * MESSAGE_MAX };

static atomic_int wanted = LOG_LEVEL_INFO;
static atomic_bool as_json;

static const char *const names[] = {"error", "warning", "info", "debug"};
enum { LEVELS = sizeof names / sizeof names[0] };

void log_setup(enum log_level level, bool json)
{
    wanted = (int)level;
    as_json = json;
}

int log_level_of(enum log_level *level, const char *name)
{
    for (int i = 0; i < LEVELS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

static void now_in_words(char *text, size_t cap)
{
    struct timespec now;
    struct tm utc;
    size_t len;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    len = strftime(text, cap, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, cap - len, ".%03ldZ", now.tv_nsec / 1000000);
}

/* Texts quote names that others chose: none of them gets to begin a line of its own. */
static void quiet(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f)
            *text = '?';
    }
}

static void print_json(FILE *out, const char *time, const char *level, const char *part,
                       const char *message)
{
    struct json_out json;

    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_string(&json, "time", time);
    json_out_string(&json, "level", level);
    json_out_string(&json, "part", part);
    json_out_string(&json, "message", message);
    json_out_close(&json, '}');
    json_out_end(&json);
}

void log_write(enum log_level level, const char *part, const char *format, ...)
{
    int error = errno; /* callers may still want it */
    char message[MESSAGE_MAX];
    char line[LINE_MAX_BYTES];
    char time[40];
    FILE *out;
    va_list args;

    if ((int)level > wanted)
        return;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    now_in_words(time, sizeof time);
    out = fmemopen(line, sizeof line, "w");
    if (out != NULL) {
        long len;

        if (as_json) {
            print_json(out, time, names[level], part, message);
        } else {
            quiet(message);
            (void)fprintf(out, "%s %s %s: %s\n", time, names[level], part, message);
        }
        len = ftell(out);
        (void)fclose(out);
        /* Where this cannot be written, there is nowhere to say so. */
        if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
            errno = error;
    }
    errno = error;
}
