/* SPDX-License-Identifier: Apache-2.0 */
/* Questions with values, and answers row by row, whatever the database. */
#ifndef SERVER_STORE_SQL_ROW_H
#define SERVER_STORE_SQL_ROW_H

#include "server/store/sql.h"

/*
 * Put a question with its values. form says what each is: b the bytes of an id; s a sealed key;
 * p a pointer and a length; t text; i an int64_t. Pointers may be NULL. On success sql_end() is
 * due.
 */
int sql_ask(struct sql_rows *rows, struct tx *tx, unsigned query, struct err *err,
            const char *form, ...);
/* Is there another row? 1, 0; -1: neither, and err is set. */
int sql_next(struct sql_rows *rows, struct err *err);
void sql_end(struct sql_rows *rows);
/* A statement without an answer; what follows in the transaction may tell of its error. */
int sql_run(struct tx *tx, unsigned query, struct err *err, const char *form, ...);
/* One that must remove something: ERR_NOT_FOUND. b may be NULL. */
int sql_run_removing(struct tx *tx, unsigned query, const char *what, const uint8_t *a,
                     const uint8_t *b, struct err *err);
/* ERR_STATE. Always returns -1. */
int sql_damaged(const char *table, struct err *err);
/* Columns of the row: a number; text, "" if there is none, until the next row. */
int64_t sql_number(struct sql_rows *rows, int column);
const char *sql_string(struct sql_rows *rows, int column);
/* Bytes of this size; false: they are not. */
bool sql_take(uint8_t *out, size_t size, struct sql_rows *rows, int column);
/* Bytes of up to cap. */
bool sql_take_some(uint8_t *out, size_t cap, size_t *len, struct sql_rows *rows, int column);
/* A sealed key, or none. */
bool sql_take_sealed(uint8_t *out, bool *is_there, struct sql_rows *rows, int column);
/* The one number that a question answers with. form is "" or "b". */
int sql_number_of(struct tx *tx, int64_t *number, unsigned query, const char *form,
                  const uint8_t *of, struct err *err);

#endif
