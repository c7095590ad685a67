/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all runners of vectors share: where the files are, cases that are counted, the list of
 * the cases that are left out and why.
 *
 * A file is run like this:
 *
 *     suite_begin("wycheproof/x.json");
 *     for each case
 *         if (case_begin("tcId=%d %s", id, flags))
 *             expect(this && that, "what was expected");
 *     suite_end();
 */
#ifndef SUITE_H
#define SUITE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "e4/e4.h"

#include "bytes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The folder of the public collections; NULL where there is none. */
const char *suite_public_folder(void);

/* The file's path: our own copies lie in test/vectors, the rest in the public folder. */
void suite_path(char *path, size_t cap, const char *file);

/* Parse a file of vectors, a test failure if that is impossible; json_decref() when done. */
json_t *suite_load(const char *file);
/* The same for lines of text; free() when done. */
char *suite_load_text(const char *file);

void suite_begin(const char *file);

/* Is the case to be run? False if skipped.list leaves it out. Ends the case before it. */
bool case_begin(const char *format, ...);
const char *case_name(void);

void expect(bool holds, const char *format, ...);
void expect_result(enum e4_result got, enum e4_result want, const char *call);
void expect_bytes(const uint8_t *got, size_t got_len, struct bytes want, const char *what);

/* Print the counts; the test fails if a case did, or if nothing was run or left out. */
void suite_end(void);

/* Count a whole file as left out; fails if skipped.list does not name it with pattern "*". */
void suite_leave_out(const char *file, unsigned cases);

/* Is the file named in skipped.list with the pattern "*"? */
bool suite_is_left_out(const char *file);

/* A line of the list that begins with prefix and was never needed is a failure. */
void suite_check_lists(const char *prefix);

#endif
