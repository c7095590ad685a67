/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands carried out (PROTOCOL.md §7): check, store, change memory, in this order, so that a
 * command is done or not done. Each is one store(); those that follow it only
 * overwrite what no longer counts.
 *
 * Order: nothing older than the newest command is taken, and nothing of the same second
 * that would undo what that second did. So copies and stragglers change nothing, also
 * after a restart, when only the records remember.
 */
#include "client/client.h"

#include <string.h>

#include "client/message.h"
#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/siv.h"
#include "e4/keys.h"
#include "e4/wire.h"

/* One command on its way. */
struct task {
    struct e4_client *client;
    const struct e4_command *command;
    uint64_t sent_s;
    uint64_t now_s;
    bool ordered; /* from the key server; the application's own are taken as they come */
};

/* Would this command undo what another of its second did to this entry? */
static bool undoes(const struct task *task, const struct e4_entry *entry)
{
    return task->ordered && entry->command_s == task->sent_s;
}

/* The same for what of the identity that second changed. */
static bool undoes_identity(const struct task *task, uint8_t what)
{
    return task->ordered && (task->client->changed & what) != 0 &&
           task->client->identity_s == task->sent_s;
}

/* Store the identity as `record` has it, as changed by this command. */
static enum e4_result store_identity(const struct task *task, struct e4_record *record,
                                     uint8_t changed)
{
    struct e4_client *client = task->client;
    bool same_second = client->identity_s == task->sent_s;
    enum e4_result result;

    record->changed = same_second ? (uint8_t)(client->changed | changed) : changed;
    record->command_s = task->sent_s;
    result = e4_record_store(client->config->port, 0, record);
    if (result != E4_OK)
        return result;
    client->changed = record->changed;
    client->identity_s = record->command_s;
    return E4_OK;
}

/* Nothing to change: only the time of the command has to last, if it is new. */
static enum e4_result note_time(const struct task *task)
{
    struct e4_record record;
    enum e4_result result;

    if (task->sent_s <= task->client->command_s)
        return E4_OK;
    e4_identity_record(task->client, &record);
    result = store_identity(task, &record, 0);
    e4_wipe(&record, sizeof record);
    return result;
}

static bool is_zero(const uint8_t key[E4_KEY_SIZE])
{
    static const uint8_t zero[E4_KEY_SIZE];

    return e4_equal(key, zero, E4_KEY_SIZE);
}

/* Topics or public keys: two tables that are set, removed from and reset alike. */
struct group {
    struct e4_table table;
    bool topics;
    uint8_t reset; /* its bit in e4_client.changed */
};

static struct group topics_of(const struct task *task)
{
    struct group group = {e4_topics_of(task->client), true, E4_CHANGED_TOPICS};

    return group;
}

static struct group peers_of(const struct task *task)
{
    struct group group = {e4_peers_of(task->client), false, E4_CHANGED_PEERS};

    return group;
}

/* A copy of an entry to change; what only topics have is zero for peers. Wipe it after use. */
static void copy_entry(struct e4_topic_slot *copy, const struct group *group, uint16_t slot)
{
    memset(copy, 0, sizeof *copy);
    memcpy(copy, e4_table_at(&group->table, slot), group->table.slot_size);
}

/* Store an entry as `changed` has it, then let it stand in memory too. */
static enum e4_result commit_entry(const struct task *task, const struct group *group,
                                   uint16_t slot, const struct e4_topic_slot *changed)
{
    const struct e4_table *table = &group->table;
    struct e4_entry *entry = e4_table_at(table, slot);
    struct e4_record record;
    enum e4_result result;
    uint16_t first;

    e4_entry_record(task->client, &record, changed, group->topics);
    result = e4_record_store(task->client->config->port, changed->entry.place, &record);
    e4_wipe(&record, sizeof record);
    if (result != E4_OK)
        return result;
    if (slot < *table->top)
        e4_table_unlink(table, slot);
    else
        (*table->top)++;
    first = entry->first; /* the bucket that lies in this slot is not part of the entry */
    memcpy(entry, changed, table->slot_size);
    entry->first = first;
    e4_table_link(table, slot);
    return E4_OK;
}

