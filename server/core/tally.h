/* SPDX-License-Identifier: Apache-2.0 */
/* What has happened since the server started, counted; for who watches it. */
#ifndef SERVER_CORE_TALLY_H
#define SERVER_CORE_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum tally_of {
    TALLY_CHANGES,      /* that were committed */
    TALLY_SENT,         /* commands that were handed to the broker */
    TALLY_ACKNOWLEDGED, /* of those, the ones that it has for good */
    TALLY_REFUSED,      /* and that it refused */
    TALLY_CONFIRMED,    /* receipts of commands carried out */
    TALLY_FAILED,       /* receipts of commands that were not */
    TALLY_HELLOS,
    TALLIES
};

struct tally {
    atomic_uint_fast64_t count[TALLIES];
    atomic_bool broker; /* is it there? */
};

static inline void tally_add(struct tally *tally, enum tally_of what)
{
    (void)atomic_fetch_add_explicit(&tally->count[what], 1, memory_order_relaxed);
}

static inline uint64_t tally_get(struct tally *tally, enum tally_of what)
{
    return atomic_load_explicit(&tally->count[what], memory_order_relaxed);
}

#endif
