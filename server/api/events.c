/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See events.h. Events lie in a ring; a place in it is a number that only rises, modulo its
 * size. One lock guards everything but core, which is asked without it; wake and sleep are
 * called under it. The thread reads only while somebody listens, and begins anew where the
 * first listener does.
 */
#include "server/api/events.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "server/api/arena.h"
#include "server/core/core.h"
#include "server/core/event.h"

enum {
    RING = 1024,      /* how far a listener may fall behind */
    AT_ONCE = 256,    /* events that are asked of core at a time */
    LISTENERS = 1000, /* at most */
    LOOK_S = 1,       /* other servers on the same database do not tell us */
    QUIET_S = 15      /* wake everybody so often, so that lost connections are noticed */
};

struct kept {
    int64_t number;
    enum event_type type;
    int64_t time_s;
    char *source; /* target follows it, after its NUL */
    char *target;
};

struct listener {
    struct events *events;
    struct listener *next;
    void (*wake)(void *ctx);
    void *ctx;
    uint64_t place; /* of the event to read next */
    int64_t after;  /* number of the newest event when it joined */
    bool waits;
};

struct events {
    struct core *core;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct listener *listeners;
    size_t listener_count;
    struct kept ring[RING];
    uint64_t end;     /* place of the event to come next */
    int64_t newest;   /* number of the last event read; the thread's own */
    int64_t begin_at; /* read none of up to this number */
    bool news;        /* core has changed since it was read */
    bool ended;       /* no listener may wait */
    bool stop;
};

static int keep(void *ctx, const struct event *event, struct err *err)
{
    struct events *events = ctx;
    struct kept *kept = &events->ring[events->end % RING];
    size_t source_size = strlen(event->source) + 1;
    size_t target_size = strlen(event->target) + 1;
    char *text = malloc(source_size + target_size);

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    events->newest = event->number;
    (void)pthread_mutex_lock(&events->lock);
    free(kept->source);
    kept->number = event->number;
    kept->type = event->type;
    kept->time_s = event->time_s;
    kept->source = text;
    kept->target = text + source_size;
    memcpy(kept->source, event->source, source_size);
    memcpy(kept->target, event->target, target_size);
    events->end++;
    (void)pthread_mutex_unlock(&events->lock);
    return 0;
}

static void wake_all(struct events *events, bool even_for_nothing)
{
    for (struct listener *one = events->listeners; one != NULL; one = one->next) {
        if (!one->waits || (one->place == events->end && !even_for_nothing))
            continue;
        one->waits = false;
        one->wake(one->ctx);
    }
}

/* Read what is new, as long as there is more than is asked for at a time. */
static void read_news(struct events *events)
{
    struct err err;
    int64_t before;

    do {
        before = events->newest;
        if (event_read(events->core, before, AT_ONCE, keep, events, &err) != 0) {
            log_error("events", "%s", err.text);
            return;
        }
    } while (events->newest > before);
}

/* Wait until core may have news: it said so, or it is time to look. */
static void wait_for_news(struct events *events)
{
    const struct timespec when = monotonic_in(LOOK_S * 1000);

    while (!events->stop && !events->news) {
        if (pthread_cond_timedwait(&events->changed, &events->lock, &when) == ETIMEDOUT)
            break;
    }
    events->news = false;
}

static void *run(void *arg)
{
    struct events *events = arg;
    int64_t woken_ms = monotonic_ms();

    (void)pthread_mutex_lock(&events->lock);
    while (!events->stop) {
        bool quiet;

        wait_for_news(events);
        if (events->listeners == NULL)
            continue;
        if (events->newest < events->begin_at)
            events->newest = events->begin_at;
        (void)pthread_mutex_unlock(&events->lock);
        read_news(events);
        (void)pthread_mutex_lock(&events->lock);
        quiet = monotonic_ms() - QUIET_S * 1000 >= woken_ms;
        if (quiet)
            woken_ms = monotonic_ms();
        wake_all(events, quiet);
    }
    (void)pthread_mutex_unlock(&events->lock);
    return NULL;
}

/* In a thread of core's. */
static void on_change(void *ctx)
{
    struct events *events = ctx;

    (void)pthread_mutex_lock(&events->lock);
    if (events->listeners != NULL) {
        events->news = true;
        (void)pthread_cond_signal(&events->changed);
    }
    (void)pthread_mutex_unlock(&events->lock);
}

int events_start(struct events **events, struct core *core, struct err *err)
{
    struct events *made = calloc(1, sizeof *made);
    int error;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->core = core;
    (void)pthread_mutex_init(&made->lock, NULL);
    monotonic_cond(&made->changed);
    error = pthread_create(&made->thread, NULL, run, made);
    if (error != 0) {
        free(made);
        return err_system(err, ERR_SYSTEM, error, "cannot start a thread");
    }
    core_on_change(core, on_change, made);
    *events = made;
    return 0;
}

