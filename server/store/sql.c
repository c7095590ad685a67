/* SPDX-License-Identifier: Apache-2.0 */
/* See sql.h: the questions about clients, topics, links and server keys, and how their answers
 * are read. */
#include "server/store/sql.h"

#include <string.h>

#include "base/err.h"
#include "server/store/sql_former.h"
#include "server/store/sql_outbox.h"
#include "server/store/sql_row.h"
#include "server/store/sql_sealed.h"
#include "server/store/sql_text.h"
#include "server/store/sql_token.h"

static int get(struct tx *tx, const char *name, uint8_t *value, size_t cap, size_t *len,
               struct err *err)
{
    struct sql_rows rows;
    int rc = -1;

    if (sql_ask(&rows, tx, GET, err, "t", name) != 0)
        return -1;
    switch (sql_next(&rows, err)) {
    case 0:
        (void)err_set(err, ERR_NOT_FOUND, "database: no setting %s", name);
        break;
    case 1:
        rc = sql_take_some(value, cap, len, &rows, 0) ? 0 : sql_damaged("meta", err);
        break;
    default:
        break;
    }
    sql_end(&rows);
    return rc;
}

static int put(struct tx *tx, const char *name, const uint8_t *value, size_t len,
               struct err *err)
{
    return sql_run(tx, PUT, err, "tp", name, value, len);
}

static bool take_client(struct store_client *client, struct sql_rows *rows)
{
    size_t len;

    if (!sql_take_some((uint8_t *)client->name, sizeof client->name - 1, &len, rows, 1))
        return false;
    client->name[len] = '\0';
    client->key_version = sql_number(rows, 3);
    client->server_version = sql_number(rows, 5);
    client->receipts = sql_number(rows, 6) != 0;
    return sql_take(client->id, sizeof client->id, rows, 0) &&
           sql_take(client->key, sizeof client->key, rows, 2) &&
           sql_take(client->print, sizeof client->print, rows, 4);
}

static int find_client_by(struct tx *tx, struct store_client *client, unsigned query,
                          const uint8_t *key, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, query, err, "b", key) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such client");
    else if (rc == 1)
        rc = take_client(client, &rows) ? 0 : sql_damaged("client", err);
    sql_end(&rows);
    return rc;
}

static int find_client(struct tx *tx, struct store_client *client, const uint8_t *id,
                       struct err *err)
{
    return find_client_by(tx, client, FIND_CLIENT, id, err);
}

static int find_recipient(struct tx *tx, struct store_client *client, struct store_pace *pace,
                          bool *has_former, const uint8_t *id, struct err *err)
{
    enum { PACE = 7, FORMER = PACE + 9 }; /* columns */
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_RECIPIENT, err, "b", id) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0) {
        rc = err_set(err, ERR_NOT_FOUND, "no such client");
    } else if (rc == 1) {
        *has_former = sql_number(&rows, FORMER) != 0;
        rc = take_client(client, &rows) && sql_take_pace(pace, &rows, PACE)
                 ? 0
                 : sql_damaged("client", err);
    }
    sql_end(&rows);
    return rc;
}

static int find_print(struct tx *tx, struct store_client *client, const uint8_t *print,
                      struct err *err)
{
    return find_client_by(tx, client, FIND_PRINT, print, err);
}

static int put_client(struct tx *tx, const struct store_client *client, struct err *err)
{
    return sql_run(tx, PUT_CLIENT, err, "btsibii", client->id, client->name, client->key,
                   client->key_version, client->print, client->server_version,
                   (int64_t)client->receipts);
}

static int remove_client(struct tx *tx, const uint8_t *id, struct err *err)
{
    if (sql_run_removing(tx, REMOVE_CLIENT, "client", id, NULL, err) != 0)
        return -1;
    return sql_run(tx, DELAY_COMMANDS, err, "ib", (int64_t)0, id); /* what it still is told */
}

static bool take_topic(struct store_topic *topic, struct sql_rows *rows)
{
    topic->key_version = sql_number(rows, 2);
    topic->changed_s = sql_number(rows, 4);
    return sql_take(topic->hash, sizeof topic->hash, rows, 0) &&
           sql_take(topic->key, sizeof topic->key, rows, 1) &&
           sql_take_sealed(topic->old_key, &topic->has_old_key, rows, 3);
}

