/* SPDX-License-Identifier: Apache-2.0 */
/* See outbox.h. */
#include "server/core/outbox.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "e4/wire.h"
#include "server/core/state.h"

static_assert((int)E4_SET_ID_KEY == (int)STORE_KEY_CHANGE, "what others wait for");
static_assert((int)E4_SET_SERVER_KEY == (int)STORE_SERVER_KEY_CHANGE, "what others wait for");

static struct store_command command_about(int64_t type, const uint8_t *object)
{
    struct store_command command = {.type = type};

    memcpy(command.object, object, sizeof command.object);
    return command;
}

static int add(struct tx *tx, const uint8_t *client, int64_t type, const uint8_t *object,
               struct err *err)
{
    struct store_command command = command_about(type, object);

    memcpy(command.client, client, sizeof command.client);
    return tx->ask->add_command(tx, &command, err);
}

/* Remove a link that need not be there. */
static int unlink_if_linked(struct tx *tx, enum store_link link, const uint8_t *from,
                            const uint8_t *to, struct err *err)
{
    if (tx->ask->remove_link(tx, link, from, to, err) != 0 && err->kind != ERR_NOT_FOUND)
        return -1;
    return 0;
}

int outbox_set_topic_key(struct tx *tx, const uint8_t *client, const uint8_t *topic,
                         struct err *err)
{
    if (tx->ask->drop_commands(tx, client, E4_SET_TOPIC_KEY, topic, err) != 0)
        return -1;
    return add(tx, client, E4_SET_TOPIC_KEY, topic, err);
}

int outbox_remove_topic(struct tx *tx, const uint8_t *client, const uint8_t *topic,
                        struct err *err)
{
    if (tx->ask->drop_commands(tx, client, E4_SET_TOPIC_KEY, topic, err) != 0 ||
        tx->ask->drop_commands(tx, client, E4_REMOVE_TOPIC, topic, err) != 0 ||
        tx->ask->add_link(tx, STORE_GONE, client, topic, err) != 0)
        return -1;
    return add(tx, client, E4_REMOVE_TOPIC, topic, err);
}

static int add_for_topic(struct tx *tx, int64_t type, const uint8_t *topic, struct err *err)
{
    struct store_command command = command_about(type, topic);

    return tx->ask->add_commands(tx, &command, STORE_CLIENTS_OF_TOPIC, topic, err);
}

int outbox_rotate_topic(struct tx *tx, const uint8_t *topic, struct err *err)
{
    if (tx->ask->drop_commands(tx, NULL, E4_SET_TOPIC_KEY, topic, err) != 0)
        return -1;
    return add_for_topic(tx, E4_SET_TOPIC_KEY, topic, err);
}

/* Removals that wait are left: they may be for clients that are no longer of the topic. */
int outbox_revoke_topic(struct tx *tx, const uint8_t *topic, struct err *err)
{
    if (tx->ask->drop_commands(tx, NULL, E4_SET_TOPIC_KEY, topic, err) != 0 ||
        tx->ask->bury_topic(tx, topic, err) != 0 ||
        add_for_topic(tx, E4_REMOVE_TOPIC, topic, err) != 0)
        return -1;
    return add_for_topic(tx, E4_SET_TOPIC_KEY, topic, err);
}

int outbox_drop_topic(struct tx *tx, const uint8_t *topic, struct err *err)
{
    if (tx->ask->drop_commands(tx, NULL, E4_SET_TOPIC_KEY, topic, err) != 0 ||
        tx->ask->bury_topic(tx, topic, err) != 0)
        return -1;
    return add_for_topic(tx, E4_REMOVE_TOPIC, topic, err);
}

/* Forget what waits for a client, of these types. */
static int drop_types(struct tx *tx, const uint8_t *client, const int64_t *types, size_t count,
                      struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (tx->ask->drop_type(tx, client, types[i], err) != 0)
            return -1;
    }
    return 0;
}

struct sending {
    struct tx *tx;
    const uint8_t *client;
    int64_t type;
};

static int bury_topic(void *ctx, const uint8_t *topic, struct err *err)
{
    const struct sending *sending = ctx;

    return sending->tx->ask->add_link(sending->tx, STORE_GONE, sending->client, topic, err);
}

