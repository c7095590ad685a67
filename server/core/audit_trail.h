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

/* Seal its key again, under the key that seals by now. */
int audit_trail_reseal(const struct seal *seal, struct tx *tx, struct err *err);

/* Add a record: number and hash are filled in. ERR_TAMPERED: the trail's end is not what was
 * written. */
int audit_add(const struct audit_trail *trail, struct tx *tx, struct store_audit *audit,
              struct err *err);

#endif
