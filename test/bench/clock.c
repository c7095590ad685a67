/* SPDX-License-Identifier: Apache-2.0 */
/* Timing of small pieces of work, side by side. */
#include "clock.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MIN = 15, ROUNDS_MAX = 400, KINDS_MAX = 16 };
static const double ENOUGH_NS = 1e9;

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
    static double took[KINDS_MAX][ROUNDS_MAX];
    double start = now_ns(CLOCK_MONOTONIC);
    size_t rounds = 0;

    assert(kind_count <= KINDS_MAX);
    for (size_t i = 0; i < kind_count; i++)
        (void)round_of(&kinds[i], context, count); /* to warm up */
    while (rounds < ROUNDS_MIN ||
           (rounds < ROUNDS_MAX && now_ns(CLOCK_MONOTONIC) - start < ENOUGH_NS)) {
        for (size_t i = 0; i < kind_count; i++)
            took[i][rounds] = round_of(&kinds[i], context, count);
        rounds++;
    }
    for (size_t i = 0; i < kind_count; i++) {
        qsort(took[i], rounds, sizeof took[i][0], compare);
        kinds[i].ns = took[i][rounds / 10];
        unrest_sum += took[i][rounds / 2] / kinds[i].ns;
        unrest_count++;
    }
}

double bench_unrest(void)
{
    return unrest_sum / (double)unrest_count;
}
