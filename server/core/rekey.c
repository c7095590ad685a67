/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See rekey.h. Passes over all sealed keys follow each other until one finds nothing under the
 * master key from before: whatever was under way when the new one began to seal is done by
 * then.
 */
#include "server/core/rekey.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "e4/keys.h"
#include "server/core/audit_trail.h"
#include "server/core/master.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

enum {
    BATCH = 256,      /* keys in one transaction */
    AGAIN_MAX_S = 60, /* after errors */
    READERS_S = 10    /* those who read before the last commit are done after this */
};

struct rekey {
    struct core *core;
    struct rekey_options options;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    pthread_t thread;
    bool has_thread;
    bool running; /* there may be keys under the master key from before */
    bool stopping;
    int64_t resealed;

    /* The thread's. */
    bool swapped; /* the new one seals */
    enum store_sealed kind;
    struct store_sealed_key after;
    int64_t renewed; /* keys in this pass */
    struct store_sealed_key keys[BATCH];
};

static struct seal_place place_of(const struct store_sealed_key *key, enum store_sealed kind)
{
    static const char *const tables[STORE_SEALED_KINDS] = {
        [STORE_SEALED_CLIENT] = "client",       [STORE_SEALED_TOPIC] = "topic",
        [STORE_SEALED_TOPIC_OLD] = "topic",     [STORE_SEALED_SERVER_KEY] = "server_key",
        [STORE_SEALED_COMMAND] = "command",     [STORE_SEALED_FORMER] = "client",
        [STORE_SEALED_FORMER_NEXT] = "command",
    };

    return (struct seal_place){tables[kind], key->id, key->version};
}

/* The next keys of a kind. *count is how many there were, *renewed how many were sealed anew.
 */
static int renew_some(struct rekey *rekey, size_t *count, int64_t *renewed, struct tx *tx,
                      struct err *err)
{
    *renewed = 0;
    if (tx->ask->next_sealed(tx, rekey->kind, &rekey->after, rekey->keys, BATCH, count, err) !=
        0)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        struct store_sealed_key *key = &rekey->keys[i];
        const struct seal_place place = place_of(key, rekey->kind);
        bool was_renewed;

        if (seal_renew(rekey->core->seal, key->key, &was_renewed, &place, err) != 0) {
            if (err->kind != ERR_STATE)
                return -1;
            log_error("rekey", "%s", err->text); /* it was lost before */
            continue;
        }
        if (was_renewed && tx->ask->put_sealed(tx, rekey->kind, key, err) != 0)
            return -1;
        *renewed += was_renewed;
    }
    return 0;
}

/* Go on to the keys after these. */
static void advance(struct rekey *rekey, size_t count, int64_t renewed)
{
    rekey->renewed += renewed;
    (void)pthread_mutex_lock(&rekey->lock);
    rekey->resealed += renewed;
    (void)pthread_mutex_unlock(&rekey->lock);
    if (count == BATCH) {
        rekey->after = rekey->keys[count - 1];
        return;
    }
    memset(&rekey->after, 0, sizeof rekey->after);
    rekey->kind++;
}

/* Seal some keys anew, and go on to those after them. */
static int work(struct rekey *rekey, struct tx **tx, struct err *err)
{
    int64_t renewed;
    size_t count;

    if (renew_some(rekey, &count, &renewed, *tx, err) != 0 ||
        (renewed > 0 && rekey->core->store->commit(tx, err) != 0))
        return -1;
    advance(rekey, count, renewed);
    return 0;
}

/* Once more from the beginning. */
static void begin_pass(struct rekey *rekey)
{
    rekey->kind = 0;
    rekey->renewed = 0;
    memset(&rekey->after, 0, sizeof rekey->after);
}

/* One transaction's worth. */
static int step(struct rekey *rekey, bool *done, struct err *err)
{
    struct core *core = rekey->core;
    struct tx *tx = NULL;
    int rc = 0;

    if (core->store->begin(core->store, &tx, STORE_WRITE, err) != 0)
        return -1;
    if (!rekey->swapped) {
        seal_swap(core->seal); /* as nobody else writes now, all who do will seal with it */
        rekey->swapped = true;
    } else if (rekey->kind != STORE_SEALED_KINDS) {
        rc = work(rekey, &tx, err);
    } else if (rekey->renewed > 0) {
        begin_pass(rekey);
    } else {
        rc = master_changed(tx, err) != 0 ? -1 : core->store->commit(&tx, err);
        *done = rc == 0;
    }
    store_rollback(&tx);
    return rc;
}

/* false: it is time to stop. */
static bool wait_s(struct rekey *rekey, time_t seconds)
{
    const struct timespec until = monotonic_in((int64_t)seconds * 1000);
    bool go_on;
    int rc = 0;

    (void)pthread_mutex_lock(&rekey->lock);
    while (!rekey->stopping && seconds > 0 && rc == 0)
        rc = pthread_cond_timedwait(&rekey->changed, &rekey->lock, &until);
    go_on = !rekey->stopping;
    (void)pthread_mutex_unlock(&rekey->lock);
    return go_on;
}

