/* SPDX-License-Identifier: Apache-2.0 */
/* What HTTP has besides methods: texts that are made when somebody asks for them. */
#ifndef SERVER_API_PAGES_H
#define SERVER_API_PAGES_H

#include <stdio.h>

#include "server/api/methods.h"

struct metrics;
struct watch;

/* What they are made of. NULL: that is not said. */
struct pages {
    struct metrics *metrics;
    struct watch *watch;
};

struct page {
    struct method method; /* its verb and path, and who may */
    const char *type;     /* of the content */
    /* Returns HTTP's status. Output errors are the stream's. */
    unsigned (*write)(FILE *out, const struct pages *pages);
};

/* NULL: there is none. */
const struct page *page_find(const char *verb, const char *path);

#endif
