/* SPDX-License-Identifier: Apache-2.0 */
/* What is stored: one record a place, E4_RECORD_SIZE bytes each (PROTOCOL.md §10). */
#ifndef E4_CLIENT_RECORD_H
#define E4_CLIENT_RECORD_H

#include "e4/e4.h"

enum e4_record_kind {
    E4_RECORD_BLANK = 0,
    E4_RECORD_IDENTITY = 1,
    E4_RECORD_TOPIC = 2,
    E4_RECORD_TOPIC_REMOVED = 3,
    E4_RECORD_PEER = 4,
    E4_RECORD_PEER_REMOVED = 5
};

/*
 * The fields lie as the stored bytes do, so that a record needs no second copy; numbers are
 * little-endian there. Version and check value keep their places in every later version.
 */
struct e4_record {
    uint8_t version; /* filled in when it is stored */
    uint8_t kind;
    uint8_t flag;    /* identity: mode; topic: is there an old key */
    uint8_t changed; /* identity: what the command at command_s changed */
    uint32_t epoch;  /* identity: of topics; otherwise that under which it was written */
    uint64_t command_s;
    uint8_t name[E4_HASH_SIZE];
    uint8_t key[E4_KEY_SIZE];    /* identity: symmetric key or seed */
    uint8_t second[E4_KEY_SIZE]; /* identity: server key; topic: old key */
    uint64_t time_s;     /* identity: time reached; topic: when the old key was replaced */
    uint64_t guard_s;    /* the replay guard's floor */
    uint32_t peer_epoch; /* identity */
    uint32_t places;     /* identity: how many it was stored among */
    uint8_t check[8];    /* filled in when it is stored */
};

/* E4_ERR_STORAGE, and what is stored is as it was. */
enum e4_result e4_record_store(const struct e4_port *port, unsigned place,
                               struct e4_record *record);
/* A place never stored reads as blank. E4_ERR_STORAGE: damaged; E4_ERR_VERSION. */
enum e4_result e4_record_load(const struct e4_port *port, unsigned place,
                              struct e4_record *record);

#endif
