/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small client in memory for the fuzz targets, with few places, so that limits are met, and a
 * view of all that must not change when something is refused.
 */
#ifndef UNIT_H
#define UNIT_H

#include "e4/e4.h"
#include "e4/port_memory.h"

#include "fuzz.h"

enum { UNIT_TOPICS = 4, UNIT_PEERS = 3, UNIT_PLACES = 1 + UNIT_TOPICS + UNIT_PEERS };
enum { UNIT_SEEN = 25, UNIT_SENT = 2, UNIT_NAMES = 6 };

struct unit {
    struct e4_client client;
    struct e4_config config;
    struct e4_policy policy;
    struct e4_port port;
    struct e4_memory memory;
    struct e4_signer signer;
    struct e4_topic_slot topics[UNIT_TOPICS];
    struct e4_peer_slot peers[UNIT_PEERS];
    struct e4_seen_slot seen[UNIT_SEEN];
    struct e4_sent_slot sent[UNIT_SENT];
    uint8_t records[UNIT_PLACES][E4_RECORD_SIZE];
    bool stored[UNIT_PLACES];
};

/* Let everything point to its own place; mode says which configuration. Not yet a client. */
void unit_prepare(struct unit *unit, enum e4_mode mode);
/* The same memory and storage once more. */
void unit_copy(struct unit *to, const struct unit *from);

/* Is all that a client keeps the same in both, the memory of frames aside? */
bool unit_same(const struct unit *a, const struct unit *b);

/* What it holds, by its own word: the digest of a hello. */
void unit_digest(struct unit *unit, uint8_t digest[32]);

/* Is a topic or a peer held twice? */
bool unit_has_name_twice(const struct unit *unit);

/* Laws that hold at any time: no name twice, and what is stored opens to the same client. */
void unit_check(struct unit *unit);

#endif
