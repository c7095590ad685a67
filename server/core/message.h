/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that the server protects and opens itself. The rules of core.h hold. */
#ifndef SERVER_CORE_MESSAGE_H
#define SERVER_CORE_MESSAGE_H

#include "server/core/core.h"

/* In public-key mode the server signs as a client of this name, which no client can have. */
#define MESSAGE_SIGNER "e4d"

/* Bytes that a frame is longer than its text, at most. */
enum { MESSAGE_OVERHEAD = E4_OVERHEAD_PK };

/*
 * ProtectMessage. out has room for cap bytes, at least data_len + MESSAGE_OVERHEAD.
 * No frame is made twice by one server (§5 of PROTOCOL.md). ERR_NOT_FOUND: no such topic;
 * ERR_BUSY: the same message again and again, faster than one a second for minutes.
 */
int message_protect(struct core *core, const char *topic, uint8_t *out, size_t cap, size_t *len,
                    const uint8_t *data, size_t data_len, struct err *err);

/*
 * UnprotectMessage. out has room for cap bytes, at least data_len. ERR_NOT_FOUND: no such
 * topic, or in public-key mode no client of the signer's id; ERR_INPUT: not a frame, too old,
 * in the future, or not authentic. A topic's old key opens for an hour after its change.
 */
int message_unprotect(struct core *core, const char *topic, uint8_t *out, size_t cap,
                      size_t *len, const uint8_t *data, size_t data_len, struct err *err);

/* The public key that MESSAGE_SIGNER signs with. ERR_MODE in symmetric-key mode. */
int message_signer_public(struct core *core, uint8_t key[E4_KEY_SIZE], struct err *err);

#endif
