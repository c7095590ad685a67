/* SPDX-License-Identifier: Apache-2.0 */
/* See patience.h. One lock guards the list and every time in it. */
#include "server/api/patience.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/err.h"
#include "base/monotonic.h"

enum { LOOK_S = 5 };

struct patience_one {
    struct patience *patience;
    struct patience_one *next;
    struct patience_one **link; /* what points to it */
    int fd;
    time_t end_s; /* 0: never */
};

struct patience {
    pthread_mutex_t lock;
    pthread_cond_t stopping;
    pthread_t thread;
    struct patience_one *first;
    bool stop;
};

static time_t now_s(void)
{
    return (time_t)(monotonic_ms() / 1000);
}

/* Under the lock. */
static void look(struct patience *patience, time_t at_s)
{
    for (struct patience_one *one = patience->first; one != NULL; one = one->next) {
        if (one->end_s == 0 || one->end_s >= at_s)
            continue;
        (void)shutdown(one->fd, SHUT_RDWR);
        one->end_s = 0;
    }
}

static void *run(void *arg)
{
    struct patience *patience = arg;

    (void)pthread_mutex_lock(&patience->lock);
    while (!patience->stop) {
        const struct timespec when = monotonic_in(LOOK_S * 1000);

        (void)pthread_cond_timedwait(&patience->stopping, &patience->lock, &when);
        look(patience, now_s());
    }
    (void)pthread_mutex_unlock(&patience->lock);
    return NULL;
}

int patience_start(struct patience **patience, struct err *err)
{
    struct patience *made = calloc(1, sizeof *made);
    int error;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)pthread_mutex_init(&made->lock, NULL);
    monotonic_cond(&made->stopping);
    error = pthread_create(&made->thread, NULL, run, made);
    if (error != 0) {
        free(made);
        return err_system(err, ERR_SYSTEM, error, "cannot start a thread");
    }
    *patience = made;
    return 0;
}

void patience_stop(struct patience *patience)
{
    if (patience == NULL)
        return;
    (void)pthread_mutex_lock(&patience->lock);
    patience->stop = true;
    (void)pthread_cond_signal(&patience->stopping);
    (void)pthread_mutex_unlock(&patience->lock);
    (void)pthread_join(patience->thread, NULL);
    (void)pthread_cond_destroy(&patience->stopping);
    (void)pthread_mutex_destroy(&patience->lock);
    free(patience);
}

struct patience_one *patience_join(struct patience *patience, int fd, unsigned for_s)
{
    struct patience_one *one = calloc(1, sizeof *one);

    if (one == NULL)
        return NULL;
    one->patience = patience;
    one->fd = fd;
    one->end_s = now_s() + (time_t)for_s;
    (void)pthread_mutex_lock(&patience->lock);
    one->link = &patience->first;
    one->next = patience->first;
    if (one->next != NULL)
        one->next->link = &one->next;
    patience->first = one;
    (void)pthread_mutex_unlock(&patience->lock);
    return one;
}

void patience_set(struct patience_one *one, unsigned for_s)
{
    if (one == NULL)
        return;
    (void)pthread_mutex_lock(&one->patience->lock);
    one->end_s = for_s > 0 ? now_s() + (time_t)for_s : 0;
    (void)pthread_mutex_unlock(&one->patience->lock);
}

void patience_leave(struct patience_one *one)
{
    struct patience *patience;

    if (one == NULL)
        return;
    patience = one->patience;
    (void)pthread_mutex_lock(&patience->lock);
    *one->link = one->next;
    if (one->next != NULL)
        one->next->link = one->link;
    (void)pthread_mutex_unlock(&patience->lock);
    free(one);
}

void patience_look(struct patience *patience, unsigned ahead_s)
{
    (void)pthread_mutex_lock(&patience->lock);
    look(patience, now_s() + (time_t)ahead_s);
    (void)pthread_mutex_unlock(&patience->lock);
}
