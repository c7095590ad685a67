/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of store.h about sealed keys wherever they stand, for sql.c. */
#ifndef SERVER_STORE_SQL_SEALED_H
#define SERVER_STORE_SQL_SEALED_H

#include "server/store/store.h"

int sql_next_sealed(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *after,
                    struct store_sealed_key *keys, size_t cap, size_t *count, struct err *err);
int sql_put_sealed(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *key,
                   struct err *err);

#endif
