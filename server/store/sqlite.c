/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sqlite.h. SQLite's write-ahead log gives each reader the state of one moment without
 * waiting for the writer. Statements are compiled once a connection. A commit is on the disk
 * when it returns (synchronous=FULL).
 */
#define _DEFAULT_SOURCE /* flock() */
#include "server/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"
#include "server/store/schema.h"
#include "server/store/sql.h"
#include "server/store/sql_text.h"

struct connection {
    struct sql_connection sql; /* first: a pointer to it is one to this */
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_QUERIES];
};

struct sqlite {
    struct sql_store sql; /* first, likewise */
    int lock;             /* a file that is locked as long as the store is open */
};

static int failed(struct connection *connection, struct err *err)
{
    int code = sqlite3_extended_errcode(connection->db);
    enum err_kind kind = ERR_UNAVAILABLE;

    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        kind = ERR_CONFLICT;
    else if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
        kind = ERR_STATE;
    return err_set(err, kind, "database: %s", sqlite3_errmsg(connection->db));
}

static int bind(sqlite3_stmt *statement, int at, const struct sql_value *value)
{
    switch (value->type) {
    case SQL_NUMBER:
        return sqlite3_bind_int64(statement, at, value->number);
    case SQL_TEXT:
        return sqlite3_bind_text64(statement, at, value->bytes, value->len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case SQL_BYTES:
        return sqlite3_bind_blob64(statement, at, value->bytes, value->len, SQLITE_STATIC);
    case SQL_NULL:
        break;
    }
    return sqlite3_bind_null(statement, at);
}

static int ask(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *err)
{
    struct connection *connection = (struct connection *)rows->tx;
    sqlite3_stmt **statement = &connection->statement[query];

    if (*statement == NULL &&
        sqlite3_prepare_v3(connection->db, sql_text[query], -1, SQLITE_PREPARE_PERSISTENT,
                           statement, NULL) != SQLITE_OK)
        return failed(connection, err);
    for (size_t i = 0; i < count; i++) {
        if (bind(*statement, (int)i + 1, &values[i]) != SQLITE_OK)
            return failed(connection, err);
    }
    rows->handle = *statement;
    return 0;
}

static int next(struct sql_rows *rows, struct err *err)
{
    struct connection *connection = (struct connection *)rows->tx;

    switch (sqlite3_step(rows->handle)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        rows->changed = sqlite3_changes(connection->db);
        return 0;
    default:
        return failed(connection, err);
    }
}

/* What went wrong has been told by next(). */
static void end(struct sql_rows *rows)
{
    (void)sqlite3_reset(rows->handle);
    (void)sqlite3_clear_bindings(rows->handle);
}

static int run(struct tx *tx, unsigned query, const struct sql_value *values, size_t count,
               struct err *err)
{
    struct sql_rows rows = {.tx = tx};
    int rc;

    if (ask(&rows, query, values, count, err) != 0)
        return -1;
    rc = next(&rows, err);
    end(&rows);
    return rc;
}

static int64_t number(struct sql_rows *rows, int column)
{
    return sqlite3_column_int64(rows->handle, column);
}

static const void *bytes(struct sql_rows *rows, int column, size_t *len)
{
    const void *found = sqlite3_column_type(rows->handle, column) == SQLITE_TEXT
                            ? (const void *)sqlite3_column_text(rows->handle, column)
                            : sqlite3_column_blob(rows->handle, column);

    *len = (size_t)sqlite3_column_bytes(rows->handle, column);
    return found;
}

static int execute(struct sql_connection *base, const char *sql, struct err *err)
{
    struct connection *connection = (struct connection *)base;

    return sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : failed(connection, err);
}

static void leave(struct sql_connection *connection)
{
    struct err ignored; /* what cannot be undone was never done */

    (void)execute(connection, "ROLLBACK", &ignored);
}

static bool is_undone(struct sql_connection *connection)
{
    return sqlite3_get_autocommit(((struct connection *)connection)->db) != 0;
}

/* A file is always there. */
static int stay_connected(struct sql_connection *connection, struct err *err)
{
    (void)connection;
    (void)err;
    return 0;
}

static void disconnect(struct sql_connection *base)
{
    struct connection *connection = (struct connection *)base;

    for (size_t i = 0; i < SQL_QUERIES; i++)
        (void)sqlite3_finalize(connection->statement[i]);
    (void)sqlite3_close(connection->db);
    free(connection);
}

static const struct sql_driver driver = {
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .execute = execute,
    .later = execute,
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

static int connect_to(struct sql_connection **out, struct sqlite *sqlite, const char *path,
                      struct err *err)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (connection == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    *out = &connection->sql; /* which the store frees, also after an error */
    sql_connection_init(&connection->sql, &sqlite->sql);
    if (sqlite3_open_v2(path, &connection->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                        NULL) != SQLITE_OK)
        return failed(connection, err);
    (void)sqlite3_busy_timeout(connection->db, 10000); /* a backup may be reading */
    return execute(&connection->sql,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                   "PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;",
                   err);
}

/* The number of the newest schema file that the database has seen; 0: it is empty. */
static int schema_version(struct connection *connection, int *version, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = -1;

    if (sqlite3_prepare_v2(connection->db, "PRAGMA user_version", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        *version = sqlite3_column_int(statement, 0);
        rc = 0;
    } else {
        (void)failed(connection, err);
    }
    (void)sqlite3_finalize(statement);
    return rc;
}

/* Bring the tables to the newest schema, in one transaction a step. */
static int migrate(struct sql_connection *writer, const char *path, struct err *err)
{
    int version;

    if (schema_version((struct connection *)writer, &version, err) != 0)
        return -1;
    if (version > SCHEMA_VERSION || version < 0)
        return err_set(err, ERR_STATE,
                       "%s: of a newer version (%d) than this server (%d); update the server",
                       path, version, SCHEMA_VERSION);
    for (; version < SCHEMA_VERSION; version++) {
        char done[64];

        (void)snprintf(done, sizeof done, "PRAGMA user_version = %d; COMMIT", version + 1);
        if (execute(writer, "BEGIN IMMEDIATE", err) != 0 ||
            execute(writer, schema_text[version], err) != 0 || execute(writer, done, err) != 0)
            return -1;
    }
    return 0;
}

/* Make the file if it is missing, readable by its owner alone. */
static int prepare_file(const char *path, struct err *err)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0) {
        (void)close(fd);
        return 0;
    }
    /* Not opened again: closing it would take SQLite's locks away. */
    if (errno != EEXIST || stat(path, &status) != 0)
        return err_system(err, ERR_STATE, errno, "cannot open %s", path);
    if ((status.st_mode & 077) != 0)
        return err_set(err, ERR_STATE,
                       "%s: others may read or change it (mode %03o); chmod 600 %s", path,
                       (unsigned)status.st_mode & 0777U, path);
    return 0;
}

static int lock_file(struct sqlite *sqlite, const char *path, struct err *err)
{
    char *name = malloc(strlen(path) + sizeof ".lock");

    if (name == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)sprintf(name, "%s.lock", path);
    sqlite->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(name);
    if (sqlite->lock < 0)
        return err_system(err, ERR_STATE, errno, "cannot lock %s", path);
    if (flock(sqlite->lock, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_STATE, "%s: another server uses it", path);
    return 0;
}

static void closed(struct sql_store *store)
{
    struct sqlite *sqlite = (struct sqlite *)store;

    if (sqlite->lock >= 0)
        (void)close(sqlite->lock);
    free(sqlite);
}

int sqlite_open(struct store **store, const char *path, struct err *err)
{
    struct sqlite *sqlite = calloc(1, sizeof *sqlite);

    if (sqlite == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    sqlite->lock = -1;
    sql_store_init(&sqlite->sql, &driver, closed);
    sqlite->sql.owner = 1;
    if (lock_file(sqlite, path, err) != 0 || prepare_file(path, err) != 0 ||
        connect_to(&sqlite->sql.writer, sqlite, path, err) != 0 ||
        migrate(sqlite->sql.writer, path, err) != 0)
        goto failed;
    for (size_t i = 0; i < SQL_READERS; i++) {
        if (connect_to(&sqlite->sql.reader[i], sqlite, path, err) != 0)
            goto failed;
    }
    *store = &sqlite->sql.store;
    return 0;

failed:
    sqlite->sql.store.close(&sqlite->sql.store);
    return -1;
}
