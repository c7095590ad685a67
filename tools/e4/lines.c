/* SPDX-License-Identifier: Apache-2.0 */
/* See lines.h: a buffer that grows up to the longest line. */
#include "tools/e4/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

enum { READ_SIZE = 65536 };

/* Room for another read at the end of the buffer. */
static int make_room(struct lines *lines, struct err *err)
{
    char *memory;
    size_t cap;

    if (lines->begin > 0) {
        memmove(lines->memory, lines->memory + lines->begin, lines->end - lines->begin);
        lines->searched -= lines->begin;
        lines->end -= lines->begin;
        lines->begin = 0;
    }
    if (lines->cap - lines->end >= READ_SIZE)
        return 0;
    cap = lines->cap * 2 + READ_SIZE;
    memory = realloc(lines->memory, cap);
    if (memory == NULL)
        return err_set(err, ERR_SYSTEM, "standard input: not enough memory for a line");
    lines->memory = memory;
    lines->cap = cap;
    return 0;
}

int lines_read(struct lines *lines, struct err *err)
{
    ssize_t got;

    if (make_room(lines, err) != 0)
        return -1;
    got = read(lines->fd, lines->memory + lines->end, READ_SIZE);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got < 0)
        return err_system(err, ERR_SYSTEM, errno, "standard input");
    lines->ended = got == 0;
    lines->end += (size_t)got;
    return 0;
}

int lines_take(struct lines *lines, const char **line, size_t *len, struct err *err)
{
    size_t waiting = lines->end - lines->begin;
    const char *at = NULL;

    if (lines->end > lines->searched)
        at = memchr(lines->memory + lines->searched, '\n', lines->end - lines->searched);
    if (at == NULL && waiting <= lines->max && (!lines->ended || waiting == 0)) {
        lines->searched = lines->end;
        return 0;
    }
    lines->number++;
    *line = lines->memory + lines->begin;
    *len = at != NULL ? (size_t)(at - *line) : waiting;
    if (*len > lines->max)
        return err_set(err, ERR_INPUT, "standard input: line %lu is longer than %zu bytes",
                       lines->number, lines->max);
    lines->begin += *len + (at != NULL ? 1 : 0);
    lines->searched = lines->begin;
    return 1;
}

void lines_free(struct lines *lines)
{
    free(lines->memory);
    lines->memory = NULL;
}
