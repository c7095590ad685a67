/* SPDX-License-Identifier: Apache-2.0 */
/* See overheard.h: a ring, of which the oldest makes room. */
#include "server/core/overheard.h"

#include <string.h>

static const struct overheard_report *drop_first(struct overheard *overheard)
{
    const struct overheard_report *report = &overheard->report[overheard->first];

    overheard->first = (overheard->first + 1) % OVERHEARD_MAX;
    overheard->count--;
    return report;
}

void overheard_keep(struct overheard *overheard, const char *topic, const uint8_t *payload,
                    size_t len, int64_t now_s)
{
    struct overheard_report *report;

    if (strlen(topic) >= OVERHEARD_TOPIC_SIZE || len > OVERHEARD_PAYLOAD_SIZE)
        return;
    if (overheard->count == OVERHEARD_MAX)
        (void)drop_first(overheard);
    report = &overheard->report[(overheard->first + overheard->count++) % OVERHEARD_MAX];
    memcpy(report->topic, topic, strlen(topic) + 1);
    memcpy(report->payload, payload, len);
    report->len = len;
    report->heard_s = now_s;
}

const struct overheard_report *overheard_take(struct overheard *overheard, int64_t now_s)
{
    while (overheard->count > 0) {
        const struct overheard_report *report = drop_first(overheard);

        if (now_s - report->heard_s <= OVERHEARD_S)
            return report;
    }
    return NULL;
}
