/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Marking memory as secret, that is, undefined, so that whoever watches reports each branch
 * and each index that depends on it. marks_valgrind.c is for valgrind, marks_msan.c for clang's
 * memory sanitizer.
 */
#ifndef MARKS_H
#define MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is anybody watching? */
bool marks_are_watched(void);

void secret(const void *memory, size_t len);
void public(const void *memory, size_t len);

/* Does every byte depend on a secret? What is worked out of secrets has to: else nothing is
 * seen. */
bool all_secret(const void *memory, size_t len);

/* A result that is for everybody to know. */
bool public_bool(bool value);

/* Bytes that differ from call to call, then secret. */
void fresh(uint8_t *out, size_t len);

/* Ends the program if it does not hold. */
void must(bool holds, const char *what);

#endif