/* The new key into an entry; a topic keeps a different one before it for the transition (§6).
 */
static void put_key(const struct task *task, const struct group *group,
                    struct e4_topic_slot *entry, const uint8_t name[E4_HASH_SIZE])
{
    const uint8_t *key = task->command->key;

    if (group->topics && entry->entry.state == E4_HELD &&
        !e4_equal(entry->entry.key, key, E4_KEY_SIZE)) {
        memcpy(entry->old_key, entry->entry.key, E4_KEY_SIZE);
        entry->entry.has_old = 1;
        entry->changed_s = task->now_s;
    }
    memcpy(entry->entry.name, name, E4_HASH_SIZE);
    memcpy(entry->entry.key, key, E4_KEY_SIZE);
    entry->entry.command_s = task->sent_s;
    entry->entry.state = E4_HELD;
}

static enum e4_result set_entry(const struct task *task, const struct group *group,
                                const uint8_t name[E4_HASH_SIZE])
{
    uint16_t slot = e4_table_find(&group->table, name);
    struct e4_topic_slot changed;
    enum e4_result result;

    if (undoes_identity(task, group->reset))
        return E4_ERR_ORDER;
    if (slot != E4_NO_SLOT && undoes(task, e4_table_at(&group->table, slot))) {
        const struct e4_entry *entry = e4_table_at(&group->table, slot);

        return e4_equal(entry->key, task->command->key, E4_KEY_SIZE) ? E4_OK : E4_ERR_ORDER;
    }
    if (slot == E4_NO_SLOT)
        slot = e4_table_spare(&group->table, task->ordered ? task->sent_s : UINT64_MAX);
    if (slot == E4_NO_SLOT)
        return E4_ERR_FULL;
    copy_entry(&changed, group, slot);
    put_key(task, group, &changed, name);
    result = commit_entry(task, group, slot, &changed);
    e4_wipe(&changed, sizeof changed);
    return result;
}

/* The record of a removal keeps name and time, so that a straggler does not bring the key back.
 */
static enum e4_result remove_entry(const struct task *task, const struct group *group,
                                   const uint8_t name[E4_HASH_SIZE])
{
    uint16_t slot = e4_table_find(&group->table, name);
    struct e4_topic_slot changed;
    enum e4_result result;

    if (slot == E4_NO_SLOT)
        return note_time(task);
    copy_entry(&changed, group, slot);
    if (undoes(task, &changed.entry)) {
        result = changed.entry.state == E4_REMOVED ? E4_OK : E4_ERR_ORDER;
    } else {
        e4_wipe(changed.entry.key, sizeof changed.entry.key);
        e4_wipe(changed.old_key, sizeof changed.old_key);
        changed.entry.has_old = 0;
        changed.changed_s = 0;
        changed.entry.command_s = task->sent_s;
        changed.entry.state = E4_REMOVED;
        result = commit_entry(task, group, slot, &changed);
    }
    e4_wipe(&changed, sizeof changed);
    return result;
}

/* One store of the identity with a new epoch removes them all; then their keys are overwritten.
 */
static enum e4_result reset_entries(const struct task *task, const struct group *group)
{
    struct e4_client *client = task->client;
    struct e4_record record;
    enum e4_result result;

    for (uint16_t slot = 0; slot < *group->table.top; slot++) {
        const struct e4_entry *entry = e4_table_at(&group->table, slot);

        if (entry->state == E4_HELD && undoes(task, entry))
            return E4_ERR_ORDER;
    }
    e4_identity_record(client, &record);
    if (group->topics)
        record.epoch++;
    else
        record.peer_epoch++;
    result = store_identity(task, &record, group->reset);
    if (result == E4_OK) {
        client->topic_epoch = record.epoch;
        client->peer_epoch = record.peer_epoch;
        for (uint16_t slot = 0; slot < *group->table.top; slot++) /* e4_open() tries again */
            (void)e4_scrub(client, e4_table_at(&group->table, slot)->place);
        e4_table_clear(&group->table);
    }
    e4_wipe(&record, sizeof record);
    return result;
}