static int bury_source(void *ctx, const uint8_t *source, struct err *err)
{
    const struct sending *sending = ctx;

    return sending->tx->ask->add_link(sending->tx, STORE_FORGOTTEN, sending->client, source,
                                      err);
}

int outbox_reset_topics(struct tx *tx, const uint8_t *client, struct err *err)
{
    static const int64_t types[] = {E4_SET_TOPIC_KEY, E4_REMOVE_TOPIC, E4_RESET_TOPICS};
    struct sending sending = {tx, client, 0};

    if (drop_types(tx, client, types, 3, err) != 0 ||
        tx->ask->list_links(tx, STORE_CLIENT_TOPIC, client, bury_topic, &sending, err) != 0 ||
        tx->ask->drop_links(tx, STORE_CLIENT_TOPIC, client, err) != 0)
        return -1;
    return add(tx, client, E4_RESET_TOPICS, state_nobody, err);
}

static int repeat_one(void *ctx, const uint8_t *object, struct err *err)
{
    const struct sending *sending = ctx;
    struct store_command command = command_about(sending->type, object);

    memcpy(command.client, sending->client, sizeof command.client);
    command.again = true;
    return sending->tx->ask->add_command(sending->tx, &command, err);
}

/* One command, as repeat_one(), for each link. */
static int repeat(struct tx *tx, const uint8_t *client, enum store_link link, int64_t type,
                  struct err *err)
{
    struct sending sending = {tx, client, type};

    return tx->ask->list_links(tx, link, client, repeat_one, &sending, err);
}

static int repeat_change(void *ctx, const struct store_former *former, struct err *err)
{
    struct store_command command = {
        .type = OUTBOX_FORMER, .version = former->number, .again = true};

    memcpy(command.client, former->client, sizeof command.client);
    return ((struct tx *)ctx)->ask->add_command(ctx, &command, err);
}

int outbox_repeat(struct tx *tx, const uint8_t *client, struct err *err)
{
    if (tx->ask->read_formers(tx, client, repeat_change, tx, err) != 0 ||
        repeat(tx, client, STORE_GONE, E4_REMOVE_TOPIC, err) != 0 ||
        repeat(tx, client, STORE_CLIENT_TOPIC, E4_SET_TOPIC_KEY, err) != 0 ||
        repeat(tx, client, STORE_FORGOTTEN, E4_REMOVE_PUB_KEY, err) != 0)
        return -1;
    return repeat(tx, client, STORE_HELD, E4_SET_PUB_KEY, err);
}

int outbox_repeat_from_nothing(struct tx *tx, const uint8_t *client, bool public_keys,
                               struct err *err)
{
    struct sending sending = {tx, client, E4_RESET_TOPICS};

    if (repeat_one(&sending, state_nobody, err) != 0)
        return -1;
    sending.type = E4_RESET_PUB_KEYS;
    if (public_keys && repeat_one(&sending, state_nobody, err) != 0)
        return -1;
    return outbox_repeat(tx, client, err);
}

int outbox_set_pub_key(struct tx *tx, const uint8_t *target, const uint8_t *source,
                       struct err *err)
{
    if (tx->ask->drop_commands(tx, target, E4_SET_PUB_KEY, source, err) != 0 ||
        tx->ask->drop_commands(tx, target, E4_REMOVE_PUB_KEY, source, err) != 0 ||
        unlink_if_linked(tx, STORE_FORGOTTEN, target, source, err) != 0 ||
        tx->ask->add_link(tx, STORE_HELD, target, source, err) != 0)
        return -1;
    return add(tx, target, E4_SET_PUB_KEY, source, err);
}

int outbox_remove_pub_key(struct tx *tx, const uint8_t *target, const uint8_t *source,
                          struct err *err)
{
    if (tx->ask->drop_commands(tx, target, E4_SET_PUB_KEY, source, err) != 0 ||
        tx->ask->drop_commands(tx, target, E4_REMOVE_PUB_KEY, source, err) != 0 ||
        unlink_if_linked(tx, STORE_HELD, target, source, err) != 0 ||
        tx->ask->add_link(tx, STORE_FORGOTTEN, target, source, err) != 0)
        return -1;
    return add(tx, target, E4_REMOVE_PUB_KEY, source, err);
}

