/* SPDX-License-Identifier: Apache-2.0 */
/* The clock that nobody sets, from some point on; and conditions whose timed waits go by it. */
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

int64_t monotonic_ms(void);
double monotonic_s(void);

/* The moment so many milliseconds from now, for pthread_cond_timedwait() on one of these: */
struct timespec monotonic_in(int64_t ms);
void monotonic_cond(pthread_cond_t *cond);

#endif
