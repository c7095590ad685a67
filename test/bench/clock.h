/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timing of small pieces of work, several kinds side by side: the rounds of all kinds
 * alternate, so that whatever else the machine does strikes all alike and their ratios hold.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stddef.h>

/* Do `count` pieces of work. */
typedef void bench_work(void *context, size_t count);

struct bench_kind {
    const char *name;
    bench_work *work;
    bench_work *prepare; /* before each round, not counted; may be NULL */
    double ns;           /* out: the median of the rounds, for one piece */
};

/* Measure each kind, in rounds of `count` pieces. */
void bench_run(struct bench_kind *kinds, size_t kind_count, void *context, size_t count);

#endif