static int find_topic(struct tx *tx, struct store_topic *topic, const uint8_t *hash,
                      struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_TOPIC, err, "b", hash) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such topic");
    else if (rc == 1)
        rc = take_topic(topic, &rows) ? 0 : sql_damaged("topic", err);
    sql_end(&rows);
    return rc;
}

static int put_topic(struct tx *tx, const struct store_topic *topic, const char *name,
                     struct err *err)
{
    return sql_run(tx, PUT_TOPIC, err, "btsisi", topic->hash, name, topic->key,
                   topic->key_version, topic->has_old_key ? topic->old_key : NULL,
                   topic->changed_s);
}

static int remove_topic(struct tx *tx, const uint8_t *hash, struct err *err)
{
    return sql_run_removing(tx, REMOVE_TOPIC, "topic", hash, NULL, err);
}

static int add_link(struct tx *tx, enum store_link link, const uint8_t *from, const uint8_t *to,
                    struct err *err)
{
    return sql_run(tx, ADD_LINK + (unsigned)link, err, "bb", from, to);
}

static int remove_link(struct tx *tx, enum store_link link, const uint8_t *from,
                       const uint8_t *to, struct err *err)
{
    return sql_run_removing(tx, REMOVE_LINK + (unsigned)link, "link", from, to, err);
}

static int find_link(struct tx *tx, enum store_link link, const uint8_t *from,
                     const uint8_t *to, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_LINK + (unsigned)link, err, "bb", from, to) != 0)
        return -1;
    rc = sql_next(&rows, err);
    sql_end(&rows);
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "no such link");
    return rc == 1 ? 0 : -1;
}

static int bury_topic(struct tx *tx, const uint8_t *topic, struct err *err)
{
    return sql_run(tx, BURY_TOPIC, err, "b", topic);
}

static int bury_source(struct tx *tx, const uint8_t *source, struct err *err)
{
    return sql_run(tx, BURY_SOURCE, err, "b", source);
}

static int drop_holders(struct tx *tx, const uint8_t *source, struct err *err)
{
    return sql_run(tx, DROP_HOLDERS, err, "b", source);
}

static int drop_links(struct tx *tx, enum store_link link, const uint8_t *from, struct err *err)
{
    return sql_run(tx, DROP_LINKS + (unsigned)link, err, "b", from);
}

static int list_links(struct tx *tx, enum store_link link, const uint8_t *from,
                      store_id_each each, void *ctx, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, LIST_LINKS + (unsigned)link, err, "b", from) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        uint8_t id[STORE_ID_SIZE];

        if (!sql_take(id, sizeof id, &rows, 0))
            (void)sql_damaged("of links", err);
        else if (each(ctx, id, err) == 0)
            continue;
        rc = -1;
        break;
    }
    sql_end(&rows);
    return rc;
}

static int count(struct tx *tx, int64_t *count, enum store_list list, const uint8_t *of,
                 struct err *err)
{
    return sql_number_of(tx, count, COUNT_LIST + (unsigned)list,
                         list <= STORE_TOPICS ? "" : "b", of, err);
}

/* Of an answer of names; it ends. */
static int hand_on_names(struct sql_rows *rows, store_name_each each, void *ctx,
                         struct err *err)
{
    int rc;

    while ((rc = sql_next(rows, err)) == 1) {
        if (each(ctx, sql_string(rows, 0), err) != 0) {
            rc = -1;
            break;
        }
    }
    sql_end(rows);
    return rc;
}

static int list(struct tx *tx, enum store_list list, const uint8_t *of, int64_t offset,
                int64_t count, store_name_each each, void *ctx, struct err *err)
{
    struct sql_rows rows;

    if (sql_ask(&rows, tx, READ_LIST + (unsigned)list, err, "bii", of, count, offset) != 0)
        return -1;
    return hand_on_names(&rows, each, ctx, err);
}

