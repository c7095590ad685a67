/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two devices and their key server's hand, over nothing but e4.h: they get a topic's key by
 * command, one protects, the other opens, and a spoiled frame is refused; in both modes. C and
 * C++ alike. Says what went wrong, by its line; the exit code is 1 then.
 */
#include "e4.h"

#include <stdio.h>
#include <string.h>

#define NOW    UINT64_C(1700000000)
#define PLACES (1 + E4_TOPICS + E4_PEERS)

/* What is to hold; the line of what does not comes out of the program. */
#define HOLDS(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            printf("line %d: not so: %s\n", __LINE__, #condition);                             \
            return false;                                                                      \
        }                                                                                      \
    } while (0)

struct party {
    struct e4_device device;
    struct e4_device_keys keys;
    struct e4_memory memory;
    struct e4_port port;
    struct e4_identity identity;
    uint8_t records[PLACES][E4_RECORD_SIZE];
    bool stored[PLACES];
};

static const char topic_name[] = "room/1/temperature";
static uint8_t server_secret[E4_KEY_SIZE];
static struct party alice, bob;

static bool set_up(struct party *party, enum e4_mode mode, const char *name, uint8_t key)
{
    memset(party, 0, sizeof *party);
    party->memory.records = party->records;
    party->memory.stored = party->stored;
    party->memory.count = PLACES;
    party->memory.now_s = NOW;
    e4_memory_port(&party->port, &party->memory);
    e4_device_config(&party->device, &party->port);
    if (mode == E4_PUBLIC_KEY)
        e4_device_public_key(&party->device, &party->keys);
    party->identity.mode = mode;
    memset(party->identity.key, key, E4_KEY_SIZE);
    HOLDS(e4_id_from_name(party->identity.id, name, strlen(name)) == E4_OK);
    HOLDS(e4_curve_public(party->identity.server_key, server_secret) == E4_OK);
    HOLDS(e4_open(&party->device.client, &party->device.config) == E4_ERR_EMPTY);
    HOLDS(e4_create(&party->device.client, &party->device.config, &party->identity) == E4_OK);
    return true;
}

/* Send a command as the key server does, and let the device take it. */
static bool order(struct party *party, const struct e4_command *command, uint64_t sent_s)
{
    uint8_t text[E4_COMMAND_MAX], frame[E4_COMMAND_FRAME_MAX], key[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
    char name[E4_RECEIVING_TOPIC_SIZE];
    struct e4_sealing sealing;
    struct e4_topic topic;
    struct e4_opened opened;
    size_t text_len, frame_len;

    memcpy(key, party->identity.key, sizeof key);
    if (party->identity.mode == E4_PUBLIC_KEY) {
        HOLDS(e4_sign_public(public_key, party->identity.key) == E4_OK);
        HOLDS(e4_command_key_server(key, server_secret, public_key) == E4_OK);
    }
    memset(&sealing, 0, sizeof sealing);
    sealing.key = key;
    sealing.sent_s = sent_s;
    HOLDS(e4_command_encode(text, &text_len, command, party->identity.mode) == E4_OK);
    HOLDS(e4_frame_seal(frame, sizeof frame, &frame_len, &sealing, text, text_len) == E4_OK);
    e4_receiving_topic(name, party->identity.id);
    HOLDS(e4_topic_init(&topic, name, sizeof name - 1, NULL) == E4_OK);
    HOLDS(e4_unprotect(&party->device.client, &topic, text, sizeof text, &opened, frame,
                       frame_len) == E4_OK);
    HOLDS(opened.kind == E4_COMMAND && opened.command == (uint8_t)command->type);
    return true;
}

static bool give_keys(enum e4_mode mode)
{
    struct e4_command command;

    memset(&command, 0, sizeof command);
    command.type = E4_SET_TOPIC_KEY;
    memset(command.key, 7, E4_KEY_SIZE);
    HOLDS(e4_topic_hash(command.topic, topic_name, sizeof topic_name - 1) == E4_OK);
    HOLDS(order(&alice, &command, NOW - 9) && order(&bob, &command, NOW - 9));
    if (mode == E4_SYMMETRIC)
        return true;
    command.type = E4_SET_PUB_KEY;
    memcpy(command.id, alice.identity.id, E4_ID_SIZE);
    HOLDS(e4_sign_public(command.key, alice.identity.key) == E4_OK);
    return order(&bob, &command, NOW - 8);
}

static bool exchange(enum e4_mode mode)
{
    static const uint8_t text[] = "21.5";
    uint8_t frame[sizeof text + E4_OVERHEAD_PK], out[sizeof text];
    struct e4_topic topic;
    struct e4_opened opened;
    size_t len;

    HOLDS(set_up(&alice, mode, "alice", 1) && set_up(&bob, mode, "bob", 2));
    HOLDS(e4_topic_init(&topic, topic_name, sizeof topic_name - 1, NULL) == E4_OK);
    HOLDS(e4_protect(&alice.device.client, &topic, frame, sizeof frame, &len, text,
                     sizeof text) == E4_ERR_NO_TOPIC);
    HOLDS(give_keys(mode));
    HOLDS(e4_protect(&alice.device.client, &topic, frame, sizeof frame, &len, text,
                     sizeof text) == E4_OK);
    frame[len - 1] ^= 1;
    HOLDS(e4_unprotect(&bob.device.client, &topic, out, sizeof out, &opened, frame, len) ==
          (mode == E4_SYMMETRIC ? E4_ERR_FORGED : E4_ERR_SIGNATURE));
    frame[len - 1] ^= 1;
    HOLDS(e4_unprotect(&bob.device.client, &topic, out, sizeof out, &opened, frame, len) ==
          E4_OK);
    HOLDS(opened.kind == E4_MESSAGE && opened.text_len == sizeof text);
    HOLDS(memcmp(out, text, sizeof text) == 0);
    HOLDS(opened.verified == (mode == E4_PUBLIC_KEY));
    HOLDS(e4_unprotect(&bob.device.client, &topic, out, sizeof out, &opened, frame, len) ==
          E4_ERR_REPLAY);
    return true;
}

int main(void)
{
    memset(server_secret, 3, sizeof server_secret);
    if (!exchange(E4_SYMMETRIC) || !exchange(E4_PUBLIC_KEY))
        return 1;
    printf("exchanged in both modes\n");
    return 0;
}
