/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client in memory and as records, and making a new one. START HERE; then message.c for
 * what a client does all day, command.c for what the key server has it do.
 *
 * Place 0 of storage holds the identity; topics and peers stand in the other places, in any
 * order. A record counts only if it bears the identity's current epoch, so that one
 * store() of the identity removes all topics, all peers, or the whole client before.
 */
#include "client/client.h"

#include <stddef.h>
#include <string.h>

#include "crypto/bytes.h"
#include "crypto/aes.h"
#include "crypto/ct.h"
#include "e4/keys.h"

const struct e4_policy e4_policy_default = {600, 60, 3600, 2, 0, false, false, false, false};

struct e4_table e4_table_of(struct e4_client *client, bool topics)
{
    const struct e4_config *config = client->config;
    struct e4_table table = {config->topics, sizeof(struct e4_topic_slot), config->topic_count,
                             &client->topic_top, topics};

    if (!topics) {
        table.slots = config->peers;
        table.slot_size = sizeof(struct e4_peer_slot);
        table.count = config->peer_count;
        table.top = &client->peer_top;
    }
    return table;
}

/*
 * Memory that was kept says so in the first slot's mark: whose it is and how large. Any other
 * is what the RAM held at power-on, or another client's, and is cleared.
 */
void e4_guard_start(const struct e4_client *client, bool keep)
{
    const struct e4_config *config = client->config;
    uint32_t owner[2];

    memcpy(owner, client->id, sizeof owner);
    owner[1] ^= ~config->seen_count;
    if (keep && memcmp(&config->seen->mark, owner, sizeof owner) == 0)
        return;
    memset(config->seen, 0, (size_t)config->seen_count * sizeof *config->seen);
    memcpy(&config->seen->mark, owner, sizeof owner);
    config->seen->sent_s = 1; /* time 0 marks a free slot */
}

unsigned e4_places(const struct e4_config *config)
{
    return 1U + config->topic_count + config->peer_count;
}

enum e4_result e4_time_of(struct e4_client *client, uint64_t *now_s)
{
    const struct e4_port *port = client->config->port;

    if (port->now(port->ctx, now_s) != E4_OK) {
        *now_s = client->floor_s;
        return E4_ERR_CLOCK;
    }
    e4_raise(now_s, &client->floor_s);
    if (client->start_pending)
        e4_raise(&client->config->seen->sent_s, now_s);
    client->start_pending = false;
    return E4_OK;
}

/* Are the numbers such that the rest of the library need not ask? */
static bool config_is_sound(const struct e4_config *config)
{
    return config->topic_count > 0 && e4_places(config) <= E4_NO_SLOT &&
           config->sent_count > 0 && config->seen_count >= E4_SEEN_MIN &&
           (config->peer_count == 0 || config->peers != NULL);
}

/*
 * A client's fields from mode to command_key lie as those of its record from flag to key do,
 * and a slot's fields from command_s on as those of a record: each copies to the other in one
 * piece.
 */
enum {
    OWN_AT = offsetof(struct e4_record, flag),
    OWN_SIZE = offsetof(struct e4_record, second) - OWN_AT,
    ENTRY_AT = offsetof(struct e4_record, command_s)
};
#define SAME_LAYOUT(a, a_from, a_to, b, b_from, b_to)                                          \
    (offsetof(struct a, a_to) - offsetof(struct a, a_from) ==                                  \
     offsetof(struct b, b_to) - offsetof(struct b, b_from))
typedef char
    layouts_agree[SAME_LAYOUT(e4_client, mode, changed, e4_record, flag, changed) &&
                          SAME_LAYOUT(e4_client, mode, topic_epoch, e4_record, flag, epoch) &&
                          SAME_LAYOUT(e4_client, mode, identity_s, e4_record, flag,
                                      command_s) &&
                          SAME_LAYOUT(e4_client, mode, id, e4_record, flag, name) &&
                          SAME_LAYOUT(e4_client, mode, command_key, e4_record, flag, key) &&
                          SAME_LAYOUT(e4_entry, command_s, name, e4_record, command_s, name) &&
                          SAME_LAYOUT(e4_entry, command_s, key, e4_record, command_s, key) &&
                          SAME_LAYOUT(e4_topic_slot, entry.command_s, old_key, e4_record,
                                      command_s, second) &&
                          SAME_LAYOUT(e4_topic_slot, entry.command_s, changed_s, e4_record,
                                      command_s, time_s)
                      ? 1
                      : -1];

