/* SPDX-License-Identifier: Apache-2.0 */
/* See sql_outbox.h. */
#include "server/store/sql_outbox.h"

#include <string.h>

#include "base/err.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

static int64_t owner_of(const struct tx *tx)
{
    return ((const struct sql_store *)tx->store)->owner;
}

static const uint8_t *key_in(const struct store_command *command)
{
    return command->has_key ? command->key : NULL;
}

int sql_add_command(struct tx *tx, const struct store_command *command, struct err *err)
{
    return sql_run(tx, ADD_COMMAND, err, "bibsii", command->client, command->type,
                   command->object, key_in(command), command->version, (int64_t)command->again);
}

int sql_add_commands(struct tx *tx, const struct store_command *command, enum store_list list,
                     const uint8_t *of, struct err *err)
{
    return sql_run(tx, ADD_COMMANDS + (unsigned)list, err, "bibsii", of, command->type,
                   command->object, key_in(command), command->version, (int64_t)command->again);
}

int sql_drop_commands(struct tx *tx, const uint8_t *client, int64_t type, const uint8_t *object,
                      struct err *err)
{
    return sql_run(tx, client != NULL ? DROP_COMMANDS : DROP_COMMANDS_OF_ALL, err, "bib",
                   client, type, object);
}

int sql_drop_type(struct tx *tx, const uint8_t *client, int64_t type, struct err *err)
{
    return sql_run(tx, DROP_TYPE, err, "bi", client, type);
}

static bool take_command(struct store_command *command, struct sql_rows *rows)
{
    command->number = sql_number(rows, 0);
    command->type = sql_number(rows, 2);
    command->version = sql_number(rows, 5);
    command->again = sql_number(rows, 6) != 0;
    command->attempts = sql_number(rows, 7);
    return sql_take(command->client, sizeof command->client, rows, 1) &&
           sql_take(command->object, sizeof command->object, rows, 3) &&
           sql_take_sealed(command->key, &command->has_key, rows, 4);
}

int sql_next_commands(struct tx *tx, struct store_command *commands, size_t cap, size_t *count,
                      int64_t now_s, struct err *err)
{
    struct sql_rows rows;
    int rc;

    *count = 0;
    if (sql_ask(&rows, tx, NEXT_COMMANDS, err, "iii", now_s, (int64_t)cap, owner_of(tx)) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        if (!take_command(&commands[*count], &rows)) {
            rc = sql_damaged("command", err);
            break;
        }
        (*count)++;
    }
    sql_end(&rows);
    return rc;
}

static int one_command(struct store_command *command, struct sql_rows *rows, struct err *err)
{
    int rc = sql_next(rows, err);

    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such command");
    else if (rc == 1)
        rc = take_command(command, rows) ? 0 : sql_damaged("command", err);
    sql_end(rows);
    return rc;
}

int sql_find_command(struct tx *tx, struct store_command *command, int64_t number,
                     struct err *err)
{
    struct sql_rows rows;

    return sql_ask(&rows, tx, FIND_COMMAND, err, "i", number) != 0
               ? -1
               : one_command(command, &rows, err);
}

int sql_pick_command(struct tx *tx, struct store_command *command, const uint8_t *client,
                     int64_t type, bool newest, struct err *err)
{
    struct sql_rows rows;

    if (sql_ask(&rows, tx, newest ? NEWEST_COMMAND : OLDEST_COMMAND, err, "bi", client, type) !=
        0)
        return -1;
    return one_command(command, &rows, err);
}

int sql_claim_command(struct tx *tx, int64_t number, struct err *err)
{
    return sql_run(tx, CLAIM_COMMAND, err, "ii", number, owner_of(tx));
}

int sql_unclaim_command(struct tx *tx, int64_t number, struct err *err)
{
    return number != 0 ? sql_run(tx, UNCLAIM_COMMAND, err, "ii", number, owner_of(tx))
                       : sql_run(tx, UNCLAIM_COMMANDS, err, "i", owner_of(tx));
}

int sql_owner(struct tx *tx, int64_t *owner, struct err *err)
{
    (void)err;
    *owner = owner_of(tx);
    return 0;
}

int sql_take_back(struct tx *tx, struct err *err)
{
    struct sql_connection *connection = (struct sql_connection *)tx;
    const struct sql_driver *driver = connection->driver;

    return driver->take_back == NULL ? 0 : driver->execute(connection, driver->take_back, err);
}

