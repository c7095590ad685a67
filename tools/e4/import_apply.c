/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving an imported state to a new device, by the same commands that a key server sends. The
 * library notes when a topic's key is replaced; so that this is the time of old, it is lent a
 * clock that says what the imported state says.
 */
#include "tools/e4/import.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tools/e4/device.h"

/* A port whose time is set by hand and whose storage is the device's. */
struct lent {
    struct e4_port port;
    uint64_t now_s;
};

static enum e4_result lent_now(void *ctx, uint64_t *now_s)
{
    *now_s = ((const struct lent *)ctx)->now_s;
    return E4_OK;
}

static enum e4_result lent_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    const struct e4_port *port = &((struct lent *)ctx)->port;

    return port->load(port->ctx, place, record);
}

static enum e4_result lent_store(void *ctx, unsigned place,
                                 const uint8_t record[E4_RECORD_SIZE])
{
    const struct e4_port *port = &((struct lent *)ctx)->port;

    return port->store(port->ctx, place, record);
}

static enum e4_result set_topic_key(struct device *device, const struct import_topic *topic,
                                    const uint8_t key[E4_KEY_SIZE])
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};
    enum e4_result result;

    memcpy(command.topic, topic->hash, sizeof command.topic);
    memcpy(command.key, key, sizeof command.key);
    result = e4_apply(&device->client, &command);
    e4_wipe(&command, sizeof command);
    return result;
}

/* Does the previous key of a topic still count, and is it nobody else's key now? */
static bool old_key_counts(const struct device *device, const struct import *import,
                           const struct import_topic *topic, uint64_t now_s)
{
    if (now_s > topic->replaced_s && now_s - topic->replaced_s > device->policy.transition_s)
        return false;
    for (size_t i = 0; i < import->topic_count; i++) {
        if (e4_equal(import->topics[i].key, topic->old_key, E4_KEY_SIZE))
            return false;
    }
    return true;
}

static int apply_topic(struct device *device, const struct import *import,
                       const struct import_topic *topic, struct lent *lent, uint64_t now_s,
                       struct import_outcome *outcome, struct err *err)
{
    char hash[2 * E4_HASH_SIZE + 1];
    enum e4_result result;

    lent->now_s = now_s;
    if (topic->replaced_s != 0 && old_key_counts(device, import, topic, now_s) &&
        set_topic_key(device, topic, topic->old_key) == E4_OK) {
        outcome->old_keys++;
        if (topic->replaced_s < now_s)
            lent->now_s = topic->replaced_s;
    } else if (topic->replaced_s != 0) {
        outcome->left_out++;
    }
    result = set_topic_key(device, topic, topic->key);
    if (result == E4_OK) {
        outcome->topics++;
        return 0;
    }
    hex_encode(hash, topic->hash, sizeof topic->hash);
    if (result == E4_ERR_COMMAND)
        return err_set(err, ERR_INPUT,
                       "topic with hash %s has the same key as another topic, which is not "
                       "allowed here; give one of them a new key first",
                       hash);
    (void)device_err(err, device, device->folder, result);
    return err_prefix(err, "topic with hash %s", hash);
}

static int apply_peer(struct device *device, const struct import_peer *peer,
                      struct import_outcome *outcome, struct err *err)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY};
    enum e4_result result;

    memcpy(command.id, peer->id, sizeof command.id);
    memcpy(command.key, peer->key, sizeof command.key);
    result = e4_apply(&device->client, &command);
    if (result == E4_OK)
        outcome->peers++;
    else if (result == E4_ERR_COMMAND)
        outcome->bad_peers++;
    else
        return device_err(err, device, device->folder, result);
    return 0;
}

/* The topics and peers, each when it was given; then the time as it is. */
static int apply_all(struct device *device, const struct import *import, uint64_t now_s,
                     struct import_outcome *outcome, struct err *err)
{
    struct lent lent = {.port = device->port};
    const struct e4_port lending = {&lent, lent_now, lent_load, lent_store, NULL};
    enum e4_result result;
    int rc = 0;

    device->port = lending;
    for (size_t i = 0; i < import->topic_count && rc == 0; i++)
        rc = apply_topic(device, import, &import->topics[i], &lent, now_s, outcome, err);
    for (size_t i = 0; i < import->peer_count && rc == 0; i++)
        rc = apply_peer(device, &import->peers[i], outcome, err);
    device->port = lent.port;
    if (rc != 0)
        return -1;
    result = e4_save(&device->client);
    return result == E4_OK ? 0 : device_err(err, device, device->folder, result);
}

int import_apply(struct device *device, const struct import *import,
                 struct import_outcome *outcome, struct err *err)
{
    enum e4_result result;
    uint64_t now_s;

    memset(outcome, 0, sizeof *outcome);
    result = device->port.now(device->port.ctx, &now_s);
    if (result != E4_OK)
        return device_err(err, device, "the time", result);
    result = e4_posix_batch_begin(&device->state);
    if (result != E4_OK)
        return device_err(err, device, device->folder, result);
    if (apply_all(device, import, now_s, outcome, err) != 0)
        return -1; /* without its end, nothing of it is in the folder */
    result = e4_posix_batch_end(&device->state);
    return result == E4_OK ? 0 : device_err(err, device, device->folder, result);
}
