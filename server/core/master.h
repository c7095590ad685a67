/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which master key a state is under: what proves it, and, while it is being changed, what a
 * start needs to go on with that. The settings of the state that have to do with it:
 *
 *   proof      zeros, sealed
 *   kdf        how the master key is made of a passphrase; empty: it is not
 *   print-key  the key of prints, where it does not come from this master key
 *   rekey      the master key before this one, while there may be keys under it; or empty
 */
#ifndef SERVER_CORE_MASTER_H
#define SERVER_CORE_MASTER_H

#include "server/core/seal.h"

struct core;

/* What proves that a state is under the master key that seals now. */
int master_prove(const struct seal *seal, struct tx *tx, struct err *err);

/* NULL: it is not made of a passphrase. */
int master_put_stretch(const struct seal_stretch *how, struct tx *tx, struct err *err);

/*
 * Open the state with the core's seal, or else with one of this other master key (or NULL),
 * which takes its place. *is_old: its audit trail has no key yet. ERR_STATE: neither is right.
 */
int master_open(struct core *core, const uint8_t *next, bool *is_old, struct tx *tx,
                struct err *err);

/* A change begins: all of these settings, for the seal that is next. */
int master_change(const struct seal *next, const struct seal_stretch *how, struct tx *tx,
                  struct err *err);
/* And is over. */
int master_changed(struct tx *tx, struct err *err);

#endif
