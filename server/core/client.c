/* SPDX-License-Identifier: Apache-2.0 */
/* See client.h. */
#include "server/core/client.h"

#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "server/core/event.h"
#include "server/core/message.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

/* Is this a key that a client can have, and a name that it may have? */
static int check(const struct core *core, const char *name, const uint8_t *key, size_t key_len,
                 struct err *err)
{
    static const uint8_t zeros[E4_KEY_SIZE];

    if (key_len != E4_KEY_SIZE)
        return err_set(err, ERR_INPUT, "key: %zu bytes, not %d", key_len, E4_KEY_SIZE);
    if (e4_equal(key, zeros, E4_KEY_SIZE))
        return err_set(err, ERR_INPUT, "key: all zeros");
    if (core->mode != E4_PUBLIC_KEY)
        return 0;
    if (strcmp(name, MESSAGE_SIGNER) == 0)
        return err_set(err, ERR_INPUT, "client name: %s is the server itself", name);
    if (e4_sign_check_public(key) != E4_OK)
        return err_set(err, ERR_INPUT, "key: not an Ed25519 public key");
    return 0;
}

/* The row of a client, to be filled: what there is, or a new one. is_new may not be NULL. */
static int find_or_make(struct change *change, struct store_client *client, bool *is_new,
                        const char *name, struct err *err)
{
    if (state_find_client(change->tx, client, name, err) == 0)
        return 0;
    if (err->kind != ERR_NOT_FOUND)
        return -1;
    *is_new = true;
    memset(client, 0, sizeof *client);
    memcpy(client->name, name, strlen(name) + 1);
    return state_client_id(client->id, name, err);
}

/* A command does not say whom it is for: two clients of one key would carry out each other's.
 */
static int refuse_key_of_another(struct change *change, const struct store_client *client,
                                 const uint8_t *key, struct err *err)
{
    uint8_t print[STORE_PRINT_SIZE];
    struct store_client other;

    seal_print(change->core->seal, print, key);
    if (change->tx->ask->find_print(change->tx, &other, print, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (memcmp(other.id, client->id, sizeof other.id) == 0)
        return 0;
    return err_set(err, ERR_CONFLICT, "key: client %s has it already", other.name);
}

/* Which server key the client knows: the newest there is, when it is new. */
static int note_server_key(struct change *change, struct store_client *client, struct err *err)
{
    struct store_server_key key;

    if (change->core->mode != E4_PUBLIC_KEY)
        return 0;
    if (change->tx->ask->find_server_key(change->tx, &key, 0, err) != 0)
        return -1;
    client->server_version = key.version;
    return 0;
}

/* A client that was there has been set up anew, so it gets all that it should have. */
static int bring_up(struct change *change, const struct store_client *client, struct err *err)
{
    struct tx *tx = change->tx;

    if (outbox_drop_id_key(tx, client->id, err) != 0 ||
        tx->ask->drop_formers(tx, client->id, 0, err) != 0 ||
        outbox_repeat(tx, client->id, err) != 0)
        return -1;
    if (change->core->mode != E4_PUBLIC_KEY || change->core->keep_new_keys)
        return 0;
    return outbox_spread_pub_key(tx, client->id, err);
}

int client_new(struct core *core, const char *who, const char *name, const uint8_t *key,
               size_t key_len, struct err *err)
{
    struct change change;
    struct store_client client;
    bool is_new = false;
    int rc = -1;

    if (check(core, name, key, key_len, err) != 0 || change_begin(&change, core, who, err) != 0)
        return -1;
    if (find_or_make(&change, &client, &is_new, name, err) != 0 ||
        refuse_key_of_another(&change, &client, key, err) != 0 ||
        note_server_key(&change, &client, err) != 0 ||
        (!is_new && state_retire_key(change.tx, &client, err) != 0) ||
        state_put_client_key(core, &client, key, client.key_version + 1, err) != 0)
        goto done;
    client.receipts = false;
    if (change.tx->ask->put_client(change.tx, &client, err) != 0 ||
        state_begin_after_retired(change.tx, &client, err) != 0)
        goto done;
    if (!is_new && bring_up(&change, &client, err) != 0)
        goto done;
    rc = change_commit(&change, "NewClient", name, "", err);

done:
    change_end(&change);
    return rc;
}

struct leaving {
    struct change *change;
    const char *client;
};

static int leave_one(void *ctx, const char *topic, struct err *err)
{
    struct leaving *leaving = ctx;

    return change_event(leaving->change, EVENT_CLIENT_UNSUBSCRIBED, leaving->client, topic,
                        err);
}

/* The events of a client that leaves all its topics. */
static int tell_of_leaving(struct change *change, const struct store_client *client,
                           struct err *err)
{
    struct leaving leaving = {change, client->name};

    return change->tx->ask->list(change->tx, STORE_TOPICS_OF_CLIENT, client->id, 0, INT64_MAX,
                                 leave_one, &leaving, err);
}

int client_remove(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_client client;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &client, name, err) == 0 &&
        tell_of_leaving(&change, &client, err) == 0 &&
        outbox_clear(change.tx, client.id, err) == 0 &&
        (core->mode == E4_SYMMETRIC ||
         outbox_withdraw_pub_key(change.tx, client.id, err) == 0) &&
        state_retire_key(change.tx, &client, err) == 0 &&
        change.tx->ask->remove_client(change.tx, client.id, err) == 0)
        rc = change_commit(&change, "RemoveClient", name, "", err);
    change_end(&change);
    return rc;
}

int client_reset(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_client client;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &client, name, err) == 0 &&
        tell_of_leaving(&change, &client, err) == 0 &&
        outbox_reset_topics(change.tx, client.id, err) == 0)
        rc = change_commit(&change, "ResetClient", name, "", err);
    change_end(&change);
    return rc;
}

/* The number of the key after the newest that there is for a client, in use or on its way. */
static int next_version(struct change *change, int64_t *version,
                        const struct store_client *client, struct err *err)
{
    struct store_command waiting;

    *version = client->key_version + 1;
    if (change->tx->ask->pick_command(change->tx, &waiting, client->id, E4_SET_ID_KEY, true,
                                      err) == 0)
        *version = waiting.version + 1;
    else if (err->kind != ERR_NOT_FOUND)
        return -1;
    return 0;
}

/* Put a new key on its way: 32 random bytes are a symmetric key, or a seed. */
static int send_new_key(struct change *change, const struct store_client *client,
                        struct err *err)
{
    struct seal_place place = {"command", client->id, 0};
    uint8_t sealed[STORE_SEALED_SIZE];
    uint8_t key[E4_KEY_SIZE];
    int rc = -1;

    if (secret_random(key, sizeof key, err) == 0 &&
        next_version(change, &place.version, client, err) == 0 &&
        seal_key(change->core->seal, sealed, &place, key, err) == 0)
        rc = outbox_set_id_key(change->tx, client->id, sealed, place.version, err);
    e4_wipe(key, sizeof key);
    return rc;
}

int client_new_key(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_client client;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &client, name, err) == 0 &&
        send_new_key(&change, &client, err) == 0)
        rc = change_commit(&change, "NewClientKey", name, "", err);
    change_end(&change);
    return rc;
}

int client_count(struct core *core, int64_t *count, struct err *err)
{
    return state_count(core, count, STORE_CLIENTS, NULL, err);
}

int client_list(struct core *core, const struct range *range, core_each each, void *ctx,
                struct err *err)
{
    return state_list(core, STORE_CLIENTS, NULL, range, each, ctx, err);
}
