/* SPDX-License-Identifier: Apache-2.0 */
/* Clients: devices that the server holds a key of. The rules of core.h hold. */
#ifndef SERVER_CORE_CLIENT_H
#define SERVER_CORE_CLIENT_H

#include "server/core/core.h"

/*
 * NewClient. The key has 32 bytes: the client's, or in public-key mode its Ed25519 public key.
 * A name that exists gets this key in place of its own, keeps its links, and is sent them anew
 * under it. ERR_CONFLICT: another client has this key.
 */
int client_new(struct core *core, const char *who, const char *name, const uint8_t *key,
               size_t key_len, struct err *err);

/* RemoveClient: forget it, its links, and what was on its way to it. */
int client_remove(struct core *core, const char *who, const char *name, struct err *err);

/* ResetClient: the client leaves all its topics, by one command. */
int client_reset(struct core *core, const char *who, const char *name, struct err *err);

/*
 * NewClientKey: a new key is sent to the client under the one it has. It is used from when the
 * broker has taken it; if the client gives receipts, from when it has confirmed.
 */
int client_new_key(struct core *core, const char *who, const char *name, struct err *err);

/* CountClients, GetClients */
int client_count(struct core *core, int64_t *count, struct err *err);
int client_list(struct core *core, const struct range *range, core_each each, void *ctx,
                struct err *err);

#endif
