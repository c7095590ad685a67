/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of a program: from lines "key = value" in a file, and from the environment. A table
 * says which there are, what they may be, and where in a struct they go.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum conf_type {
    CONF_TEXT,   /* char *, not empty */
    CONF_NUMBER, /* int64_t, from min to max */
    CONF_BOOL,   /* bool: yes or no */
    CONF_CHOICE  /* int64_t: which word of choices it is */
};

struct conf_key {
    const char *name; /* lower-case letters and hyphens */
    enum conf_type type;
    size_t at; /* offsetof() in the struct */
    int64_t min;
    int64_t max;
    const char *const *choices; /* NULL last */
};

/*
 * Read a file's text into settings. Lines are "key = value", empty, or comments that begin with
 * '#'. ERR_INPUT, with the number of the line: a key that there is not, twice the same, a value
 * that it cannot have, bytes that are not UTF-8. what names the file in errors.
 */
int conf_read(void *settings, const struct conf_key *keys, size_t count, const char *text,
              size_t len, const char *what, struct err *err);

/* Read a file by name, of up to 1 MiB, likewise. */
int conf_read_file(void *settings, const struct conf_key *keys, size_t count, const char *path,
                   struct err *err);

/* Let the environment overrule: with the prefix "E4D_", E4D_LOG_LEVEL is log-level. */
int conf_environment(void *settings, const struct conf_key *keys, size_t count,
                     const char *prefix, struct err *err);

/* Free the texts. */
void conf_free(void *settings, const struct conf_key *keys, size_t count);

#endif
