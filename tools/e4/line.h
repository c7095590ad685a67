/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Editing a line on a terminal while other things happen: history, completion, and output that
 * leaves the line as it is. line.c is the one file that knows libedit.
 */
#ifndef TOOLS_E4_LINE_H
#define TOOLS_E4_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct line;

struct line_hooks {
    void *ctx;
    /* Wait for input or anything else, a turn at a time: 1: there is input; 0: not yet; -1: no
     * more. */
    int (*wait)(void *ctx);
    /*
     * The nth word, from 0, that may stand where the cursor is; before is the line up to there,
     * and the word begins at word. NULL: no more.
     */
    const char *(*complete)(void *ctx, const char *before, size_t word, size_t n);
};

/* Take over the terminal that is standard input and output. ERR_SYSTEM. */
int line_open(struct line **line, const char *prompt, const struct line_hooks *hooks,
              struct err *err);
void line_close(struct line *line); /* NULL is fine */

/* Let somebody type a line; without its end, and until the next call. NULL: the end. */
const char *line_read(struct line *line);
/* Add one to the history. */
void line_remember(struct line *line, const char *text);

/* Around output: take what is being typed off the terminal, and put it back. */
void line_hide(struct line *line);
void line_show(struct line *line);

#endif
