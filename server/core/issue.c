/* SPDX-License-Identifier: Apache-2.0 */
/* See issue.h. */
#include "server/core/issue.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "server/core/message.h"
#include "server/core/outbox.h"
#include "server/core/pace.h"
#include "server/core/refresh.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

void issue_wipe(struct issue_keys *keys)
{
    e4_wipe(keys, sizeof *keys);
}

static int find_server_secret(struct core *core, struct tx *tx, struct issue_keys *keys,
                              int64_t version, struct err *err)
{
    struct store_server_key row;

    if (keys->server_version == version)
        return 0;
    keys->server_version = 0;
    if (tx->ask->find_server_key(tx, &row, version, err) != 0 ||
        state_server_secret(core, keys->server_secret, &row, err) != 0)
        return -1;
    keys->server_version = version;
    return 0;
}

int issue_command_key(struct core *core, struct tx *tx, struct issue_keys *keys,
                      uint8_t key[E4_KEY_SIZE], const uint8_t client_key[E4_KEY_SIZE],
                      int64_t server_version, struct err *err)
{
    if (core->mode == E4_SYMMETRIC) {
        memcpy(key, client_key, E4_KEY_SIZE);
        return 0;
    }
    if (find_server_secret(core, tx, keys, server_version, err) != 0)
        return -1;
    if (e4_command_key_server(key, keys->server_secret, client_key) != E4_OK)
        return err_set(err, ERR_STATE, "a client's public key is damaged");
    return 0;
}

/* A command being made. */
struct making {
    struct core *core;
    struct tx *tx;
    struct issue_keys *keys;
    struct store_command row;
    struct store_client client;
    bool has_former;           /* of the client: it may have missed a key change */
    struct e4_command command; /* as it goes to the device */
    int64_t sent_s;
    /* Which keys a frame is sealed under: the client's, and in public-key mode the server's. */
    uint8_t client_key[E4_KEY_SIZE];
    int64_t server_version;
};

static int fill_topic_key(struct making *making, struct err *err)
{
    struct issue_keys *keys = making->keys;
    const uint8_t *hash = making->row.object;
    struct store_topic topic;

    if (!keys->has_topic || memcmp(keys->topic, hash, sizeof keys->topic) != 0) {
        keys->has_topic = false;
        if (making->tx->ask->find_topic(making->tx, &topic, hash, err) != 0 ||
            state_topic_key(making->core, keys->topic_key, &topic, err) != 0)
            return -1;
        memcpy(keys->topic, hash, sizeof keys->topic);
        keys->has_topic = true;
    }
    memcpy(making->command.key, keys->topic_key, sizeof making->command.key);
    return 0;
}

int issue_public_key(struct core *core, struct tx *tx, uint8_t key[E4_KEY_SIZE],
                     const uint8_t *id, struct err *err)
{
    struct store_client source;
    uint8_t own_id[STORE_ID_SIZE];
    uint8_t seed[E4_KEY_SIZE];
    int rc;

    if (state_client_id(own_id, MESSAGE_SIGNER, err) != 0)
        return -1;
    if (memcmp(id, own_id, sizeof own_id) != 0)
        return tx->ask->find_client(tx, &source, id, err) != 0
                   ? -1
                   : state_client_key(core, key, &source, err);
    rc = serverkey_signer(core, seed, tx, err);
    if (rc == 0 && e4_sign_public(key, seed) != E4_OK)
        rc = err_set(err, ERR_STATE, "the server's own signing key is damaged");
    e4_wipe(seed, sizeof seed);
    return rc;
}

static int fill_id_key(struct making *making, struct err *err)
{
    const struct store_command *row = &making->row;
    struct e4_command *command = &making->command;
    struct seal_place place = {"command", row->client, row->version};

    if (seal_open(making->core->seal, command->key, &place, row->key, err) != 0)
        return -1;
    if (making->core->mode == E4_PUBLIC_KEY &&
        e4_sign_public(command->public_key, command->key) != E4_OK)
        return err_set(err, ERR_SYSTEM, "no public key of a random seed");
    return 0;
}

