/* SPDX-License-Identifier: Apache-2.0 */
/* Timing of small pieces of work, side by side. */
#include "clock.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, KINDS_MAX = 16 };

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
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
    double start;

    if (kind->prepare != NULL)
        kind->prepare(context, count);
    start = now_ns();
    kind->work(context, count);
    return (now_ns() - start) / (double)count;
}

void bench_run(struct bench_kind *kinds, size_t kind_count, void *context, size_t count)
{
    double took[KINDS_MAX][ROUNDS];

    assert(kind_count <= KINDS_MAX);
    for (size_t i = 0; i < kind_count; i++)
        (void)round_of(&kinds[i], context, count); /* to warm up */
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < kind_count; i++)
            took[i][round] = round_of(&kinds[i], context, count);
    }
    for (size_t i = 0; i < kind_count; i++) {
        qsort(took[i], ROUNDS, sizeof took[i][0], compare);
        kinds[i].ns = took[i][ROUNDS / 2];
    }
}
