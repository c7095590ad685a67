/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of events, as many as there are listeners, from one reading of core's. Each listener
 * reads at its own pace; one that falls far behind is told so, and nobody waits for it.
 */
#ifndef SERVER_API_EVENTS_H
#define SERVER_API_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "c2.pb-c.h"

struct arena;
struct core;
struct err;
struct events;
struct listener;

/* A thread of its own reads core's events as long as somebody listens. */
int events_start(struct events **events, struct core *core, struct err *err);

/* Wake everybody; from now on no listener waits, and each is told that it is over. */
void events_end(struct events *events);

/* Everybody has left. NULL is fine. */
void events_stop(struct events *events);

/*
 * Listen to what happens from now on. wake is called once after each events_wait() that
 * returned true, by another thread: when there is something to read, and every 15 seconds even
 * if there is not. It must be short, and call nothing here. ERR_BUSY: too many listen.
 */
int events_join(struct listener **listener, struct events *events, void (*wake)(void *ctx),
                void *ctx, struct err *err);

/* After this, wake is not called and not running. NULL is fine. */
void events_leave(struct listener *listener);

/*
 * The next event, in memory of the arena, and its number. 0: there is none now; 1: there is
 * one. -1: ERR_BUSY, the listener fell too far behind; ERR_UNAVAILABLE, after events_end().
 */
int events_next(struct listener *listener, Pb__Event **event, int64_t *number,
                struct arena *arena, struct err *err);

/*
 * Ask for wake; sleep, if not NULL, is called before it can come, with wake's ctx. false: there
 * is something to read, and neither is called.
 */
bool events_wait(struct listener *listener, void (*sleep)(void *ctx));

#endif
