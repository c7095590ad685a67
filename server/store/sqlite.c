/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sqlite.h. One connection writes, a few read: SQLite's write-ahead log gives each reader
 * the state of one moment without waiting for the writer. Statements are compiled once a
 * connection. A commit is on the disk when it returns (synchronous=FULL).
 */
#define _DEFAULT_SOURCE /* flock() */
#include "server/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
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

enum { READERS = 4, BATCH_MAX = 64 };

struct connection {
    struct sql_tx sql; /* first: a pointer to a transaction is one to its connection */
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_QUERIES];
    bool busy; /* a reader that has a transaction */
};

/* A transaction that waits for the commit of its batch. */
struct member {
    struct member *next;
    bool done;
    bool good;
    struct err why;
};

/*
 * Writers take turns. One that finds others waiting when it is done leaves its changes to be
 * committed together with theirs: the disk is waited for once for all of them. Each has a
 * savepoint to go back to.
 */
struct sqlite {
    struct store store;      /* first, likewise */
    int lock;                /* a file that is locked as long as the store is open */
    pthread_mutex_t writing; /* guards all of the batch */
    atomic_uint waiting;     /* writers that want their turn */
    pthread_cond_t committed;
    struct member *members;
    unsigned member_count;
    bool batch_open;
    pthread_mutex_t pool; /* guards busy of the readers */
    pthread_cond_t freed;
    struct connection writer;
    struct connection reader[READERS];
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

static const struct sql_driver driver = {ask, next, end, number, bytes};

static int execute(struct connection *connection, const char *sql, struct err *err)
{
    return sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : failed(connection, err);
}

/* Wait for a reader that nobody uses. */
static struct connection *take_reader(struct sqlite *sqlite)
{
    struct connection *found = NULL;

