/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of memory.c: commands, events, audit. */
#include <string.h>

#include "base/err.h"
#include "server/store/memory_table.h"

static struct table *commands_of(struct tx *tx)
{
    return &memory_tables_of(tx)->commands;
}

static int add_command(struct tx *tx, const struct store_command *command, struct err *err)
{
    struct memory_command fresh = {*command, false};

    fresh.command.attempts = 0;
    fresh.command.number = ++memory_tables_of(tx)->last_command;
    return memory_add(commands_of(tx), &fresh, err);
}

struct adding {
    struct tx *tx;
    struct store_command command;
};

/* For each name of a list of clients. */
static int add_for_name(void *ctx, const char *name, struct err *err)
{
    struct adding *adding = ctx;
    const struct table *clients = &memory_tables_of(adding->tx)->clients;

    for (size_t i = 0; i < clients->count; i++) {
        const struct memory_client *row = memory_row(clients, i);

        if (strcmp(row->client.name, name) == 0)
            memcpy(adding->command.client, row->client.id, STORE_ID_SIZE);
    }
    return add_command(adding->tx, &adding->command, err);
}

static int add_commands(struct tx *tx, const struct store_command *command,
                        enum store_list list, const uint8_t *of, struct err *err)
{
    struct adding adding = {tx, *command};

    return tx->ask->list(tx, list, of, 0, INT64_MAX, add_for_name, &adding, err);
}

/* Remove commands; client or object NULL: of any. */
static void remove_commands(struct tx *tx, const uint8_t *client, int64_t type,
                            const uint8_t *object)
{
    struct table *commands = commands_of(tx);

    for (size_t i = commands->count; i-- > 0;) {
        const struct memory_command *row = memory_row(commands, i);

        if (row->command.type == type &&
            (client == NULL || memcmp(row->command.client, client, STORE_ID_SIZE) == 0) &&
            (object == NULL || memcmp(row->command.object, object, STORE_ID_SIZE) == 0))
            memory_remove(commands, i);
    }
}

static int drop_commands(struct tx *tx, const uint8_t *client, int64_t type,
                         const uint8_t *object, struct err *err)
{
    (void)err;
    remove_commands(tx, client, type, object);
    return 0;
}

static int drop_type(struct tx *tx, const uint8_t *client, int64_t type, struct err *err)
{
    (void)err;
    remove_commands(tx, client, type, NULL);
    return 0;
}

/* Is the client changing its key right now? */
static bool is_changing(struct tx *tx, const uint8_t *client)
{
    const struct table *commands = commands_of(tx);

    for (size_t i = 0; i < commands->count; i++) {
        const struct memory_command *row = memory_row(commands, i);
        int64_t type = row->command.type;

        if (row->claimed && (type == STORE_KEY_CHANGE || type == STORE_SERVER_KEY_CHANGE) &&
            memcmp(row->command.client, client, STORE_ID_SIZE) == 0)
            return true;
    }
    return false;
}

static int next_commands(struct tx *tx, struct store_command *found, size_t cap, size_t *count,
                         int64_t now_s, struct err *err)
{
    const struct table *commands = commands_of(tx);

    (void)err;
    *count = 0;
    for (size_t i = 0; i < commands->count && *count < cap; i++) {
        const struct memory_command *row = memory_row(commands, i);
        const struct memory_client *client = memory_client_of(tx, row->command.client);

        if (!row->claimed && (client == NULL || client->due_s <= now_s) &&
            !is_changing(tx, row->command.client))
            found[(*count)++] = row->command;
    }
    return 0;
}

static struct memory_command *command_of(struct tx *tx, int64_t number)
{
    struct table *commands = commands_of(tx);

    for (size_t i = 0; i < commands->count; i++) {
        struct memory_command *row = memory_row(commands, i);

        if (row->command.number == number)
            return row;
    }
    return NULL;
}

static int claim_command(struct tx *tx, int64_t number, struct err *err)
{
    struct memory_command *row = command_of(tx, number);

    (void)err;
    if (row != NULL) {
        row->claimed = true;
        row->command.attempts++;
    }
    return 0;
}

static int unclaim_command(struct tx *tx, int64_t number, struct err *err)
{
    struct table *commands = commands_of(tx);

    (void)err;
    for (size_t i = 0; i < commands->count; i++) {
        struct memory_command *row = memory_row(commands, i);

        if (number == 0 || row->command.number == number)
            row->claimed = false;
    }
    return 0;
}

