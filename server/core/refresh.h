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
    REFRESH_ANSWER_S = 10,      /* a client's hellos are answered no faster than this */
    REFRESH_GONE_S = 30 * 86400 /* for so long a client is told to forget a topic */
};

/* How long to wait after having waited so long in vain. */
int64_t refresh_next_wait(int64_t wait_s);

/* There was a change: repeat it after the first time. */
void refresh_later(struct store_pace *pace, bool receipts, int64_t now_s);

/* Repeat what is due, for up to so many clients. *count: for how many it was. */
int refresh_due(struct core *core, struct tx *tx, size_t most, size_t *count, int64_t now_s,
                struct err *err);

/* The client holds what it should: nothing need be repeated. */
int refresh_confirmed(struct tx *tx, const uint8_t *client, struct err *err);

/*
 * What follows from a hello, while no command waits: at once, or if one was answered less than
 * REFRESH_ANSWER_S ago, when that is over.
 *  - matched: the client holds what it should. It does not say which old keys it has: one that
 *    it is to forget without grace is repeated, and then receipts tell.
 *  - missed: it holds something else. All is repeated, the second time from nothing; also if it
 *    does not say anything more.
 *  - behind: it has missed a key change. All is repeated.
 */
int refresh_matched(struct core *core, struct tx *tx, const uint8_t *client, struct err *err);
int refresh_missed(struct core *core, struct tx *tx, const uint8_t *client, struct err *err);
int refresh_behind(struct core *core, struct tx *tx, const uint8_t *client, struct err *err);

/* What a client's hello says if it holds what it should (§9 of PROTOCOL.md). */
int refresh_digest(struct core *core, struct tx *tx, uint8_t digest[32], const uint8_t *client,
                   struct err *err);

#endif
