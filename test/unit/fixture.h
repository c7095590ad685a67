/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices on memory ports, and the key server's hand that writes commands for them. Keys, ids
 * and texts are made from small numbers and names, so that a test reads as a table.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/port_memory.h"
#include "e4/wire.h"

enum {
    DEVICE_TOPICS = 8,
    DEVICE_PEERS = 8,
    DEVICE_PLACES = 1 + DEVICE_TOPICS + DEVICE_PEERS,
    DEVICE_SEEN = 129,
    DEVICE_SENT = 8,
    FRAME_MAX = 400
};

/* When all tests begin. */
#define T0 UINT64_C(1700000000)

/* How storage goes wrong at the store or load that is named. */
enum trip_how {
    TRIP_REFUSE,     /* it fails and nothing is written; later ones succeed */
    TRIP_CUT_BEFORE, /* power goes before anything is written */
    TRIP_CUT_AFTER   /* power goes when it is written, before anyone knows */
};

struct trip {
    enum trip_how how;
    unsigned store_at; /* which store from now on, counted from 1; 0: none */
    unsigned load_at;
    bool off;        /* the power is gone */
    unsigned stores; /* how many there were, whatever became of them */
    unsigned loads;
};

/* Flat, so that a copy of it is all there is to a device. */
struct device {
    struct e4_memory memory;
    struct e4_port memory_port;
    struct trip trip;
    struct e4_port port; /* memory_port with the trip in its way */
    struct e4_policy policy;
    struct e4_config config;
    struct e4_identity identity; /* as the key server knows it */
    uint8_t server_secret[E4_KEY_SIZE];
    struct e4_client client;
    struct e4_topic_slot topics[DEVICE_TOPICS];
    struct e4_peer_slot peers[DEVICE_PEERS];
    struct e4_signer signer;
    struct e4_seen_slot seen[DEVICE_SEEN];
    struct e4_sent_slot sent[DEVICE_SENT];
    uint8_t records[DEVICE_PLACES][E4_RECORD_SIZE];
    bool stored[DEVICE_PLACES];
};

/* Bytes that nothing else has: equal for equal n. */
void key_of(uint8_t key[E4_KEY_SIZE], unsigned n);
void id_of(uint8_t id[E4_ID_SIZE], const char *name);
/* The public halves of key n as an Ed25519 seed, and as a Curve25519 secret. */
void public_of(uint8_t public_key[E4_KEY_SIZE], unsigned n);
void curve_public_of(uint8_t public_key[E4_KEY_SIZE], unsigned n);

/* The same pseudo-random numbers in every run. */
uint64_t random_next(uint64_t *state);

/* A device before e4_create(): its key is number 1, the server's secret number 2. */
void device_init(struct device *device, enum e4_mode mode, const char *name);
/* And after it. */
void device_make(struct device *device, enum e4_mode mode, const char *name);
/* Let storage go wrong at the nth store or load from now on. */
void device_trip_store(struct device *device, enum trip_how how, unsigned nth);
void device_trip_load(struct device *device, unsigned nth);
/* Power off and on: all memory is lost, storage stays, and works again. */
enum e4_result device_restart(struct device *device);
/* The device's key, or the server's, was changed to key n: so the server uses it from now on.
 */
void device_rekey(struct device *device, unsigned n);
void device_reserve(struct device *device, unsigned n);

/* Are clients, slots, guard and storage the same, byte by byte? */
bool device_same(const struct device *a, const struct device *b);
/* A value for what a device is and holds: equal for devices that behave alike. */
uint64_t device_state(const struct device *device);
/* Do these bytes lie anywhere in the device's memory or storage? */
bool device_contains(const struct device *device, const uint8_t *bytes, size_t len);

/* Commands. */
struct e4_command set_topic(const char *topic, unsigned key);
struct e4_command remove_topic(const char *topic);
struct e4_command reset_topics(void);
struct e4_command set_peer(const char *name, unsigned seed);
struct e4_command remove_peer(const char *name);
struct e4_command reset_peers(void);
struct e4_command set_id_key(unsigned key);
struct e4_command set_server_key(unsigned secret);

/* The key of the device's commands, as the server derives it. */
void server_command_key(uint8_t key[E4_KEY_SIZE], const struct device *device);
/* A frame of a command, or of any plaintext, under that key; FRAME_MAX bytes of room. */
size_t seal_command(uint8_t *frame, const struct device *device,
                    const struct e4_command *command, uint64_t sent_s);
size_t seal_plain(uint8_t *frame, const struct device *device, const uint8_t *text,
                  size_t text_len, uint64_t sent_s);
/* Hand a frame to the device under its receiving topic. */
enum e4_result take_command(struct device *device, struct e4_opened *opened,
                            const uint8_t *frame, size_t frame_len);
/* Seal a command sent at this time and hand it over. */
enum e4_result order_at(struct device *device, const struct e4_command *command,
                        uint64_t sent_s);
/* The same, now. */
enum e4_result order(struct device *device, const struct e4_command *command);

/* A handle without a cache. */
struct e4_topic topic_of(const char *name);
/* Protect text, which ends with NUL, for a topic. */
enum e4_result send_text(struct device *device, const char *topic, const char *text,
                         uint8_t *frame, size_t *frame_len);
/* Open a frame under a topic and compare the text. */
enum e4_result receive(struct device *device, const char *topic, const uint8_t *frame,
                       size_t frame_len);
enum e4_result receive_text(struct device *device, const char *topic, const char *text,
                            const uint8_t *frame, size_t frame_len);

/* A message frame by another's hand: under topic key `key`, by `sender` who signs with `seed`.
 */
size_t seal_message(uint8_t *frame, enum e4_mode mode, unsigned key, const char *sender,
                    unsigned seed, const char *text, uint64_t sent_s);

bool all_zero(const void *memory, size_t len);

#endif
