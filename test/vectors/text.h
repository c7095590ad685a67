/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files as text. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* A file's bytes and a NUL; free() when done. A test failure if it cannot be read. */
char *text_read(const char *path, size_t *len);

#endif