static void finish(struct rekey *rekey)
{
    (void)pthread_mutex_lock(&rekey->lock);
    rekey->running = false;
    log_info("rekey", "the master key is another: %lld keys were sealed anew",
             (long long)rekey->resealed);
    (void)pthread_mutex_unlock(&rekey->lock);
    rekey->options.done(rekey->options.ctx);
    (void)wait_s(rekey, READERS_S);
    seal_forget(rekey->core->seal);
}

static void *run(void *ctx)
{
    struct rekey *rekey = ctx;
    time_t again_s = 0;
    bool done = false;

    while (!done && wait_s(rekey, again_s)) {
        struct err err;

        if (step(rekey, &done, &err) == 0) {
            again_s = 0;
            continue;
        }
        again_s = again_s == 0 ? 1 : again_s < AGAIN_MAX_S ? 2 * again_s : again_s;
        log_error("rekey", "%s; trying again in %d s", err.text, (int)again_s);
    }
    if (done)
        finish(rekey);
    return NULL;
}

/* There is none. */
static int start_thread(struct rekey *rekey, bool swapped, struct err *err)
{
    int error;

    (void)pthread_mutex_lock(&rekey->lock);
    rekey->running = true;
    rekey->stopping = false;
    rekey->resealed = 0;
    rekey->swapped = swapped;
    begin_pass(rekey);
    error = pthread_create(&rekey->thread, NULL, run, rekey);
    rekey->has_thread = error == 0;
    (void)pthread_mutex_unlock(&rekey->lock);
    return error == 0 ? 0 : err_system(err, ERR_SYSTEM, error, "cannot start a thread");
}

static void end_thread(struct rekey *rekey)
{
    bool has_thread;

    (void)pthread_mutex_lock(&rekey->lock);
    has_thread = rekey->has_thread;
    rekey->has_thread = false;
    rekey->stopping = true;
    (void)pthread_cond_signal(&rekey->changed);
    (void)pthread_mutex_unlock(&rekey->lock);
    if (has_thread)
        (void)pthread_join(rekey->thread, NULL);
}

int rekey_open(struct core *core, const struct rekey_options *options, struct err *err)
{
    struct rekey *made = calloc(1, sizeof *made);
    int rc = 0;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->core = core;
    made->options = *options;
    (void)pthread_mutex_init(&made->lock, NULL);
    monotonic_cond(&made->changed);
    core->rekey = made;
    if (core->is_rekeying) {
        log_info("rekey", "the master key is being changed: going on with it");
        rc = start_thread(made, true, err);
    }
    return rc;
}

void rekey_close(struct core *core)
{
    struct rekey *rekey = core->rekey;

    if (rekey == NULL)
        return;
    end_thread(rekey);
    (void)pthread_cond_destroy(&rekey->changed);
    (void)pthread_mutex_destroy(&rekey->lock);
    free(rekey);
    core->rekey = NULL;
}

/* Note the new master key, and all that is sealed in settings. */
static int begin(struct core *core, const char *who, const struct rekey_master *master,
                 struct err *err)
{
    struct seal *next = NULL;
    struct change change;
    int rc = -1;

    if (seal_next(&next, core->seal, master->key, err) != 0)
        return -1;
    seal_add(core->seal, master->key);
    if (change_begin(&change, core, who, err) == 0) {
        if (master_change(next, master->from_passphrase ? &master->how : NULL, change.tx,
                          err) == 0 &&
            serverkey_reseal_signer(next, change.tx, err) == 0 &&
            audit_trail_rekey(core->trail, next, change.tx, err) == 0) {
            rc = change_commit(&change, "Rekey", "", "", err);
            if (rc != 0)
                audit_trail_not_rekeyed(core->trail);
        }
        change_end(&change);
    }
    seal_free(next);
    return rc;
}

/* After an error of the commit it may have been done all the same, so the new master key stays
 * known. */
static int start(struct rekey *rekey, const char *who, struct err *err)
{
    struct rekey_master master = {.from_passphrase = false};
    int rc = -1;

    if (rekey->options.new_master(rekey->options.ctx, &master, err) != 0)
        return -1;
    if (seal_is_under(rekey->core->seal, master.key))
        (void)err_set(err, ERR_INPUT, "the new master key is the one that there is");
    else if (begin(rekey->core, who, &master, err) == 0)
        rc = start_thread(rekey, false, err);
    e4_wipe(&master, sizeof master);
    return rc;
}

int rekey_start(struct core *core, const char *who, struct err *err)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    struct rekey *rekey = core->rekey;
    struct rekey_state state;
    int rc;

    if (rekey == NULL)
        return err_set(err, ERR_MODE, "this server cannot change its master key");
    (void)pthread_mutex_lock(&one_at_a_time);
    rekey_look(core, &state);
    if (state.running) {
        rc = err_set(err, ERR_BUSY, "the master key is being changed");
    } else {
        end_thread(rekey); /* which only waits for readers */
        rc = start(rekey, who, err);
    }
    (void)pthread_mutex_unlock(&one_at_a_time);
    return rc;
}

void rekey_look(struct core *core, struct rekey_state *state)
{
    struct rekey *rekey = core->rekey;

    *state = (struct rekey_state){.running = false};
    if (rekey == NULL)
        return;
    (void)pthread_mutex_lock(&rekey->lock);
    state->running = rekey->running;
    state->resealed = rekey->resealed;
    (void)pthread_mutex_unlock(&rekey->lock);
}
