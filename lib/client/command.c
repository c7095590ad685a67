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
#include "client/command.h"

#include <stddef.h>
#include <string.h>

#include "client/message.h"
#include "crypto/bytes.h"
#include "crypto/ct.h"

/* Was what changed at this time changed by a command of the same second, which counts? */
static bool undoes(const struct e4_task *task, const uint64_t *changed_s)
{
    return task->ordered && memcmp(changed_s, task->sent_s, sizeof *changed_s) == 0;
}

bool e4_undoes_identity(const struct e4_task *task, uint8_t what)
{
    return (task->client->changed & what) != 0 && undoes(task, &task->client->identity_s);
}

enum e4_result e4_change_identity(const struct e4_task *task, uint8_t what)
{
    struct e4_record record;

    e4_identity_record(task->client, &record);
    if (record.command_s != *task->sent_s)
        record.changed = 0;
    record.changed |= what;
    record.command_s = *task->sent_s;
    record.epoch += what == E4_CHANGED_TOPICS;
    record.peer_epoch += what == E4_CHANGED_PEERS;
    if (what >= E4_CHANGED_KEY)
        e4_copy32(what == E4_CHANGED_KEY ? record.key : record.second, task->command.key);
    return e4_identity_store(task->client, &record);
}

/* What of the identity a reset of this table changes. */
static uint8_t reset_of(const struct e4_table *table)
{
    return table->topics ? E4_CHANGED_TOPICS : E4_CHANGED_PEERS;
}

/* The new key into a record; a topic keeps a different one before it for the transition (§6).
 */
static void put_key(const struct e4_task *task, struct e4_record *record)
{
    const uint8_t *key = task->command.key;

    if (record->kind == E4_RECORD_TOPIC && !e4_equal(record->key, key, E4_KEY_SIZE)) {
        e4_copy32(record->second, record->key);
        record->flag = 1;
        record->time_s = *task->now_s;
    }
    record->kind &= (uint8_t)~1U; /* held: the even number before */
    e4_copy16(record->name, task->command.object);
    e4_copy32(record->key, key);
}

/* What goes with a removal: both keys, and when the one was replaced by the other. */
enum {
    KEYS_AT = offsetof(struct e4_record, key),
    KEYS_SIZE = offsetof(struct e4_record, guard_s) - KEYS_AT
};

/* A removal keeps name and time, so that a straggler does not bring the key back. */
static void take_keys(struct e4_record *record)
{
    e4_wipe((uint8_t *)record + KEYS_AT, KEYS_SIZE);
    record->flag = 0;
    record->kind |= 1;
}

enum e4_result e4_change_entry(const struct e4_task *task, const struct e4_table *table,
                               struct e4_entry *entry, bool set)
{
    struct e4_record record;

    e4_entry_record(task->client, &record, table, entry);
    record.command_s = *task->sent_s;
    if (set)
        put_key(task, &record);
    else
        take_keys(&record);
    return e4_entry_store(task->client, &record, table, entry);
}

enum e4_result e4_set_entry(const struct e4_task *task, const struct e4_table *table)
{
    struct e4_entry *entry = e4_table_find(table, task->command.object);

    if (e4_undoes_identity(task, reset_of(table)))
        return E4_ERR_ORDER;
    if (entry != NULL && undoes(task, &entry->command_s))
        return e4_equal(entry->key, task->command.key, E4_KEY_SIZE) ? E4_OK : E4_ERR_ORDER;
    if (entry == NULL)
        entry = e4_table_spare(table, task->ordered ? task->sent_s : NULL);
    if (entry == NULL)
        return E4_ERR_FULL;
    return e4_change_entry(task, table, entry, true);
}

enum e4_result e4_remove_entry(const struct e4_task *task, const struct e4_table *table)
{
    struct e4_entry *entry = e4_table_find(table, task->command.object);

