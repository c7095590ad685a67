/* SPDX-License-Identifier: Apache-2.0 */
/* See link.h. */
#include "server/core/link.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "server/core/event.h"
#include "server/core/message.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

int link_topic(struct core *core, const char *who, const char *client_name,
               const char *topic_name, struct err *err)
{
    struct change change;
    struct store_client client;
    struct store_topic topic;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &client, client_name, err) == 0 &&
        state_find_topic(change.tx, &topic, topic_name, err) == 0 &&
        change.tx->ask->add_link(change.tx, STORE_CLIENT_TOPIC, client.id, topic.hash, err) ==
            0 &&
        outbox_set_topic_key(change.tx, client.id, topic.hash, err) == 0 &&
        change_event(&change, EVENT_CLIENT_SUBSCRIBED, client_name, topic_name, err) == 0)
        rc = change_commit(&change, "NewTopicClient", client_name, topic_name, err);
    change_end(&change);
    return rc;
}

int unlink_topic(struct core *core, const char *who, const char *client_name,
                 const char *topic_name, struct err *err)
{
    struct change change;
    struct store_client client;
    struct store_topic topic;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &client, client_name, err) != 0 ||
        state_find_topic(change.tx, &topic, topic_name, err) != 0)
        goto done;
    if (change.tx->ask->remove_link(change.tx, STORE_CLIENT_TOPIC, client.id, topic.hash,
                                    err) != 0) {
        if (err->kind == ERR_NOT_FOUND)
            (void)err_set(err, ERR_NOT_FOUND, "client %s is not on topic %s", client_name,
                          topic_name);
        goto done;
    }
    if (outbox_remove_topic(change.tx, client.id, topic.hash, err) == 0 &&
        change_event(&change, EVENT_CLIENT_UNSUBSCRIBED, client_name, topic_name, err) == 0)
        rc = change_commit(&change, "RemoveTopicClient", client_name, topic_name, err);

done:
    change_end(&change);
    return rc;
}

/* The id of a client that must exist. */
static int id_of_client(struct core *core, uint8_t id[STORE_ID_SIZE], const char *name,
                        struct err *err)
{
    struct store_client client;
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = state_find_client(tx, &client, name, err);
    store_rollback(&tx);
    if (rc == 0)
        memcpy(id, client.id, sizeof client.id);
    return rc;
}

/* Likewise of a topic. */
static int hash_of_topic(struct core *core, uint8_t hash[STORE_ID_SIZE], const char *name,
                         struct err *err)
{
    struct store_topic topic;
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = state_find_topic(tx, &topic, name, err);
    store_rollback(&tx);
    if (rc == 0)
        memcpy(hash, topic.hash, sizeof topic.hash);
    return rc;
}

int link_count_topics(struct core *core, int64_t *count, const char *client, struct err *err)
{
    uint8_t id[STORE_ID_SIZE];

    return id_of_client(core, id, client, err) != 0
               ? -1
               : state_count(core, count, STORE_TOPICS_OF_CLIENT, id, err);
}

int link_list_topics(struct core *core, const char *client, const struct range *range,
                     core_each each, void *ctx, struct err *err)
{
    uint8_t id[STORE_ID_SIZE];

    return id_of_client(core, id, client, err) != 0
               ? -1
               : state_list(core, STORE_TOPICS_OF_CLIENT, id, range, each, ctx, err);
}

int link_count_clients(struct core *core, int64_t *count, const char *topic, struct err *err)
{
    uint8_t hash[STORE_ID_SIZE];

    return hash_of_topic(core, hash, topic, err) != 0
               ? -1
               : state_count(core, count, STORE_CLIENTS_OF_TOPIC, hash, err);
}

int link_list_clients(struct core *core, const char *topic, const struct range *range,
                      core_each each, void *ctx, struct err *err)
{
    uint8_t hash[STORE_ID_SIZE];

    return hash_of_topic(core, hash, topic, err) != 0
               ? -1
               : state_list(core, STORE_CLIENTS_OF_TOPIC, hash, range, each, ctx, err);
}

