/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on their way: what a change puts there, in the transaction of the change. A row says
 * what a client is to be told; which key it then gets is looked up when the command is sent
 * (dispatch.h). A newer command about an object takes the place of one that waits still.
 */
#ifndef SERVER_CORE_OUTBOX_H
#define SERVER_CORE_OUTBOX_H

#include "server/store/store.h"

/* Beside the types of commands: the retained one is to go from the broker; and a key change
 * once more, under the former keys of the number that is in version. */
enum { OUTBOX_CLEAR = 0x100, OUTBOX_FORMER = 0x101 };

int outbox_set_topic_key(struct tx *tx, const uint8_t *client, const uint8_t *topic,
                         struct err *err);
int outbox_remove_topic(struct tx *tx, const uint8_t *client, const uint8_t *topic,
                        struct err *err);
/* To all clients of a topic; to remove it, before it is removed. */
int outbox_rotate_topic(struct tx *tx, const uint8_t *topic, struct err *err);
int outbox_revoke_topic(struct tx *tx, const uint8_t *topic, struct err *err);
int outbox_drop_topic(struct tx *tx, const uint8_t *topic, struct err *err);

/* The client leaves all its topics. */
int outbox_reset_topics(struct tx *tx, const uint8_t *client, struct err *err);

/* All that a client should know, in case it missed something: the key changes of which that is
 * not known to begin with. */
int outbox_repeat(struct tx *tx, const uint8_t *client, struct err *err);
/* The same after it was told to forget everything, its public keys too if it has them. */
int outbox_repeat_from_nothing(struct tx *tx, const uint8_t *client, bool public_keys,
                               struct err *err);

int outbox_set_pub_key(struct tx *tx, const uint8_t *target, const uint8_t *source,
                       struct err *err);
int outbox_remove_pub_key(struct tx *tx, const uint8_t *target, const uint8_t *source,
                          struct err *err);
int outbox_reset_pub_keys(struct tx *tx, const uint8_t *target, struct err *err);
/* To all clients that are linked to source, or hold its key. */
int outbox_spread_pub_key(struct tx *tx, const uint8_t *source, struct err *err);
int outbox_withdraw_pub_key(struct tx *tx, const uint8_t *source, struct err *err);

/* A new key for a client, sealed in table "command" with this version. */
int outbox_set_id_key(struct tx *tx, const uint8_t *client,
                      const uint8_t sealed[STORE_SEALED_SIZE], int64_t version,
                      struct err *err);
/* The server key of this version, to all clients. */
int outbox_set_server_key(struct tx *tx, int64_t version, struct err *err);

/* This command went out before, and perhaps others after it: what it undoes of them follows it
 * again. */
int outbox_redo(struct tx *tx, const struct store_command *command, struct err *err);

/* Nothing more to this client, and its retained command goes from the broker. */
int outbox_clear(struct tx *tx, const uint8_t *client, struct err *err);
/* No new key for this client any more. */
int outbox_drop_id_key(struct tx *tx, const uint8_t *client, struct err *err);

#endif
