/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See postgres.h. Values go and come as bytes (libpq's binary format). Statements are sent in
 * libpq's pipeline mode, and no answer is waited for without an end: a connection on which none
 * comes in time is given up, and made again before the next transaction, as is one that was
 * lost.
 *
 * Writers of all servers on one database (postgres_replica.h) take turns by an advisory lock,
 * which lasts as long as a transaction.
 */
#include "server/store/postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "server/store/outage.h"
#include "server/store/postgres_replica.h"
#include "server/store/postgres_schema.h"
#include "server/store/sql.h"
#include "server/store/sql_text.h"

enum {
    TYPE_BYTES = 17, /* oids of pg_type */
    TYPE_NUMBER = 20,
    TYPE_TEXT = 25,
    BINARY = 1,
    UNSENT_MAX = 100,   /* statements that are sent together */
    IDLE_S = 5,         /* beyond the time that an answer may take */
    SILENT_MS = 500,    /* who answers later than that does not answer */
    GRACE_MS = 1000,    /* the database itself is to give up first */
    OPENING_MS = 600000 /* for bringing large tables up to date */
};

/* "e4d" in bytes: the lock of writers, and of the first who makes the tables. */
#define LOCK "SELECT pg_advisory_xact_lock(6632548)"

struct postgres {
    struct sql_store sql; /* first: a pointer to it is one to this */
    struct outage outage;
    char *where;
    unsigned timeout_s;
    bool is_open; /* its tables are there */
};

struct connection {
    struct sql_connection sql; /* first, likewise */
    struct postgres *postgres;
    PGconn *db;      /* NULL: there is none */
    unsigned syncs;  /* ends of pipelines that were sent and have not come back */
    unsigned unsent; /* statements since the last of those */
    bool prepared[SQL_QUERIES];
};

static int tell(struct err *err, enum err_kind kind, const char *words)
{
    return err_set(err, kind, "database: %.*s", (int)strcspn(words, "\n"), words);
}

/* This connection is good for nothing any more, and it took long to find out, or not: who is
 * refused at once may ask as often as he likes. Always returns -1. */
static int give_up(struct connection *connection, const struct err *why, bool silent)
{
    struct outage *outage = &connection->postgres->outage;

    PQfinish(connection->db);
    connection->db = NULL;
    if (silent)
        outage_begin(outage, why);
    else
        outage_end(outage);
    return -1;
}

static int lost(struct connection *connection, struct err *err)
{
    (void)tell(err, ERR_UNAVAILABLE, PQerrorMessage(connection->db));
    return give_up(connection, err, false);
}

/* Why the database did not do it, in its own words. */
static int refused(const PGresult *result, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    enum err_kind kind = ERR_UNAVAILABLE;

    if (state != NULL && strcmp(state, "23505") == 0) /* unique_violation */
        kind = ERR_CONFLICT;
    else if (state != NULL && strncmp(state, "XX", 2) == 0) /* internal, damaged */
        kind = ERR_STATE;
    return tell(err, kind, words != NULL ? words : PQresultErrorMessage(result));
}

/* Send what is to be sent, and wait until an answer is there. */
static int wait_for_answer(struct connection *connection, int64_t deadline_ms, struct err *err)
{
    PGconn *db = connection->db;
    int unsent;

    while ((unsent = PQflush(db)) != 0 || PQisBusy(db) == 1) {
        struct pollfd socket = {.fd = PQsocket(db),
                                .events = (short)(unsent == 1 ? POLLIN | POLLOUT : POLLIN)};
        int64_t left_ms = deadline_ms - monotonic_ms();

        if (unsent < 0)
            return lost(connection, err);
        if (left_ms <= 0) {
            (void)tell(err, ERR_UNAVAILABLE, "it does not answer");
            return give_up(connection, err, true);
        }
        if (poll(&socket, 1, (int)left_ms) < 0 && errno != EINTR)
            return lost(connection, err);
        if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(db) == 0)
            return lost(connection, err);
    }
    return 0;
}

static int64_t deadline_of(const struct connection *connection)
{
    const struct postgres *postgres = connection->postgres;

    return monotonic_ms() +
           (postgres->is_open ? (int64_t)postgres->timeout_s * 1000 + GRACE_MS : OPENING_MS);
}

/* One result of those that are owed. *last is the newest that is an answer. */
static int take_result(struct connection *connection, PGresult **last, bool *failed,
                       struct err *err)
{
    PGresult *result = PQgetResult(connection->db);
    ExecStatusType status = PQresultStatus(result);

