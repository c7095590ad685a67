/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the server over HTTPS. http.c is the one file that knows libcurl. */
#ifndef TOOLS_E4CTL_HTTP_H
#define TOOLS_E4CTL_HTTP_H

#include <stddef.h>

struct err;

/* Where the server is, and how it and we prove who we are. */
struct http_target {
    const char *server; /* "https://127.0.0.1:8888", without a slash at the end */
    const char *ca;     /* whom to trust, a file in PEM; NULL: the system's authorities */
    const char *token;  /* NULL: none */
    const char *cert;   /* our own certificate and its key, files in PEM; NULL: none */
    const char *key;
};

struct http_request {
    const char *verb;
    const char *path; /* encoded, with its query */
    const char *body; /* NULL: none */
    size_t body_len;
};

/* Takes a piece of the answer; -1 with err: no more. */
typedef int (*http_piece)(void *ctx, const char *data, size_t len, struct err *err);

/*
 * Do a request, and hand over the answer's body piece by piece. *status is HTTP's. ERR_NETWORK:
 * the server could not be reached or trusted. seconds 0: however long it takes.
 */
int http_do(const struct http_target *target, const struct http_request *request, long seconds,
            http_piece piece, void *ctx, long *status, struct err *err);

/*
 * text with everything percent-encoded that has a meaning in a URL; freed by http_free(). NULL:
 * no memory, err is set.
 */
char *http_encode(const char *text, struct err *err);
void http_free(char *text);

#endif
