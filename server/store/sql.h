/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store in SQL that SQLite and PostgreSQL both understand. sql*.c have the questions, and who
 * may use which connection when; a driver (sqlite.c, postgres.c) speaks with its database.
 */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include <pthread.h>

#include "base/err.h"
#include "server/store/store.h"

enum { SQL_VALUES_MAX = 10, SQL_READERS = 4 };

/* A value for a question. SQL_NULL stands for bytes that are not there. */
struct sql_value {
    int64_t number;
    const void *bytes;
    size_t len;
    enum { SQL_NUMBER, SQL_BYTES, SQL_TEXT, SQL_NULL } type;
};

/* An answer, row by row. handle and at are the driver's. */
struct sql_rows {
    struct tx *tx;
    void *handle;
    int at;
    int64_t changed; /* rows that a statement without an answer changed, after the last row */
};

struct sql_connection;

struct sql_driver {
    const char *begin_write; /* SQL */
    const char *begin_read;
    const char *take_back; /* the claims of servers that are gone; NULL: there is only one */

    /* Statements without values and answers. */
    int (*execute)(struct sql_connection *connection, const char *sql, struct err *err);
    /* The same, but not at once: with what follows, which tells of an error. */
    int (*later)(struct sql_connection *connection, const char *sql, struct err *err);
    /* Undo a transaction that only reads; nobody waits for it. */
    void (*leave)(struct sql_connection *connection);
    /* Has the database undone the transaction by itself? */
    bool (*is_undone)(struct sql_connection *connection);
    /* Before a transaction: be connected, again if need be. */
    int (*connect)(struct sql_connection *connection, struct err *err);
    void (*disconnect)(struct sql_connection *connection); /* frees it */

    /* store.h; NULL: there is only one server. *leads comes in as what is wanted. */
    int (*lead)(struct sql_connection *connection, bool *leads, struct err *err);

    /* Put the question; on success it must be ended. */
    int (*ask)(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *err);
    /* A statement whose answer nobody wants, as later(). */
    int (*run)(struct tx *tx, unsigned query, const struct sql_value *values, size_t count,
               struct err *err);
    int (*next)(struct sql_rows *rows, struct err *err); /* 1: a row; 0: no more; -1: err */
    void (*end)(struct sql_rows *rows);
    int64_t (*number)(struct sql_rows *rows, int column);
    /* Bytes or text (then with NUL after it) until the next row; NULL if there is no value. */
    const void *(*bytes)(struct sql_rows *rows, int column, size_t *len);
};

/* What a driver's connections begin with. It has one transaction at a time. */
struct sql_connection {
    struct tx tx; /* first: a pointer to it is one to this */
    const struct sql_driver *driver;
    bool busy; /* a reader that has a transaction */
};

/* Transactions that are committed together, and what became of it. Each of them waits for that,
 * and the last frees it. */
struct sql_batch {
    unsigned members; /* once it is done: those that have not heard of it */
    bool spoiled;     /* something in it could not be taken back: it must not be committed */
    bool done;
    bool good;
    struct err why;
    /* The newest audit record, if one has been added: nobody else adds any meanwhile. */
    int64_t audit_number; /* 0: it is not known here */
    uint8_t audit_hash[STORE_HASH_SIZE];
};

/*
 * Writers take turns. One that finds others waiting when it is done leaves its changes to be
 * committed together with theirs: the disk is waited for once for all of them. Each has a
 * savepoint to go back to. If there were more of them the last time, and nobody waits yet, they
 * get a moment to come back.
 */
struct sql_store {
    struct store store; /* first: a pointer to it is one to this */
    const struct sql_driver *driver;
    pthread_mutex_t writing; /* whose turn it is; guards the batch until it is done */
    struct sql_batch *batch; /* NULL: no transaction is open */
    unsigned usual;          /* members of the last */
    pthread_mutex_t news;    /* guards what follows, and a batch that is done */
    unsigned waiting;        /* writers that want their turn */
    pthread_cond_t arrived;
    pthread_cond_t committed;
    struct sql_connection *writer;
    int64_t owner; /* see store.h; changed only before a transaction of the writer's */
    bool leads;    /* likewise */

    pthread_mutex_t pool; /* guards busy of the readers */
    pthread_cond_t freed;
    struct sql_connection *reader[SQL_READERS];

    void (*closed)(struct sql_store *store); /* last of all; it frees the store */
};

/* Fill in what is not the driver's: all but the connections. */
void sql_store_init(struct sql_store *store, const struct sql_driver *driver,
                    void (*closed)(struct sql_store *store));
/* Let a connection of the driver's belong to the store. */
void sql_connection_init(struct sql_connection *connection, struct sql_store *store);

extern const struct store_questions sql_questions;

#endif
