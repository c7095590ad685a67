/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/overheard.c. */
#include <string.h>

#include "law.h"
#include "server/core/overheard.h"

static struct overheard overheard;

static void keep(uint8_t n, int64_t now_s)
{
    overheard_keep(&overheard, "e4/x/up", &n, 1, now_s);
}

TEST(reports_come_back_in_order_and_once)
{
    const struct overheard_report *report;

    memset(&overheard, 0, sizeof overheard);
    keep(1, 100);
    keep(2, 101);
    report = overheard_take(&overheard, 101);
    CHECK(report != NULL && report->payload[0] == 1 && report->len == 1);
    CHECK(strcmp(report->topic, "e4/x/up") == 0);
    report = overheard_take(&overheard, 101);
    CHECK(report != NULL && report->payload[0] == 2);
    CHECK(overheard_take(&overheard, 101) == NULL);
}

TEST(what_is_old_or_too_much_or_no_report_is_not_kept)
{
    const uint8_t bytes[OVERHEARD_PAYLOAD_SIZE + 1] = {0};
    const struct overheard_report *report;

    memset(&overheard, 0, sizeof overheard);
    keep(1, 100);
    keep(2, 101);
    report = overheard_take(&overheard, 101 + OVERHEARD_S);
    CHECK(report != NULL && report->payload[0] == 2);
    overheard_keep(&overheard, "e4/x/up", bytes, sizeof bytes, 100);
    overheard_keep(&overheard, "a topic that is longer than that of any report", bytes, 1, 100);
    CHECK(overheard_take(&overheard, 100) == NULL);
    for (unsigned i = 0; i <= OVERHEARD_MAX; i++)
        keep((uint8_t)i, 100);
    report = overheard_take(&overheard, 100);
    CHECK(report != NULL && report->payload[0] == 1); /* the oldest made room */
}

LAWS(LAW(reports_come_back_in_order_and_once),
     LAW(what_is_old_or_too_much_or_no_report_is_not_kept))
