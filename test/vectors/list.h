/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list kept beside the tests: lines of fields between '|', '#' begins a comment. The first
 * field is a file or section, the second a pattern for the names of cases (fnmatch), the last
 * a reason. Lines that never matched anything can be told.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { LIST_FIELDS_MAX = 5, LIST_LINES_MAX = 128 };

struct list_line {
    char *field[LIST_FIELDS_MAX];
    unsigned used; /* cases that it matched */
};

struct list {
    char *text;
    struct list_line line[LIST_LINES_MAX];
    size_t count;
    size_t fields;
};

/* Read a file whose lines all have that many fields; a test failure otherwise. */
void list_read(struct list *list, const char *path, size_t fields);

/* The first line for this file and case, and count the use; NULL if there is none. */
struct list_line *list_find(struct list *list, const char *file, const char *name);

/* Print the lines whose file begins with prefix and that were never used; how many they are. */
size_t list_unused(const struct list *list, const char *prefix);

void list_free(struct list *list);

#endif
