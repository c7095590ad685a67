/* SPDX-License-Identifier: Apache-2.0 */
/* See err.h. A text that does not fit is cut, which is better than another error. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return -1;
}

/* Put ": " and more after what is in text, as far as there is room. */
static void append(char *text, size_t cap, const char *more)
{
    size_t len = strlen(text);
    size_t room = cap - len - 1;

    for (const char *part = ": "; room > 0 && *part != '\0'; room--)
        text[len++] = *part++;
    for (; room > 0 && *more != '\0'; room--)
        text[len++] = *more++;
    text[len] = '\0';
}

int err_system(struct err *err, enum err_kind kind, int error_number, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    append(err->text, sizeof err->text, strerror(error_number));
    return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
    char text[sizeof err->text];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    append(text, sizeof text, err->text);
    memcpy(err->text, text, sizeof text);
    return -1;
}