/* There is no other server. */
static int owner(struct tx *tx, int64_t *number, struct err *err)
{
    (void)tx;
    (void)err;
    *number = 1;
    return 0;
}

static int take_back(struct tx *tx, struct err *err)
{
    (void)tx;
    (void)err;
    return 0;
}

static int lead(struct tx *tx, bool wanted, bool *leads, struct err *err)
{
    (void)tx;
    (void)err;
    *leads = wanted;
    return 0;
}

static int find_command(struct tx *tx, struct store_command *command, int64_t number,
                        struct err *err)
{
    const struct memory_command *row = command_of(tx, number);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such command");
    *command = row->command;
    return 0;
}

static int pick_command(struct tx *tx, struct store_command *command, const uint8_t *client,
                        int64_t type, bool newest, struct err *err)
{
    const struct table *commands = commands_of(tx);
    bool found = false;

    for (size_t i = 0; i < commands->count && (newest || !found); i++) {
        const struct memory_command *row = memory_row(commands, i);

        if (row->command.type == type &&
            memcmp(row->command.client, client, STORE_ID_SIZE) == 0) {
            *command = row->command;
            found = true;
        }
    }
    return found ? 0 : err_set(err, ERR_NOT_FOUND, "no such command");
}

static int remove_command(struct tx *tx, int64_t number, struct err *err)
{
    struct table *commands = commands_of(tx);
    const struct memory_command *row = command_of(tx, number);

    (void)err;
    if (row != NULL)
        memory_remove(commands, (size_t)(row - (const struct memory_command *)commands->rows));
    return 0;
}

static int count_commands(struct tx *tx, int64_t *count, const uint8_t *client, struct err *err)
{
    const struct table *commands = commands_of(tx);

    (void)err;
    *count = 0;
    for (size_t i = 0; i < commands->count; i++) {
        const struct memory_command *row = memory_row(commands, i);

        *count +=
            client == NULL || memcmp(row->command.client, client, STORE_ID_SIZE) == 0 ? 1 : 0;
    }
    return 0;
}

static int count_about(struct tx *tx, int64_t *count, const uint8_t *object, struct err *err)
{
    const struct table *commands = commands_of(tx);

    (void)err;
    *count = 0;
    for (size_t i = 0; i < commands->count; i++) {
        const struct memory_command *row = memory_row(commands, i);

        *count += memcmp(row->command.object, object, STORE_ID_SIZE) == 0;
    }
    return 0;
}

static int read_waiting(struct tx *tx, const uint8_t *client, int64_t count,
                        store_waiting_each each, void *ctx, struct err *err)
{
    const struct table *commands = commands_of(tx);
    int rc = 0;

    for (size_t i = 0; i < commands->count && count > 0 && rc == 0; i++) {
        const struct memory_command *row = memory_row(commands, i);
        const struct store_waiting waiting = {row->command.type, row->command.attempts,
                                              row->claimed,
                                              memory_name_of(tx, row->command.object)};

        if (memcmp(row->command.client, client, STORE_ID_SIZE) != 0)
            continue;
        rc = each(ctx, &waiting, err);
        count--;
    }
    return rc;
}

static int count_confirmed(struct tx *tx, int64_t *count, const uint8_t *topic, struct err *err)
{
    const struct table *clients = &memory_tables_of(tx)->clients;

    *count = 0;
    for (size_t i = 0; i < clients->count; i++) {
        const struct memory_client *row = memory_row(clients, i);
        int64_t waiting;

        if (count_commands(tx, &waiting, row->client.id, err) != 0)
            return -1;
        *count += row->pace.refresh_s == 0 && waiting == 0 &&
                  memory_is_linked(tx, STORE_CLIENT_TOPIC, row->client.id, topic);
    }
    return 0;
}

static int find_pace(struct tx *tx, struct store_pace *pace, const uint8_t *client,
                     struct err *err)
{
    const struct memory_client *row = memory_client_of(tx, client);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such client");
    *pace = row->pace;
    return 0;
}

static int find_recipient(struct tx *tx, struct store_client *client, struct store_pace *pace,
                          bool *has_former, const uint8_t *id, struct err *err)
{
    struct store_former former;

    if (tx->ask->find_client(tx, client, id, err) != 0 || find_pace(tx, pace, id, err) != 0)
        return -1;
    *has_former = tx->ask->find_former(tx, &former, id, 0, err) == 0;
    return 0;
}

static int put_pace(struct tx *tx, const uint8_t *client, const struct store_pace *pace,
                    struct err *err)
{
    struct memory_client *row = memory_client_of(tx, client);