int sql_lead(struct tx *tx, bool wanted, bool *leads, struct err *err)
{
    struct sql_connection *connection = (struct sql_connection *)tx;

    *leads = wanted;
    return connection->driver->lead == NULL ? 0
                                            : connection->driver->lead(connection, leads, err);
}

int sql_remove_command(struct tx *tx, int64_t number, struct err *err)
{
    return sql_run(tx, REMOVE_COMMAND, err, "i", number);
}

int sql_count_commands(struct tx *tx, int64_t *count, const uint8_t *client, struct err *err)
{
    return client == NULL ? sql_number_of(tx, count, COUNT_COMMANDS, "", NULL, err)
                          : sql_number_of(tx, count, COUNT_COMMANDS_OF, "b", client, err);
}

int sql_count_about(struct tx *tx, int64_t *count, const uint8_t *object, struct err *err)
{
    return sql_number_of(tx, count, COUNT_ABOUT, "b", object, err);
}

int sql_read_waiting(struct tx *tx, const uint8_t *client, int64_t count,
                     store_waiting_each each, void *ctx, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, READ_WAITING, err, "bi", client, count) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        struct store_waiting waiting = {sql_number(&rows, 0), sql_number(&rows, 1),
                                        sql_number(&rows, 2) != 0, sql_string(&rows, 3)};

        if (each(ctx, &waiting, err) != 0) {
            rc = -1;
            break;
        }
    }
    sql_end(&rows);
    return rc;
}

int sql_count_confirmed(struct tx *tx, int64_t *count, const uint8_t *topic, struct err *err)
{
    return sql_number_of(tx, count, COUNT_CONFIRMED, "b", topic, err);
}

bool sql_take_pace(struct store_pace *pace, struct sql_rows *rows, int first)
{
    pace->issued_s = sql_number(rows, first);
    pace->refresh_s = sql_number(rows, first + 2);
    pace->refresh_wait_s = sql_number(rows, first + 3);
    pace->misses = sql_number(rows, first + 4);
    pace->forgot_s = sql_number(rows, first + 5);
    pace->heard_s = sql_number(rows, first + 6);
    pace->hello_s = sql_number(rows, first + 7);
    pace->answered_s = sql_number(rows, first + 8);
    return sql_take_some(pace->touched, sizeof pace->touched, &pace->touched_len, rows,
                         first + 1);
}

int sql_span_commands(struct tx *tx, int64_t *oldest, int64_t *newest, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, SPAN_COMMANDS, err, "") != 0)
        return -1;
    rc = sql_next(&rows, err) == 1 ? 0 : -1; /* there is always one row */
    if (rc == 0) {
        *oldest = sql_number(&rows, 0);
        *newest = sql_number(&rows, 1);
    }
    sql_end(&rows);
    return rc;
}

int sql_find_pace(struct tx *tx, struct store_pace *pace, const uint8_t *client,
                  struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_PACE, err, "b", client) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0) {
        rc = err_set(err, ERR_NOT_FOUND, "no such client");
    } else if (rc == 1) {
        rc = sql_take_pace(pace, &rows, 0) ? 0 : sql_damaged("client", err);
    }
    sql_end(&rows);
    return rc;
}

int sql_put_pace(struct tx *tx, const uint8_t *client, const struct store_pace *pace,
                 struct err *err)
{
    return sql_run(tx, PUT_PACE, err, "ipiiiiiiib", pace->issued_s, pace->touched,
                   pace->touched_len, pace->refresh_s, pace->refresh_wait_s, pace->misses,
                   pace->forgot_s, pace->heard_s, pace->hello_s, pace->answered_s, client);
}

int sql_retire_key(struct tx *tx, const uint8_t *print, int64_t issued_s, struct err *err)
{
    return sql_run(tx, RETIRE_KEY, err, "pi", print, (size_t)STORE_PRINT_SIZE, issued_s);
}

int sql_retired_key(struct tx *tx, int64_t *issued_s, const uint8_t *print, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, RETIRED_KEY, err, "p", print, (size_t)STORE_PRINT_SIZE) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such retired key");
    else if (rc == 1) {
        *issued_s = sql_number(&rows, 0);
        rc = 0;
    }
    sql_end(&rows);
    return rc;
}

int sql_delay_client(struct tx *tx, const uint8_t *client, int64_t until_s, struct err *err)
{
    return sql_run(tx, DELAY_CLIENT, err, "ib", until_s, client) != 0
               ? -1
               : sql_run(tx, DELAY_COMMANDS, err, "ib", until_s, client);
}

