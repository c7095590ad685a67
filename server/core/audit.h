/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail: one record a change, in order, each holding a hash over itself and the hash
 * of the one before it, which nobody can make without the master key. It is in the database,
 * and for others to read in a file. The rules of core.h hold.
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
 * Check numbers and hashes of all records, that none is missing at the end, and that the file
 * has the same. ERR_TAMPERED: one was changed, lost, added or moved; the text says where. What
 * this cannot see is that the whole state is an older copy of itself: for that there are *count
 * and hash, to be noted elsewhere.
 */
int audit_verify(struct core *core, int64_t *count, uint8_t hash[AUDIT_HASH_SIZE],
                 struct err *err);

/*
 * From now on write each record to this file as well, a line of JSON each, before its change is
 * answered. What the file does not have yet is added first. ERR_STATE: it has records that the
 * database does not have, or is none of ours. Before the first change.
 */
int audit_keep_file(struct core *core, const char *path, struct err *err);
/* Go on in a new file: the one there was has been moved away. Without a file: nothing. */
int audit_reopen_file(struct core *core, struct err *err);
/* Is the file behind the database, because it could not be written to? */
bool audit_is_behind(struct core *core);

#endif
