/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of store.h about keys that clients may still have. */
#ifndef SERVER_STORE_SQL_FORMER_H
#define SERVER_STORE_SQL_FORMER_H

#include "server/store/store.h"

int sql_add_former(struct tx *tx, const struct store_former *former, struct err *err);
int sql_find_former(struct tx *tx, struct store_former *former, const uint8_t *client,
                    int64_t number, struct err *err);
int sql_read_formers(struct tx *tx, const uint8_t *client, store_former_each each, void *ctx,
                     struct err *err);
int sql_drop_formers(struct tx *tx, const uint8_t *client, int64_t kept, struct err *err);

#endif
