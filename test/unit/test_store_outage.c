/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/outage.c. */
#include <string.h>

#include "base/monotonic.h"
#include "law.h"
#include "server/store/outage.h"

static struct err err;

/* As if the time until somebody may ask again had passed. */
static void pass(struct outage *outage)
{
    outage->retry_ms = monotonic_ms();
}

TEST(a_database_that_answers_is_asked_by_all)
{
    struct outage outage = {.lasts = false};

    outage_init(&outage);
    for (unsigned i = 0; i < 3; i++)
        CHECK(outage_check(&outage, &err) == 0);
    outage_end(&outage);
    CHECK(outage_check(&outage, &err) == 0);
    outage_destroy(&outage);
}

TEST(one_that_does_not_is_asked_by_one_at_a_time_and_the_others_are_told_why)
{
    struct outage outage = {.lasts = false};
    const struct err why = {ERR_UNAVAILABLE, "it sleeps"};

    outage_init(&outage);
    outage_begin(&outage, &why);
    outage.retry_ms = INT64_MAX;
    CHECK(outage_check(&outage, &err) == -1 && strcmp(err.text, "it sleeps") == 0);
    pass(&outage);
    CHECK(outage_check(&outage, &err) == 0);  /* this one asks */
    CHECK(outage_check(&outage, &err) == -1); /* that one waits for nothing */
    outage_begin(&outage, &why);              /* it did not answer */
    CHECK(outage.retry_ms > monotonic_ms());
    pass(&outage);
    CHECK(outage_check(&outage, &err) == 0);
    outage_end(&outage); /* it did */
    CHECK(outage_check(&outage, &err) == 0 && outage_check(&outage, &err) == 0);
    outage_destroy(&outage);
}

LAWS(LAW(a_database_that_answers_is_asked_by_all),
     LAW(one_that_does_not_is_asked_by_one_at_a_time_and_the_others_are_told_why))
