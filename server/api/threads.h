/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that all run one function, and what they can be waited for: something that happens
 * once, and the last of many to end. */
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

/* How many of something there are, and waiting until there are none. */
struct tally {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned count;
};

void tally_open(struct tally *tally);
void tally_close(struct tally *tally);
void tally_enter(struct tally *tally);
void tally_leave(struct tally *tally);
void tally_wait(struct tally *tally);

#endif
