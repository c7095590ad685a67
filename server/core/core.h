/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the key server does, without how it is asked (server/api), where it remembers
 * (server/store) and how commands leave (server/bus). There is one function for each method of
 * the API, in the header named after its noun: client.h topic.h link.h serverkey.h message.h
 * event.h audit.h. START with topic.c.
 *
 * For all of them:
 *  - Any thread may call; each call is one transaction. When a change returns 0 it is durable:
 *    the state, its audit record, the event and the commands on their way, all or none.
 *  - who is the one that asked, for the audit record: a token's name, a certificate's subject.
 *  - Names and topics end with NUL. ERR_INPUT says in its text which of them is bad and why.
 *  - Errors: ERR_INPUT, ERR_NOT_FOUND, ERR_CONFLICT and ERR_MODE have texts for whoever asked.
 *    ERR_UNAVAILABLE (no database), ERR_STATE (a damaged one) and ERR_SYSTEM are for the log.
 */
#ifndef SERVER_CORE_CORE_H
#define SERVER_CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "e4/e4.h"

struct core;
struct err;
struct seal_stretch;
struct store;

enum { CORE_MASTER_SIZE = 32 };

/* How a core is opened. Zero is a good value for each field but the first two. */
struct core_options {
    struct store *store;        /* the caller's; it outlives the core */
    const uint8_t *master;      /* CORE_MASTER_SIZE bytes that seal every key; copied */
    const uint8_t *next_master; /* one that may have taken its place; NULL: there is none */
    const struct seal_stretch *stretch; /* of a new state: how it is made of a passphrase */
    enum e4_mode mode;  /* of a new state, 0: symmetric; another than the state's: an error */
    bool keep_new_keys; /* do not send a client's new public key to those linked to it */
    uint64_t (*now_s)(void *ctx); /* NULL: the system's clock */
    void *ctx;
};

/*
 * ERR_STATE: the state is of another mode, was sealed with another master key, or is damaged.
 */
int core_open(struct core **core, const struct core_options *options, struct err *err);
void core_close(struct core *core); /* NULL is fine */

/* Has nothing been put into this store yet? */
int core_is_new(struct store *store, bool *is_new, struct err *err);

/* How the state's master key is made of a passphrase; *is_there false: it is not. */
int core_stretch(struct store *store, struct seal_stretch *how, bool *is_there,
                 struct err *err);

/* Is the state under the next master key? Are there perhaps keys under the one before? */
bool core_took_next(const struct core *core);
bool core_is_rekeying(const struct core *core);

/* GetCryptoMode */
enum e4_mode core_mode(const struct core *core);

/* HealthCheck: is the database there, and does it answer? */
int core_health(struct core *core, struct err *err);

/*
 * Call this after every change that is durable, in the thread that made it; it must be short.
 * Up to CORE_LISTENERS of them, before the first change.
 */
enum { CORE_LISTENERS = 4 };
void core_on_change(struct core *core, void (*changed)(void *ctx), void *ctx);
/* No more, for this ctx; nothing is being changed. */
void core_forget_change(struct core *core, const void *ctx);

/* Which part of a list, in the order of names. Negative is ERR_INPUT. */
struct range {
    int64_t offset;
    int64_t count;
};

/* Called for each name of a list; the text lives until it returns. -1 with err: stop. */
typedef int (*core_each)(void *ctx, const char *name, struct err *err);

#endif
