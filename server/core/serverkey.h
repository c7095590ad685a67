/* SPDX-License-Identifier: Apache-2.0 */
/* The server's own Curve25519 key of public-key mode (C2 key). The rules of core.h hold. */
#ifndef SERVER_CORE_SERVERKEY_H
#define SERVER_CORE_SERVERKEY_H

#include "server/core/core.h"

/*
 * NewC2Key: a new pair, whose public half every client is sent under the pair it knows. Old
 * pairs are kept. ERR_INPUT without force; ERR_MODE in symmetric-key mode.
 */
int serverkey_new(struct core *core, const char *who, bool force, struct err *err);

/* The public half of the newest pair, to put on new devices. ERR_MODE likewise. */
int serverkey_public(struct core *core, uint8_t key[E4_KEY_SIZE], struct err *err);

#endif
