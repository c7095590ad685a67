/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client of libe4 with all that it needs: memory, storage, a clock that is set by hand.
 * Its policy is that of the deployed clients: no skew is taken, times are not dated back,
 * and empty texts are sent.
 */
#ifndef RIG_H
#define RIG_H

#include "e4/e4.h"
#include "e4/port_memory.h"

enum { RIG_TOPICS = 64, RIG_PEERS = 32, RIG_SEEN = 4097, RIG_SENT = 8 };

struct rig {
    struct e4_client client;
    struct e4_config config;
    struct e4_policy policy;
    struct e4_port port;
    struct e4_memory memory;
    struct e4_signer signer;
    struct e4_topic_slot topics[RIG_TOPICS];
    struct e4_peer_slot peers[RIG_PEERS];
    struct e4_seen_slot seen[RIG_SEEN];
    struct e4_sent_slot sent[RIG_SENT];
    uint8_t records[1 + RIG_TOPICS + RIG_PEERS][E4_RECORD_SIZE];
    bool stored[1 + RIG_TOPICS + RIG_PEERS];
    char receiving[256];
};

/* Make a new client. receiving: its receiving topic, or NULL for the usual one. */
enum e4_result rig_create(struct rig *rig, const struct e4_identity *identity,
                          const char *receiving, uint64_t now_s);

/* Forget everything but what is stored, and take it up again. */
enum e4_result rig_restart(struct rig *rig);

/* A second rig in the same state: memory, storage and clock. */
void rig_copy(struct rig *to, const struct rig *from);

enum e4_result rig_unprotect(struct rig *rig, const char *topic, uint8_t *text, size_t text_cap,
                             struct e4_opened *opened, const uint8_t *frame, size_t frame_len);
enum e4_result rig_protect(struct rig *rig, const char *topic, uint8_t *frame, size_t frame_cap,
                           size_t *frame_len, const uint8_t *text, size_t text_len);

#endif
