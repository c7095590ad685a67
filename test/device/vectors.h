/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded vectors on a board: what the steps of a tape share. A case that does not come out as
 * recorded is told by its name, and counted once.
 */
#ifndef DEVICE_VECTORS_H
#define DEVICE_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "e4/e4.h"
#include "e4/port_memory.h"

enum { TEXT_MAX = 4096, FRAME_MAX = TEXT_MAX + E4_OVERHEAD_PK, ANY_ERROR = 127 };
enum { RIG_TOPICS = 6, RIG_PEERS = 4, RIG_PLACES = 1 + RIG_TOPICS + RIG_PEERS, RIG_SEEN = 17 };

/* A client in memory. */
struct rig {
    struct e4_client client;
    struct e4_config config;
    struct e4_policy policy;
    struct e4_signer signer;
    struct e4_topic_slot topics[RIG_TOPICS];
    struct e4_peer_slot peers[RIG_PEERS];
    struct e4_seen_slot seen[RIG_SEEN];
    struct e4_sent_slot sent[8];
    char receiving[64];
};

/* What steps work in: with a client, or with a text and no client. */
extern union workplace {
    struct {
        struct rig rig;
        struct rig restarted; /* the same client, taken up anew */
        struct e4_memory memory;
        struct e4_port port;
        uint8_t records[RIG_PLACES][E4_RECORD_SIZE];
        bool stored[RIG_PLACES];
    } device;
    uint8_t text[TEXT_MAX];
} place;
extern uint8_t frame[FRAME_MAX];

/* Count the case as failed, and say why, unless that holds. */
void expect(bool holds, const char *what);
/* A result that a step names. */
void expect_result(enum e4_result got, int want, const char *what);
int take_result(void);

/* The steps that have a client; false: this is none of them. */
bool client_step(char operation);

#endif