void e4_identity_record(const struct e4_client *client, struct e4_record *record)
{
    const struct e4_signer *signer = client->config->signer;

    memset(record, 0, sizeof *record);
    record->kind = E4_RECORD_IDENTITY;
    memcpy((uint8_t *)record + OWN_AT, &client->mode, OWN_SIZE);
    record->peer_epoch = client->peer_epoch;
    record->time_s = client->floor_s;
    record->guard_s = client->config->seen->sent_s;
    record->places = e4_places(client->config);
    if (client->mode == E4_PUBLIC_KEY) {
        e4_copy32(record->key, signer->seed);
        e4_copy32(record->second, signer->server_key);
    }
}

/* How much of a slot its record has. */
static size_t entry_size(const struct e4_table *table)
{
    return table->slot_size - offsetof(struct e4_entry, command_s);
}

void e4_entry_record(const struct e4_client *client, struct e4_record *record,
                     const struct e4_table *table, const struct e4_entry *entry)
{
    memset(record, 0, sizeof *record);
    record->kind = table->topics ? E4_RECORD_TOPIC : E4_RECORD_PEER;
    /* A removal is the odd number after. */
    record->kind = (uint8_t)(record->kind | (entry->state != E4_HELD));
    record->flag = entry->has_old;
    record->epoch = table->topics ? client->topic_epoch : client->peer_epoch;
    record->guard_s = client->config->seen->sent_s;
    memcpy((uint8_t *)record + ENTRY_AT, &entry->command_s, entry_size(table));
}

void e4_entry_take(const struct e4_table *table, struct e4_entry *entry,
                   const struct e4_record *record)
{
    e4_table_name(table, entry, record->name);
    entry->state = (record->kind & 1) != 0 ? E4_REMOVED : E4_HELD;
    entry->has_old = record->flag;
    memcpy(&entry->command_s, (const uint8_t *)record + ENTRY_AT, entry_size(table));
}

enum e4_result e4_entry_store(const struct e4_client *client, struct e4_record *record,
                              const struct e4_table *table, struct e4_entry *entry)
{
    enum e4_result result = e4_record_store(client->config->port, entry->place, record);

    if (result == E4_OK)
        e4_entry_take(table, entry, record);
    e4_wipe(record, sizeof *record);
    return result;
}

enum e4_result e4_scrub(const struct e4_client *client, unsigned place,
                        struct e4_record *record)
{
    memset(record, 0, sizeof *record);
    return e4_record_store(client->config->port, place, record);
}

void e4_clear_entries(const struct e4_client *client, const struct e4_table *table)
{
    struct e4_record blank;

    for (unsigned slot = 0; slot < table->count; slot++) {
        struct e4_entry *entry = e4_table_at(table, slot);
        uint16_t place = entry->place;

        if (entry->state != E4_FREE)
            (void)e4_scrub(client, place, &blank);
        e4_wipe(entry, table->slot_size);
        entry->place = place;
    }
    *table->top = 0;
}

/* Of a text; one that is too long for a topic counts as just that. */
static size_t length_of(const char *text)
{
    size_t len = 0;

    while (len <= E4_TOPIC_MAX && text[len] != '\0')
        len++;
    return len;
}

void e4_own_take(struct e4_client *client, const struct e4_record *record)
{
    size_t size = OWN_SIZE;

    if (record->flag != E4_SYMMETRIC)
        size -= E4_KEY_SIZE;
    memcpy(&client->mode, (const uint8_t *)record + OWN_AT, size);
    client->peer_epoch = record->peer_epoch;
}

enum e4_result e4_identity_store(struct e4_client *client, struct e4_record *record)
{
    enum e4_result result = e4_record_store(client->config->port, 0, record);

    if (result == E4_OK) {
        e4_own_take(client, record);
        client->floor_s = record->time_s;
    }
    e4_wipe(record, sizeof *record);
    return result;
}

enum e4_result e4_identity_take(struct e4_client *client, const struct e4_record *record)
{
    const struct e4_public_key_mode *mode = client->config->public_key;
    char name[E4_RECEIVING_TOPIC_SIZE];
    const char *receiving = client->config->receiving_topic;

