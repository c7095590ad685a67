/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read with a limit, written so that there is the old file or the new one. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/*
 * Read what is left of an open file, up to cap bytes. More than that is ERR_INPUT. what names
 * the file in errors. On error buf is wiped and *len is 0.
 */
int file_read_fd(int fd, void *buf, size_t cap, size_t *len, const char *what, struct err *err);

/* The same for a file by name; "-" is standard input. */
int file_read(const char *path, void *buf, size_t cap, size_t *len, struct err *err);

/* How file_write() goes about it. */
struct file_options {
    unsigned mode; /* permissions, from the first byte: 0600 or 0644 */
    bool replace;  /* false: a file that is there already is ERR_INPUT and stays as it is */
};

/*
 * Write a file in one step, durable before this returns: after a power cut there is what was
 * there before, or all of the new. len bytes of data.
 */
int file_write(const char *path, const void *data, size_t len,
               const struct file_options *options, struct err *err);

/* Write all of data to an open file, however many write() it takes. */
int file_write_fd(int fd, const void *data, size_t len, const char *what, struct err *err);

/* Make a folder and the ones above it, mode 0700; one that exists is fine. */
int file_make_folder(const char *path, struct err *err);

/* folder, "/", name: freed by the caller; NULL: no memory, err is set. */
char *file_join(const char *folder, const char *name, struct err *err);

#endif