/*
 * A frame does not name its topic, so no two topics may share a key. An old key is free when
 * its transition is over by the time below which no clock will take this client any more.
 */
static bool key_is_taken(const struct task *task)
{
    const struct e4_command *command = task->command;
    uint64_t floor_s = task->client->floor_s;
    uint64_t least_s = floor_s > task->sent_s ? floor_s : task->sent_s;
    bool taken = false;

    for (uint16_t slot = 0; slot < task->client->topic_top; slot++) {
        const struct e4_topic_slot *topic = &task->client->config->topics[slot];

        if (topic->entry.state != E4_HELD ||
            memcmp(topic->entry.name, command->topic, E4_HASH_SIZE) == 0)
            continue;
        taken |= e4_equal(topic->entry.key, command->key, E4_KEY_SIZE);
        taken |= e4_old_key_counts(task->client, topic, least_s) &&
                 e4_equal(topic->old_key, command->key, E4_KEY_SIZE);
    }
    return taken;
}

static enum e4_result set_topic_key(const struct task *task)
{
    struct group topics = topics_of(task);

    if (is_zero(task->command->key) || key_is_taken(task))
        return E4_ERR_COMMAND;
    return set_entry(task, &topics, task->command->topic);
}

static enum e4_result set_pub_key(const struct task *task)
{
    struct group peers = peers_of(task);

    if (!task->client->config->public_key->check_public(task->command->key))
        return E4_ERR_COMMAND;
    return set_entry(task, &peers, task->command->id);
}

/* Another identity or server key: proved good, then stored, then in force. */
static enum e4_result set_own_key(const struct task *task, uint8_t what)
{
    struct e4_client *client = task->client;
    const struct e4_public_key_mode *mode = client->config->public_key;
    const uint8_t *key = task->command->key;
    uint8_t command_key[E4_KEY_SIZE], public_key[E4_KEY_SIZE];
    struct e4_record record;
    uint8_t *target = what == E4_CHANGED_KEY ? record.key : record.second;
    enum e4_result result = E4_OK;

    e4_identity_record(client, &record);
    if (undoes_identity(task, what) && !e4_equal(target, key, E4_KEY_SIZE))
        result = E4_ERR_ORDER;
    memcpy(target, key, E4_KEY_SIZE);
    memcpy(command_key, key, E4_KEY_SIZE);
    if (is_zero(key))
        result = E4_ERR_COMMAND;
    if (client->mode == E4_PUBLIC_KEY) {
        mode->public_of(public_key, record.key);
        if (!mode->command_key(command_key, record.key, record.second) ||
            (what == E4_CHANGED_KEY &&
             !e4_equal(public_key, task->command->public_key, E4_KEY_SIZE)))
            result = E4_ERR_COMMAND;
    }
    if (result == E4_OK)
        result = store_identity(task, &record, what);
    if (result == E4_OK) {
        memcpy(client->command_key, command_key, E4_KEY_SIZE);
        if (client->mode == E4_PUBLIC_KEY) {
            memcpy(client->config->signer->seed, record.key, E4_KEY_SIZE);
            memcpy(client->config->signer->server_key, record.second, E4_KEY_SIZE);
            memcpy(client->config->signer->public_key, public_key, E4_KEY_SIZE);
        }
    }
    e4_wipe(&record, sizeof record);
    e4_wipe(command_key, sizeof command_key);
    return result;
}

static enum e4_result carry_out(const struct task *task)
{
    struct group topics = topics_of(task);
    struct group peers = peers_of(task);

    switch (task->command->type) {
    case E4_REMOVE_TOPIC:
        return remove_entry(task, &topics, task->command->topic);
    case E4_RESET_TOPICS:
        return reset_entries(task, &topics);
    case E4_SET_ID_KEY:
        return set_own_key(task, E4_CHANGED_KEY);
    case E4_SET_TOPIC_KEY:
        return set_topic_key(task);
    case E4_REMOVE_PUB_KEY:
        return remove_entry(task, &peers, task->command->id);
    case E4_RESET_PUB_KEYS:
        return reset_entries(task, &peers);
    case E4_SET_PUB_KEY:
        return set_pub_key(task);
    case E4_SET_SERVER_KEY:
        return set_own_key(task, E4_CHANGED_SERVER_KEY);
    }
    return E4_ERR_COMMAND;
}