    if (entry == NULL) /* only the time of the command has to last, if it is new */
        return e4_before(&task->client->command_s, task->sent_s) ? e4_change_identity(task, 0)
                                                                 : E4_OK;
    if (undoes(task, &entry->command_s))
        return entry->state == E4_REMOVED ? E4_OK : E4_ERR_ORDER;
    return e4_change_entry(task, table, entry, false);
}

/* One store of the identity with a new epoch removes them all; then their keys are overwritten.
 */
enum e4_result e4_reset_entries(const struct e4_task *task, const struct e4_table *table)
{
    enum e4_result result;

    for (unsigned slot = 0; slot < *table->top; slot++) {
        const struct e4_entry *entry = e4_table_at(table, slot);

        if (entry->state == E4_HELD && undoes(task, &entry->command_s))
            return E4_ERR_ORDER;
    }
    result = e4_change_identity(task, reset_of(table));
    if (result != E4_OK)
        return result;
    e4_clear_entries(task->client, table);
    return E4_OK;
}

/*
 * A frame does not name its topic, so no two topics may share a key. An old key is free when
 * its transition is over by the time below which no clock will take this client any more.
 */
static bool key_is_taken(const struct e4_task *task)
{
    const struct e4_command_parts *command = &task->command;
    const struct e4_topic_slot *topic = task->client->config->topics;
    uint64_t least_s = task->client->floor_s;
    unsigned taken = 0;

    e4_raise(&least_s, task->sent_s);
    for (unsigned n = task->client->topic_top; n > 0; n--, topic++) {
        if (topic->entry.state != E4_HELD ||
            memcmp(topic->entry.name, command->object, E4_HASH_SIZE) == 0)
            continue;
        taken += e4_equal(topic->entry.key, command->key, E4_KEY_SIZE);
        if (e4_old_key_counts(task->client, topic, &least_s))
            taken += e4_equal(topic->old_key, command->key, E4_KEY_SIZE);
    }
    return taken > 0;
}

static enum e4_result set_topic_key(const struct e4_task *task, const struct e4_table *topics)
{
    return key_is_taken(task) ? E4_ERR_COMMAND : e4_set_entry(task, topics);
}

/* Another key of a symmetric client. */
static enum e4_result set_id_key(const struct e4_task *task)
{
    if (e4_undoes_identity(task, E4_CHANGED_KEY) &&
        !e4_equal(task->client->command_key, task->command.key, E4_KEY_SIZE))
        return E4_ERR_ORDER;
    return e4_change_identity(task, E4_CHANGED_KEY);
}

/* In the types of all commands with a key, and of no other. */
enum { SETS_KEY = E4_SET_ID_KEY & E4_SET_TOPIC_KEY & E4_SET_PUB_KEY & E4_SET_SERVER_KEY };

static enum e4_result carry_out(const struct e4_task *task)
{
    struct e4_client *client = task->client;
    struct e4_table topics = e4_table_of(client, true);

    if ((task->command.type & SETS_KEY) != 0 && e4_is_zero(task->command.key, E4_KEY_SIZE))
        return E4_ERR_COMMAND;
    switch (task->command.type) {
    case E4_REMOVE_TOPIC:
        return e4_remove_entry(task, &topics);
    case E4_RESET_TOPICS:
        return e4_reset_entries(task, &topics);
    case E4_SET_TOPIC_KEY:
        return set_topic_key(task, &topics);
    case E4_SET_ID_KEY:
        if (client->mode == E4_SYMMETRIC)
            return set_id_key(task);
        break;
    default:
        break;
    }
    return client->config->public_key->carry_out(task);
}

enum e4_result e4_apply(struct e4_client *client, const struct e4_command *command)
{
    uint64_t sent_s = client->command_s;
    uint64_t now_s;
    struct e4_task task = {
        client, {command->key, command->topic, (uint8_t)command->type}, &sent_s, &now_s, false};

