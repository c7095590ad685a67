/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call of one of the API's methods: its fields go where its row of methods.def wants them, in
 * the path, the query or the body.
 */
#ifndef TOOLS_E4CTL_REQUEST_H
#define TOOLS_E4CTL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/e4ctl/http.h"

struct err;

enum { REQUEST_FIELDS = 6 };

struct request {
    const char *method; /* "NewClient" */
    size_t count;
    struct request_field {
        const char *name; /* "client.name" */
        const char *text; /* its value: text, a number, "true" */
        bool truth;       /* not a text in JSON */
    } field[REQUEST_FIELDS];
};

/* Add a field; its texts are the caller's. */
void request_add(struct request *request, const char *name, const char *text);

/*
 * Call it. *answer is what came back, JSON with a NUL after it, in *len bytes; freed, and
 * wiped, by request_free(). What the server does not do is an error in its words.
 */
int request_call(const struct request *request, const struct http_target *target, char **answer,
                 size_t *len, struct err *err);
void request_free(char *answer, size_t len);

/* Call one that answers with a stream, and hand over its pieces until it ends. */
int request_stream(const struct request *request, const struct http_target *target,
                   http_piece piece, void *ctx, struct err *err);

#endif
