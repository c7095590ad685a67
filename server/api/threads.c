/* SPDX-License-Identifier: Apache-2.0 */
/* See threads.h. */
#include "server/api/threads.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/monotonic.h"

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

void wait_group_open(struct wait_group *group, unsigned count)
{
    (void)pthread_mutex_init(&group->lock, NULL);
    monotonic_cond(&group->changed);
    group->count = count;
}

void wait_group_close(struct wait_group *group)
{
    (void)pthread_cond_destroy(&group->changed);
    (void)pthread_mutex_destroy(&group->lock);
}

void wait_group_enter(struct wait_group *group)
{
    (void)pthread_mutex_lock(&group->lock);
    group->count++;
    (void)pthread_mutex_unlock(&group->lock);
}

void wait_group_leave(struct wait_group *group)
{
    (void)pthread_mutex_lock(&group->lock);
    if (--group->count == 0)
        (void)pthread_cond_signal(&group->changed);
    (void)pthread_mutex_unlock(&group->lock);
}

bool wait_group_wait(struct wait_group *group, unsigned for_s)
{
    const struct timespec until = monotonic_in((int64_t)for_s * 1000);
    bool none;
    int error = 0;

    (void)pthread_mutex_lock(&group->lock);
    while (group->count > 0 && error == 0) {
        if (for_s > 0)
            error = pthread_cond_timedwait(&group->changed, &group->lock, &until);
        else
            error = pthread_cond_wait(&group->changed, &group->lock);
    }
    none = group->count == 0;
    (void)pthread_mutex_unlock(&group->lock);
    return none;
}