    (void)err;
    if (row != NULL)
        row->pace = *pace;
    return 0;
}

static struct memory_retired *retired_of(struct tx *tx, const uint8_t *print)
{
    const struct table *retired = &memory_tables_of(tx)->retired;

    for (size_t i = 0; i < retired->count; i++) {
        struct memory_retired *row = memory_row(retired, i);

        if (memcmp(row->print, print, sizeof row->print) == 0)
            return row;
    }
    return NULL;
}

static int retire_key(struct tx *tx, const uint8_t *print, int64_t issued_s, struct err *err)
{
    struct memory_retired *row = retired_of(tx, print);
    struct memory_retired fresh = {.issued_s = issued_s};

    if (row != NULL) {
        row->issued_s = issued_s;
        return 0;
    }
    memcpy(fresh.print, print, sizeof fresh.print);
    return memory_add(&memory_tables_of(tx)->retired, &fresh, err);
}

static int retired_key(struct tx *tx, int64_t *issued_s, const uint8_t *print, struct err *err)
{
    const struct memory_retired *row = retired_of(tx, print);

    if (row == NULL)
        return err_set(err, ERR_NOT_FOUND, "no such retired key");
    *issued_s = row->issued_s;
    return 0;
}

static int delay_client(struct tx *tx, const uint8_t *client, int64_t until_s, struct err *err)
{
    struct memory_client *row = memory_client_of(tx, client);

    (void)err;
    if (row != NULL)
        row->due_s = until_s;
    return 0;
}

/* The one that waited longest, of those after another in that order; NULL: none. */
static const struct memory_client *next_due(struct tx *tx, const struct memory_client *after,
                                            int64_t now_s)
{
    const struct table *clients = &memory_tables_of(tx)->clients;
    const struct memory_client *best = NULL;

    for (size_t i = 0; i < clients->count; i++) {
        const struct memory_client *row = memory_row(clients, i);
        int64_t due_s = row->pace.refresh_s;

        if (due_s == 0 || due_s > now_s)
            continue;
        if (after != NULL &&
            (due_s < after->pace.refresh_s || (due_s == after->pace.refresh_s && row <= after)))
            continue;
        if (best == NULL || due_s < best->pace.refresh_s)
            best = row;
    }
    return best;
}

static int due_clients(struct tx *tx, uint8_t (*ids)[STORE_ID_SIZE], size_t cap, size_t *count,
                       int64_t now_s, struct err *err)
{
    const struct memory_client *row = NULL;

    (void)err;
    for (*count = 0; *count < cap; (*count)++) {
        row = next_due(tx, row, now_s);
        if (row == NULL)
            break;
        memcpy(ids[*count], row->client.id, STORE_ID_SIZE);
    }
    return 0;
}

static int add_former(struct tx *tx, const struct store_former *former, struct err *err)
{
    struct store_former fresh = *former;

    fresh.number = ++memory_tables_of(tx)->last_former;
    return memory_add(&memory_tables_of(tx)->formers, &fresh, err);
}

