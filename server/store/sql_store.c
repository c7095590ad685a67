/* SPDX-License-Identifier: Apache-2.0 */
/* See sql.h: transactions, for any driver. One connection writes, a few read. */
#include "server/store/sql.h"

#include <stdlib.h>

#include "base/monotonic.h"

enum { BATCH_MAX = 64, RETURN_MS = 1 };

static struct sql_store *store_of(const struct tx *tx)
{
    return (struct sql_store *)tx->store;
}

static int execute(struct sql_connection *connection, const char *sql, struct err *err)
{
    return connection->driver->execute(connection, sql, err);
}

static bool is_undone(struct sql_connection *connection)
{
    return connection->driver->is_undone(connection);
}

/* Wait for a reader that nobody uses. */
static struct sql_connection *take_reader(struct sql_store *store)
{
    struct sql_connection *found = NULL;

    (void)pthread_mutex_lock(&store->pool);
    while (found == NULL) {
        for (size_t i = 0; i < SQL_READERS && found == NULL; i++) {
            if (!store->reader[i]->busy)
                found = store->reader[i];
        }
        if (found == NULL)
            (void)pthread_cond_wait(&store->freed, &store->pool);
    }
    found->busy = true;
    (void)pthread_mutex_unlock(&store->pool);
    return found;
}

static void give_back(struct sql_store *store, struct sql_connection *connection)
{
    (void)pthread_mutex_lock(&store->pool);
    connection->busy = false;
    (void)pthread_cond_signal(&store->freed);
    (void)pthread_mutex_unlock(&store->pool);
}

/* The commit of all that has been done since the batch began, and the news to its members. */
static void close_batch(struct sql_store *store)
{
    struct sql_batch *batch = store->batch;
    struct err ignored;

    batch->good = !batch->spoiled && !is_undone(store->writer) &&
                  execute(store->writer, "COMMIT", &batch->why) == 0;
    if (!batch->good && !is_undone(store->writer))
        (void)execute(store->writer, "ROLLBACK", &ignored);
    store->usual = batch->members;
    store->batch = NULL;
    (void)pthread_mutex_lock(&store->news);
    batch->done = true;
    (void)pthread_cond_broadcast(&store->committed);
    (void)pthread_mutex_unlock(&store->news);
}

/* Does another writer go on with the batch? Where more are usual, wait a moment for one. */
static bool is_awaited(struct sql_store *store)
{
    const struct timespec until = monotonic_in(RETURN_MS);
    bool awaited;

    (void)pthread_mutex_lock(&store->news);
    while (store->waiting == 0 && store->batch->members < store->usual) {
        if (pthread_cond_timedwait(&store->arrived, &store->news, &until) != 0)
            break;
    }
    awaited = store->waiting > 0;
    (void)pthread_mutex_unlock(&store->news);
    return awaited;
}

/* This writer is done; who waits goes on with the batch, and if nobody does, it ends. */
static void leave_batch(struct sql_store *store)
{
    if (store->batch->members >= BATCH_MAX || store->batch->spoiled ||
        is_undone(store->writer) || !is_awaited(store))
        close_batch(store);
}

/* Begin a transaction. That a connection is lost may only be found out by using it: then once
 * more, on a new one. */
static int start(struct sql_connection *connection, const char *sql, struct err *err)
{
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        struct err ignored;

        if (connection->driver->connect(connection, err) != 0)
            return -1;
        if (execute(connection, sql, err) == 0)
            return 0;
        if (!is_undone(connection))
            (void)execute(connection, "ROLLBACK", &ignored);
    }
    return -1;
}

/* The same for a writer with nothing to commit. */
static void leave_empty_handed(struct sql_store *store)
{
    struct sql_batch *batch = store->batch;
    bool alone = batch->members == 0; /* else the members free it */

    leave_batch(store);
    if (alone && store->batch == NULL)
        free(batch);
}

static int open_batch(struct sql_store *store, struct err *err)
{
    struct sql_batch *batch;

    if (store->batch != NULL)
        return 0;
    batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (start(store->writer, store->driver->begin_write, err) != 0) {
        free(batch);
        return -1;
    }
    store->batch = batch;
    return 0;
}

static void wait_for_turn(struct sql_store *store)
{
    (void)pthread_mutex_lock(&store->news);
    store->waiting++;
    (void)pthread_cond_signal(&store->arrived);
    (void)pthread_mutex_unlock(&store->news);
    (void)pthread_mutex_lock(&store->writing);
    (void)pthread_mutex_lock(&store->news);
    store->waiting--;
    (void)pthread_mutex_unlock(&store->news);
}

