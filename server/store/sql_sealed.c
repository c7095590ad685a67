/* SPDX-License-Identifier: Apache-2.0 */
/* See sql_sealed.h. */
#include "server/store/sql_sealed.h"

#include <string.h>

#include "base/err.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

/* Are the rows of this kind told from each other by a number? */
static bool has_number(enum store_sealed kind)
{
    return kind != STORE_SEALED_CLIENT && kind != STORE_SEALED_TOPIC &&
           kind != STORE_SEALED_TOPIC_OLD;
}

static bool take_key(struct store_sealed_key *key, enum store_sealed kind,
                     struct sql_rows *rows)
{
    memset(key, 0, sizeof *key);
    key->number = sql_number(rows, 1);
    key->version = sql_number(rows, 2);
    return (kind == STORE_SEALED_SERVER_KEY || sql_take(key->id, sizeof key->id, rows, 0)) &&
           sql_take(key->key, sizeof key->key, rows, 3);
}

int sql_next_sealed(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *after,
                    struct store_sealed_key *keys, size_t cap, size_t *count, struct err *err)
{
    const unsigned query = NEXT_SEALED + (unsigned)kind;
    struct sql_rows rows;
    int rc;

    *count = 0;
    rc = has_number(kind) ? sql_ask(&rows, tx, query, err, "ii", after->number, (int64_t)cap)
                          : sql_ask(&rows, tx, query, err, "bi", after->id, (int64_t)cap);
    if (rc != 0)
        return -1;
    while (*count < cap && (rc = sql_next(&rows, err)) == 1) {
        if (!take_key(&keys[*count], kind, &rows)) {
            rc = sql_damaged("of sealed keys", err);
            break;
        }
        ++*count;
    }
    sql_end(&rows);
    return rc < 0 ? -1 : 0;
}

int sql_put_sealed(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *key,
                   struct err *err)
{
    const unsigned query = PUT_SEALED + (unsigned)kind;

    return has_number(kind) ? sql_run(tx, query, err, "si", key->key, key->number)
                            : sql_run(tx, query, err, "sb", key->key, key->id);
}
