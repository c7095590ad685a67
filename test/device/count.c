/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What operations cost a board: how much is executed, and how deep the stack gets, which is
 * seen by painting what lies below. One line an operation: its name, what is executed, bytes of
 * stack.
 */
#include <stdio.h>
#include <string.h>

#include "counter.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "e4/port_memory.h"
#include "e4/wire.h"

enum { TEXT = 64, PLACES = 5, PAINT = 3200, MARGIN = 64 };

/* Two clients of each mode: what one protects, the other opens. */
static struct side {
    struct e4_client client;
    struct e4_config config;
    struct e4_topic_slot topics[2];
    struct e4_peer_slot peers[2];
    struct e4_signer signer;
    struct e4_seen_slot seen[9];
    struct e4_sent_slot sent[2];
    struct e4_memory memory;
    struct e4_port port;
    uint8_t records[PLACES][E4_RECORD_SIZE];
    bool stored[PLACES];
} side[2];
static struct e4_topic topic;
static uint8_t frame[TEXT + E4_OVERHEAD_PK];
static size_t frame_len;
static uint8_t key[32];
static uint8_t point[32];
static uint8_t out[64];
static bool good;

/* Paint what lies below this function's own stack, or tell how far down the paint is gone. */
__attribute__((noinline)) static unsigned paint(bool look)
{
    volatile uint8_t *top = (volatile uint8_t *)__builtin_frame_address(0) - MARGIN;
    unsigned clean = 0;

    if (look) {
        while (clean < PAINT && top[-PAINT + (int)clean] == 0xa5)
            clean++;
        return clean == PAINT ? 0 : PAINT - clean + MARGIN;
    }
    for (int i = 1; i <= PAINT; i++)
        top[-i] = 0xa5;
    return 0;
}

static void measure(const char *name, void (*operation)(void))
{
    uint32_t count;
    unsigned deep;

    good = false;
    (void)paint(false);
    operation();
    deep = paint(true);
    if (!good)
        printf("%s went wrong\n", name);
    counter_start();
    operation();
    count = counter_stop();
    printf("%s %lu %u\n", name, (unsigned long)count, deep);
}

static void set_up(struct side *one, enum e4_mode mode, uint8_t name)
{
    struct e4_identity identity = {.mode = mode, .id = {name}, .key = {name, 1}};
    struct e4_command command = {.type = E4_SET_TOPIC_KEY, .key = {7}};

    memset(one, 0, sizeof *one);
    one->memory = (struct e4_memory){
        .records = one->records, .stored = one->stored, .count = PLACES, .now_s = 1700000000};
    e4_memory_port(&one->port, &one->memory);
    one->config.port = &one->port;
    one->config.topics = one->topics;
    one->config.topic_count = 2;
    one->config.seen = one->seen;
    one->config.seen_count = 9;
    one->config.sent = one->sent;
    one->config.sent_count = 2;
    if (mode == E4_PUBLIC_KEY) {
        one->config.public_key = &e4_public_key_mode;
        one->config.signer = &one->signer;
        one->config.peers = one->peers;
        one->config.peer_count = 2;
        identity.server_key[0] = 9;
    }
    memcpy(command.topic, topic.hash, sizeof command.topic);
    good = e4_create(&one->client, &one->config, &identity) == E4_OK &&
           e4_apply(&one->client, &command) == E4_OK;
    if (!good)
        printf("no client\n");
}

static void introduce(struct side *one, const struct side *other)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY};

    memcpy(command.id, e4_client_id(&other->client), sizeof command.id);
    memcpy(command.key, e4_client_public_key(&other->client), sizeof command.key);
    if (e4_apply(&one->client, &command) != E4_OK)
        printf("no introduction\n");
}

/* A time of its own for each message, so that none is a repeat. */
static void protect(void)
{
    side[0].memory.now_s++;
    side[1].memory.now_s++;
    memset(out, 'x', TEXT);
    good = e4_protect(&side[0].client, &topic, frame, sizeof frame, &frame_len, out, TEXT) ==
           E4_OK;
}

static void unprotect(void)
{
    struct e4_opened opened;

    good = e4_unprotect(&side[1].client, &topic, out, sizeof out, &opened, frame, frame_len) ==
           E4_OK;
}

static void measure_mode(enum e4_mode mode, const char *sending, const char *receiving)
{
    uint32_t count;
    unsigned deep;

    set_up(&side[0], mode, 1);
    set_up(&side[1], mode, 2);
    if (mode == E4_PUBLIC_KEY)
        introduce(&side[1], &side[0]);
    measure(sending, protect);
    (void)paint(false);
    unprotect();
    deep = paint(true);
    protect();
    counter_start();
    unprotect();
    count = counter_stop();
    if (!good)
        printf("%s went wrong\n", receiving);
    printf("%s %lu %u\n", receiving, (unsigned long)count, deep);
}

static void agree(void)
{
    good = e4_command_key_client(out, key, point) == E4_OK;
}

static void exchange(void)
{
    good = e4_x25519(out, key, point);
}

static void sign(void)
{
    e4_ed25519_sign(out, key, point, frame, TEXT);
    good = true;
}

static void verify(void)
{
    good = e4_ed25519_verify(out, point, frame, TEXT);
}

int main(void)
{
    e4_topic_init(&topic, "topic", 5, NULL);
    measure_mode(E4_SYMMETRIC, "sk-protect", "sk-unprotect");
    measure_mode(E4_PUBLIC_KEY, "pk-protect", "pk-unprotect");
    memset(key, 3, sizeof key);
    e4_x25519_base(point, key);
    measure("agreement", agree);
    measure("x25519", exchange);
    e4_ed25519_public(point, key);
    measure("sign", sign);
    measure("verify", verify);
    printf("counted in %s\n", counter_of);
    return 0;
}
