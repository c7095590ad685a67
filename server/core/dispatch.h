/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher: takes commands that are on their way, seals each freshly, hands it to the
 * bus, and forgets it when the broker has it for good. In order for each client; what was not
 * acknowledged before a crash is sent again. One thread runs it.
 */
#ifndef SERVER_CORE_DISPATCH_H
#define SERVER_CORE_DISPATCH_H

#include <stdbool.h>

struct bus;
struct core;
struct dispatch;
struct err;

/* How many events are kept, the newest; the others go every hour. */
enum { DISPATCH_EVENTS_KEPT = 100000 };

struct dispatch_options {
    bool not_retained; /* do not let the broker keep the newest command for devices that come */
};

/* Core and bus are the caller's, and outlive it; the bus's events are set here. */
int dispatch_new(struct dispatch **dispatch, struct core *core, struct bus *bus,
                 const struct dispatch_options *options, struct err *err);
void dispatch_free(struct dispatch *dispatch); /* NULL is fine */

/*
 * Settle, send and receive what there is, then wait for at most timeout_ms for more. An error
 * (of the database) is for the caller to tell and to wait a little after; nothing is lost by
 * it.
 */
int dispatch_step(struct dispatch *dispatch, int timeout_ms, struct err *err);

/* From any thread: there is something new to send, or time to stop. End a wait. */
void dispatch_wake(struct dispatch *dispatch);

/* Step until dispatch_stop() is called, which any thread may; errors go to the log. */
void dispatch_run(struct dispatch *dispatch);
void dispatch_stop(struct dispatch *dispatch);

#endif
