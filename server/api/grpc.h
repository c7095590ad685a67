/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API over gRPC. grpc.c is the one file that knows gRPC; without E4_GRPC no_grpc.c stands
 * in for it.
 */
#ifndef SERVER_API_GRPC_H
#define SERVER_API_GRPC_H

#include <stddef.h>

struct auth;
struct core;
struct err;
struct events;
struct grpc;
struct metrics;
struct tls;

/* Zero is a good value for the limits. */
struct grpc_options {
    struct core *core;
    struct auth *auth;
    struct events *events;
    struct tls *tls;
    struct metrics *metrics; /* where calls are counted; NULL: nowhere */
    const char *address;     /* of IPv4 or IPv6, numbers only */
    unsigned port;           /* 0: a free one */
    unsigned threads;        /* calls at a time; 0: 16 */
    unsigned connections;    /* at a time; the only limit that must be set */
    size_t message_max;      /* bytes; 0: 4 MiB */
};

/* What the options point at is the caller's and outlives it. *grpc is NULL without E4_GRPC. */
int grpc_start(struct grpc **grpc, const struct grpc_options *options, struct err *err);
unsigned grpc_port(const struct grpc *grpc);

/* Take no more calls, finish those that have begun, and close. NULL is fine. */
void grpc_stop(struct grpc *grpc);

#endif
