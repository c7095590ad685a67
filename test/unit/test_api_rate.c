/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/rate.c. */
#include <stdio.h>

#include "base/err.h"
#include "law.h"
#include "server/api/rate.h"

static struct err err;

/* How many of so many requests at once go through. */
static unsigned asked(struct rate *rate, const char *who, unsigned times, int64_t now_ms)
{
    unsigned through = 0;

    for (unsigned i = 0; i < times; i++)
        through += rate_take(rate, who, now_ms);
    return through;
}

TEST(so_many_go_through_at_once_and_as_many_a_second)
{
    static const struct {
        int64_t now_ms;
        unsigned times;
        unsigned through;
    } row[] = {{5000, 20, 10}, {5000, 1, 0},  {5099, 5, 0},      {5100, 5, 1},
               {5350, 9, 2},   {5400, 9, 1},  {6400, 20, 10},    {6500, 1, 1},
               {6900, 20, 4},  {90000, 0, 0}, {9000000, 20, 10}, {9000000, 20, 0}};
    struct rate *rate;

    CHECK(rate_new(&rate, 10, &err) == 0);
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, asked(rate, "alice", row[i].times, row[i].now_ms) == row[i].through);
    rate_free(rate);
    rate_free(NULL);
}

TEST(nobody_pays_for_another)
{
    struct rate *rate;
    char who[16];

    CHECK(rate_new(&rate, 3, &err) == 0);
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(who, sizeof who, "who%u", i);
        CHECK_AT(i, asked(rate, who, 5, 1000) == 3);
    }
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(who, sizeof who, "who%u", i);
        CHECK_AT(i, asked(rate, who, 5, 1000) == 0);
    }
    for (unsigned i = 0; i < 100000;
         i++) { /* and of those who were long ago some are forgotten */
        (void)snprintf(who, sizeof who, "new%u", i);
        CHECK_AT(i, asked(rate, who, 1, 2000) == 1);
    }
    rate_free(rate);
}

LAWS(LAW(so_many_go_through_at_once_and_as_many_a_second), LAW(nobody_pays_for_another))
