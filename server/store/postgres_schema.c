/* SPDX-License-Identifier: Apache-2.0 */
/* See postgres_schema.h. */
#include "server/store/postgres_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/store/schema.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

static int execute(struct sql_connection *connection, const char *sql, struct err *err)
{
    return connection->driver->execute(connection, sql, err);
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

int postgres_migrate(struct sql_connection *writer, struct err *err)
{
    int64_t version;

    if (execute(writer, "SET client_min_messages = warning", err) != 0 ||
        execute(writer, writer->driver->begin_write, err) != 0 ||
        execute(writer, "SET LOCAL statement_timeout = 0", err) != 0 ||
        execute(writer, "CREATE TABLE IF NOT EXISTS schema (number BIGINT PRIMARY KEY)", err) !=
            0 ||
        execute(writer, "CREATE SEQUENCE IF NOT EXISTS replica AS INTEGER CYCLE", err) != 0 ||
        sql_number_of(&writer->tx, &version, NEWEST_SCHEMA, "", NULL, err) != 0)
        return -1;
    if (version > SCHEMA_VERSION)
        return err_set(err, ERR_STATE,
                       "database: of a newer version (%d) than this server (%d); update the "
                       "server",
                       (int)version, SCHEMA_VERSION);
    while (version < SCHEMA_VERSION) {
        if (migrate_to(writer, (int)++version, err) != 0)
            return -1;
    }
    return execute(writer, "COMMIT", err);
}