static int count_within(struct tx *tx, int64_t *count, enum store_list list,
                        const struct store_bounds *bounds, struct err *err)
{
    struct sql_rows rows;
    int rc = bounds->before == NULL
                 ? sql_ask(&rows, tx, COUNT_FROM + (unsigned)list, err, "t", bounds->from)
                 : sql_ask(&rows, tx, COUNT_WITHIN + (unsigned)list, err, "tt", bounds->from,
                           bounds->before);

    if (rc != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 1)
        *count = sql_number(&rows, 0);
    sql_end(&rows);
    return rc == 1 ? 0 : -1;
}

static int list_within(struct tx *tx, enum store_list list, const struct store_bounds *bounds,
                       int64_t offset, int64_t count, store_name_each each, void *ctx,
                       struct err *err)
{
    struct sql_rows rows;
    int rc = bounds->before == NULL
                 ? sql_ask(&rows, tx, READ_FROM + (unsigned)list, err, "tii", bounds->from,
                           count, offset)
                 : sql_ask(&rows, tx, READ_WITHIN + (unsigned)list, err, "ttii", bounds->from,
                           bounds->before, count, offset);

    return rc != 0 ? -1 : hand_on_names(&rows, each, ctx, err);
}

static int find_server_key(struct tx *tx, struct store_server_key *key, int64_t version,
                           struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_SERVER_KEY, err, "i", version) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0) {
        rc = err_set(err, ERR_NOT_FOUND, "no such server key");
    } else if (rc == 1) {
        key->version = sql_number(&rows, 0);
        key->made_s = sql_number(&rows, 3);
        rc = sql_take(key->secret, sizeof key->secret, &rows, 1) &&
                     sql_take(key->public_key, sizeof key->public_key, &rows, 2)
                 ? 0
                 : sql_damaged("server_key", err);
    }
    sql_end(&rows);
    return rc;
}

static int add_server_key(struct tx *tx, const struct store_server_key *key, struct err *err)
{
    return sql_run(tx, ADD_SERVER_KEY, err, "ispi", key->version, key->secret, key->public_key,
                   sizeof key->public_key, key->made_s);
}

const struct store_questions sql_questions = {
    .get = get,
    .put = put,
    .find_client = find_client,
    .find_print = find_print,
    .put_client = put_client,
    .remove_client = remove_client,
    .find_topic = find_topic,
    .put_topic = put_topic,
    .remove_topic = remove_topic,
    .add_link = add_link,
    .remove_link = remove_link,
    .find_link = find_link,
    .bury_topic = bury_topic,
    .bury_source = bury_source,
    .drop_holders = drop_holders,
    .drop_links = drop_links,
    .list_links = list_links,
    .count = count,
    .list = list,
    .count_within = count_within,
    .list_within = list_within,
    .find_server_key = find_server_key,
    .add_server_key = add_server_key,
    .add_command = sql_add_command,
    .add_commands = sql_add_commands,
    .drop_commands = sql_drop_commands,
    .drop_type = sql_drop_type,
    .next_commands = sql_next_commands,
    .claim_command = sql_claim_command,
    .unclaim_command = sql_unclaim_command,
    .owner = sql_owner,
    .take_back = sql_take_back,
    .lead = sql_lead,
    .find_command = sql_find_command,
    .pick_command = sql_pick_command,
    .remove_command = sql_remove_command,
    .count_commands = sql_count_commands,
    .count_about = sql_count_about,
    .read_waiting = sql_read_waiting,
    .count_confirmed = sql_count_confirmed,
    .span_commands = sql_span_commands,
    .find_pace = sql_find_pace,
    .find_recipient = find_recipient,
    .put_pace = sql_put_pace,
    .retire_key = sql_retire_key,
    .retired_key = sql_retired_key,
    .delay_client = sql_delay_client,
    .due_clients = sql_due_clients,
    .add_former = sql_add_former,
    .find_former = sql_find_former,
    .read_formers = sql_read_formers,
    .drop_formers = sql_drop_formers,
    .add_event = sql_add_event,
    .newest_event = sql_newest_event,
    .read_events = sql_read_events,
    .drop_events = sql_drop_events,
    .add_audit = sql_add_audit,
    .newest_audit = sql_newest_audit,
    .read_audit = sql_read_audit,
    .next_sealed = sql_next_sealed,
    .put_sealed = sql_put_sealed,
    .add_token = sql_add_token,
    .find_token = sql_find_token,
    .remove_token = sql_remove_token,
    .read_tokens = sql_read_tokens,
};
