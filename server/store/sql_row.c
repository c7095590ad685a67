/* SPDX-License-Identifier: Apache-2.0 */
/* See sql_row.h. */
#include "server/store/sql_row.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "server/store/sql_text.h"

/* The values of a question, as its form says; how many there are. */
static size_t take_values(struct sql_value values[SQL_VALUES_MAX], const char *form,
                          va_list args)
{
    size_t count = 0;

    for (; *form != '\0'; form++, count++) {
        struct sql_value *value = &values[count];

        assert(count < SQL_VALUES_MAX);
        *value = (struct sql_value){0, NULL, 0, SQL_BYTES};
        if (*form == 'i') {
            value->type = SQL_NUMBER;
            value->number = va_arg(args, int64_t);
            continue;
        }
        value->bytes = va_arg(args, const void *);
        if (value->bytes == NULL)
            value->type = SQL_NULL;
        else if (*form == 't')
            value->type = SQL_TEXT;
        if (*form == 't' && value->bytes != NULL)
            value->len = strlen(value->bytes);
        else if (*form == 'p')
            value->len = va_arg(args, size_t);
        else
            value->len = *form == 's' ? STORE_SEALED_SIZE : STORE_ID_SIZE;
    }
    return count;
}

int sql_ask(struct sql_rows *rows, struct tx *tx, unsigned query, struct err *err,
            const char *form, ...)
{
    struct sql_value values[SQL_VALUES_MAX];
    size_t count;
    va_list args;

    va_start(args, form);
    count = take_values(values, form, args);
    va_end(args);
    rows->tx = tx;
    rows->changed = 0;
    assert(query < SQL_QUERIES && sql_text[query] != NULL);
    return ((struct sql_connection *)tx)->driver->ask(rows, query, values, count, err);
}

static const struct sql_driver *driver_of(const struct sql_rows *rows)
{
    return ((const struct sql_connection *)rows->tx)->driver;
}

int sql_next(struct sql_rows *rows, struct err *err)
{
    return driver_of(rows)->next(rows, err);
}

void sql_end(struct sql_rows *rows)
{
    driver_of(rows)->end(rows);
}

int sql_run(struct tx *tx, unsigned query, struct err *err, const char *form, ...)
{
    struct sql_value values[SQL_VALUES_MAX];
    size_t count;
    va_list args;

    va_start(args, form);
    count = take_values(values, form, args);
    va_end(args);
    assert(query < SQL_QUERIES && sql_text[query] != NULL);
    return ((struct sql_connection *)tx)->driver->run(tx, query, values, count, err);
}

int sql_run_removing(struct tx *tx, unsigned query, const char *what, const uint8_t *a,
                     const uint8_t *b, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, query, err, b != NULL ? "bb" : "b", a, b) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0 && rows.changed == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such %s", what);
    sql_end(&rows);
    return rc;
}

int sql_damaged(const char *table, struct err *err)
{
    return err_set(err, ERR_STATE, "database: a row of table %s is damaged", table);
}

int64_t sql_number(struct sql_rows *rows, int column)
{
    return driver_of(rows)->number(rows, column);
}

const char *sql_string(struct sql_rows *rows, int column)
{
    size_t len;
    const char *text = driver_of(rows)->bytes(rows, column, &len);

    return text != NULL ? text : "";
}

bool sql_take(uint8_t *out, size_t size, struct sql_rows *rows, int column)
{
    size_t len;
    const void *bytes = driver_of(rows)->bytes(rows, column, &len);

    if (bytes == NULL || len != size)
        return false;
    memcpy(out, bytes, size);
    return true;
}

bool sql_take_some(uint8_t *out, size_t cap, size_t *len, struct sql_rows *rows, int column)
{
    const void *bytes = driver_of(rows)->bytes(rows, column, len);

    if (*len > cap)
        return false;
    if (*len > 0)
        memcpy(out, bytes, *len);
    return true;
}

bool sql_take_sealed(uint8_t *out, bool *is_there, struct sql_rows *rows, int column)
{
    size_t len;

    *is_there = true;
    if (sql_take(out, STORE_SEALED_SIZE, rows, column))
        return true;
    *is_there = false;
    return driver_of(rows)->bytes(rows, column, &len) == NULL;
}

int sql_number_of(struct tx *tx, int64_t *number, unsigned query, const char *form,
                  const uint8_t *of, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, query, err, form, of) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 1) {
        *number = sql_number(&rows, 0);
        rc = 0;
    }
    sql_end(&rows);
    return rc;
}
