/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths of URLs, and the patterns of methods.def that they match:
 * "/e4/client/{client.name}/link/count". A field in braces takes what is between two slashes;
 * "{topic}" takes slashes too, and all that the rest of the pattern leaves to it. A path is
 * matched as it came, and decoded after.
 */
#ifndef SERVER_API_PATH_H
#define SERVER_API_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum { PATH_FIELDS = 3 }; /* fields that a pattern has, at most */

/* Where the values of a pattern's fields are in a path, still encoded. */
struct path_match {
    size_t count;
    struct path_field {
        const char *name; /* in the pattern */
        size_t name_len;
        const char *value; /* in the path */
        size_t value_len;
    } field[PATH_FIELDS];
};

bool path_match(struct path_match *match, const char *pattern, const char *path,
                size_t path_len);

/*
 * Undo percent-encoding; out has room for len bytes. -1: two hexadecimal digits do not follow
 * a percent sign.
 */
int path_decode(char *out, size_t *out_len, const char *text, size_t len);

#endif
