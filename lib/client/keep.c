/* SPDX-License-Identifier: Apache-2.0 */
/* A client between commands: saving the time, closing, and telling what is held. */
#include "client/message.h"

#include <string.h>

#include "crypto/bytes.h"
#include "crypto/ct.h"
#include "e4/keys.h"

/* Store a topic without its old key, then forget the key here as well. */
static enum e4_result drop_old_key(struct e4_client *client, struct e4_entry *entry)
{
    struct e4_table topics = e4_table_of(client, true);
    struct e4_record record;

    e4_entry_record(client, &record, &topics, entry);
    record.flag = 0;
    e4_wipe(record.second, sizeof record.second);
    return e4_entry_store(client, &record, &topics, entry);
}

enum e4_result e4_save(struct e4_client *client)
{
    struct e4_record record;
    uint64_t now_s;
    enum e4_result result = e4_time_of(client, &now_s);

    for (unsigned slot = 0; slot < client->topic_top && result == E4_OK; slot++) {
        struct e4_topic_slot *topic = client->config->topics + slot;

        if (topic->entry.has_old && !e4_old_key_counts(client, topic, &now_s))
            result = drop_old_key(client, &topic->entry);
    }
    if (result != E4_OK)
        return result;
    e4_identity_record(client, &record);
    record.time_s = now_s;
    return e4_identity_store(client, &record);
}

void e4_slots_wipe(const struct e4_config *config)
{
    e4_wipe(config->topics, config->topic_count * sizeof *config->topics);
    e4_wipe(config->peers, config->peer_count * sizeof *config->peers);
    if (config->signer != NULL)
        e4_wipe(config->signer, sizeof *config->signer);
}

void e4_close(struct e4_client *client)
{
    if (client->config != NULL)
        e4_slots_wipe(client->config);
    e4_wipe(client, sizeof *client);
}

enum e4_mode e4_client_mode(const struct e4_client *client)
{
    return (enum e4_mode)client->mode;
}

const uint8_t *e4_client_id(const struct e4_client *client)
{
    return client->id;
}

uint64_t e4_client_command_time(const struct e4_client *client)
{
    return client->command_s;
}

const uint8_t *e4_client_public_key(const struct e4_client *client)
{
    return client->mode == E4_PUBLIC_KEY ? client->config->signer->public_key : NULL;
}

void e4_client_fingerprint(const struct e4_client *client, uint8_t print[16])
{
    const uint8_t *public_key = e4_client_public_key(client);

    e4_fingerprint(print, public_key != NULL ? public_key : client->command_key);
}

static void tell(struct e4_held *held, const struct e4_entry *entry)
{
    e4_copy16(held->name, entry->name);
    e4_fingerprint(held->fingerprint, entry->key);
    held->command_s = entry->command_s;
    held->has_old = entry->has_old != 0;
}

bool e4_next_topic(const struct e4_client *client, uint16_t *at, struct e4_held *held)
{
    while (*at < client->topic_top) {
        const struct e4_entry *entry = &client->config->topics[(*at)++].entry;

        if (entry->state == E4_HELD) {
            tell(held, entry);
            return true;
        }
    }
    return false;
}

bool e4_next_peer(const struct e4_client *client, uint16_t *at, struct e4_held *held)
{
    while (*at < client->peer_top) {
        const struct e4_entry *entry = &client->config->peers[(*at)++].entry;

        if (entry->state == E4_HELD) {
            tell(held, entry);
            return true;
        }
    }
    return false;
}
