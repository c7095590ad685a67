/* SPDX-License-Identifier: Apache-2.0 */
/* The API over HTTP, with JSON. rest.c is the one file that knows libmicrohttpd. */
#ifndef SERVER_API_REST_H
#define SERVER_API_REST_H

#include <stdbool.h>
#include <stddef.h>

#include "server/api/pages.h"

struct auth;
struct core;
struct err;
struct events;
struct rest;
struct tls;

struct rest_options {
    struct core *core;
    struct auth *auth;
    struct events *events;
    struct tls *tls;      /* NULL: HTTP in clear */
    struct pages pages;   /* what they are made of; requests are counted there */
    const char *address;  /* of IPv4 or IPv6, numbers only */
    unsigned port;        /* 0: a free one */
    unsigned connections; /* at a time */
};

/* What the options point at is the caller's and outlives it. */
int rest_start(struct rest **rest, const struct rest_options *options, struct err *err);
unsigned rest_port(const struct rest *rest);

/* Take no more requests, finish those that have begun, and close. NULL is fine. */
void rest_stop(struct rest *rest);

#endif
