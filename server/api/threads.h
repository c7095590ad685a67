/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that all run one function, and something that happens once, to be waited for. */
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

struct latch {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool happened;
};

void latch_open(struct latch *latch);
void latch_close(struct latch *latch);
void latch_happen(struct latch *latch);

/* Wait until it has happened; for_s 0: however long that takes. false: it has not. */
bool latch_wait(struct latch *latch, unsigned for_s);

#endif
