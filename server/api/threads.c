/* SPDX-License-Identifier: Apache-2.0 */
/* See threads.h. */
#include "server/api/threads.h"

#include <stdlib.h>
#include <time.h>

#include "base/err.h"

int threads_start(struct threads *threads, unsigned count, void *(*run)(void *arg), void *arg,
                  struct err *err)
{
    int error = 0;

    threads->thread = calloc(count, sizeof *threads->thread);
    if (threads->thread == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    while (error == 0 && threads->count < count) {
        error = pthread_create(&threads->thread[threads->count], NULL, run, arg);
        if (error == 0)
            threads->count++;
    }
    return error == 0 ? 0 : err_system(err, ERR_SYSTEM, error, "cannot start a thread");
}

void threads_join(struct threads *threads)
{
    while (threads->count > 0)
        (void)pthread_join(threads->thread[--threads->count], NULL);
    free(threads->thread);
    threads->thread = NULL;
}

void latch_open(struct latch *latch)
{
    (void)pthread_mutex_init(&latch->lock, NULL);
    (void)pthread_cond_init(&latch->changed, NULL);
    latch->happened = false;
}

void latch_close(struct latch *latch)
{
    (void)pthread_cond_destroy(&latch->changed);
    (void)pthread_mutex_destroy(&latch->lock);
}

void latch_happen(struct latch *latch)
{
    (void)pthread_mutex_lock(&latch->lock);
    latch->happened = true;
    (void)pthread_cond_signal(&latch->changed);
    (void)pthread_mutex_unlock(&latch->lock);
}

bool latch_wait(struct latch *latch, unsigned for_s)
{
    struct timespec end;
    int error = 0;
    bool happened;

    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (time_t)for_s;
    (void)pthread_mutex_lock(&latch->lock);
    while (!latch->happened && error == 0) {
        if (for_s > 0)
            error = pthread_cond_timedwait(&latch->changed, &latch->lock, &end);
        else
            error = pthread_cond_wait(&latch->changed, &latch->lock);
    }
    happened = latch->happened;
    (void)pthread_mutex_unlock(&latch->lock);
    return happened;
}

void tally_open(struct tally *tally)
{
    (void)pthread_mutex_init(&tally->lock, NULL);
    (void)pthread_cond_init(&tally->changed, NULL);
    tally->count = 0;
}

void tally_close(struct tally *tally)
{
    (void)pthread_cond_destroy(&tally->changed);
    (void)pthread_mutex_destroy(&tally->lock);
}

void tally_enter(struct tally *tally)
{
    (void)pthread_mutex_lock(&tally->lock);
    tally->count++;
    (void)pthread_mutex_unlock(&tally->lock);
}

void tally_leave(struct tally *tally)
{
    (void)pthread_mutex_lock(&tally->lock);
    if (--tally->count == 0)
        (void)pthread_cond_signal(&tally->changed);
    (void)pthread_mutex_unlock(&tally->lock);
}

void tally_wait(struct tally *tally)
{
    (void)pthread_mutex_lock(&tally->lock);
    while (tally->count > 0)
        (void)pthread_cond_wait(&tally->changed, &tally->lock);
    (void)pthread_mutex_unlock(&tally->lock);
}
