/* SPDX-License-Identifier: Apache-2.0 */
/* See sql_token.h. */
#include "server/store/sql_token.h"

#include "base/err.h"
#include "server/store/sql_row.h"
#include "server/store/sql_text.h"

int sql_add_token(struct tx *tx, const struct store_token *token, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, ADD_TOKEN, err, "btiiit", token->hash, token->name, token->role,
                token->made_s, token->expires_s, token->scope) != 0)
        return -1;
    rc = sql_next(&rows, err); /* at once, for the caller to say whose name it is */
    sql_end(&rows);
    return rc;
}

static bool take_token(struct store_token *token, struct sql_rows *rows)
{
    size_t len;

    if (!sql_take_some((uint8_t *)token->name, sizeof token->name - 1, &len, rows, 1))
        return false;
    token->name[len] = '\0';
    if (!sql_take_some((uint8_t *)token->scope, sizeof token->scope - 1, &len, rows, 5))
        return false;
    token->scope[len] = '\0';
    token->role = sql_number(rows, 2);
    token->made_s = sql_number(rows, 3);
    token->expires_s = sql_number(rows, 4);
    return sql_take(token->hash, sizeof token->hash, rows, 0);
}

int sql_find_token(struct tx *tx, struct store_token *token, const uint8_t *hash,
                   struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, FIND_TOKEN, err, "b", hash) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such token");
    else if (rc == 1)
        rc = take_token(token, &rows) ? 0 : sql_damaged("token", err);
    sql_end(&rows);
    return rc;
}

int sql_remove_token(struct tx *tx, const char *name, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, REMOVE_TOKEN, err, "t", name) != 0)
        return -1;
    rc = sql_next(&rows, err);
    if (rc == 0 && rows.changed == 0)
        rc = err_set(err, ERR_NOT_FOUND, "no such token");
    sql_end(&rows);
    return rc;
}

int sql_read_tokens(struct tx *tx, store_token_each each, void *ctx, struct err *err)
{
    struct sql_rows rows;
    int rc;

    if (sql_ask(&rows, tx, READ_TOKENS, err, "") != 0)
        return -1;
    while ((rc = sql_next(&rows, err)) == 1) {
        struct store_token token;

        if (!take_token(&token, &rows))
            rc = sql_damaged("token", err);
        else
            rc = each(ctx, &token, err);
        if (rc != 0)
            break;
    }
    sql_end(&rows);
    return rc;
}