    (void)pthread_mutex_lock(&sqlite->pool);
    while (found == NULL) {
        for (size_t i = 0; i < READERS && found == NULL; i++) {
            if (!sqlite->reader[i].busy)
                found = &sqlite->reader[i];
        }
        if (found == NULL)
            (void)pthread_cond_wait(&sqlite->freed, &sqlite->pool);
    }
    found->busy = true;
    (void)pthread_mutex_unlock(&sqlite->pool);
    return found;
}

static void give_back(struct sqlite *sqlite, struct connection *connection)
{
    (void)pthread_mutex_lock(&sqlite->pool);
    connection->busy = false;
    (void)pthread_cond_signal(&sqlite->freed);
    (void)pthread_mutex_unlock(&sqlite->pool);
}

/* The commit of all that has been done since the batch began, and the news to its members. */
static void close_batch(struct sqlite *sqlite)
{
    struct connection *writer = &sqlite->writer;
    struct err why = {.kind = ERR_NONE};
    bool good = sqlite3_get_autocommit(writer->db) == 0 && execute(writer, "COMMIT", &why) == 0;

    if (!good && sqlite3_get_autocommit(writer->db) == 0)
        (void)execute(writer, "ROLLBACK", &why);
    for (struct member *member = sqlite->members; member != NULL; member = member->next) {
        member->done = true;
        member->good = good;
        member->why = why;
    }
    sqlite->members = NULL;
    sqlite->member_count = 0;
    sqlite->batch_open = false;
    (void)pthread_cond_broadcast(&sqlite->committed);
}

/* This writer is done; who waits goes on with the batch, and if nobody does, it ends. */
static void leave_batch(struct sqlite *sqlite)
{
    if (sqlite->batch_open && (sqlite->waiting == 0 || sqlite->member_count >= BATCH_MAX ||
                               sqlite3_get_autocommit(sqlite->writer.db) != 0))
        close_batch(sqlite);
}

static int begin_write(struct sqlite *sqlite, struct err *err)
{
    struct connection *writer = &sqlite->writer;

    sqlite->waiting++;
    (void)pthread_mutex_lock(&sqlite->writing);
    sqlite->waiting--;
    if (!sqlite->batch_open && execute(writer, "BEGIN IMMEDIATE", err) != 0) {
        (void)pthread_mutex_unlock(&sqlite->writing);
        return -1;
    }
    sqlite->batch_open = true;
    if (execute(writer, "SAVEPOINT one", err) == 0)
        return 0;
    leave_batch(sqlite);
    (void)pthread_mutex_unlock(&sqlite->writing);
    return -1;
}

static int begin(struct store *store, struct tx **tx, enum store_access access, struct err *err)
{
    struct sqlite *sqlite = (struct sqlite *)store;
    struct connection *connection = &sqlite->writer;

    if (access == STORE_READ) {
        connection = take_reader(sqlite);
        if (execute(connection, "BEGIN", err) != 0) {
            give_back(sqlite, connection);
            return -1;
        }
    } else if (begin_write(sqlite, err) != 0) {
        return -1;
    }
    *tx = &connection->sql.tx;
    return 0;
}

static void rollback(struct tx **tx)
{
    struct sqlite *sqlite;
    struct connection *connection;

    if (*tx == NULL)
        return;
    connection = (struct connection *)*tx;
    sqlite = (struct sqlite *)(*tx)->store;
    *tx = NULL;
    /* Some failures have rolled back by themselves. */
    if (sqlite3_get_autocommit(connection->db) == 0)
        (void)sqlite3_exec(connection->db,
                           connection == &sqlite->writer ? "ROLLBACK TO one; RELEASE one"
                                                         : "ROLLBACK",
                           NULL, NULL, NULL);
    if (connection != &sqlite->writer) {
        give_back(sqlite, connection);
        return;
    }
    leave_batch(sqlite);
    (void)pthread_mutex_unlock(&sqlite->writing);
}

/* Wait for the batch's commit, or be the one who does it. */
static int commit_write(struct sqlite *sqlite, struct err *err)
{
    struct member self = {.next = sqlite->members};

    sqlite->members = &self;
    sqlite->member_count++;
    leave_batch(sqlite);
    while (!self.done)
        (void)pthread_cond_wait(&sqlite->committed, &sqlite->writing);
    (void)pthread_mutex_unlock(&sqlite->writing);
    if (self.good)
        return 0;
    *err = self.why;
    return err->kind != ERR_NONE
               ? -1
               : err_set(err, ERR_UNAVAILABLE, "database: the transaction was undone");
}

static int commit(struct tx **tx, struct err *err)
{
    struct connection *connection = (struct connection *)*tx;
    struct sqlite *sqlite = (struct sqlite *)(*tx)->store;

    if (execute(connection, connection == &sqlite->writer ? "RELEASE one" : "COMMIT", err) !=
        0) {
        rollback(tx);
        return -1;
    }
    *tx = NULL;
    if (connection == &sqlite->writer)
        return commit_write(sqlite, err);
    give_back(sqlite, connection);
    return 0;
}

static void disconnect(struct connection *connection)
{
    for (size_t i = 0; i < SQL_QUERIES; i++)
        (void)sqlite3_finalize(connection->statement[i]);
    (void)sqlite3_close(connection->db);
}

static void close_store(struct store *store)
{
    struct sqlite *sqlite = (struct sqlite *)store;

    for (size_t i = 0; i < READERS; i++)
        disconnect(&sqlite->reader[i]);
    disconnect(&sqlite->writer); /* last, for it empties the log */
    (void)pthread_cond_destroy(&sqlite->committed);
    (void)pthread_cond_destroy(&sqlite->freed);
    (void)pthread_mutex_destroy(&sqlite->pool);
    (void)pthread_mutex_destroy(&sqlite->writing);
    if (sqlite->lock >= 0)
        (void)close(sqlite->lock);
    free(sqlite);
}

static int connect_to(struct connection *connection, struct sqlite *sqlite, const char *path,
                      struct err *err)
{
    connection->sql.tx.ask = &sql_questions;
    connection->sql.tx.store = &sqlite->store;
    connection->sql.driver = &driver;
    if (sqlite3_open_v2(path, &connection->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                        NULL) != SQLITE_OK)
        return failed(connection, err);
    (void)sqlite3_busy_timeout(connection->db, 10000); /* a backup may be reading */
    return execute(connection,
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
static int migrate(struct connection *connection, const char *path, struct err *err)
{
    int version;

    if (schema_version(connection, &version, err) != 0)
        return -1;
    if (version > SCHEMA_VERSION || version < 0)
        return err_set(err, ERR_STATE,
                       "%s: of a newer version (%d) than this server (%d); update the server",
                       path, version, SCHEMA_VERSION);
    for (; version < SCHEMA_VERSION; version++) {
        char done[64];

        (void)snprintf(done, sizeof done, "PRAGMA user_version = %d; COMMIT", version + 1);
        if (execute(connection, "BEGIN IMMEDIATE", err) != 0 ||
            execute(connection, schema_text[version], err) != 0 ||
            execute(connection, done, err) != 0)
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

int sqlite_open(struct store **store, const char *path, struct err *err)
{
    struct sqlite *sqlite = calloc(1, sizeof *sqlite);

    if (sqlite == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    sqlite->lock = -1;
    sqlite->store = (struct store){begin, commit, rollback, close_store};
    (void)pthread_mutex_init(&sqlite->writing, NULL);
    (void)pthread_mutex_init(&sqlite->pool, NULL);
    (void)pthread_cond_init(&sqlite->freed, NULL);
    (void)pthread_cond_init(&sqlite->committed, NULL);
    if (lock_file(sqlite, path, err) != 0 || prepare_file(path, err) != 0 ||
        connect_to(&sqlite->writer, sqlite, path, err) != 0 ||
        migrate(&sqlite->writer, path, err) != 0)
        goto failed;
    for (size_t i = 0; i < READERS; i++) {
        if (connect_to(&sqlite->reader[i], sqlite, path, err) != 0)
            goto failed;
    }
    *store = &sqlite->store;
    return 0;

failed:
    close_store(&sqlite->store);
    return -1;
}
