/* SPDX-License-Identifier: Apache-2.0 */
/* See state.h. */
#include "server/core/state.h"

#include <string.h>
#include <time.h>

#include "base/err.h"
#include "e4/keys.h"
#include "server/core/audit_file.h"
#include "server/core/audit_trail.h"

const uint8_t state_nobody[STORE_ID_SIZE] = {0};

int64_t state_now(const struct core *core)
{
    return core->now_s != NULL ? (int64_t)core->now_s(core->ctx) : (int64_t)time(NULL);
}

int state_needs_public_keys(const struct core *core, const char *what, struct err *err)
{
    if (core->mode == E4_PUBLIC_KEY)
        return 0;
    return err_set(err, ERR_MODE,
                   "%s: only in public-key mode, and this server is in "
                   "symmetric-key mode",
                   what);
}

int state_client_id(uint8_t id[STORE_ID_SIZE], const char *name, struct err *err)
{
    if (e4_id_from_name(id, name, strlen(name)) == E4_OK)
        return 0;
    return err_set(err, ERR_INPUT, "client name: not 1 to %d bytes of UTF-8", E4_NAME_MAX);
}

int state_topic_hash(uint8_t hash[STORE_ID_SIZE], const char *topic, struct err *err)
{
    size_t len = strlen(topic);

    if (!e4_is_utf8(topic, len))
        return err_set(err, ERR_INPUT, "topic: not UTF-8");
    if (e4_topic_hash(hash, topic, len) == E4_OK)
        return 0;
    return err_set(err, ERR_INPUT,
                   "topic: not 1 to 65535 bytes without + and #, not beginning with $SYS");
}

int state_find_client(struct tx *tx, struct store_client *client, const char *name,
                      struct err *err)
{
    uint8_t id[STORE_ID_SIZE];

    if (state_client_id(id, name, err) != 0)
        return -1;
    if (tx->ask->find_client(tx, client, id, err) == 0)
        return 0;
    if (err->kind == ERR_NOT_FOUND)
        (void)err_set(err, ERR_NOT_FOUND, "no client %s", name);
    return -1;
}

int state_find_topic(struct tx *tx, struct store_topic *topic, const char *name,
                     struct err *err)
{
    uint8_t hash[STORE_ID_SIZE];

    if (state_topic_hash(hash, name, err) != 0)
        return -1;
    if (tx->ask->find_topic(tx, topic, hash, err) == 0)
        return 0;
    if (err->kind == ERR_NOT_FOUND)
        (void)err_set(err, ERR_NOT_FOUND, "no topic %s", name);
    return -1;
}

int state_client_key(const struct core *core, uint8_t key[E4_KEY_SIZE],
                     const struct store_client *client, struct err *err)
{
    struct seal_place place = {"client", client->id, client->key_version};

    return seal_open(core->seal, key, &place, client->key, err);
}

int state_topic_key(const struct core *core, uint8_t key[E4_KEY_SIZE],
                    const struct store_topic *topic, struct err *err)
{
    struct seal_place place = {"topic", topic->hash, topic->key_version};

    return seal_open(core->seal, key, &place, topic->key, err);
}

int state_server_secret(const struct core *core, uint8_t secret[E4_KEY_SIZE],
                        const struct store_server_key *key, struct err *err)
{
    struct seal_place place = {"server_key", state_nobody, key->version};

    return seal_open(core->seal, secret, &place, key->secret, err);
}

int state_put_client_key(const struct core *core, struct store_client *client,
                         const uint8_t key[E4_KEY_SIZE], int64_t version, struct err *err)
{
    struct seal_place place = {"client", client->id, version};

    client->key_version = version;
    seal_print(core->seal, client->print, key);
    return seal_key(core->seal, client->key, &place, key, err);
}

int state_retire_key(struct tx *tx, const struct store_client *client, struct err *err)
{
    struct store_pace pace;

    if (tx->ask->find_pace(tx, &pace, client->id, err) != 0)
        return -1;
    return pace.issued_s == 0 ? 0 : tx->ask->retire_key(tx, client->print, pace.issued_s, err);
}

int state_begin_after_retired(struct tx *tx, const struct store_client *client, struct err *err)
{
    struct store_pace pace;
    int64_t issued_s;

    if (tx->ask->retired_key(tx, &issued_s, client->print, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (tx->ask->find_pace(tx, &pace, client->id, err) != 0)
        return -1;
    if (issued_s < pace.issued_s)
        return 0;
    pace.issued_s = issued_s + 1; /* of which second nothing has been sent */
    pace.touched_len = 0;
    return tx->ask->put_pace(tx, client->id, &pace, err);
}

int state_reseal(const struct seal *seal, struct tx *tx, const char *name,
                 const struct seal_place *place, struct err *err)
{
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t key[E4_KEY_SIZE];
    size_t len;
    int rc = -1;

    if (tx->ask->get(tx, name, sealed, sizeof sealed, &len, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (len != sizeof sealed)
        return err_set(err, ERR_STATE, "database: setting %s is damaged", name);
    if (seal_open(seal, key, place, sealed, err) == 0 &&
        seal_key(seal, sealed, place, key, err) == 0)
        rc = tx->ask->put(tx, name, sealed, sizeof sealed, err);
    e4_wipe(key, sizeof key);
    return rc;
}

int state_begin_read(struct core *core, struct tx **tx, struct err *err)
{
    return core->store->begin(core->store, tx, STORE_READ, err);
}

int state_count(struct core *core, int64_t *count, enum store_list list, const uint8_t *of,
                struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->count(tx, count, list, of, err);
    store_rollback(&tx);
    return rc;
}

int state_begin_list(struct core *core, struct tx **tx, const struct range *range,
                     struct err *err)
{
    if (range->offset < 0 || range->count < 0)
        return err_set(err, ERR_INPUT, "%s: negative", range->offset < 0 ? "offset" : "count");
    return state_begin_read(core, tx, err);
}

int state_list(struct core *core, enum store_list list, const uint8_t *of,
               const struct range *range, core_each each, void *ctx, struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_list(core, &tx, range, err) != 0)
        return -1;
    rc = tx->ask->list(tx, list, of, range->offset, range->count, each, ctx, err);
    store_rollback(&tx);
    return rc;
}

int change_begin(struct change *change, struct core *core, const char *who, struct err *err)
{
    *change = (struct change){core, NULL, who, state_now(core)};
    return core->store->begin(core->store, &change->tx, STORE_WRITE, err);
}

int change_event(struct change *change, int64_t type, const char *source, const char *target,
                 struct err *err)
{
    struct store_event event = {0, type, source, target, change->now_s};

    return change->tx->ask->add_event(change->tx, &event, err);
}

int change_commit(struct change *change, const char *what, const char *first,
                  const char *second, struct err *err)
{
    struct store_audit audit = {0, change->now_s, change->who, what, first, second, {0}};
    struct core *core = change->core;

    if (audit_add(core->trail, change->tx, &audit, err) != 0 ||
        core->store->commit(&change->tx, err) != 0)
        return -1;
    audit_file_add(core->audit_file, &audit);
    tally_add(&core->tally, TALLY_CHANGES);
    for (size_t i = 0; i < core->listeners; i++)
        core->listener[i].changed(core->listener[i].ctx);
    return 0;
}

void change_end(struct change *change)
{
    store_rollback(&change->tx);
}
