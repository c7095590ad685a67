/* SPDX-License-Identifier: Apache-2.0 */
/* Timing of small pieces of work, side by side. */
#include "clock.h"

#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MIN = 5 }; /* at a time */
static const double ENOUGH_NS = 2e8;

/* How far medians lie above what is reported, added up. */
static double unrest_sum;
static size_t unrest_count;

static double now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double round_of(const struct bench_kind *kind, void *context, size_t count)
{
    clockid_t clock = kind->is_elsewhere ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
    double start;

    if (kind->prepare != NULL)
        kind->prepare(context, count);
    start = now_ns(clock);
    kind->work(context, count);
    return (now_ns(clock) - start) / (double)count;
}

void bench_run(struct bench_kind *kinds, size_t kind_count, void *context, size_t count)
{
    double start = now_ns(CLOCK_MONOTONIC);

    for (size_t i = 0; i < kind_count; i++)
        (void)round_of(&kinds[i], context, count); /* to warm up */
    for (size_t round = 0; round < ROUNDS_MIN || now_ns(CLOCK_MONOTONIC) - start < ENOUGH_NS;
         round++) {
        for (size_t i = 0; i < kind_count; i++) {
            if (kinds[i].rounds < BENCH_ROUNDS_MAX)
                kinds[i].took[kinds[i].rounds++] = round_of(&kinds[i], context, count);
        }
    }
    for (size_t i = 0; i < kind_count; i++) {
        struct bench_kind *kind = &kinds[i];

        qsort(kind->took, kind->rounds, sizeof kind->took[0], compare);
        kind->ns = kind->took[kind->rounds / 10];
        unrest_sum += kind->took[kind->rounds / 2] / kind->ns;
        unrest_count++;
    }
}

double bench_unrest(void)
{
    return unrest_sum / (double)unrest_count;
}