    if ((unsigned)command->type > E4_SET_SERVER_KEY)
        return E4_ERR_COMMAND;
    if (client->mode != E4_PUBLIC_KEY && e4_command_needs_public_key(command->type))
        return E4_ERR_MODE;
    if (command->type >= E4_REMOVE_PUB_KEY)
        task.command.object = command->id;
    if (command->type == E4_SET_ID_KEY)
        task.command.object = command->public_key;
    (void)e4_time_of(client, &now_s); /* without a clock: the time reached */
    return carry_out(&task);
}

/* Without a clock, the port must be ready to take the command's time, and it must not be too
 * old. */
static enum e4_result take_time(const struct e4_client *client, struct e4_opened *opened)
{
    if (client->config->port->set_clock == NULL)
        return E4_ERR_CLOCK;
    if (e4_before(&opened->sent_s, &opened->now_s))
        return E4_ERR_STALE;
    opened->now_s = opened->sent_s;
    return E4_OK;
}

/* Prove a command frame authentic, new and in order; its bytes are in text then. */
static enum e4_result read_command(struct e4_client *client, uint8_t text[E4_COMMAND_MAX],
                                   struct e4_opened *opened, const uint8_t *in, size_t in_len,
                                   bool *clock_unset)
{
    struct e4_frame frame;
    enum e4_result result;

    if (in_len <= E4_OVERHEAD_SK)
        return E4_ERR_SHORT;
    if (in_len > (size_t)E4_OVERHEAD_SK + E4_COMMAND_MAX)
        return E4_ERR_COMMAND; /* longer than any */
    result = e4_frame_take(client, opened, &frame, E4_SYMMETRIC, in, in_len);
    *clock_unset = result == E4_ERR_CLOCK;
    if (*clock_unset)
        result = take_time(client, opened);
    if (result == E4_OK)
        result = e4_open_text(client, NULL, client->command_key, NULL, text, opened, &frame);
    if (result != E4_OK)
        return result;
    opened->kind = E4_COMMAND;
    opened->command = text[0];
    e4_copy16(opened->tag, frame.tag);
    if (e4_replay_has(client->config, opened->tag, NULL, &opened->sent_s))
        return E4_ERR_REPLAY;
    return e4_before(&opened->sent_s, &client->command_s) ? E4_ERR_ORDER : E4_OK;
}

static enum e4_result obey(struct e4_client *client, const struct e4_opened *opened,
                           const uint8_t *text, size_t text_len)
{
    struct e4_task task = {client, {NULL, NULL, 0}, &opened->sent_s, &opened->now_s, true};
    enum e4_result result =
        e4_command_split(&task.command, (enum e4_mode)client->mode, text, text_len);

    return result == E4_OK ? carry_out(&task) : result;
}

/* A command was carried out: nothing older counts from now on, nor the same once more. */
static void note_done(struct e4_client *client, const struct e4_opened *opened)
{
    client->command_s = opened->sent_s;
    e4_raise(&client->floor_s, &client->command_s);
    /* With no room in the guard, the time still guards. */
    (void)e4_replay_admit(client->config, opened->tag, NULL, &opened->sent_s);
}

/* What one step needs of the stack is free for the next. */
enum e4_result e4_command_take(struct e4_client *client, struct e4_opened *opened,
                               const uint8_t *frame, size_t frame_len)
{
    const struct e4_port *port = client->config->port;
    uint8_t text[E4_COMMAND_MAX];
    bool clock_unset = false;
    enum e4_result result = read_command(client, text, opened, frame, frame_len, &clock_unset);

    if (result == E4_OK)
        result = obey(client, opened, text, frame_len - E4_OVERHEAD_SK);
    e4_wipe(text, sizeof text);
    if (result != E4_OK)
        return result;
    note_done(client, opened);
    if (clock_unset)
        port->set_clock(port->ctx, opened->sent_s);
    return E4_OK;
}
