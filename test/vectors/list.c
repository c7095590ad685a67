/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of exceptions, read from text. */
#include "list.h"

#include "suite.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Cut spaces at both ends. */
static char *trim(char *text)
{
    size_t len;

    text += strspn(text, " \t");
    len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
        text[--len] = '\0';
    return text;
}

static void add_line(struct list *list, char *text)
{
    struct list_line *line = &list->line[list->count];
    size_t n = 0;

    text = trim(text);
    if (*text == '\0' || *text == '#')
        return;
    if (list->count == LIST_LINES_MAX)
        fail_msg("more than %d lines in a list", LIST_LINES_MAX);
    while (text != NULL && n < list->fields) {
        char *bar = n + 1 < list->fields ? strchr(text, '|') : NULL;

        if (bar != NULL)
            *bar++ = '\0';
        line->field[n++] = trim(text);
        text = bar;
    }
    if (n != list->fields || line->field[n - 1][0] == '\0')
        fail_msg("a line of the list has not %zu fields: %s", list->fields, line->field[0]);
    list->count++;
}

void list_read(struct list *list, const char *path, size_t fields)
{
    char *next;

    memset(list, 0, sizeof *list);
    list->fields = fields;
    list->text = text_read(path, NULL);
    for (char *at = list->text; at != NULL; at = next) {
        next = strchr(at, '\n');
        if (next != NULL)
            *next++ = '\0';
        add_line(list, at);
    }
}

struct list_line *list_find(struct list *list, const char *file, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        struct list_line *line = &list->line[i];

        if (strcmp(line->field[0], file) == 0 && fnmatch(line->field[1], name, 0) == 0) {
            line->used++;
            return line;
        }
    }
    return NULL;
}

size_t list_unused(const struct list *list, const char *prefix)
{
    size_t unused = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct list_line *line = &list->line[i];

        if (line->used > 0 || strncmp(line->field[0], prefix, strlen(prefix)) != 0)
            continue;
        print_error("matches no case: %s | %s\n", line->field[0], line->field[1]);
        unused++;
    }
    return unused;
}

void list_free(struct list *list)
{
    free(list->text);
    memset(list, 0, sizeof *list);
}
