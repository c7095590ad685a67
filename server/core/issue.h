/* SPDX-License-Identifier: Apache-2.0 */
/* Making the frame of a command that is on its way, with the keys and the time of this moment.
 */
#ifndef SERVER_CORE_ISSUE_H
#define SERVER_CORE_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

#include "e4/e4.h"
#include "e4/wire.h"
#include "server/store/store.h"

struct core;
struct err;

struct issued {
    char topic[E4_RECEIVING_TOPIC_SIZE];
    uint8_t frame[E4_COMMAND_FRAME_MAX];
    size_t len;
    /* A key change that was sent before, sealed under the key that it leads to: to a client
     * that has carried it out and whose receipt was lost. Goes first; not to be retained. */
    uint8_t probe[E4_COMMAND_FRAME_MAX];
    size_t probe_len; /* 0: none */
    bool is_passing;  /* the broker is to go on retaining a key change, and not this */
    int64_t sent_s;   /* their time; ISSUE_LATER: not before then */
};

enum issue_outcome {
    ISSUE_READY, /* send it; its time is noted in the transaction */
    ISSUE_LATER, /* not yet */
    ISSUE_GONE   /* what it is about is gone: nothing is to be sent any more */
};

/* Keys that many commands need, from one to the next in one transaction. Zero it first. */
struct issue_keys {
    uint8_t topic[STORE_ID_SIZE];
    uint8_t topic_key[E4_KEY_SIZE];
    bool has_topic;
    uint8_t server_secret[E4_KEY_SIZE];
    int64_t server_version; /* 0: none yet */
};
void issue_wipe(struct issue_keys *keys);

int issue_make(struct core *core, struct tx *tx, struct issue_keys *keys,
               const struct store_command *command, int64_t now_s, struct issued *issued,
               enum issue_outcome *outcome, struct err *err);

/* The public key of the client of this id, or of the server as a signer of messages. */
int issue_public_key(struct core *core, struct tx *tx, uint8_t key[E4_KEY_SIZE],
                     const uint8_t *id, struct err *err);

/* The key of commands to a client and of its reports, with the server key of this version. */
int issue_command_key(struct core *core, struct tx *tx, struct issue_keys *keys,
                      uint8_t key[E4_KEY_SIZE], const uint8_t client_key[E4_KEY_SIZE],
                      int64_t server_version, struct err *err);

#endif
