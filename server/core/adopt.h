/* SPDX-License-Identifier: Apache-2.0 */
/* A key change has reached its client: from now on the new key is used, and the row is gone. */
#ifndef SERVER_CORE_ADOPT_H
#define SERVER_CORE_ADOPT_H

#include "server/store/store.h"

struct core;
struct err;

/* command is a SetIDKey or a SetC2Key of this client; client is brought up to date. */
int adopt_key(struct core *core, struct tx *tx, struct store_client *client,
              const struct store_command *command, struct err *err);

#endif
