/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database that does not answer is asked by one at a time, and no more often than every
 * second; who comes meanwhile is told at once what the others found. Any thread may call.
 */
#ifndef SERVER_STORE_OUTAGE_H
#define SERVER_STORE_OUTAGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct outage {
    pthread_mutex_t lock;
    atomic_bool lasts;
    bool probing;     /* somebody asks, to see whether it is over */
    int64_t retry_ms; /* before which nobody does */
    struct err why;
};

void outage_init(struct outage *outage);
void outage_destroy(struct outage *outage);

/* May the database be asked? Otherwise -1, with what is wrong with it. Who may has to tell how
 * it went: with outage_begin() or outage_end(). */
int outage_check(struct outage *outage, struct err *err);
/* It did not answer, for this reason. */
void outage_begin(struct outage *outage, const struct err *why);
/* It did. */
void outage_end(struct outage *outage);

#endif
