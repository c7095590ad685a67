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
#include "server/core/master.h"
#include "server/core/rekey.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

static int make_state(struct core *core, const struct core_options *options, struct tx *tx,
                      struct err *err)
{
    uint8_t byte = (uint8_t)(options->mode != 0 ? options->mode : E4_SYMMETRIC);

    if (master_prove(core->seal, tx, err) != 0 ||
        master_put_stretch(options->stretch, tx, err) != 0 ||
        tx->ask->put(tx, "mode", &byte, 1, err) != 0 ||
        audit_trail_make(&core->trail, core->seal, tx, err) != 0)
        return -1;
    core->mode = (enum e4_mode)byte;
    return core->mode == E4_PUBLIC_KEY ? serverkey_make_first(core, tx, err) : 0;
}

/* A state from before the audit trail had a key gets one. */
static int open_trail(struct core *core, struct tx *tx, bool is_old, struct err *err)
{
    if (!is_old)
        return audit_trail_open(&core->trail, core->seal, tx, err);
    return master_prove(core->seal, tx, err) != 0
               ? -1
               : audit_trail_make(&core->trail, core->seal, tx, err);
}

static int check_state(struct core *core, const struct core_options *options, struct tx *tx,
                       uint8_t mode, struct err *err)
{
    bool is_old;

    if (master_open(core, options->next_master, &is_old, tx, err) != 0)
        return -1;
    if (mode != E4_SYMMETRIC && mode != E4_PUBLIC_KEY)
        return err_set(err, ERR_STATE, "database: a mode that there is not: %u", mode);
    if (options->mode != 0 && (uint8_t)options->mode != mode)
        return err_set(err, ERR_STATE,
                       "the state is of %s mode; the mode is chosen when a state is made",
                       mode == E4_SYMMETRIC ? "symmetric-key" : "public-key");
    core->mode = (enum e4_mode)mode;
    return open_trail(core, tx, is_old, err);
}

static int begin_state(struct core *core, const struct core_options *options, struct err *err)
{
    struct tx *tx = NULL;
    uint8_t mode;
    size_t len;
    int rc;

    if (core->store->begin(core->store, &tx, STORE_WRITE, err) != 0)
        return -1;
    rc = tx->ask->get(tx, "mode", &mode, 1, &len, err);
    if (rc == 0)
        rc = check_state(core, options, tx, mode, err);
    else if (err->kind == ERR_NOT_FOUND)
        rc = make_state(core, options, tx, err);
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
        begin_state(made, options, err) != 0) {
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
    rekey_close(core);
    audit_file_close(core->audit_file);
    audit_trail_free(core->trail);
    seal_free(core->seal);
    sent_free(core->sent);
    free(core);
}

bool core_took_next(const struct core *core)
{
    return core->took_next;
}

bool core_is_rekeying(const struct core *core)
{
    return core->is_rekeying;
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
