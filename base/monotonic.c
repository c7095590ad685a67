/* SPDX-License-Identifier: Apache-2.0 */
/* See monotonic.h. Nothing of this can fail on Linux. */
#include "base/monotonic.h"

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

static struct timespec now(void)
{
    struct timespec at = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return at;
}

int64_t monotonic_ms(void)
{
    const struct timespec at = now();

    return (int64_t)at.tv_sec * MS_PER_S + at.tv_nsec / NS_PER_MS;
}

double monotonic_s(void)
{
    const struct timespec at = now();

    return (double)at.tv_sec + (double)at.tv_nsec / NS_PER_S;
}

struct timespec monotonic_in(int64_t ms)
{
    struct timespec at = now();
    const int64_t ns = at.tv_nsec + ms % MS_PER_S * NS_PER_MS;

    at.tv_sec += (time_t)(ms / MS_PER_S + ns / NS_PER_S);
    at.tv_nsec = (long)(ns % NS_PER_S);
    return at;
}

void monotonic_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}
