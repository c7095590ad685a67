/* SPDX-License-Identifier: Apache-2.0 */
/* See core.h: opening a state, new or not, and what concerns it as a whole. */
#include "server/core/core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/core/audit_file.h"
#include "server/core/audit_trail.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

/*
 * A sealed key of zeros: opens under the master key that the state was made with, only. What it
 * is bound to says that the audit trail has a key, so that nobody can make the trail of before
 * out of it.
 */
static const struct seal_place proof_place = {"meta", state_nobody, 2};
static const struct seal_place proof_without_trail = {"meta", state_nobody, 1};

static int put_proof(const struct core *core, struct tx *tx, struct err *err)
{
    static const uint8_t zeros[E4_KEY_SIZE];
    uint8_t sealed[STORE_SEALED_SIZE];

    return seal_key(core->seal, sealed, &proof_place, zeros, err) != 0
               ? -1
               : tx->ask->put(tx, "proof", sealed, sizeof sealed, err);
}

static int make_state(struct core *core, struct tx *tx, enum e4_mode mode, struct err *err)
{
    uint8_t byte = (uint8_t)mode;

    if (put_proof(core, tx, err) != 0 || tx->ask->put(tx, "mode", &byte, 1, err) != 0 ||
        audit_trail_make(&core->trail, core->seal, tx, err) != 0)
        return -1;
    core->mode = mode;
    return mode == E4_PUBLIC_KEY ? serverkey_make_first(core, tx, err) : 0;
}

/* A state from before the audit trail had a key gets one. */
static int open_trail(struct core *core, struct tx *tx, bool is_old, struct err *err)
{
    if (!is_old)
        return audit_trail_open(&core->trail, core->seal, tx, err);
    return put_proof(core, tx, err) != 0 ? -1
                                         : audit_trail_make(&core->trail, core->seal, tx, err);
}

static int check_state(struct core *core, struct tx *tx, uint8_t mode, enum e4_mode wanted,
                       struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t zeros[E4_KEY_SIZE];
    size_t len;
    bool is_old;

    if (tx->ask->get(tx, "proof", sealed, sizeof sealed, &len, err) != 0)
        return -1;
    is_old = len == sizeof sealed &&
             seal_open(core->seal, zeros, &proof_without_trail, sealed, err) == 0;
    if (!is_old &&
        (len != sizeof sealed || seal_open(core->seal, zeros, &proof_place, sealed, err) != 0))
        return err_set(err, ERR_STATE,
                       "the state was made with another master key; put that one back");
    if (mode != E4_SYMMETRIC && mode != E4_PUBLIC_KEY)
        return err_set(err, ERR_STATE, "database: a mode that there is not: %u", mode);
    if (wanted != 0 && (uint8_t)wanted != mode)
        return err_set(err, ERR_STATE,
                       "the state is of %s mode; the mode is chosen when a state is made",
                       mode == E4_SYMMETRIC ? "symmetric-key" : "public-key");
    core->mode = (enum e4_mode)mode;
    return open_trail(core, tx, is_old, err);
}

static int begin_state(struct core *core, enum e4_mode wanted, struct err *err)
{
    struct tx *tx = NULL;
    uint8_t mode;
    size_t len;
    int rc;

    if (core->store->begin(core->store, &tx, STORE_WRITE, err) != 0)
        return -1;
    rc = tx->ask->get(tx, "mode", &mode, 1, &len, err);
    if (rc == 0)
        rc = check_state(core, tx, mode, wanted, err);
    else if (err->kind == ERR_NOT_FOUND)
        rc = make_state(core, tx, wanted != 0 ? wanted : E4_SYMMETRIC, err);
    if (rc == 0)
        rc = core->store->commit(&tx, err);
    store_rollback(&tx);
    return rc;
}

int core_is_new(struct store *store, bool *is_new, struct err *err)
{
    struct tx *tx = NULL;
    uint8_t mode;
    size_t len;
    int rc;

    if (store->begin(store, &tx, STORE_READ, err) != 0)
        return -1;
    rc = tx->ask->get(tx, "mode", &mode, 1, &len, err);
    store_rollback(&tx);
    *is_new = rc != 0;
    return rc != 0 && err->kind != ERR_NOT_FOUND ? -1 : 0;
}

int core_open(struct core **core, const struct core_options *options, struct err *err)
{
    struct core *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->store = options->store;
    made->keep_new_keys = options->keep_new_keys;
    made->now_s = options->now_s;
    made->ctx = options->ctx;
    if (seal_new(&made->seal, options->master, err) != 0 || sent_new(&made->sent, err) != 0 ||
        begin_state(made, options->mode, err) != 0) {
        core_close(made);
        return -1;
    }
    *core = made;
    return 0;
}

void core_close(struct core *core)
{
    if (core == NULL)
        return;
    audit_file_close(core->audit_file);
    audit_trail_free(core->trail);
    seal_free(core->seal);
    sent_free(core->sent);
    free(core);
}

enum e4_mode core_mode(const struct core *core)
{
    return core->mode;
}

int core_health(struct core *core, struct err *err)
{
    struct tx *tx = NULL;
    uint8_t mode;
    size_t len;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->get(tx, "mode", &mode, 1, &len, err);
    store_rollback(&tx);
    return rc;
}

void core_on_change(struct core *core, void (*changed)(void *ctx), void *ctx)
{
    assert(core->listeners < CORE_LISTENERS);
    core->listener[core->listeners].changed = changed;
    core->listener[core->listeners].ctx = ctx;
    core->listeners++;
}

void core_forget_change(struct core *core, const void *ctx)
{
    size_t kept = 0;

    for (size_t i = 0; i < core->listeners; i++) {
        if (core->listener[i].ctx != ctx)
            core->listener[kept++] = core->listener[i];
    }
    core->listeners = kept;
}
