/* SPDX-License-Identifier: Apache-2.0 */
/* See sql_former.h. */
#include "server/store/sql_former.h"

#include "base/err.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

int sql_add_former(struct tx *tx, const struct store_former *former, struct err *err)
{
    return sql_run(tx, ADD_FORMER, err, "bsiiisi", former->client, former->key,
                   former->key_version, former->server_version, former->type,
                   former->has_next_key ? former->next_key : NULL, former->next_version);
}

static bool take_former(struct store_former *former, struct sql_rows *rows)
{
    former->number = sql_number(rows, 0);
    former->key_version = sql_number(rows, 3);
    former->server_version = sql_number(rows, 4);
    former->type = sql_number(rows, 5);
    former->next_version = sql_number(rows, 7);
    return sql_take(former->client, sizeof former->client, rows, 1) &&
           sql_take(former->key, sizeof former->key, rows, 2) &&
           sql_take_sealed(former->next_key, &former->has_next_key, rows, 6);
}

int sql_find_former(struct tx *tx, struct store_former *former, const uint8_t *client,
                    int64_t number, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_FORMER, err, "bi", client, number) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such former key");
    else if (rc == 1)
        rc = take_former(former, &rows) ? 0 : sql_damaged("former", err);
    sql_end(&rows);
    return rc;
}

int sql_read_formers(struct tx *tx, const uint8_t *client, store_former_each each, void *ctx,
                     struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, READ_FORMERS, err, "b", client) != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        struct store_former former;

        if (!take_former(&former, &rows))
            (void)sql_damaged("former", err);
        else if (each(ctx, &former, err) == 0)
            continue;
        rc = -1;
        break;
    }
    sql_end(&rows);
    return rc;
}

int sql_drop_formers(struct tx *tx, const uint8_t *client, int64_t kept, struct err *err)
{
    return sql_run(tx, DROP_FORMERS, err, "bi", client, kept);
}
