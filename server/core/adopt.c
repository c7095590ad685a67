/* SPDX-License-Identifier: Apache-2.0 */
/* See adopt.h. */
#include "server/core/adopt.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

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

int adopt_key(struct core *core, struct tx *tx, struct store_client *client,
              const struct store_command *command, struct err *err)
{
    bool is_id_key = command->type == E4_SET_ID_KEY;

    if (!is_id_key)
        client->server_version = command->version;
    else if (adopt_id_key(core, client, command, err) != 0)
        return -1;
    if (tx->ask->put_client(tx, client, err) != 0 ||
        tx->ask->remove_command(tx, command->number, err) != 0 ||
        tx->ask->delay_client(tx, client->id, 0, err) != 0)
        return -1;
    if (is_id_key && core->mode == E4_PUBLIC_KEY && !core->keep_new_keys)
        return outbox_spread_pub_key(tx, client->id, err);
    return 0;
}
