/* SPDX-License-Identifier: Apache-2.0 */
/* See adopt.h. */
#include "server/core/adopt.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "server/core/outbox.h"
#include "server/core/audit_trail.h"
#include "server/core/state.h"

enum { FORMERS_KEPT = 16 };

/* The key that the server keeps of a client: of a seed, the public half. */
static int adopt_id_key(struct core *core, struct store_client *client,
                        const struct store_command *command, struct err *err)
{
    struct seal_place place = {"command", client->id, command->version};
    uint8_t key[E4_KEY_SIZE] = {0};
    uint8_t seed[E4_KEY_SIZE] = {0};
    int rc = -1;

    if (seal_open(core->seal, key, &place, command->key, err) != 0)
        goto done;
    if (core->mode == E4_PUBLIC_KEY) {
        memcpy(seed, key, sizeof seed);
        if (e4_sign_public(key, seed) != E4_OK) {
            (void)err_set(err, ERR_SYSTEM, "no public key of a random seed");
            goto done;
        }
    }
    rc = state_put_client_key(core, client, key, command->version, err);

done:
    e4_wipe(key, sizeof key);
    e4_wipe(seed, sizeof seed);
    return rc;
}

/* What the client had, for it may have missed the change. */
static int keep_former(struct tx *tx, const struct store_client *client,
                       const struct store_command *command, struct err *err)
{
    struct store_former former = {.key_version = client->key_version,
                                  .server_version = client->server_version,
                                  .type = command->type,
                                  .has_next_key = command->has_key,
                                  .next_version = command->version};

    memcpy(former.client, client->id, sizeof former.client);
    memcpy(former.key, client->key, sizeof former.key);
    memcpy(former.next_key, command->key, sizeof former.next_key);
    if (tx->ask->add_former(tx, &former, err) != 0)
        return -1;
    return tx->ask->drop_formers(tx, client->id, FORMERS_KEPT, err);
}

int adopt_key(struct core *core, struct tx *tx, struct store_client *client,
              const struct store_command *command, struct err *err)
{
    bool is_id_key = command->type == E4_SET_ID_KEY;

    if (audit_trail_check(core->trail, tx, err) != 0 ||
        keep_former(tx, client, command, err) != 0)
        return -1;
    if (!is_id_key)
        client->server_version = command->version;
    else if (state_retire_key(tx, client, err) != 0 ||
             adopt_id_key(core, client, command, err) != 0)
        return -1;
    if (tx->ask->put_client(tx, client, err) != 0 ||
        tx->ask->remove_command(tx, command->number, err) != 0 ||
        tx->ask->delay_client(tx, client->id, 0, err) != 0)
        return -1;
    if (is_id_key && core->mode == E4_PUBLIC_KEY && !core->keep_new_keys)
        return outbox_spread_pub_key(tx, client->id, err);
    return 0;
}