    if (result == NULL) /* the end of one statement's */
        return PQstatus(connection->db) == CONNECTION_OK ? 0 : lost(connection, err);
    if (status == PGRES_PIPELINE_SYNC) {
        connection->syncs--;
        PQclear(result);
        return 0;
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        if (!*failed) /* what follows is not done either, because of this */
            (void)refused(result, err);
        *failed = true;
    }
    PQclear(*last);
    *last = result;
    return 0;
}

/*
 * Have all that was sent done. The answer to the last statement goes to *answer, which the
 * caller clears; NULL: nobody wants it. An error is that of the first that was not done.
 */
static int finish(struct connection *connection, PGresult **answer, struct err *err)
{
    int64_t deadline_ms = deadline_of(connection);
    PGresult *last = NULL;
    bool failed = false;
    int rc = 0;

    if (PQpipelineSync(connection->db) != 1)
        return lost(connection, err);
    connection->syncs++;
    connection->unsent = 0;
    while (rc == 0 && connection->syncs > 0) {
        rc = wait_for_answer(connection, deadline_ms, err);
        if (rc == 0)
            rc = take_result(connection, &last, &failed, err);
    }
    if (rc == 0)
        outage_end(&connection->postgres->outage);
    if (rc == 0 && !failed && answer != NULL) {
        *answer = last;
        return 0;
    }
    PQclear(last);
    return rc == 0 && !failed ? 0 : -1;
}

