/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timing of small pieces of work, several kinds side by side: the rounds of all kinds
 * alternate, so that whatever else the machine does strikes all alike.
 *
 * It does not quite: work that waits for its own results (one AES-SIV) hardly feels a neighbour
 * on the other half of its processor core, work that keeps the core busy (SHA3, a batch) takes
 * up to twice as long, and virtual machines cannot see such neighbours. So time is what this
 * thread had the processor, and of many short rounds the figure is the one that a tenth of them
 * stay below: what the work takes when left alone, which on a machine that does nothing else is
 * the median as well. bench_unrest() says how far they were apart. Neighbours stay for seconds:
 * so what matters is measured a little at a time, over the whole run.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_ROUNDS_MAX = 1000 };

/* Do `count` pieces of work. */
typedef void bench_work(void *context, size_t count);

struct bench_kind {
    const char *name;
    bench_work *work;
    bench_work *prepare; /* before each round, not counted; may be NULL */
    bool is_elsewhere;   /* done by other processes: timed by the clock on the wall */
    double ns;           /* out: for one piece */
    size_t rounds;       /* private */
    double took[BENCH_ROUNDS_MAX];
};

/* Measure each kind a little more, in rounds of `count` pieces. */
void bench_run(struct bench_kind *kinds, size_t kind_count, void *context, size_t count);

/* The medians of all that was measured, in terms of the figures, on average. */
double bench_unrest(void);

#endif
