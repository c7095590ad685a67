/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client and the arrays that it works with as one object, of the sizes that e4/options.h
 * tells: for a firmware with static memory.
 */
#ifndef E4_DEVICE_H
#define E4_DEVICE_H

#include <string.h>

#include "e4/e4.h"
#include "e4/options.h"

#ifdef __cplusplus
extern "C" {
#endif

struct e4_device {
    struct e4_client client;
    struct e4_config config;
    struct e4_topic_slot topics[E4_TOPICS];
    struct e4_seen_slot seen[E4_SEEN];
    struct e4_sent_slot sent[E4_SENT];
};

/* What public-key mode takes besides. */
struct e4_device_keys {
    struct e4_signer signer;
    struct e4_peer_slot peers[E4_PEERS];
};

/* Fill in device->config, with everything else as it is by default: before
 * e4_open(&device->client, &device->config) or e4_create(). */
static inline void e4_device_config(struct e4_device *device, const struct e4_port *port)
{
    memset(&device->config, 0, sizeof device->config);
    device->config.port = port;
    device->config.topics = device->topics;
    device->config.topic_count = E4_TOPICS;
    device->config.seen = device->seen;
    device->config.seen_count = E4_SEEN;
    device->config.sent = device->sent;
    device->config.sent_count = E4_SENT;
}

/* The same for public-key mode, afterwards. Only a program that calls it carries that code. */
static inline void e4_device_public_key(struct e4_device *device, struct e4_device_keys *keys)
{
    device->config.public_key = &e4_public_key_mode;
    device->config.signer = &keys->signer;
    device->config.peers = keys->peers;
    device->config.peer_count = E4_PEERS;
}

#ifdef __cplusplus
}
#endif

#endif
