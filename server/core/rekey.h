/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing the master key while the server works. The new one is noted, with the one before
 * sealed under it; from then on it seals, and both open; a thread seals all keys anew, some at
 * a time; then the one before is forgotten. A start after a crash goes on with it. The rules of
 * core.h hold.
 */
#ifndef SERVER_CORE_REKEY_H
#define SERVER_CORE_REKEY_H

#include "server/core/core.h"
#include "server/core/seal.h"

struct rekey_master {
    uint8_t key[CORE_MASTER_SIZE];
    bool from_passphrase;
    struct seal_stretch how;
};

struct rekey_options {
    /* Find or make the new master key, durable where a later start finds it as the next one. */
    int (*new_master)(void *ctx, struct rekey_master *master, struct err *err);
    /* Nothing is under the one before any more. In a thread of its own. */
    void (*done)(void *ctx);
    void *ctx;
};

struct rekey_state {
    bool running;
    int64_t resealed; /* keys, since it began or since the start */
};

/* From now on the master key can be changed; a change that was cut off goes on. core_close()
 * ends it. */
int rekey_open(struct core *core, const struct rekey_options *options, struct err *err);
void rekey_close(struct core *core);

/* ERR_BUSY: it is being changed. ERR_INPUT: it is the one that there is. */
int rekey_start(struct core *core, const char *who, struct err *err);
void rekey_look(struct core *core, struct rekey_state *state);

#endif