void events_end(struct events *events)
{
    (void)pthread_mutex_lock(&events->lock);
    events->ended = true;
    wake_all(events, true);
    (void)pthread_mutex_unlock(&events->lock);
}

void events_stop(struct events *events)
{
    if (events == NULL)
        return;
    core_forget_change(events->core, events);
    (void)pthread_mutex_lock(&events->lock);
    events->stop = true;
    (void)pthread_cond_signal(&events->changed);
    (void)pthread_mutex_unlock(&events->lock);
    (void)pthread_join(events->thread, NULL);
    for (size_t i = 0; i < RING; i++)
        free(events->ring[i].source);
    (void)pthread_cond_destroy(&events->changed);
    (void)pthread_mutex_destroy(&events->lock);
    free(events);
}

/* Add a listener to the list. false: there are too many. */
static bool admit(struct events *events, struct listener *listener)
{
    if (events->listener_count == LISTENERS)
        return false;
    if (events->listeners == NULL)
        events->begin_at = listener->after;
    listener->next = events->listeners;
    events->listeners = listener;
    events->listener_count++;
    return true;
}

int events_join(struct listener **listener, struct events *events, void (*wake)(void *ctx),
                void *ctx, struct err *err)
{
    struct listener *made = calloc(1, sizeof *made);
    bool admitted;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->events = events;
    made->wake = wake;
    made->ctx = ctx;
    /* The place first: what comes between the two is read, and passed over by its number. */
    (void)pthread_mutex_lock(&events->lock);
    made->place = events->end;
    (void)pthread_mutex_unlock(&events->lock);
    if (event_newest(events->core, &made->after, err) != 0) {
        free(made);
        return -1;
    }
    (void)pthread_mutex_lock(&events->lock);
    admitted = admit(events, made);
    (void)pthread_mutex_unlock(&events->lock);
    if (!admitted) {
        free(made);
        return err_set(err, ERR_BUSY, "too many streams of events");
    }
    *listener = made;
    return 0;
}

void events_leave(struct listener *listener)
{
    struct events *events;
    struct listener **link;

    if (listener == NULL)
        return;
    events = listener->events;
    (void)pthread_mutex_lock(&events->lock);
    for (link = &events->listeners; *link != listener;)
        link = &(*link)->next;
    *link = listener->next;
    events->listener_count--;
    (void)pthread_mutex_unlock(&events->lock);
    free(listener);
}

static Pb__Event *copy(const struct kept *kept, struct arena *arena)
{
    Pb__Event *event = arena_alloc(arena, sizeof *event);
    Google__Protobuf__Timestamp *time = arena_alloc(arena, sizeof *time);

    if (event == NULL || time == NULL)
        return NULL;
    pb__event__init(event);
    google__protobuf__timestamp__init(time);
    time->seconds = kept->time_s;
    event->type = (Pb__EventType)kept->type;
    event->timestamp = time;
    event->source = arena_text(arena, kept->source, strlen(kept->source));
    event->target = arena_text(arena, kept->target, strlen(kept->target));
    return event->source == NULL || event->target == NULL ? NULL : event;
}

/* events_next(), under the lock. */
static int next_kept(struct listener *listener, Pb__Event **event, int64_t *number,
                     struct arena *arena, struct err *err)
{
    const struct events *events = listener->events;
    const struct kept *kept;

    if (events->ended)
        return err_set(err, ERR_UNAVAILABLE, "the server is stopping");
    if (events->end - listener->place > RING)
        return err_set(err, ERR_BUSY, "the stream of events was read too slowly");
    do {
        if (listener->place == events->end)
            return 0;
        kept = &events->ring[listener->place++ % RING];
    } while (kept->number <= listener->after);
    *event = copy(kept, arena);
    if (*event == NULL)
        return err_set(err, ERR_BUSY, "the event takes too much memory");
    *number = kept->number;
    return 1;
}

int events_next(struct listener *listener, Pb__Event **event, int64_t *number,
                struct arena *arena, struct err *err)
{
    int rc;

    (void)pthread_mutex_lock(&listener->events->lock);
    rc = next_kept(listener, event, number, arena, err);
    (void)pthread_mutex_unlock(&listener->events->lock);
    return rc;
}

bool events_wait(struct listener *listener, void (*sleep)(void *ctx))
{
    struct events *events = listener->events;
    bool nothing;

    (void)pthread_mutex_lock(&events->lock);
    nothing = listener->place == events->end && !events->ended;
    listener->waits = nothing;
    if (nothing && sleep != NULL)
        sleep(listener->ctx);
    (void)pthread_mutex_unlock(&events->lock);
    return nothing;
}