enum e4_result e4_apply(struct e4_client *client, const struct e4_command *command)
{
    struct task task = {client, command, client->command_s, 0, false};

    if (client->mode != E4_PUBLIC_KEY && e4_command_needs_public_key(command->type))
        return E4_ERR_MODE;
    (void)e4_time_of(client, &task.now_s); /* without a clock: the time reached */
    return carry_out(&task);
}

/* Age, by a clock that is set; without one, the port must be ready to take the command's time.
 */
static enum e4_result check_time(struct e4_client *client, struct e4_opened *opened,
                                 bool *clock_unset)
{
    enum e4_result result = e4_time_of(client, &opened->now_s);

    *clock_unset = result == E4_ERR_CLOCK;
    if (!*clock_unset)
        return e4_age_check(e4_policy_of(client), opened->sent_s, opened->now_s);
    if (client->config->port->set_clock == NULL)
        return E4_ERR_CLOCK;
    if (opened->sent_s < client->floor_s)
        return E4_ERR_STALE;
    opened->now_s = opened->sent_s;
    return E4_OK;
}

/* Prove a command frame authentic and put its plaintext in text. */
static enum e4_result open_command(const struct e4_client *client, uint8_t *text,
                                   const struct e4_frame *frame)
{
    uint32_t words[E4_SIV_KEY_WORDS];
    bool authentic;

    e4_siv_expand(client->aes, words, client->command_key);
    authentic = e4_siv_open(client->aes, words, text, frame->body, frame->body_len,
                            frame->bytes, frame->tag);
    e4_wipe(words, sizeof words);
    return authentic ? E4_OK : E4_ERR_FORGED;
}

/* Carry out an authentic command, in order. */
static enum e4_result run(struct e4_client *client, struct e4_opened *opened,
                          const uint8_t *text, size_t text_len)
{
    struct e4_replay guard = e4_guard_of(client);
    uint64_t mark = e4_replay_mark(opened->tag, NULL);
    struct e4_command command;
    struct task task = {client, &command, opened->sent_s, opened->now_s, true};
    enum e4_result result;

    if (e4_replay_has(&guard, mark, opened->sent_s))
        return E4_ERR_REPLAY;
    if (opened->sent_s < client->command_s)
        return E4_ERR_ORDER;
    result = e4_command_decode(&command, (enum e4_mode)client->mode, text, text_len);
    if (result == E4_OK)
        result = carry_out(&task);
    e4_wipe(&command, sizeof command);
    if (result != E4_OK)
        return result;
    client->command_s = opened->sent_s;
    if (client->floor_s < opened->sent_s)
        client->floor_s = opened->sent_s;
    (void)e4_replay_admit(&guard, mark,
                          opened->sent_s); /* with no room, its time still guards */
    return E4_OK;
}

enum e4_result e4_command_take(struct e4_client *client, struct e4_opened *opened,
                               const uint8_t *frame, size_t frame_len)
{
    const struct e4_port *port = client->config->port;
    uint8_t text[E4_COMMAND_MAX];
    struct e4_frame parsed;
    bool clock_unset;
    enum e4_result result = e4_frame_parse(&parsed, E4_SYMMETRIC, frame, frame_len);

    if (result != E4_OK || parsed.body_len == 0)
        return E4_ERR_SHORT;
    if (parsed.body_len > sizeof text)
        return E4_ERR_COMMAND; /* longer than any */
    opened->sent_s = parsed.sent_s;
    result = check_time(client, opened, &clock_unset);
    if (result == E4_OK)
        result = open_command(client, text, &parsed);
    if (result != E4_OK)
        return result;
    opened->kind = E4_COMMAND;
    opened->command = text[0];
    memcpy(opened->tag, parsed.tag, E4_TAG_SIZE);
    result = run(client, opened, text, parsed.body_len);
    e4_wipe(text, sizeof text);
    if (result == E4_OK && clock_unset)
        port->set_clock(port->ctx, opened->sent_s);
    return result;
}
