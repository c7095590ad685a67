/* SPDX-License-Identifier: Apache-2.0 */
/* See postgres_replica.h. */
#include "server/store/postgres_replica.h"

#include <stdio.h>

#include "base/err.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

const char replica_take_back[] =
    "UPDATE command SET claimed = 0, due_s = coalesce("
    "(SELECT due_s FROM client WHERE client.id = command.client), 0) "
    "WHERE claimed <> 0 AND claimed NOT IN (SELECT objid::bigint FROM pg_locks "
    "WHERE locktype = 'advisory' AND classid = " SQL_SERVERS " AND objsubid = 2 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

static int lock_number(struct sql_connection *writer, int64_t number, int64_t *done,
                       struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, &writer->tx, LOCK_SERVER, err, "i", number) != 0)
        return -1;
    rc = sql_next(&rows, err);
    *done = sql_number(&rows, 0); /* a truth is 1 */
    sql_end(&rows);
    return rc < 0 ? -1 : 0;
}

int replica_begin(struct sql_connection *writer, unsigned idle_s, struct err *err)
{
    struct sql_store *store = (struct sql_store *)writer->tx.store;
    char sql[160];
    int64_t done;

    store->leads = false;
    if (sql_number_of(&writer->tx, &store->owner, NEXT_SERVER, "", NULL, err) != 0 ||
        lock_number(writer, store->owner, &done, err) != 0)
        return -1;
    if (done != 1)
        return err_set(err, ERR_UNAVAILABLE, "database: another server has this one's number");
    (void)snprintf(sql, sizeof sql,
                   "SELECT set_config(name, '%us', false) FROM pg_settings "
                   "WHERE name = 'idle_session_timeout'",
                   idle_s);
    return writer->driver->execute(writer, sql, err);
}

int replica_lead(struct sql_connection *writer, bool *leads, struct err *err)
{
    struct sql_store *store = (struct sql_store *)writer->tx.store;
    int64_t done;

    if (*leads != store->leads) {
        if (sql_number_of(&writer->tx, &done, *leads ? LEAD : FOLLOW, "", NULL, err) != 0)
            return -1;
        store->leads = *leads && done == 1;
    }
    *leads = store->leads;
    return 0;
}
