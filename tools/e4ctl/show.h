/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as people read them. */
#ifndef TOOLS_E4CTL_SHOW_H
#define TOOLS_E4CTL_SHOW_H

#include <stdio.h>

struct err;

/*
 * An answer, JSON of len bytes: nothing for an empty one; a lone value by itself; names, a line
 * each; a list of records as a table; anything else as names and values.
 */
int show_answer(FILE *out, const char *answer, size_t len, struct err *err);

#endif
