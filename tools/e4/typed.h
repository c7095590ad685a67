/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was typed into e4 shell, from one run to the next. What is sent to others is
 * confidential, so of the commands that send only the topic is written to the file.
 */
#ifndef TOOLS_E4_TYPED_H
#define TOOLS_E4_TYPED_H

#include <stddef.h>

struct err;

enum { TYPED_MAX = 500 };

struct typed {              /* zero: empty */
    char *lines[TYPED_MAX]; /* oldest first */
    size_t count;
};

/* Read the file; one that is not there is empty. */
int typed_load(struct typed *typed, const char *path, struct err *err);
/* Write it, mode 0600. */
int typed_save(const struct typed *typed, const char *path, struct err *err);
/* Add a line, as it goes to the file. -1: no memory. */
int typed_add(struct typed *typed, const char *line, struct err *err);
void typed_free(struct typed *typed);

#endif
