/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up a stored client: which records count, and what they add up to. */
#include "client/client.h"

#include <string.h>

#include "crypto/ct.h"

/* Each record has the time of a command and the guard's floor then: the newest of all count. */
static void note_times(struct e4_client *client, const struct e4_record *record)
{
    e4_raise(&client->config->seen->sent_s, &record->guard_s);
    e4_raise(&client->command_s, &record->command_s);
}

/* Does this record count for this client? Its epoch is over once everything was removed. */
static bool counts(const struct e4_client *client, const struct e4_record *record)
{
    return record->kind != E4_RECORD_BLANK &&
           record->epoch ==
               (record->kind < E4_RECORD_PEER ? client->topic_epoch : client->peer_epoch);
}

/* Take a stored topic or peer into memory. */
static enum e4_result take_entry(struct e4_client *client, const struct e4_record *record,
                                 unsigned place)
{
    struct e4_table table = e4_table_of(client, record->kind < E4_RECORD_PEER);
    struct e4_entry *entry;

    if (e4_table_find(&table, record->name) != NULL)
        return E4_ERR_STORAGE; /* one name, one record: nothing here writes two */
    if (*table.top == table.count)
        return E4_ERR_FULL;
    note_times(client, record);
    entry = e4_table_at(&table, *table.top);
    entry->place = (uint16_t)place;
    e4_entry_take(&table, entry, record);
    return E4_OK;
}

/*
 * Go through the places of topics and peers: take every record that counts; or give the
 * places that are left to the slots that are left, which are as many.
 */
static enum e4_result go_through(struct e4_client *client, bool give)
{
    struct e4_record record;
    enum e4_result result = E4_OK;
    unsigned slot = client->topic_top;
    bool counted;

    for (unsigned place = 1; place < e4_places(client->config) && result == E4_OK; place++) {
        result = e4_record_load(client->config->port, place, &record);
        if (result == E4_OK &&
            (record.kind == E4_RECORD_IDENTITY || record.kind > E4_RECORD_PEER_REMOVED))
            result = E4_ERR_STORAGE;
        if (result != E4_OK)
            break;
        counted = counts(client, &record);
        if (give && !counted) {
            if (record.kind != E4_RECORD_BLANK) /* a power cut left it: it does no harm */
                (void)e4_scrub(client, place, &record);
            e4_give_place(client, slot++, place);
        } else if (!give && counted) {
            result = take_entry(client, &record, place);
        }
    }
    e4_wipe(&record, sizeof record);
    return result;
}

static enum e4_result take_stored(struct e4_client *client, struct e4_record *record)
{
    const struct e4_config *config = client->config;
    enum e4_result result = e4_record_load(config->port, 0, record);

    if (result != E4_OK)
        return result;
    if (record->kind != E4_RECORD_IDENTITY)
        return record->kind == E4_RECORD_BLANK ? E4_ERR_EMPTY : E4_ERR_STORAGE;
    if (record->places > e4_places(config))
        return E4_ERR_FULL;
    result = e4_identity_take(client, record);
    if (result != E4_OK)
        return result;
    e4_guard_start(client, true);
    note_times(client, record);
    e4_raise(&client->floor_s, &record->time_s);
    result = go_through(client, false);
    if (result == E4_OK)
        result = go_through(client, true);
    if (result != E4_OK)
        return result;
    e4_raise(&client->floor_s, &client->command_s);
    if (record->places == e4_places(config))
        return E4_OK;
    e4_identity_record(client, record);
    return e4_identity_store(client, record);
}

/*
 * A floor that is later than any message may be by now, and than all that the guard holds, was
 * damaged. Lowered, it lets messages in again as soon as the skew has passed. When only the
 * clock went back it stays, since what raised it is still held.
 */
static void mend_floor(const struct e4_client *client, const uint64_t *now_s)
{
    const struct e4_config *config = client->config;
    uint64_t *floor_s = &config->seen->sent_s;

    if (!e4_passed(now_s, floor_s, client->policy->max_skew_s))
        return;
    for (uint32_t i = 1; i < config->seen_count; i++) {
        if (!e4_before(&config->seen[i].sent_s, floor_s))
            return;
    }
    *floor_s = *now_s + client->policy->max_skew_s + 1;
}

enum e4_result e4_open(struct e4_client *client, const struct e4_config *config)
{
    struct e4_record record;
    enum e4_result result = e4_client_start(client, config);
    uint64_t now_s;

    if (result == E4_OK)
        result = take_stored(client, &record);
    if (result != E4_OK)
        e4_close(client);
    else if (e4_time_of(client, &now_s) == E4_OK) /* which fixes the time of the start */
        mend_floor(client, &now_s);
    e4_wipe(&record, sizeof record);
    return result;
}
