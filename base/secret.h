/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a program: memory for them, random ones, and reading them from safe places. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* From now on this process leaves no core dump and no other process may trace it. */
int secret_no_dumps(struct err *err);

/*
 * Zeroed memory that is not swapped out where the system allows it, in huge pages where they
 * help. NULL: err is set. secret_free() wipes it; NULL is fine.
 */
void *secret_alloc(size_t len, struct err *err);
void secret_free(void *memory, size_t len);

/* len fresh random bytes from the kernel. */
int secret_random(uint8_t *out, size_t len, struct err *err);

/*
 * Read a file that holds a secret, as file_read(); "-" is standard input. An ordinary file that
 * others than its owner may read or write is refused.
 */
int secret_read(const char *path, void *buf, size_t cap, size_t *len, struct err *err);

enum { SECRET_PASSWORD_MAX = 4096 };

/* Where a password comes from. At most one is not NULL; both NULL: the environment. */
struct secret_source {
    const char *file;     /* "-" is standard input */
    const char *value;    /* given on the command line, where others can see it */
    const char *variable; /* name in the environment, e.g. "E4_PASSWORD" */
};

/* Is there a password to be had from this source, without reading anything? */
bool secret_is_given(const struct secret_source *source);

/*
 * Read a password of up to SECRET_PASSWORD_MAX bytes, and NUL after it; a line end after it is
 * not part of it. On a terminal it is asked for and not shown. The caller wipes it.
 */
int secret_password(char password[SECRET_PASSWORD_MAX + 1], size_t *len,
                    const struct secret_source *source, struct err *err);

#endif
