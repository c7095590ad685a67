/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up a stored client: which records count, and what they add up to. */
#include "client/client.h"

#include <string.h>

#include "crypto/ct.h"

/* What a place holds for this client. */
enum use { USE_NONE, USE_TOPIC, USE_PEER };

static enum e4_result read_place(const struct e4_client *client, unsigned place,
                                 struct e4_record *record, enum use *use)
{
    enum e4_result result = e4_record_load(client->config->port, place, record);

    *use = USE_NONE;
    if (result != E4_OK)
        return result;
    switch (record->kind) {
    case E4_RECORD_BLANK:
        return E4_OK;
    case E4_RECORD_TOPIC:
    case E4_RECORD_TOPIC_REMOVED:
        if (record->epoch == client->topic_epoch)
            *use = USE_TOPIC;
        return E4_OK;
    case E4_RECORD_PEER:
    case E4_RECORD_PEER_REMOVED:
        if (record->epoch == client->peer_epoch)
            *use = USE_PEER;
        return E4_OK;
    default:
        return E4_ERR_STORAGE;
    }
}

/* Take a stored topic or peer into memory. */
static enum e4_result take_entry(struct e4_client *client, const struct e4_record *record,
                                 enum use use, unsigned place)
{
    struct e4_table table = use == USE_TOPIC ? e4_topics_of(client) : e4_peers_of(client);
    uint16_t slot = *table.top;
    struct e4_entry *entry;

    if (e4_table_find(&table, record->name) != E4_NO_SLOT)
        return E4_ERR_STORAGE; /* one name, one record: nothing here writes two */
    if (slot == table.count)
        return E4_ERR_FULL;
    (*table.top)++;
    entry = e4_table_at(&table, slot);
    entry->place = (uint16_t)place;
    entry->command_s = record->command_s;
    entry->state = E4_HELD;
    if (record->kind == E4_RECORD_TOPIC_REMOVED || record->kind == E4_RECORD_PEER_REMOVED)
        entry->state = E4_REMOVED;
    memcpy(entry->name, record->name, E4_HASH_SIZE);
    memcpy(entry->key, record->key, E4_KEY_SIZE);
    if (use == USE_TOPIC) {
        entry->has_old = record->flag;
        client->config->topics[slot].changed_s = record->time_s;
        memcpy(client->config->topics[slot].old_key, record->second, E4_KEY_SIZE);
    }
    e4_table_link(&table, slot);
    return E4_OK;
}

/* Each record has the time of a command and the guard's floor then: the newest of all count. */
static void note_times(struct e4_client *client, const struct e4_record *record)
{
    struct e4_replay guard = e4_guard_of(client);

    e4_replay_raise(&guard, record->guard_s);
    if (record->command_s > client->command_s)
        client->command_s = record->command_s;
}

/* Take every record that counts. */
static enum e4_result take_entries(struct e4_client *client)
{
    struct e4_record record;
    enum e4_result result = E4_OK;
    enum use use;

    for (unsigned place = 1; place < e4_places(client->config) && result == E4_OK; place++) {
        result = read_place(client, place, &record, &use);
        if (result == E4_OK && use != USE_NONE) {
            note_times(client, &record);
            result = take_entry(client, &record, use, place);
        }
    }
    e4_wipe(&record, sizeof record);
    return result;
}

/* Give the places that are left to the slots that are left: as many of the one as of the other.
 */
static enum e4_result share_places(const struct e4_client *client)
{
    struct e4_record record;
    enum e4_result result = E4_OK;
    unsigned slot = e4_spare_slot(client, client->topic_top);
    enum use use;

    for (unsigned place = 1; place < e4_places(client->config) && result == E4_OK; place++) {
        result = read_place(client, place, &record, &use);
        if (result != E4_OK || use != USE_NONE)
            continue;
        if (record.kind != E4_RECORD_BLANK)
            (void)e4_scrub(client,
                           place); /* left by a power cut; counts no more, done or not */
        e4_give_place(client, slot, place);
        slot = e4_spare_slot(client, slot + 1);
    }
    e4_wipe(&record, sizeof record);
    return result;
}

static enum e4_result open_stored(struct e4_client *client, const struct e4_config *config)
{
    struct e4_record record;
    enum e4_result result = e4_client_start(client, config);

    if (result != E4_OK)
        return result;
    result = e4_record_load(config->port, 0, &record);
    if (result == E4_OK && record.kind == E4_RECORD_BLANK)
        result = E4_ERR_EMPTY;
    else if (result == E4_OK && record.kind != E4_RECORD_IDENTITY)
        result = E4_ERR_STORAGE;
    else if (result == E4_OK && record.places > e4_places(config))
        result = E4_ERR_FULL;
    if (result == E4_OK)
        result = e4_identity_take(client, &record);
    if (result == E4_OK) {
        e4_guard_start(client, true);
        note_times(client, &record);
        if (record.time_s > client->floor_s)
            client->floor_s = record.time_s;
        result = take_entries(client);
    }
    if (result == E4_OK)
        result = share_places(client);
    if (result == E4_OK && client->command_s > client->floor_s)
        client->floor_s = client->command_s;
    if (result == E4_OK && record.places < e4_places(config)) {
        e4_identity_record(client, &record);
        result = e4_record_store(config->port, 0, &record);
    }
    e4_wipe(&record, sizeof record);
    return result;
}

enum e4_result e4_open(struct e4_client *client, const struct e4_config *config)
{
    enum e4_result result = open_stored(client, config);
    uint64_t now_s;

    if (result != E4_OK)
        e4_close(client);
    else
        (void)e4_time_of(client, &now_s); /* a clock that is set fixes the time of the start */
    return result;
}