static int fill_server_key(struct making *making, struct err *err)
{
    struct store_server_key key;

    if (making->tx->ask->find_server_key(making->tx, &key, making->row.version, err) != 0)
        return -1;
    memcpy(making->command.key, key.public_key, sizeof making->command.key);
    return 0;
}

/* The command as it goes to the device. ERR_NOT_FOUND: what it is about is gone. */
static int fill(struct making *making, struct err *err)
{
    const struct store_command *row = &making->row;
    struct e4_command *command = &making->command;

    command->type = (enum e4_command_type)row->type;
    memcpy(command->topic, row->object, sizeof command->topic);
    memcpy(command->id, row->object, sizeof command->id);
    switch (command->type) {
    case E4_SET_TOPIC_KEY:
        return fill_topic_key(making, err);
    case E4_SET_PUB_KEY:
        return issue_public_key(making->core, making->tx, command->key, command->id, err);
    case E4_SET_ID_KEY:
        return fill_id_key(making, err);
    case E4_SET_SERVER_KEY:
        return fill_server_key(making, err);
    case E4_REMOVE_TOPIC:
    case E4_RESET_TOPICS:
    case E4_REMOVE_PUB_KEY:
    case E4_RESET_PUB_KEYS:
        break;
    }
    return 0;
}

static int seal(struct making *making, uint8_t frame[E4_COMMAND_FRAME_MAX], size_t *len,
                struct err *err)
{
    uint8_t key[E4_KEY_SIZE] = {0};
    struct e4_sealing sealing = {.key = key, .sent_s = (uint64_t)making->sent_s};
    uint8_t text[E4_COMMAND_MAX];
    size_t text_len = 0;
    int rc = issue_command_key(making->core, making->tx, making->keys, key, making->client_key,
                               making->server_version, err);

    if (rc == 0 &&
        (e4_command_encode(text, &text_len, &making->command, making->core->mode) != E4_OK ||
         e4_frame_seal(frame, E4_COMMAND_FRAME_MAX, len, &sealing, text, text_len) != E4_OK))
        rc = err_set(err, ERR_STATE, "a command of type %d cannot be made",
                     (int)making->command.type);
    e4_wipe(key, sizeof key);
    e4_wipe(text, sizeof text);
    return rc;
}

/* Seal from now on under what the client uses once it has carried out this key change. */
static void change_keys(struct making *making)
{
    const struct e4_command *command = &making->command;

    if (command->type == E4_SET_SERVER_KEY)
        making->server_version = making->row.version;
    else if (making->core->mode == E4_SYMMETRIC)
        memcpy(making->client_key, command->key, E4_KEY_SIZE);
    else
        memcpy(making->client_key, command->public_key, E4_KEY_SIZE);
}

/* The frame of a command, and perhaps a probe. */
static int seal_all(struct making *making, struct issued *issued, struct err *err)
{
    int64_t type = making->row.type;
    bool is_change = type == E4_SET_ID_KEY || type == E4_SET_SERVER_KEY;

    making->sent_s = issued->sent_s;
    making->server_version = making->client.server_version;
    if (state_client_key(making->core, making->client_key, &making->client, err) != 0 ||
        seal(making, issued->frame, &issued->len, err) != 0)
        return -1;
    if (!is_change || making->row.attempts == 0 || !making->client.receipts)
        return 0;
    change_keys(making);
    return seal(making, issued->probe, &issued->probe_len, err);
}

/* The client holds this public key from now on, and is not to forget it any more. */
static int note_held(const struct making *making, struct err *err)
{
    const struct store_questions *ask = making->tx->ask;
    const uint8_t *client = making->client.id, *source = making->row.object;

    if (ask->add_link(making->tx, STORE_HELD, client, source, err) != 0)
        return -1;
    if (ask->remove_link(making->tx, STORE_FORGOTTEN, client, source, err) != 0 &&
        err->kind != ERR_NOT_FOUND)
        return -1;
    return 0;
}