int link_count_sources(struct core *core, int64_t *count, const char *target, struct err *err)
{
    uint8_t id[STORE_ID_SIZE];

    return id_of_client(core, id, target, err) != 0
               ? -1
               : state_count(core, count, STORE_SOURCES_OF_TARGET, id, err);
}

int link_list_sources(struct core *core, const char *target, const struct range *range,
                      core_each each, void *ctx, struct err *err)
{
    uint8_t id[STORE_ID_SIZE];

    return id_of_client(core, id, target, err) != 0
               ? -1
               : state_list(core, STORE_SOURCES_OF_TARGET, id, range, each, ctx, err);
}

int link_client(struct core *core, const char *who, const char *target_name,
                const char *source_name, struct err *err)
{
    struct change change;
    struct store_client target;
    struct store_client source;
    int rc = -1;

    if (strcmp(target_name, source_name) == 0)
        return err_set(err, ERR_INPUT, "client %s: cannot be linked to itself", target_name);
    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &target, target_name, err) == 0 &&
        state_find_client(change.tx, &source, source_name, err) == 0 &&
        change.tx->ask->add_link(change.tx, STORE_TARGET_SOURCE, target.id, source.id, err) ==
            0)
        rc = change_commit(&change, "LinkClient", target_name, source_name, err);
    change_end(&change);
    return rc;
}

int unlink_client(struct core *core, const char *who, const char *target_name,
                  const char *source_name, struct err *err)
{
    struct change change;
    struct store_client target;
    struct store_client source;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &target, target_name, err) != 0 ||
        state_find_client(change.tx, &source, source_name, err) != 0)
        goto done;
    if (change.tx->ask->remove_link(change.tx, STORE_TARGET_SOURCE, target.id, source.id,
                                    err) != 0) {
        if (err->kind == ERR_NOT_FOUND)
            (void)err_set(err, ERR_NOT_FOUND, "client %s is not linked to client %s",
                          source_name, target_name);
        goto done;
    }
    rc = change_commit(&change, "UnlinkClient", target_name, source_name, err);

done:
    change_end(&change);
    return rc;
}

/* The id of a client whose public key is sent: one that exists, or the server itself. */
static int find_source(struct change *change, uint8_t id[STORE_ID_SIZE], const char *name,
                       struct err *err)
{
    struct store_client source;

    if (strcmp(name, MESSAGE_SIGNER) == 0)
        return state_client_id(id, name, err);
    if (state_find_client(change->tx, &source, name, err) != 0)
        return -1;
    memcpy(id, source.id, sizeof source.id);
    return 0;
}

/* A command to a target about a source. */
static int tell(struct core *core, const char *who, const char *what, const char *target_name,
                const char *source_name,
                int (*command)(struct tx *tx, const uint8_t *target, const uint8_t *source,
                               struct err *err),
                struct err *err)
{
    struct change change;
    struct store_client target;
    uint8_t source[STORE_ID_SIZE];
    int rc = -1;

    if (state_needs_public_keys(core, what, err) != 0 ||
        change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &target, target_name, err) == 0 &&
        find_source(&change, source, source_name, err) == 0 &&
        command(change.tx, target.id, source, err) == 0)
        rc = change_commit(&change, what, target_name, source_name, err);
    change_end(&change);
    return rc;
}

int link_send_key(struct core *core, const char *who, const char *target, const char *source,
                  struct err *err)
{
    return tell(core, who, "SendClientPubKey", target, source, outbox_set_pub_key, err);
}

int link_remove_key(struct core *core, const char *who, const char *target, const char *source,
                    struct err *err)
{
    return tell(core, who, "RemoveClientPubKey", target, source, outbox_remove_pub_key, err);
}

int link_reset_keys(struct core *core, const char *who, const char *target_name,
                    struct err *err)
{
    struct change change;
    struct store_client target;
    int rc = -1;

    if (state_needs_public_keys(core, "ResetClientPubKeys", err) != 0 ||
        change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_client(change.tx, &target, target_name, err) == 0 &&
        outbox_reset_pub_keys(change.tx, target.id, err) == 0)
        rc = change_commit(&change, "ResetClientPubKeys", target_name, "", err);
    change_end(&change);
    return rc;
}