/* Statements without values, which ';' separates, one by one: a pipeline has no scripts. */
static int send_text(struct connection *connection, const char *sql, struct err *err)
{
    char *copy = strdup(sql);
    char *rest = copy;
    int rc = 0;

    if (copy == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    while (rc == 0 && rest != NULL) {
        char *one = rest + strspn(rest, " \n");

        rest = strchr(one, ';');
        if (rest != NULL)
            *rest++ = '\0';
        if (*one != '\0' &&
            PQsendQueryParams(connection->db, one, 0, NULL, NULL, NULL, NULL, BINARY) != 1)
            rc = lost(connection, err);
    }
    free(copy);
    return rc;
}

/* Is there a connection to ask on? */
static int is_there(const struct connection *connection, struct err *err)
{
    return connection->db != NULL ? 0 : tell(err, ERR_UNAVAILABLE, "the connection was lost");
}

static int execute(struct sql_connection *base, const char *sql, struct err *err)
{
    struct connection *connection = (struct connection *)base;

    return is_there(connection, err) != 0 || send_text(connection, sql, err) != 0
               ? -1
               : finish(connection, NULL, err);
}

static int later(struct sql_connection *base, const char *sql, struct err *err)
{
    struct connection *connection = (struct connection *)base;

    connection->unsent++;
    return is_there(connection, err) != 0 ? -1 : send_text(connection, sql, err);
}

/* The answer is read by whoever comes next. */
static void leave(struct sql_connection *base)
{
    struct connection *connection = (struct connection *)base;
    struct err ignored; /* a transaction whose connection is lost has ended as well */

    if (connection->db == NULL || send_text(connection, "ROLLBACK", &ignored) != 0)
        return;
    if (PQpipelineSync(connection->db) != 1 || PQflush(connection->db) < 0)
        (void)lost(connection, &ignored);
    else
        connection->syncs++;
}

static bool is_undone(struct sql_connection *base)
{
    struct connection *connection = (struct connection *)base;
    struct err ignored; /* it shows in the state of the transaction */

    if (connection->db != NULL && connection->unsent > 0)
        (void)finish(connection, NULL, &ignored);
    return connection->db == NULL || PQtransactionStatus(connection->db) == PQTRANS_IDLE;
}

/* ?1 of sql_text.c is $1 here. */
static void in_dialect(char *sql)
{
    for (; *sql != '\0'; sql++) {
        if (*sql == '?')
            *sql = '$';
    }
}

static Oid type_of(const struct sql_value *value)
{
    if (value->type == SQL_NUMBER)
        return TYPE_NUMBER;
    return value->type == SQL_TEXT ? TYPE_TEXT : TYPE_BYTES;
}

static int prepare(struct connection *connection, const char *name, unsigned query,
                   const struct sql_value *values, size_t count, struct err *err)
{
    Oid types[SQL_VALUES_MAX];
    char *sql = strdup(sql_text[query]);
    int sent;

    if (sql == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    in_dialect(sql);
    for (size_t i = 0; i < count; i++)
        types[i] = type_of(&values[i]);
    sent = PQsendPrepare(connection->db, name, sql, (int)count, types);
    free(sql);
    if (sent != 1)
        return lost(connection, err);
    if (finish(connection, NULL, err) != 0)
        return -1;
    connection->prepared[query] = true;
    return 0;
}

static void store_number(char bytes[8], int64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (char)(uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int send_query(struct connection *connection, unsigned query,
                      const struct sql_value *values, size_t count, struct err *err)
{
    const char *pointers[SQL_VALUES_MAX];
    int lengths[SQL_VALUES_MAX];
    int formats[SQL_VALUES_MAX];
    char numbers[SQL_VALUES_MAX][8];
    char name[16];

    (void)snprintf(name, sizeof name, "q%u", query);
    if (is_there(connection, err) != 0 ||
        (!connection->prepared[query] &&
         prepare(connection, name, query, values, count, err) != 0))
        return -1;
    for (size_t i = 0; i < count; i++) {
        store_number(numbers[i], values[i].number);
        pointers[i] = values[i].type == SQL_NUMBER ? numbers[i] : values[i].bytes;
        lengths[i] = values[i].type == SQL_NUMBER ? 8 : (int)values[i].len;
        formats[i] = BINARY;
    }
    if (PQsendQueryPrepared(connection->db, name, (int)count, pointers, lengths, formats,
                            BINARY) != 1)
        return lost(connection, err);
    connection->unsent++;
    return 0;
}

static int run(struct tx *tx, unsigned query, const struct sql_value *values, size_t count,
               struct err *err)
{
    struct connection *connection = (struct connection *)tx;

    if (send_query(connection, query, values, count, err) != 0)
        return -1;
    return connection->unsent < UNSENT_MAX ? 0 : finish(connection, NULL, err);
}

static int ask(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *err)
{
    struct connection *connection = (struct connection *)rows->tx;
    PGresult *answer = NULL;

    if (send_query(connection, query, values, count, err) != 0 ||
        finish(connection, &answer, err) != 0)
        return -1;
    rows->handle = answer;
    rows->at = -1;
    return 0;
}

/* The whole answer is here by now. */
static int next(struct sql_rows *rows, struct err *err)
{
    (void)err;
    rows->at++;
    if (rows->at < PQntuples(rows->handle))
        return 1;
    rows->changed = strtoll(PQcmdTuples(rows->handle), NULL, 10);
    return 0;
}

static void end(struct sql_rows *rows)
{
    PQclear(rows->handle);
}

static int64_t number(struct sql_rows *rows, int column)
{
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(rows->handle, rows->at, column);
    uint64_t found = 0;

    for (int i = 0; i < PQgetlength(rows->handle, rows->at, column) && i < 8; i++)
        found = found << 8 | bytes[i];
    return (int64_t)found;
}

static const void *bytes(struct sql_rows *rows, int column, size_t *len)
{
    *len = (size_t)PQgetlength(rows->handle, rows->at, column);
    return PQgetisnull(rows->handle, rows->at, column)
               ? NULL
               : PQgetvalue(rows->handle, rows->at, column);
}

static void on_notice(void *ctx, const char *words)
{
    (void)ctx;
    log_warning("database", "%.*s", (int)strcspn(words, "\n"), words);
}

static bool is_writer(const struct connection *connection)
{
    return connection->postgres->sql.writer == &connection->sql;
}

/* How long the other side waits: for a lock, for a statement, and for us in the middle of a
 * transaction, for one that sleeps there would keep all others waiting. */
static int set_timeouts(struct connection *connection, struct err *err)
{
    char sql[160];
    unsigned timeout_s = connection->postgres->timeout_s;

    (void)snprintf(sql, sizeof sql,
                   "SET lock_timeout = '%us'; SET statement_timeout = '%us'; "
                   "SET idle_in_transaction_session_timeout = '%us'",
                   timeout_s, timeout_s, (timeout_s + 1) / 2);
    return execute(&connection->sql, sql, err);
}

/* What the connection string says goes before these: libpq lets it. */
static PGconn *dial(const struct postgres *postgres)
{
    const char *const names[] = {"connect_timeout",  "tcp_user_timeout",
                                 "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "fallback_application_name",
                                 "dbname",           NULL};
    char seconds[16];
    char milliseconds[16];
    const char *const values[] = {seconds, milliseconds, seconds,         "2",
                                  "3",     "e4d",        postgres->where, NULL};

    (void)snprintf(seconds, sizeof seconds, "%u", postgres->timeout_s);
    (void)snprintf(milliseconds, sizeof milliseconds, "%u", postgres->timeout_s * 1000);
    return PQconnectdbParams(names, values, 1);
}

static int be_server(struct connection *connection, struct err *err)
{
    return replica_begin(&connection->sql, connection->postgres->timeout_s + IDLE_S, err);
}

static int connect_anew(struct connection *connection, struct err *err)
{
    int64_t start_ms = monotonic_ms();

    PQfinish(connection->db);
    connection->db = dial(connection->postgres);
    connection->syncs = connection->unsent = 0;
    memset(connection->prepared, 0, sizeof connection->prepared);
    if (PQstatus(connection->db) != CONNECTION_OK) {
        (void)tell(err, ERR_UNAVAILABLE, PQerrorMessage(connection->db));
        return give_up(connection, err, monotonic_ms() - start_ms > SILENT_MS);
    }
    (void)PQsetNoticeProcessor(connection->db, on_notice, NULL);
    if (PQsetnonblocking(connection->db, 1) != 0 || PQenterPipelineMode(connection->db) != 1)
        return lost(connection, err);
    if (set_timeouts(connection, err) != 0)
        return -1;
    if (!is_writer(connection) || !connection->postgres->is_open ||
        be_server(connection, err) == 0)
        return 0;
    PQfinish(connection->db); /* for the next attempt to try again */
    connection->db = NULL;
    return -1;
}

static int stay_connected(struct sql_connection *base, struct err *err)
{
    struct connection *connection = (struct connection *)base;

    if (outage_check(&connection->postgres->outage, err) != 0)
        return -1;
    /* What the server said meanwhile is read first: it may have been goodbye. */
    if (connection->db != NULL && PQconsumeInput(connection->db) == 1 &&
        PQstatus(connection->db) == CONNECTION_OK)
        return 0;
    return connect_anew(connection, err);
}

static void disconnect(struct sql_connection *base)
{
    struct connection *connection = (struct connection *)base;

    PQfinish(connection->db);
    free(connection);
}

static const struct sql_driver driver = {
    .begin_write = "BEGIN; " LOCK,
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .take_back = replica_take_back,
    .lead = replica_lead,
    .execute = execute,
    .later = later,
    .leave = leave,
    .is_undone = is_undone,
    .connect = stay_connected,
    .disconnect = disconnect,
    .ask = ask,
    .run = run,
    .next = next,
    .end = end,
    .number = number,
    .bytes = bytes,
};

static int connect_to(struct sql_connection **out, struct postgres *postgres, struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    *out = &connection->sql; /* which the store frees, also after an error */
    sql_connection_init(&connection->sql, &postgres->sql);
    connection->postgres = postgres;
    return stay_connected(&connection->sql, err);
}

static void closed(struct sql_store *store)
{
    struct postgres *postgres = (struct postgres *)store;

    outage_destroy(&postgres->outage);
    free(postgres->where);
    free(postgres);
}

static int connect_all(struct postgres *postgres, struct err *err)
{
    if (connect_to(&postgres->sql.writer, postgres, err) != 0 ||
        postgres_migrate(postgres->sql.writer, err) != 0)
        return -1;
    for (size_t i = 0; i < SQL_READERS; i++) {
        if (connect_to(&postgres->sql.reader[i], postgres, err) != 0)
            return -1;
    }
    postgres->is_open = true;
    return be_server((struct connection *)postgres->sql.writer, err);
}

int postgres_open(struct store **store, const struct postgres_options *options, struct err *err)
{
    struct postgres *postgres = calloc(1, sizeof *postgres);

    if (postgres == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    sql_store_init(&postgres->sql, &driver, closed);
    outage_init(&postgres->outage);
    postgres->timeout_s = options->timeout_s != 0 ? options->timeout_s : POSTGRES_TIMEOUT_S;
    postgres->where = strdup(options->where);
    if (postgres->where == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    if (postgres->where == NULL || connect_all(postgres, err) != 0) {
        postgres->sql.store.close(&postgres->sql.store);
        return -1;
    }
    *store = &postgres->sql.store;
    return 0;
}
