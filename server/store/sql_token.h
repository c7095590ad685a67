/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of store.h about tokens, for sql.c. */
#ifndef SERVER_STORE_SQL_TOKEN_H
#define SERVER_STORE_SQL_TOKEN_H

#include "server/store/store.h"

int sql_add_token(struct tx *tx, const struct store_token *token, struct err *err);
int sql_find_token(struct tx *tx, struct store_token *token, const uint8_t *hash,
                   struct err *err);
int sql_remove_token(struct tx *tx, const char *name, struct err *err);
int sql_read_tokens(struct tx *tx, store_token_each each, void *ctx, struct err *err);

#endif
