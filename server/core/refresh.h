/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending again: until a client has confirmed that it holds what it should, all of that is
 * repeated every now and then, for it may have been away for longer than commands stay valid.
 */
#ifndef SERVER_CORE_REFRESH_H
#define SERVER_CORE_REFRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"

struct core;
struct err;

enum {
    REFRESH_FIRST_S = 300,  /* after the newest change, then twice as long each time */
    REFRESH_RECEIPTS_S = 2, /* the same for clients that give receipts, then four times */
    REFRESH_LAST_S = 3600,
    REFRESH_GONE_S = 30 * 86400 /* for so long a client is told to forget a topic */
};

/* How long to wait after having waited so long in vain. */
int64_t refresh_next_wait(int64_t wait_s);

/* There was a change: repeat it after the first time. */
void refresh_later(struct store_pace *pace, bool receipts, int64_t now_s);

/* Repeat what is due, for up to so many clients. *count: for how many it was. */
int refresh_due(struct tx *tx, size_t most, size_t *count, int64_t now_s, struct err *err);

/* The client holds what it should: nothing need be repeated. */
int refresh_confirmed(struct tx *tx, const uint8_t *client, struct err *err);

/* The client says that it holds what it should. It does not say which old keys it has: one that
 * it is to forget without grace is repeated, and then receipts tell. */
int refresh_matched(struct tx *tx, const uint8_t *client, struct err *err);

/* The client says that it holds something else. The first time all is repeated, and after that
 * from nothing. */
int refresh_missed(struct core *core, struct tx *tx, const uint8_t *client, int64_t now_s,
                   struct err *err);

/* What a client's hello says if it holds what it should (§9 of PROTOCOL.md). */
int refresh_digest(struct core *core, struct tx *tx, uint8_t digest[32], const uint8_t *client,
                   struct err *err);

#endif
