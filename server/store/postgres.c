/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See postgres.h. Values go and come as bytes (libpq's binary format). Writers of all servers
 * on one database take turns by an advisory lock, which lasts as long as a transaction. A
 * connection that was lost is made again before the next transaction.
 */
#include "server/store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/err.h"
#include "base/log.h"
#include "server/store/schema.h"
#include "server/store/sql.h"
#include "server/store/sql_text.h"

enum { TYPE_BYTES = 17, TYPE_NUMBER = 20, TYPE_TEXT = 25, BINARY = 1 }; /* oids of pg_type */

/* "e4d" in bytes: the lock of writers, and of the first who makes the tables. */
#define LOCK "SELECT pg_advisory_xact_lock(6632548)"
/* And the one that the writer of the server in charge holds as long as it is connected. */
#define IN_CHARGE "SELECT pg_try_advisory_lock(6632549)"

struct connection {
    struct sql_connection sql; /* first: a pointer to it is one to this */
    const char *where;         /* the store's */
    PGconn *db;
    bool prepared[SQL_QUERIES];
};

struct postgres {
    struct sql_store sql; /* first, likewise */
    char *where;
    bool is_open; /* its tables are there */
};

/* The server's own words, without the line ends that they have. */
static int failed(struct connection *connection, const PGresult *result, struct err *err)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words =
        result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    enum err_kind kind = ERR_UNAVAILABLE;

    if (state != NULL && strcmp(state, "23505") == 0) /* unique_violation */
        kind = ERR_CONFLICT;
    else if (state != NULL && strncmp(state, "XX", 2) == 0) /* internal, damaged */
        kind = ERR_STATE;
    if (words == NULL)
        words = PQerrorMessage(connection->db);
    return err_set(err, kind, "database: %.*s", (int)strcspn(words, "\n"), words);
}

/* Does it have the answer that was asked for? Frees it if not. */
static int check(struct connection *connection, PGresult *result, struct err *err)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return 0;
    (void)failed(connection, result, err);
    PQclear(result);
    return -1;
}

static int execute(struct sql_connection *base, const char *sql, struct err *err)
{
    struct connection *connection = (struct connection *)base;
    PGresult *result = PQexec(connection->db, sql);

    if (check(connection, result, err) != 0)
        return -1;
    PQclear(result);
    return 0;
}

