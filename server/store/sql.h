/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions of store.h in SQL that SQLite and PostgreSQL both understand. sql.c has the
 * questions; a driver (sqlite.c, postgres.c) puts them to its database.
 */
#ifndef SERVER_STORE_SQL_H
#define SERVER_STORE_SQL_H

#include "server/store/store.h"

enum { SQL_VALUES_MAX = 8 };

/* bytes NULL: a number, unless null is set. */
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

struct sql_driver {
    /* Put the question; on success it must be ended. */
    int (*ask)(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *err);
    int (*next)(struct sql_rows *rows, struct err *err); /* 1: a row; 0: no more; -1: err */
    void (*end)(struct sql_rows *rows);
    int64_t (*number)(struct sql_rows *rows, int column);
    /* Bytes or text (then with NUL after it) until the next row; NULL if there is no value. */
    const void *(*bytes)(struct sql_rows *rows, int column, size_t *len);
};

/* What a driver's transactions begin with. */
struct sql_tx {
    struct tx tx; /* first: ask is sql_questions */
    const struct sql_driver *driver;
};

extern const struct store_questions sql_questions;

#endif