int outbox_reset_pub_keys(struct tx *tx, const uint8_t *target, struct err *err)
{
    static const int64_t types[] = {E4_SET_PUB_KEY, E4_REMOVE_PUB_KEY, E4_RESET_PUB_KEYS};
    struct sending sending = {tx, target, 0};

    if (drop_types(tx, target, types, 3, err) != 0 ||
        tx->ask->list_links(tx, STORE_HELD, target, bury_source, &sending, err) != 0 ||
        tx->ask->drop_links(tx, STORE_HELD, target, err) != 0)
        return -1;
    return add(tx, target, E4_RESET_PUB_KEYS, state_nobody, err);
}

int outbox_spread_pub_key(struct tx *tx, const uint8_t *source, struct err *err)
{
    struct store_command command = command_about(E4_SET_PUB_KEY, source);

    return tx->ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, source, err);
}

int outbox_withdraw_pub_key(struct tx *tx, const uint8_t *source, struct err *err)
{
    struct store_command command = command_about(E4_REMOVE_PUB_KEY, source);

    if (tx->ask->drop_commands(tx, NULL, E4_SET_PUB_KEY, source, err) != 0 ||
        tx->ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, source, err) != 0 ||
        tx->ask->bury_source(tx, source, err) != 0)
        return -1;
    return tx->ask->drop_holders(tx, source, err);
}

int outbox_set_id_key(struct tx *tx, const uint8_t *client,
                      const uint8_t sealed[STORE_SEALED_SIZE], int64_t version, struct err *err)
{
    struct store_command command = {.type = E4_SET_ID_KEY, .has_key = true, .version = version};

    memcpy(command.client, client, sizeof command.client);
    memcpy(command.key, sealed, sizeof command.key);
    return tx->ask->add_command(tx, &command, err);
}

int outbox_set_server_key(struct tx *tx, int64_t version, struct err *err)
{
    struct store_command command = {.type = E4_SET_SERVER_KEY, .version = version};

    return tx->ask->add_commands(tx, &command, STORE_CLIENTS, NULL, err);
}

/* A topic was removed and then had again, or its key revoked. */
static int redo_topic_key(struct tx *tx, const struct store_command *command, struct err *err)
{
    struct sending sending = {tx, command->client, E4_SET_TOPIC_KEY};

    if (tx->ask->find_link(tx, STORE_CLIENT_TOPIC, command->client, command->object, err) != 0)
        return err->kind == ERR_NOT_FOUND ? 0 : -1;
    if (tx->ask->drop_commands(tx, command->client, E4_SET_TOPIC_KEY, command->object, err) !=
        0)
        return -1;
    return repeat_one(&sending, command->object, err);
}

int outbox_redo(struct tx *tx, const struct store_command *command, struct err *err)
{
    const uint8_t *client = command->client;

    switch (command->type) {
    case E4_REMOVE_TOPIC:
        return redo_topic_key(tx, command, err);
    case E4_RESET_TOPICS:
        if (tx->ask->drop_type(tx, client, E4_SET_TOPIC_KEY, err) != 0)
            return -1;
        return repeat(tx, client, STORE_CLIENT_TOPIC, E4_SET_TOPIC_KEY, err);
    case E4_RESET_PUB_KEYS:
        if (tx->ask->drop_type(tx, client, E4_SET_PUB_KEY, err) != 0)
            return -1;
        return repeat(tx, client, STORE_HELD, E4_SET_PUB_KEY, err);
    default:
        return 0; /* what came after it took its place */
    }
}

int outbox_clear(struct tx *tx, const uint8_t *client, struct err *err)
{
    for (int64_t type = E4_REMOVE_TOPIC; type <= E4_SET_SERVER_KEY; type++) {
        if (tx->ask->drop_type(tx, client, type, err) != 0)
            return -1;
    }
    if (tx->ask->drop_type(tx, client, OUTBOX_FORMER, err) != 0)
        return -1;
    return add(tx, client, OUTBOX_CLEAR, state_nobody, err);
}

int outbox_drop_id_key(struct tx *tx, const uint8_t *client, struct err *err)
{
    return tx->ask->drop_type(tx, client, E4_SET_ID_KEY, err);
}
