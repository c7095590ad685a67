/* SPDX-License-Identifier: Apache-2.0 */
/* See serverkey.h and serverkey_make.h. */
#include "server/core/serverkey.h"

#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/core/outbox.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

static const struct seal_place signer_place = {"signer", state_nobody, 1};

/* Add a pair of this version. */
static int make(struct core *core, struct tx *tx, int64_t version, struct err *err)
{
    struct store_server_key key = {.version = version, .made_s = state_now(core)};
    struct seal_place place = {"server_key", state_nobody, version};
    uint8_t secret[E4_KEY_SIZE];
    int rc = -1;

    if (secret_random(secret, sizeof secret, err) != 0)
        goto done;
    if (e4_curve_public(key.public_key, secret) != E4_OK) {
        (void)err_set(err, ERR_SYSTEM, "no public key of a random secret");
        goto done;
    }
    if (seal_key(core->seal, key.secret, &place, secret, err) == 0)
        rc = tx->ask->add_server_key(tx, &key, err);

done:
    e4_wipe(secret, sizeof secret);
    return rc;
}

int serverkey_make_first(struct core *core, struct tx *tx, struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t seed[E4_KEY_SIZE];
    int rc = -1;

    if (make(core, tx, 1, err) == 0 && secret_random(seed, sizeof seed, err) == 0 &&
        seal_key(core->seal, sealed, &signer_place, seed, err) == 0)
        rc = tx->ask->put(tx, "signer", sealed, sizeof sealed, err);
    e4_wipe(seed, sizeof seed);
    return rc;
}

int serverkey_reseal_signer(const struct seal *seal, struct tx *tx, struct err *err)
{
    return state_reseal(seal, tx, "signer", &signer_place, err);
}

int serverkey_signer(struct core *core, uint8_t seed[E4_KEY_SIZE], struct tx *tx,
                     struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    size_t len;

    if (tx->ask->get(tx, "signer", sealed, sizeof sealed, &len, err) != 0)
        return -1;
    if (len != sizeof sealed)
        return err_set(err, ERR_STATE, "database: setting signer is damaged");
    return seal_open(core->seal, seed, &signer_place, sealed, err);
}

int serverkey_new(struct core *core, const char *who, bool force, struct err *err)
{
    struct change change;
    struct store_server_key newest;
    int rc = -1;

    if (state_needs_public_keys(core, "NewC2Key", err) != 0)
        return -1;
    if (!force)
        return err_set(err, ERR_INPUT, "force: must be true, for every client will be told");
    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (change.tx->ask->find_server_key(change.tx, &newest, 0, err) == 0 &&
        make(core, change.tx, newest.version + 1, err) == 0 &&
        outbox_set_server_key(change.tx, newest.version + 1, err) == 0)
        rc = change_commit(&change, "NewC2Key", "", "", err);
    change_end(&change);
    return rc;
}

int serverkey_public(struct core *core, uint8_t key[E4_KEY_SIZE], struct err *err)
{
    struct store_server_key newest;
    struct tx *tx = NULL;
    int rc;

    if (state_needs_public_keys(core, "the server's public key", err) != 0 ||
        state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->find_server_key(tx, &newest, 0, err);
    store_rollback(&tx);
    if (rc == 0)
        memcpy(key, newest.public_key, E4_KEY_SIZE);
    return rc;
}
