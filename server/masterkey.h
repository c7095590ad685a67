/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the master key comes from, and where the one that is to take its place: a file of the
 * state's, one that the settings name or the service manager hands over, or a passphrase.
 */
#ifndef SERVER_MASTERKEY_H
#define SERVER_MASTERKEY_H

#include "server/core/rekey.h"
#include "server/settings.h"

struct store;

/* The master keys that a state may be under. The caller wipes. */
struct masterkeys {
    struct rekey_master now;
    bool has_now; /* false: what there is cannot be it */
    struct rekey_master next;
    bool has_next;
    bool is_next_own; /* the state's folder has it, and not the settings */
};

/*
 * For a state that is open: find what it may be under. For one that is new: make it, if need
 * be. folder is the state's.
 */
int masterkey_find(struct masterkeys *keys, const struct settings *settings, const char *folder,
                   struct store *store, struct err *err);

/* The one to change to. ERR_MODE: the settings have none, and it is not ours to make. */
int masterkey_next(struct rekey_master *next, bool *own, const struct settings *settings,
                   const char *folder, struct err *err);

/* The state is under the next one, and no key is under the one before. */
void masterkey_changed(bool own, const char *folder);

/* Can what the settings name be read? */
int masterkey_check(const struct settings *settings, struct err *err);

#endif
