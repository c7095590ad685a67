/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that could not be opened yet. A key and the first message under it come from
 * different senders, so the message may come first; then it is tried again when a command was
 * carried out.
 */
#ifndef TOOLS_E4_LATER_H
#define TOOLS_E4_LATER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mqtt.h"

enum { LATER_COUNT_MAX = 256, LATER_MS = 2000 };
#define LATER_BYTES_MAX ((size_t)1 << 20)

struct later_entry {
    struct later_entry *next; /* private */
    uint64_t until_ms;        /* when it is given up */
    struct mqtt_message message;
};

struct later {                 /* zero: empty */
    struct later_entry *first; /* that came first */
    size_t count;
    size_t bytes;
};

/* Copy a message to the end. false: there is no room. Times do not go backwards. */
bool later_add(struct later *later, const struct mqtt_message *message, uint64_t until_ms);
/* Take all of them off, to be gone through with later_next(). */
struct later_entry *later_take(struct later *later);
/* Free an entry and return the next. */
struct later_entry *later_next(struct later_entry *entry);
/* Take the first one off if it has waited long enough; NULL: none. */
struct later_entry *later_expired(struct later *later, uint64_t now_ms);

#endif