static int find_former(struct tx *tx, struct store_former *former, const uint8_t *client,
                       int64_t number, struct err *err)
{
    const struct table *formers = &memory_tables_of(tx)->formers;

    for (size_t i = formers->count; i-- > 0;) {
        const struct store_former *row = memory_row(formers, i);

        if ((number == 0 || row->number == number) &&
            memcmp(row->client, client, STORE_ID_SIZE) == 0) {
            *former = *row;
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no such former key");
}

static int read_formers(struct tx *tx, const uint8_t *client, store_former_each each, void *ctx,
                        struct err *err)
{
    const struct table *formers = &memory_tables_of(tx)->formers;
    int rc = 0;

    for (size_t i = 0; i < formers->count && rc == 0; i++) {
        const struct store_former *row = memory_row(formers, i);

        if (memcmp(row->client, client, STORE_ID_SIZE) == 0)
            rc = each(ctx, row, err);
    }
    return rc;
}

static int drop_formers(struct tx *tx, const uint8_t *client, int64_t kept, struct err *err)
{
    struct table *formers = &memory_tables_of(tx)->formers;

    (void)err;
    for (size_t i = formers->count; i-- > 0;) {
        const struct store_former *row = memory_row(formers, i);

        if (memcmp(row->client, client, STORE_ID_SIZE) == 0 && kept-- <= 0)
            memory_remove(formers, i);
    }
    return 0;
}

static int add_event(struct tx *tx, const struct store_event *event, struct err *err)
{
    struct store_event fresh = *event;

    fresh.number = ++memory_tables_of(tx)->last_event;
    fresh.source = memory_text(tx, event->source, err);
    if (fresh.source == NULL)
        return -1;
    fresh.target = memory_text(tx, event->target, err);
    return fresh.target == NULL ? -1 : memory_add(&memory_tables_of(tx)->events, &fresh, err);
}

static int newest_event(struct tx *tx, int64_t *number, struct err *err)
{
    (void)err;
    *number = memory_tables_of(tx)->last_event;
    return 0;
}

static int read_events(struct tx *tx, int64_t after, int64_t count, store_event_each each,
                       void *ctx, struct err *err)
{
    const struct table *events = &memory_tables_of(tx)->events;
    int rc = 0;

    for (size_t i = 0; i < events->count && count > 0 && rc == 0; i++) {
        const struct store_event *row = memory_row(events, i);

        if (row->number <= after)
            continue;
        rc = each(ctx, row, err);
        count--;
    }
    return rc;
}

static int drop_events(struct tx *tx, int64_t up_to, struct err *err)
{
    struct table *events = &memory_tables_of(tx)->events;

    (void)err;
    while (events->count > 0 &&
           ((const struct store_event *)memory_row(events, 0))->number <= up_to)
        memory_remove(events, 0);
    return 0;
}

static int add_audit(struct tx *tx, const struct store_audit *audit, struct err *err)
{
    struct table *audits = &memory_tables_of(tx)->audits;
    struct store_audit fresh = *audit;
    const char **texts[] = {&fresh.who, &fresh.what, &fresh.first, &fresh.second};

    for (size_t i = 0; i < audits->count; i++) {
        if (((const struct store_audit *)memory_row(audits, i))->number == audit->number)
            return err_set(err, ERR_CONFLICT, "there is an audit record of this number");
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = memory_text(tx, *texts[i], err);
        if (*texts[i] == NULL)
            return -1;
    }
    return memory_add(audits, &fresh, err);
}

static int newest_audit(struct tx *tx, int64_t *number, uint8_t hash[STORE_HASH_SIZE],
                        struct err *err)
{
    const struct table *audits = &memory_tables_of(tx)->audits;

    (void)err;
    *number = 0;
    memset(hash, 0, STORE_HASH_SIZE);
    if (audits->count > 0) {
        const struct store_audit *row = memory_row(audits, audits->count - 1);

        *number = row->number;
        memcpy(hash, row->hash, STORE_HASH_SIZE);
    }
    return 0;
}

static int read_audit(struct tx *tx, int64_t after, int64_t count, store_audit_each each,
                      void *ctx, struct err *err)
{
    const struct table *audits = &memory_tables_of(tx)->audits;
    int rc = 0;

    for (size_t i = 0; i < audits->count && count > 0 && rc == 0; i++) {
        const struct store_audit *row = memory_row(audits, i);

        if (row->number <= after)
            continue;
        rc = each(ctx, row, err);
        count--;
    }
    return rc;
}

void memory_outbox_questions(struct store_questions *questions)
{
    questions->add_command = add_command;
    questions->add_commands = add_commands;
    questions->drop_commands = drop_commands;
    questions->drop_type = drop_type;
    questions->next_commands = next_commands;
    questions->claim_command = claim_command;
    questions->unclaim_command = unclaim_command;
    questions->owner = owner;
    questions->take_back = take_back;
    questions->lead = lead;
    questions->find_command = find_command;
    questions->pick_command = pick_command;
    questions->remove_command = remove_command;
    questions->count_commands = count_commands;
    questions->count_about = count_about;
    questions->read_waiting = read_waiting;
    questions->count_confirmed = count_confirmed;
    questions->find_pace = find_pace;
    questions->find_recipient = find_recipient;
    questions->put_pace = put_pace;
    questions->retire_key = retire_key;
    questions->retired_key = retired_key;
    questions->delay_client = delay_client;
    questions->due_clients = due_clients;
    questions->add_former = add_former;
    questions->find_former = find_former;
    questions->read_formers = read_formers;
    questions->drop_formers = drop_formers;
    questions->add_event = add_event;
    questions->newest_event = newest_event;
    questions->read_events = read_events;
    questions->drop_events = drop_events;
    questions->add_audit = add_audit;
    questions->newest_audit = newest_audit;
    questions->read_audit = read_audit;
}
