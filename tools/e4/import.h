/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state file of a deployed Go client (e4go), so that a device can be taken over with all
 * its keys. JSON: ID, Key, TopicKeys and ReceivingTopic; a topic's previous key stands under
 * the hash of the topic's hash, with the time when it was replaced behind it.
 */
#ifndef TOOLS_E4_IMPORT_H
#define TOOLS_E4_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "e4/e4.h"

struct device;
struct err;

struct import_topic {
    uint8_t hash[E4_HASH_SIZE];
    uint8_t key[E4_KEY_SIZE];
    uint8_t old_key[E4_KEY_SIZE]; /* the one before, if there is one */
    uint64_t replaced_s;          /* when it was replaced; 0: there is none */
};

struct import_peer {
    uint8_t id[E4_ID_SIZE];
    uint8_t key[E4_KEY_SIZE];
};

struct import {
    struct e4_identity identity;
    char *receiving_topic; /* NULL: the usual one of this id */
    struct import_topic *topics;
    size_t topic_count;
    struct import_peer *peers;
    size_t peer_count;
    size_t strays; /* previous keys of topics that are gone: left out */
};

/*
 * Parse the first JSON value of a text; e4go may leave the tail of an earlier state behind it,
 * which is ignored. On error out is zero, and err says what is wrong, without any key.
 */
int import_parse(const char *text, size_t len, struct import *out, struct err *err);

/* Wipe and free. */
void import_free(struct import *import);

/* What became of what was imported. */
struct import_outcome {
    size_t topics;
    size_t peers;
    size_t old_keys;  /* previous keys taken over; they end when they would have ended */
    size_t left_out;  /* previous keys whose time is over, or that are another topic's now */
    size_t bad_peers; /* left out: no good public key, so nothing of theirs was ever accepted */
};

/* Give a device that was just made the topics and peers. */
int import_apply(struct device *device, const struct import *import,
                 struct import_outcome *outcome, struct err *err);

#endif
