/* SPDX-License-Identifier: Apache-2.0 */
/* What memory.c knows of tokens. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/store/memory_table.h"

static int add_token(struct tx *tx, const struct store_token *token, struct err *err)
{
    const struct table *tokens = &memory_tables_of(tx)->tokens;

    for (size_t i = 0; i < tokens->count; i++) {
        const struct store_token *row = memory_row(tokens, i);

        if (strcmp(row->name, token->name) == 0 ||
            memcmp(row->hash, token->hash, sizeof row->hash) == 0)
            return err_set(err, ERR_CONFLICT, "another token has this name");
    }
    return memory_add(&memory_tables_of(tx)->tokens, token, err);
}

static int find_token(struct tx *tx, struct store_token *token, const uint8_t *hash,
                      struct err *err)
{
    const struct table *tokens = &memory_tables_of(tx)->tokens;

    for (size_t i = 0; i < tokens->count; i++) {
        const struct store_token *row = memory_row(tokens, i);

        if (memcmp(row->hash, hash, sizeof row->hash) == 0) {
            *token = *row;
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no such token");
}

static int remove_token(struct tx *tx, const char *name, struct err *err)
{
    struct table *tokens = &memory_tables_of(tx)->tokens;

    for (size_t i = 0; i < tokens->count; i++) {
        if (strcmp(((const struct store_token *)memory_row(tokens, i))->name, name) == 0) {
            memory_remove(tokens, i);
            return 0;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no such token");
}

static int by_token_name(const void *a, const void *b)
{
    return strcmp(((const struct store_token *)a)->name, ((const struct store_token *)b)->name);
}

static int read_tokens(struct tx *tx, store_token_each each, void *ctx, struct err *err)
{
    const struct table *tokens = &memory_tables_of(tx)->tokens;
    int rc = 0;

    if (tokens->count > 0)
        qsort(tokens->rows, tokens->count, tokens->row_size, by_token_name);
    for (size_t i = 0; i < tokens->count && rc == 0; i++)
        rc = each(ctx, memory_row(tokens, i), err);
    return rc;
}

void memory_token_questions(struct store_questions *questions)
{
    questions->add_token = add_token;
    questions->find_token = find_token;
    questions->remove_token = remove_token;
    questions->read_tokens = read_tokens;
}
