/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A limit for the connections of a listening socket that somebody else accepts from: who must
 * not run out of descriptors, as gRPC never listens again after that.
 */
#ifndef SERVER_API_GATE_H
#define SERVER_API_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct err;

/* All private. Zero is one that lets everybody pass. */
struct gate {
    int fd; /* the listening socket, once more */
    unsigned port;
    int most;
    atomic_int room;
    atomic_bool closed;
    pthread_mutex_t lock;
    atomic_bool is_set;
};

/* The socket of this process that listens on a port has so many connections at most. */
int gate_set(struct gate *gate, unsigned port, unsigned most, struct err *err);

/* A connection has been accepted. */
void gate_pass(struct gate *gate);

/* To be called every now and then: is there room again? */
void gate_look(struct gate *gate);

/* Before the socket is to be closed. */
void gate_end(struct gate *gate);

#endif
