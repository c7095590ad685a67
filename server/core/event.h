/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, for rules and for streams. Events have numbers that rise, with gaps. A stream
 * starts at event_newest(), is told by core_on_change() that there may be more, and reads on
 * from the last number it saw. The rules of core.h hold.
 */
#ifndef SERVER_CORE_EVENT_H
#define SERVER_CORE_EVENT_H

#include "server/core/core.h"

/* The numbers of the API. */
enum event_type {
    EVENT_CLIENT_SUBSCRIBED = 1,  /* source: client; target: topic */
    EVENT_CLIENT_UNSUBSCRIBED = 2 /* the same */
};

struct event {
    int64_t number;
    enum event_type type;
    const char *source;
    const char *target;
    int64_t time_s; /* Unix time */
};

typedef int (*event_each)(void *ctx, const struct event *event, struct err *err);

/* The number of the newest event, 0 if there is none. */
int event_newest(struct core *core, int64_t *number, struct err *err);

/* Events with a number above after, in order, count at most. */
int event_read(struct core *core, int64_t after, int64_t count, event_each each, void *ctx,
               struct err *err);

#endif
