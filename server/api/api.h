/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API as a whole, for main.c: HTTP and gRPC on one core, with one certificate and the same
 * tokens.
 */
#ifndef SERVER_API_API_H
#define SERVER_API_API_H

#include <stdbool.h>

#include "server/api/tls.h"

struct api;
struct core;
struct err;
struct watch;

/* Where to listen. */
struct api_listener {
    const char *address; /* numbers only; NULL: nowhere */
    unsigned port;       /* 0: a free one */
};

struct api_options {
    struct core *core;
    struct watch *watch; /* NULL: nobody knows how the server is */
    struct tls_files tls;
    const char *token_file;   /* where the first administrator's token goes */
    struct api_listener http; /* 127.0.0.1 and 8888, unless told otherwise */
    struct api_listener grpc; /* and 5555 */
    bool no_auth;             /* ERR_USAGE unless both listen on loopback */
    unsigned request_rate;    /* of auth.h */
};

/*
 * Will it be refused for what is known before anything is made or started: for listening beyond
 * loopback with no_auth, or for a certificate that is there and no good?
 */
int api_check(const struct api_options *options, struct err *err);

/*
 * Says in the log what is bound, the certificate's fingerprint, and where the first token is.
 * What the options point at is the caller's and outlives it.
 */
int api_start(struct api **api, const struct api_options *options, struct err *err);

/* Read the certificate again, for connections from now on. -1: the old one stays. */
int api_reload(struct api *api, struct err *err);

/* Take no more requests, finish those that have begun. NULL is fine. */
void api_stop(struct api *api);

#endif
