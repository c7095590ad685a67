/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports reach every server, and the leading one deals with them. The others keep the newest
 * for as long as it takes to find out that it is gone, and to lead in its place. No longer:
 * what a report says of a device's keys may be dealt with by now, and out of date.
 */
#ifndef SERVER_CORE_OVERHEARD_H
#define SERVER_CORE_OVERHEARD_H

#include <stddef.h>
#include <stdint.h>

enum {
    OVERHEARD_MAX = 256,
    OVERHEARD_S = 5,
    OVERHEARD_TOPIC_SIZE = 40,
    OVERHEARD_PAYLOAD_SIZE = 64 /* larger than any report: what is longer is not kept */
};

struct overheard_report {
    char topic[OVERHEARD_TOPIC_SIZE];
    uint8_t payload[OVERHEARD_PAYLOAD_SIZE];
    size_t len;
    int64_t heard_s;
};

/* Zero it first. */
struct overheard {
    struct overheard_report report[OVERHEARD_MAX];
    size_t first;
    size_t count;
};

void overheard_keep(struct overheard *overheard, const char *topic, const uint8_t *payload,
                    size_t len, int64_t now_s);
/* The oldest that is young enough, which then is no longer kept; NULL: there is none. It lives
 * until the next is kept. */
const struct overheard_report *overheard_take(struct overheard *overheard, int64_t now_s);

#endif