static int begin_write(struct sql_store *store, struct err *err)
{
    wait_for_turn(store);
    if (open_batch(store, err) == 0) {
        if (store->driver->later(store->writer, "SAVEPOINT one", err) == 0)
            return 0;
        leave_empty_handed(store);
    }
    (void)pthread_mutex_unlock(&store->writing);
    return -1;
}

static int begin(struct store *base, struct tx **tx, enum store_access access, struct err *err)
{
    struct sql_store *store = (struct sql_store *)base;
    struct sql_connection *connection = store->writer;

    if (access == STORE_READ) {
        connection = take_reader(store);
        if (start(connection, store->driver->begin_read, err) != 0) {
            give_back(store, connection);
            return -1;
        }
    } else if (begin_write(store, err) != 0) {
        return -1;
    }
    *tx = &connection->tx;
    return 0;
}

static void rollback(struct tx **tx)
{
    struct sql_connection *connection;
    struct sql_store *store;
    struct err ignored; /* what cannot be undone was never done */

    if (*tx == NULL)
        return;
    connection = (struct sql_connection *)*tx;
    store = store_of(*tx);
    *tx = NULL;
    if (connection != store->writer) {
        store->driver->leave(connection);
        give_back(store, connection);
        return;
    }
    if (store->batch != NULL)
        store->batch->audit_number = 0;
    if (!is_undone(connection) &&
        execute(connection, "ROLLBACK TO one; RELEASE one", &ignored) != 0)
        store->batch->spoiled = true;
    leave_empty_handed(store);
    (void)pthread_mutex_unlock(&store->writing);
}

/* Wait for the batch's commit, or be the one who does it. */
static int commit_write(struct sql_store *store, struct err *err)
{
    struct sql_batch *batch = store->batch;
    int rc = 0;

    batch->members++;
    leave_batch(store);
    (void)pthread_mutex_unlock(&store->writing);
    (void)pthread_mutex_lock(&store->news);
    while (!batch->done)
        (void)pthread_cond_wait(&store->committed, &store->news);
    if (!batch->good) {
        rc = -1;
        if (batch->why.kind != ERR_NONE)
            *err = batch->why;
        else
            (void)err_set(err, ERR_UNAVAILABLE, "database: the transaction was undone");
    }
    if (--batch->members == 0)
        free(batch);
    (void)pthread_mutex_unlock(&store->news);
    return rc;
}

static int commit(struct tx **tx, struct err *err)
{
    struct sql_connection *connection = (struct sql_connection *)*tx;
    struct sql_store *store = store_of(*tx);
    bool writes = connection == store->writer;

    if (execute(connection, writes ? "RELEASE one" : "COMMIT", err) != 0) {
        rollback(tx);
        return -1;
    }
    *tx = NULL;
    if (writes)
        return commit_write(store, err);
    give_back(store, connection);
    return 0;
}

static void close_store(struct store *base)
{
    struct sql_store *store = (struct sql_store *)base;

    for (size_t i = 0; i < SQL_READERS; i++) {
        if (store->reader[i] != NULL)
            store->driver->disconnect(store->reader[i]);
    }
    if (store->writer != NULL)
        store->driver->disconnect(store->writer); /* last, for SQLite's empties the log */
    (void)pthread_cond_destroy(&store->freed);
    (void)pthread_mutex_destroy(&store->pool);
    (void)pthread_cond_destroy(&store->committed);
    (void)pthread_cond_destroy(&store->arrived);
    (void)pthread_mutex_destroy(&store->news);
    (void)pthread_mutex_destroy(&store->writing);
    store->closed(store);
}

void sql_store_init(struct sql_store *store, const struct sql_driver *driver,
                    void (*closed)(struct sql_store *store))
{

    store->store = (struct store){begin, commit, rollback, close_store};
    store->driver = driver;
    store->closed = closed;
    (void)pthread_mutex_init(&store->writing, NULL);
    (void)pthread_mutex_init(&store->news, NULL);
    (void)pthread_cond_init(&store->committed, NULL);
    monotonic_cond(&store->arrived);
    (void)pthread_mutex_init(&store->pool, NULL);
    (void)pthread_cond_init(&store->freed, NULL);
}

void sql_connection_init(struct sql_connection *connection, struct sql_store *store)
{
    connection->tx.ask = &sql_questions;
    connection->tx.store = &store->store;
    connection->driver = store->driver;
}
