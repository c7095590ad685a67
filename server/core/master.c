/* SPDX-License-Identifier: Apache-2.0 */
/* See master.h. */
#include "server/core/master.h"

#include "base/err.h"
#include "server/core/core.h"
#include "server/core/state.h"

#define PROOF     "proof"
#define STRETCH   "kdf"
#define PRINT_KEY "print-key"
#define REKEY     "rekey"

/*
 * What the proof is bound to says that the audit trail has a key, so that nobody can make a
 * trail from before out of it.
 */
static const struct seal_place proof_place = {"meta", state_nobody, 2};
static const struct seal_place proof_without_trail = {"meta", state_nobody, 1};
static const struct seal_place print_place = {"print", state_nobody, 1};
static const struct seal_place rekey_place = {"rekey", state_nobody, 1};

int master_prove(const struct seal *seal, struct tx *tx, struct err *err)
{
    static const uint8_t zeros[E4_KEY_SIZE];
    uint8_t sealed[STORE_SEALED_SIZE];

    return seal_key(seal, sealed, &proof_place, zeros, err) != 0
               ? -1
               : tx->ask->put(tx, PROOF, sealed, sizeof sealed, err);
}

int master_put_stretch(const struct seal_stretch *how, struct tx *tx, struct err *err)
{
    uint8_t bytes[SEAL_STRETCH_SIZE];

    if (how != NULL)
        seal_stretch_write(bytes, how);
    return tx->ask->put(tx, STRETCH, bytes, how != NULL ? sizeof bytes : 0, err);
}

/* A setting that may be missing, or empty, which is the same. */
static int get(struct tx *tx, const char *name, uint8_t *bytes, size_t cap, size_t *len,
               struct err *err)
{
    *len = 0;
    if (tx->ask->get(tx, name, bytes, cap, len, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    return 0;
}

int core_stretch(struct store *store, struct seal_stretch *how, bool *is_there, struct err *err)
{
    uint8_t bytes[SEAL_STRETCH_SIZE];
    struct tx *tx = NULL;
    size_t len;
    int rc;

    *is_there = false;
    if (store->begin(store, &tx, STORE_READ, err) != 0)
        return -1;
    rc = get(tx, STRETCH, bytes, sizeof bytes, &len, err);
    store_rollback(&tx);
    if (rc != 0 || len == 0)
        return rc;
    *is_there = true;
    return seal_stretch_read(how, bytes, len, err);
}

static bool proves(const struct seal *seal, const uint8_t *sealed, bool *is_old)
{
    uint8_t zeros[E4_KEY_SIZE];
    struct err ignored;

    *is_old = seal_open(seal, zeros, &proof_without_trail, sealed, &ignored) == 0;
    return *is_old || seal_open(seal, zeros, &proof_place, sealed, &ignored) == 0;
}

static int refuse(struct tx *tx, struct err *err)
{
    uint8_t bytes[SEAL_STRETCH_SIZE];
    size_t len;

    if (get(tx, STRETCH, bytes, sizeof bytes, &len, err) != 0)
        return -1;
    if (len > 0)
        return err_set(err, ERR_STATE,
                       "wrong passphrase: the state's master key comes from another");
    return err_set(err, ERR_STATE,
                   "the state was made with another master key; put that one back");
}

/* Use the seal that the proof opens under. */
static int choose(struct core *core, const uint8_t *next, bool *is_old, struct tx *tx,
                  struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    struct seal *other;
    size_t len;

    if (tx->ask->get(tx, PROOF, sealed, sizeof sealed, &len, err) != 0)
        return -1;
    if (len != sizeof sealed)
        return err_set(err, ERR_STATE, "database: setting " PROOF " is damaged");
    if (proves(core->seal, sealed, is_old))
        return 0;
    if (next == NULL)
        return refuse(tx, err);
    if (seal_new(&other, next, err) != 0)
        return -1;
    if (!proves(other, sealed, is_old)) {
        seal_free(other);
        return refuse(tx, err);
    }
    seal_free(core->seal);
    core->seal = other;
    core->took_next = true;
    return 0;
}

/* Take a key of the seal's own from a setting, if it is there. */
static int take(struct core *core, const char *name, enum seal_own what,
                const struct seal_place *place, bool *is_there, struct tx *tx, struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    size_t len;

    if (get(tx, name, sealed, sizeof sealed, &len, err) != 0)
        return -1;
    *is_there = len != 0;
    if (len == 0)
        return 0;
    if (len != sizeof sealed)
        return err_set(err, ERR_STATE, "database: setting %s is damaged", name);
    return seal_take(core->seal, what, place, sealed, err);
}

int master_open(struct core *core, const uint8_t *next, bool *is_old, struct tx *tx,
                struct err *err)
{
    bool has_print_key;

    if (choose(core, next, is_old, tx, err) != 0)
        return -1;
    if (take(core, REKEY, SEAL_OTHER_MASTER, &rekey_place, &core->is_rekeying, tx, err) != 0)
        return -1;
    return take(core, PRINT_KEY, SEAL_PRINTING, &print_place, &has_print_key, tx, err);
}

int master_change(const struct seal *next, const struct seal_stretch *how, struct tx *tx,
                  struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];

    if (master_prove(next, tx, err) != 0 || master_put_stretch(how, tx, err) != 0 ||
        seal_keep(next, sealed, SEAL_PRINTING, &print_place, err) != 0 ||
        tx->ask->put(tx, PRINT_KEY, sealed, sizeof sealed, err) != 0 ||
        seal_keep(next, sealed, SEAL_OTHER_MASTER, &rekey_place, err) != 0)
        return -1;
    return tx->ask->put(tx, REKEY, sealed, sizeof sealed, err);
}

int master_changed(struct tx *tx, struct err *err)
{
    static const uint8_t nothing[1];

    return tx->ask->put(tx, REKEY, nothing, 0, err);
}
