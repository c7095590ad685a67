/* SPDX-License-Identifier: Apache-2.0 */
/* See label.h. */
#include "tools/e4/label.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "e4/keys.h"
#include "tools/e4/exit.h"

enum { QUIET = 4 }; /* squares of light around a code */

/* A text that grows. */
struct text {
    char *bytes;
    size_t len;
    size_t cap;
};

static void add(struct text *text, const char *bytes)
{
    size_t len = strlen(bytes);

    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
}

/* Is the square dark? Coordinates begin in the light around. */
static bool is_dark(const QRcode *code, int x, int y)
{
    x -= QUIET;
    y -= QUIET;
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1) != 0;
}

/*
 * Two rows of squares in one of characters. Light is what is drawn, so that it looks right on
 * dark terminals; where colours can be set, on all.
 */
static void draw_characters(struct text *text, const QRcode *code, int side, bool colour)
{
    static const char *const half[] = {"\xe2\x96\x88", "\xe2\x96\x80", "\xe2\x96\x84", " "};

    for (int y = 0; y < side; y += 2) {
        add(text, colour ? "\033[97;40m" : "");
        for (int x = 0; x < side; x++) {
            int upper = is_dark(code, x, y) ? 2 : 0;
            int lower = y + 1 < side && is_dark(code, x, y + 1) ? 1 : 0;

            add(text, half[upper | lower]);
        }
        add(text, colour ? "\033[0m\n" : "\n");
    }
}

/* One path of all dark squares. */
static void draw_svg(struct text *text, const QRcode *code, int side)
{
    char part[256];

    (void)snprintf(part, sizeof part,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%dmm\" height=\"%dmm\" "
                   "viewBox=\"0 0 %d %d\">\n"
                   "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>\n<path d=\"",
                   side, side, side, side, side, side);
    add(text, part);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            if (!is_dark(code, x, y))
                continue;
            (void)snprintf(part, sizeof part, "M%d %dh1v1h-1z", x, y);
            add(text, part);
        }
    }
    add(text, "\"/>\n</svg>\n");
}

static int write_drawing(const QRcode *code, const char *path, unsigned mode, struct err *err)
{
    const struct file_options options = {mode, false};
    bool to_terminal = strcmp(path, "-") == 0;
    int side = code->width + 2 * QUIET;
    struct text text = {.cap = 1024 + (size_t)side * (size_t)side * 24};
    int rc;

    text.bytes = malloc(text.cap);
    if (text.bytes == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (to_terminal)
        draw_characters(&text, code, side, exit_colour(stdout));
    else
        draw_svg(&text, code, side);
    (void)fflush(stdout);
    rc = to_terminal
             ? file_write_fd(fileno(stdout), text.bytes, text.len, "standard output", err)
             : file_write(path, text.bytes, text.len, &options, err);
    e4_wipe(text.bytes, text.cap);
    free(text.bytes);
    return rc;
}

int label_write(const char *text, const char *path, unsigned mode, struct err *err)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    int rc;

    if (code == NULL)
        return err_system(err, ERR_SYSTEM, errno, "cannot draw a QR code");
    rc = write_drawing(code, path, mode, err);
    e4_wipe(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
    return rc;
}
