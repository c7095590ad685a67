/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What public-key mode adds to a client, as one object. A program that never names
 * e4_public_key_mode is linked without it, and so without everything it refers to.
 */
#include <string.h>

#include "client/command.h"
#include "crypto/bytes.h"
#include "crypto/ct.h"
#include "crypto/ed25519.h"
#include "e4/keys.h"

static enum e4_result take_identity(struct e4_client *client, const struct e4_record *record)
{
    struct e4_signer *signer = client->config->signer;

    if (signer == NULL)
        return E4_ERR_MODE;
    e4_copy32(signer->seed, record->key);
    e4_copy32(signer->server_key, record->second);
    e4_ed25519_public(signer->public_key, signer->seed);
    return e4_command_key_client(client->command_key, signer->seed, signer->server_key);
}

static void sign(const struct e4_client *client, uint8_t *signature, const uint8_t *data,
                 size_t len)
{
    const struct e4_signer *signer = client->config->signer;

    e4_ed25519_sign(signature, signer->seed, signer->public_key, data, len);
}

/* A signer that is not held is a matter of policy. */
static enum e4_result check_signature(struct e4_client *client, struct e4_opened *opened,
                                      const struct e4_frame *frame)
{
    struct e4_table peers = e4_table_of(client, false);
    const struct e4_entry *peer = e4_table_find(&peers, frame->sender);

    if (peer == NULL || peer->state != E4_HELD)
        return client->policy->unknown_senders ? E4_OK : E4_ERR_NO_SENDER;
    if (!e4_ed25519_verify(frame->signature, peer->key, frame->bytes,
                           (size_t)(frame->signature - frame->bytes)))
        return E4_ERR_SIGNATURE;
    opened->verified = true;
    return E4_OK;
}

static enum e4_result set_pub_key(const struct e4_task *task, const struct e4_table *peers)
{
    if (!e4_ed25519_check_public(task->command.key))
        return E4_ERR_COMMAND;
    return e4_set_entry(task, peers);
}

/* Put a new seed or server key in its place, and work out the rest. False: it is no good. */
static bool renew(const struct e4_command_parts *command, struct e4_signer *signer,
                  uint8_t command_key[E4_KEY_SIZE])
{
    if (command->type == E4_SET_ID_KEY) {
        e4_copy32(signer->seed, command->key);
        e4_ed25519_public(signer->public_key, signer->seed);
        if (!e4_equal(signer->public_key, command->object, E4_KEY_SIZE))
            return false;
    } else {
        e4_copy32(signer->server_key, command->key);
    }
    return e4_command_key_client(command_key, signer->seed, signer->server_key) == E4_OK;
}

/* Another seed or server key: proved good, then stored, then in force. */
static enum e4_result set_own_key(const struct e4_task *task, uint8_t what)
{
    struct e4_client *client = task->client;
    struct e4_signer signer = *client->config->signer;
    const uint8_t *held = what == E4_CHANGED_KEY ? client->config->signer->seed
                                                 : client->config->signer->server_key;
    uint8_t command_key[E4_KEY_SIZE];
    enum e4_result result = E4_ERR_COMMAND;

    if (renew(&task->command, &signer, command_key)) {
        result = E4_ERR_ORDER;
        if (!e4_undoes_identity(task, what) || e4_equal(held, task->command.key, E4_KEY_SIZE))
            result = e4_change_identity(task, what);
    }
    if (result == E4_OK) {
        e4_copy32(client->command_key, command_key);
        *client->config->signer = signer;
    }
    e4_wipe(&signer, sizeof signer);
    e4_wipe(command_key, sizeof command_key);
    return result;
}

static enum e4_result carry_out_own(const struct e4_task *task)
{
    struct e4_table peers = e4_table_of(task->client, false);

    switch (task->command.type) {
    case E4_REMOVE_PUB_KEY:
        return e4_remove_entry(task, &peers);
    case E4_RESET_PUB_KEYS:
        return e4_reset_entries(task, &peers);
    case E4_SET_PUB_KEY:
        return set_pub_key(task, &peers);
    case E4_SET_ID_KEY:
        return set_own_key(task, E4_CHANGED_KEY);
    default:
        return set_own_key(task, E4_CHANGED_SERVER_KEY);
    }
}

const struct e4_public_key_mode e4_public_key_mode = {take_identity, sign, check_signature,
                                                      carry_out_own};