int sql_due_clients(struct tx *tx, uint8_t (*ids)[STORE_ID_SIZE], size_t cap, size_t *count,
                    int64_t now_s, struct err *err)
{
    struct sql_rows rows;
    int rc;

    *count = 0;
    if (sql_ask(&rows, tx, DUE_CLIENTS, err, "ii", now_s, (int64_t)cap) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        if (!sql_take(ids[*count], STORE_ID_SIZE, &rows, 0)) {
            rc = sql_damaged("client", err);
            break;
        }
        (*count)++;
    }
    sql_end(&rows);
    return rc;
}

int sql_add_event(struct tx *tx, const struct store_event *event, struct err *err)
{
    return sql_run(tx, ADD_EVENT, err, "itti", event->type, event->source, event->target,
                   event->time_s);
}

int sql_newest_event(struct tx *tx, int64_t *number, struct err *err)
{
    return sql_number_of(tx, number, NEWEST_EVENT, "", NULL, err);
}

int sql_read_events(struct tx *tx, int64_t after, int64_t count, store_event_each each,
                    void *ctx, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, READ_EVENTS, err, "ii", after, count) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        struct store_event event = {sql_number(&rows, 0), sql_number(&rows, 1),
                                    sql_string(&rows, 2), sql_string(&rows, 3),
                                    sql_number(&rows, 4)};

        if (each(ctx, &event, err) != 0) {
            rc = -1;
            break;
        }
    }
    sql_end(&rows);
    return rc;
}

int sql_drop_events(struct tx *tx, int64_t up_to, struct err *err)
{
    return sql_run(tx, DROP_EVENTS, err, "i", up_to);
}

/* The batch of a transaction that writes; NULL: it only reads. */
static struct sql_batch *batch_of(const struct tx *tx)
{
    const struct sql_store *store = (const struct sql_store *)tx->store;

    return tx == &store->writer->tx ? store->batch : NULL;
}

int sql_add_audit(struct tx *tx, const struct store_audit *audit, struct err *err)
{
    struct sql_batch *batch = batch_of(tx);
    struct sql_rows rows;
    int rc;

    batch->audit_number = audit->number;
    memcpy(batch->audit_hash, audit->hash, sizeof batch->audit_hash);
    if (sql_ask(&rows, tx, ADD_AUDIT, err, "iittttp", audit->number, audit->time_s, audit->who,
                audit->what, audit->first, audit->second, audit->hash, sizeof audit->hash) != 0)
        return -1;
    rc = sql_next(&rows, err); /* at once, for the caller to say that it was tampered with */
    sql_end(&rows);
    return rc;
}

int sql_newest_audit(struct tx *tx, int64_t *number, uint8_t hash[STORE_HASH_SIZE],
                     struct err *err)
{
    const struct sql_batch *batch = batch_of(tx);
    struct sql_rows rows;
    int rc;

    if (batch != NULL && batch->audit_number != 0) {
        *number = batch->audit_number;
        memcpy(hash, batch->audit_hash, STORE_HASH_SIZE);
        return 0;
    }
    if (sql_ask(&rows, tx, NEWEST_AUDIT, err, "") != 0)
        return -1;
    *number = 0;
    memset(hash, 0, STORE_HASH_SIZE);
    rc = sql_next(&rows, err);
    if (rc == 1) {
        *number = sql_number(&rows, 0);
        rc = sql_take(hash, STORE_HASH_SIZE, &rows, 1) ? 0 : sql_damaged("audit", err);
    }
    sql_end(&rows);
    return rc;
}

int sql_read_audit(struct tx *tx, int64_t after, int64_t count, store_audit_each each,
                   void *ctx, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, READ_AUDIT, err, "ii", after, count) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        struct store_audit audit = {sql_number(&rows, 0),
                                    sql_number(&rows, 1),
                                    sql_string(&rows, 2),
                                    sql_string(&rows, 3),
                                    sql_string(&rows, 4),
                                    sql_string(&rows, 5),
                                    {0}};

        if (!sql_take(audit.hash, sizeof audit.hash, &rows, 6))
            (void)sql_damaged("audit", err);
        else if (each(ctx, &audit, err) == 0)
            continue;
        rc = -1;
        break;
    }
    sql_end(&rows);
    return rc;
}