/* What is to be remembered of a command that goes out. */
static int note(const struct making *making, const struct issued *issued, struct err *err)
{
    const struct store_questions *ask = making->tx->ask;
    const uint8_t *client = making->client.id;
    struct e4_frame frame;

    if (making->row.type == E4_SET_PUB_KEY && note_held(making, err) != 0)
        return -1;
    if (!making->client.receipts ||
        e4_frame_parse(&frame, E4_SYMMETRIC, issued->frame, issued->len) != E4_OK)
        return 0;
    return ask->add_link(making->tx, STORE_UNCONFIRMED, client, frame.tag, err);
}

/* A key change once more, under the keys that the client had before it. No receipt is waited
 * for: who has carried it out does not even open it. */
static int look_back(struct making *making, struct store_command *change, struct err *err)
{
    struct store_former former;

    if (making->tx->ask->find_former(making->tx, &former, making->client.id, change->version,
                                     err) != 0)
        return -1;
    memcpy(making->client.key, former.key, sizeof former.key);
    making->client.key_version = former.key_version;
    making->client.server_version = former.server_version;
    making->client.receipts = false;
    change->type = former.type;
    change->has_key = former.has_next_key;
    memcpy(change->key, former.next_key, sizeof change->key);
    change->version = former.next_version;
    return 0;
}

/* Is a key change to stay with the broker rather than this, for a device that comes without it?
 */
static bool is_passing(const struct making *making)
{
    int64_t type = making->row.type;

    return making->has_former && type != E4_SET_ID_KEY && type != E4_SET_SERVER_KEY;
}

/* Is it a command to forget something? */
static bool forgets(int64_t type)
{
    return type == E4_REMOVE_TOPIC || type == E4_RESET_TOPICS || type == E4_REMOVE_PUB_KEY ||
           type == E4_RESET_PUB_KEYS;
}

static int make(struct making *making, int64_t now_s, struct issued *issued,
                enum issue_outcome *outcome, struct err *err)
{
    struct store_command *row = &making->row;
    struct tx *tx = making->tx;
    struct store_pace pace;

    if (tx->ask->find_recipient(tx, &making->client, &pace, &making->has_former, row->client,
                                err) != 0 ||
        (row->type == OUTBOX_FORMER && look_back(making, row, err) != 0))
        return -1;
    if (!pace_take(&pace, &issued->sent_s, row->type, row->object, now_s)) {
        *outcome = ISSUE_LATER;
        return 0;
    }
    if (!row->again) {
        refresh_later(&pace, making->client.receipts, now_s);
        if (forgets(row->type))
            pace.forgot_s = now_s;
    }
    *outcome = ISSUE_READY;
    issued->is_passing = is_passing(making);
    if (fill(making, err) != 0 || seal_all(making, issued, err) != 0 ||
        tx->ask->put_pace(tx, row->client, &pace, err) != 0)
        return -1;
    return note(making, issued, err);
}

int issue_make(struct core *core, struct tx *tx, struct issue_keys *keys,
               const struct store_command *command, int64_t now_s, struct issued *issued,
               enum issue_outcome *outcome, struct err *err)
{
    struct making making = {.core = core, .tx = tx, .keys = keys, .row = *command};
    int rc;

    memset(issued, 0, sizeof *issued);
    *outcome = ISSUE_READY;
    e4_receiving_topic(issued->topic, command->client);
    if (command->type == OUTBOX_CLEAR)
        return 0; /* no bytes: what the broker retains there goes */
    rc = make(&making, now_s, issued, outcome, err);
    e4_wipe(&making, sizeof making);
    if (rc != 0 && err->kind == ERR_NOT_FOUND) {
        *outcome = ISSUE_GONE;
        rc = 0;
    }
    return rc;
}
