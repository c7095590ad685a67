/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail: one record a change, in order, each holding a hash over itself and the hash
 * of the one before it. The rules of core.h hold.
 */
#ifndef SERVER_CORE_AUDIT_H
#define SERVER_CORE_AUDIT_H

#include "server/core/core.h"

enum { AUDIT_HASH_SIZE = 32 };

struct audit {
    int64_t number; /* 1, 2, 3 and so on, without gaps */
    int64_t time_s; /* Unix time */
    const char *who;
    const char *what;   /* the API's method: "NewClient" */
    const char *first;  /* what it was done to: the client or topic; empty if nothing */
    const char *second; /* the topic or other client; empty likewise */
    uint8_t hash[AUDIT_HASH_SIZE];
};

typedef int (*audit_each)(void *ctx, const struct audit *audit, struct err *err);

/* Records with a number above after, in order, count at most. */
int audit_read(struct core *core, int64_t after, int64_t count, audit_each each, void *ctx,
               struct err *err);

/*
 * Check numbers and hashes of all records. ERR_STATE: one was changed, lost or moved; the text
 * says where. The newest record, if it is cut off, is missed only by comparing *count and hash
 * with what was noted elsewhere.
 */
int audit_verify(struct core *core, int64_t *count, uint8_t hash[AUDIT_HASH_SIZE],
                 struct err *err);

#endif
