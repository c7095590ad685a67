/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How records of the audit trail are made; audit.h is how they are read. Each holds a hash over
 * itself and the hash before it, with a key; and a head, with a key as well, says how many
 * there are and what the last one's hash is. The key is random, and sealed like all others, so
 * it stays when the master key is changed.
 */
#ifndef SERVER_CORE_AUDIT_TRAIL_H
#define SERVER_CORE_AUDIT_TRAIL_H

#include "server/store/store.h"

struct audit_trail;
struct seal;

/* For a state that is new, or whose records so far have hashes without a key. The caller frees
 * it. */
int audit_trail_make(struct audit_trail **trail, const struct seal *seal, struct tx *tx,
                     struct err *err);
int audit_trail_open(struct audit_trail **trail, const struct seal *seal, struct tx *tx,
                     struct err *err);
void audit_trail_free(struct audit_trail *trail); /* NULL is fine */

/*
 * The head also counts how often the master key was changed, so that a server which was not
 * told of that does not seal with the one before. ERR_STATE: this is such a server. To be asked
 * before anything is sealed, but for changes, whose record does.
 */
int audit_trail_check(struct audit_trail *trail, struct tx *tx, struct err *err);
/* Note that there is another master key, which is ours; and, if that was not committed, that it
 * is not. */
int audit_trail_rekey(struct audit_trail *trail, const struct seal *next, struct tx *tx,
                      struct err *err);
void audit_trail_not_rekeyed(struct audit_trail *trail);

/* Add a record: number and hash are filled in. ERR_TAMPERED: the trail's end is not what was
 * written. */
int audit_add(struct audit_trail *trail, struct tx *tx, struct store_audit *audit,
              struct err *err);

#endif