    e4_own_take(client, record);
    if (receiving == NULL) {
        e4_receiving_topic(name, client->id);
        receiving = name;
    }
    if (e4_topic_hash(client->receiving, receiving, length_of(receiving)) != E4_OK)
        return E4_ERR_ARGUMENT;
    if (client->mode == E4_SYMMETRIC)
        return E4_OK;
    if (client->mode != E4_PUBLIC_KEY || mode == NULL)
        return E4_ERR_MODE;
    return mode->take_identity(client, record);
}

enum e4_result e4_client_start(struct e4_client *client, const struct e4_config *config)
{
    memset(client, 0, sizeof *client);
    if (!config_is_sound(config))
        return E4_ERR_ARGUMENT;
    client->config = config;
    client->policy = config->policy != NULL ? config->policy : &e4_policy_default;
    client->aes = e4_aes_choose();
    client->floor_s = client->policy->earliest_s;
    client->start_pending = client->policy->refuse_before_start;
    e4_slots_wipe(config);
    return E4_OK;
}

void e4_give_place(const struct e4_client *client, unsigned slot, unsigned place)
{
    const struct e4_config *config = client->config;

    if (slot < config->topic_count)
        config->topics[slot].entry.place = (uint16_t)place;
    else
        config->peers[slot - config->topic_count + client->peer_top].entry.place =
            (uint16_t)place;
}

/*
 * The newest epoch in storage. A damaged record has none to tell and is overwritten; with it
 * goes the identity, so that nobody takes what is left for a whole client.
 */
static enum e4_result newest_epoch(const struct e4_client *client, uint32_t *newest)
{
    struct e4_record record;
    enum e4_result result = E4_OK;

    *newest = 0;
    for (unsigned place = 0; place < e4_places(client->config) && result == E4_OK; place++) {
        result = e4_record_load(client->config->port, place, &record);
        if (result == E4_OK) {
            if (record.epoch > *newest)
                *newest = record.epoch;
            if (record.peer_epoch > *newest)
                *newest = record.peer_epoch;
        } else {
            result = e4_scrub(client, 0, &record);
            if (result == E4_OK && place > 0)
                result = e4_scrub(client, place, &record);
        }
    }
    e4_wipe(&record, sizeof record);
    return result;
}

/* Overwrite whatever stands in the places after the first. */
static void scrub_rest(const struct e4_client *client)
{
    struct e4_record record;

    for (unsigned place = 1; place < e4_places(client->config); place++) {
        enum e4_result result = e4_record_load(client->config->port, place, &record);

        /* What fails here counts no more; e4_open() tries again. */
        if (result != E4_OK || record.kind != E4_RECORD_BLANK)
            (void)e4_scrub(client, place, &record);
    }
    e4_wipe(&record, sizeof record);
}

static enum e4_result create(struct e4_client *client, const struct e4_config *config,
                             const struct e4_identity *identity)
{
    struct e4_record record;
    enum e4_result result = e4_client_start(client, config);
    uint32_t newest;

    if (result != E4_OK)
        return result;
    if (e4_is_zero(identity->key, E4_KEY_SIZE))
        return E4_ERR_ARGUMENT;
    memset(&record, 0, sizeof record);
    record.time_s = client->floor_s;
    record.places = e4_places(config);
    e4_copy16(record.name, identity->id);
    e4_copy32(record.key, identity->key);
    if (identity->mode == E4_PUBLIC_KEY)
        e4_copy32(record.second, identity->server_key);
    record.kind = E4_RECORD_IDENTITY;
    record.flag = (uint8_t)identity->mode;
    result = e4_identity_take(client, &record);
    if (result == E4_OK)
        result = newest_epoch(client, &newest);
    if (result == E4_OK) {
        client->topic_epoch = record.epoch = newest + 1;
        client->peer_epoch = record.peer_epoch = newest + 1;
        result = e4_record_store(config->port, 0, &record);
    }
    e4_wipe(&record, sizeof record);
    if (result != E4_OK)
        return result;
    scrub_rest(client);
    e4_guard_start(client, false);
    memset(config->sent, 0, config->sent_count * sizeof *config->sent);
    for (unsigned place = 1; place < e4_places(config); place++)
        e4_give_place(client, place - 1, place);
    return E4_OK;
}

enum e4_result e4_create(struct e4_client *client, const struct e4_config *config,
                         const struct e4_identity *identity)
{
    enum e4_result result = create(client, config, identity);
    uint64_t now_s;

    if (result != E4_OK)
        e4_close(client);
    else
        (void)e4_time_of(client, &now_s); /* a clock that is set fixes the time of the start */
    return result;
}
