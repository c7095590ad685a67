/* SPDX-License-Identifier: Apache-2.0 */
/* Lines from a descriptor that is polled: read once when there is something, then take what is
 * whole. */
#ifndef TOOLS_E4_LINES_H
#define TOOLS_E4_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct lines { /* start with {.fd = ..., .max = ...} */
    int fd;
    size_t max;           /* bytes of the longest line that is taken */
    bool ended;           /* there is nothing more to read */
    unsigned long number; /* of the line taken last, from 1 */
    char *memory;         /* private, as the rest */
    size_t cap;
    size_t begin;
    size_t searched;
    size_t end;
};

/* One read(). A signal is no error. */
int lines_read(struct lines *lines, struct err *err);
/*
 * Take the next whole line, without its end; at the end of input also one without an end. It
 * stays until the next lines_read(). 1: there is one; 0: not yet, or no more; -1: it is longer
 * than max.
 */
int lines_take(struct lines *lines, const char **line, size_t *len, struct err *err);
void lines_free(struct lines *lines);

#endif
