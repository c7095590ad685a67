/* SPDX-License-Identifier: Apache-2.0 */
/* What was aimed at, kept until the end of the run and printed as one table. */
#include "target.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TARGETS_MAX = 24 };

static struct target {
    const char *what, *unit;
    double value, limit;
    bool is_least;
} targets[TARGETS_MAX];
static size_t target_count;

static void add(const char *what, double value, double limit, const char *unit, bool is_least)
{
    assert(target_count < TARGETS_MAX);
    targets[target_count++] = (struct target){what, unit, value, limit, is_least};
}

void target_at_most(const char *what, double value, double limit, const char *unit)
{
    add(what, value, limit, unit, false);
}

void target_at_least(const char *what, double value, double limit, const char *unit)
{
    add(what, value, limit, unit, true);
}

void target_print(void)
{
    for (size_t i = 0; i < target_count; i++) {
        const struct target *target = &targets[i];
        bool met =
            target->is_least ? target->value >= target->limit : target->value <= target->limit;

        printf("  %-52s %8.2f%-3s at %s %6.2f%-3s %s\n", target->what, target->value,
               target->unit, target->is_least ? "least" : "most ", target->limit, target->unit,
               met ? "met" : "MISSED");
    }
}
