/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that all run one function, and waiting for the last of many things to end. */
#ifndef SERVER_API_THREADS_H
#define SERVER_API_THREADS_H

#include <pthread.h>
#include <stdbool.h>

struct err;

/* Zero: none. */
struct threads {
    pthread_t *thread;
    unsigned count; /* that run */
};

/* On an error some may run. */
int threads_start(struct threads *threads, unsigned count, void *(*run)(void *arg), void *arg,
                  struct err *err);

/* Wait for all of them. */
void threads_join(struct threads *threads);

/* How many of something there are, and waiting until there are none. */
struct wait_group {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned count;
};

/* With so many to begin with. */
void wait_group_open(struct wait_group *group, unsigned count);
void wait_group_close(struct wait_group *group);
void wait_group_enter(struct wait_group *group);
void wait_group_leave(struct wait_group *group);

/* for_s 0: however long that takes. false: there are still some. */
bool wait_group_wait(struct wait_group *group, unsigned for_s);

#endif