static bool is_undone(struct sql_connection *base)
{
    /* Without a connection: unknown. */
    PGTransactionStatusType status = PQtransactionStatus(((struct connection *)base)->db);

    return status == PQTRANS_IDLE || status == PQTRANS_UNKNOWN;
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
    PGresult *result;

    if (sql == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    in_dialect(sql);
    for (size_t i = 0; i < count; i++)
        types[i] = type_of(&values[i]);
    result = PQprepare(connection->db, name, sql, (int)count, types);
    free(sql);
    if (check(connection, result, err) != 0)
        return -1;
    PQclear(result);
    connection->prepared[query] = true;
    return 0;
}

static void store_number(char bytes[8], int64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (char)(uint8_t)((uint64_t)number >> (56 - 8 * i));
}

static int ask(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *err)
{
    struct connection *connection = (struct connection *)rows->tx;
    const char *pointers[SQL_VALUES_MAX];
    int lengths[SQL_VALUES_MAX];
    int formats[SQL_VALUES_MAX];
    char numbers[SQL_VALUES_MAX][8];
    char name[16];

    (void)snprintf(name, sizeof name, "q%u", query);
    if (!connection->prepared[query] &&
        prepare(connection, name, query, values, count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        store_number(numbers[i], values[i].number);
        pointers[i] = values[i].type == SQL_NUMBER ? numbers[i] : values[i].bytes;
        lengths[i] = values[i].type == SQL_NUMBER ? 8 : (int)values[i].len;
        formats[i] = BINARY;
    }
    rows->handle =
        PQexecPrepared(connection->db, name, (int)count, pointers, lengths, formats, BINARY);
    rows->at = -1;
    return check(connection, rows->handle, err);
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

/* Two servers would send a client's commands in any order. */
static int lock_others_out(struct connection *connection, struct err *err)
{
    PGresult *result = PQexec(connection->db, IN_CHARGE);
    bool is_ours;

    if (check(connection, result, err) != 0)
        return -1;
    is_ours = *PQgetvalue(result, 0, 0) == 't';
    PQclear(result);
    if (is_ours)
        return 0;
    return err_set(err, ERR_UNAVAILABLE, "database: another server uses it");
}

/* Whoever was in charge meanwhile, or died of the same fault, may have claimed commands. */
static int take_charge(struct connection *connection, struct err *err)
{
    const struct postgres *postgres = (const struct postgres *)connection->sql.tx.store;

    if (lock_others_out(connection, err) == 0 &&
        (!postgres->is_open || execute(&connection->sql, sql_text[UNCLAIM_COMMANDS], err) == 0))
        return 0;
    PQfinish(connection->db); /* for the next attempt to try again */
    connection->db = NULL;
    return -1;
}

static bool is_writer(const struct connection *connection)
{
    const struct sql_store *store = (const struct sql_store *)connection->sql.tx.store;

    return store->writer == &connection->sql;
}

static int stay_connected(struct sql_connection *base, struct err *err)
{
    struct connection *connection = (struct connection *)base;

    /* What the server said meanwhile is read first: it may have been goodbye. */
    if (connection->db != NULL && PQconsumeInput(connection->db) == 1 &&
        PQstatus(connection->db) == CONNECTION_OK)
        return 0;
    memset(connection->prepared, 0, sizeof connection->prepared);
    if (connection->db == NULL)
        connection->db = PQconnectdb(connection->where);
    else
        PQreset(connection->db);
    if (PQstatus(connection->db) != CONNECTION_OK)
        return failed(connection, NULL, err);
    (void)PQsetNoticeProcessor(connection->db, on_notice, NULL);
    return is_writer(connection) ? take_charge(connection, err) : 0;
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
    .execute = execute,
    .is_undone = is_undone,
    .connect = stay_connected,
    .disconnect = disconnect,
    .ask = ask,
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
    connection->where = postgres->where;
    return stay_connected(&connection->sql, err);
}

/* What SQLite says one way in the schema, and PostgreSQL another: the longest first. */
static const struct {
    const char *there;
    const char *here;
} words[] = {
    {"INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"},
    {" STRICT, WITHOUT ROWID", ""},
    {" STRICT", ""},
    {"INTEGER", "BIGINT"},
    {"BLOB", "BYTEA"},
    {"TEXT", "TEXT COLLATE \"C\""},
    {"x''", "''"},
};
enum { WORDS = sizeof words / sizeof words[0] };

/* The word that a text begins with; WORDS: none. */
static size_t word_at(const char *text)
{
    size_t i = 0;

    while (i < WORDS && strncmp(text, words[i].there, strlen(words[i].there)) != 0)
        i++;
    return i;
}

/* The caller frees it. No word becomes more than four times as long. */
static char *translate(const char *text, struct err *err)
{
    char *out = malloc(4 * strlen(text) + 1);
    size_t len = 0;

    if (out == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    while (*text != '\0') {
        size_t word = word_at(text);

        if (word == WORDS) {
            out[len++] = *text++;
            continue;
        }
        memcpy(out + len, words[word].here, strlen(words[word].here));
        len += strlen(words[word].here);
        text += strlen(words[word].there);
    }
    out[len] = '\0';
    return out;
}

static int schema_version(struct connection *connection, int *version, struct err *err)
{
    PGresult *result = PQexec(connection->db, "SELECT coalesce(max(number), 0) FROM schema");

    if (check(connection, result, err) != 0)
        return -1;
    *version = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return 0;
}

static int migrate_to(struct sql_connection *writer, int version, struct err *err)
{
    char *sql = translate(schema_text[version - 1], err);
    char noted[64];
    int rc = -1;

    if (sql == NULL)
        return -1;
    (void)snprintf(noted, sizeof noted, "INSERT INTO schema VALUES (%d)", version);
    if (execute(writer, sql, err) == 0 && execute(writer, noted, err) == 0)
        rc = 0;
    free(sql);
    return rc;
}

/* Bring the tables to the newest schema, in one transaction, one server at a time. */
static int migrate(struct sql_connection *writer, struct err *err)
{
    int version;

    if (execute(writer, "SET client_min_messages = warning", err) != 0 ||
        execute(writer, driver.begin_write, err) != 0 ||
        execute(writer, "CREATE TABLE IF NOT EXISTS schema (number BIGINT PRIMARY KEY)", err) !=
            0 ||
        schema_version((struct connection *)writer, &version, err) != 0)
        return -1;
    if (version > SCHEMA_VERSION)
        return err_set(err, ERR_STATE,
                       "database: of a newer version (%d) than this server (%d); update the "
                       "server",
                       version, SCHEMA_VERSION);
    while (version < SCHEMA_VERSION) {
        if (migrate_to(writer, ++version, err) != 0)
            return -1;
    }
    return execute(writer, "COMMIT", err);
}

static void closed(struct sql_store *store)
{
    struct postgres *postgres = (struct postgres *)store;

    free(postgres->where);
    free(postgres);
}

int postgres_open(struct store **store, const char *where, struct err *err)
{
    struct postgres *postgres = calloc(1, sizeof *postgres);

    if (postgres == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    sql_store_init(&postgres->sql, &driver, closed);
    postgres->where = strdup(where);
    if (postgres->where == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        goto failed;
    }
    if (connect_to(&postgres->sql.writer, postgres, err) != 0 ||
        migrate(postgres->sql.writer, err) != 0)
        goto failed;
    for (size_t i = 0; i < SQL_READERS; i++) {
        if (connect_to(&postgres->sql.reader[i], postgres, err) != 0)
            goto failed;
    }
    postgres->is_open = true;
    *store = &postgres->sql.store;
    return 0;

failed:
    postgres->sql.store.close(&postgres->sql.store);
    return -1;
}
