/* SPDX-License-Identifier: Apache-2.0 */
/* A client of libe4 in memory. */
#include "rig.h"

#include <stdio.h>
#include <string.h>

/* Let all pointers lead into this rig. */
static void wire_up(struct rig *rig)
{
    bool is_public = rig->config.public_key != NULL;

    e4_memory_port(&rig->port, &rig->memory);
    rig->memory.records = rig->records;
    rig->memory.stored = rig->stored;
    rig->memory.count = 1 + RIG_TOPICS + RIG_PEERS;
    rig->config.port = &rig->port;
    rig->config.policy = &rig->policy;
    rig->config.topics = rig->topics;
    rig->config.seen = rig->seen;
    rig->config.sent = rig->sent;
    rig->config.signer = is_public ? &rig->signer : NULL;
    rig->config.peers = is_public ? rig->peers : NULL;
    rig->config.receiving_topic = rig->receiving[0] != '\0' ? rig->receiving : NULL;
    rig->client.config = &rig->config;
}

enum e4_result rig_create(struct rig *rig, const struct e4_identity *identity,
                          const char *receiving, uint64_t now_s)
{
    memset(rig, 0, sizeof *rig);
    rig->policy = e4_policy_default;
    rig->policy.max_skew_s = 0;
    rig->policy.back_date_s = 0;
    rig->policy.send_empty = true;
    rig->memory.now_s = now_s;
    rig->config.topic_count = RIG_TOPICS;
    rig->config.seen_count = RIG_SEEN;
    rig->config.sent_count = RIG_SENT;
    if (identity->mode == E4_PUBLIC_KEY) {
        rig->config.public_key = &e4_public_key_mode;
        rig->config.peer_count = RIG_PEERS;
    }
    if (receiving != NULL)
        snprintf(rig->receiving, sizeof rig->receiving, "%s", receiving);
    wire_up(rig);
    return e4_create(&rig->client, &rig->config, identity);
}

enum e4_result rig_restart(struct rig *rig)
{
    e4_close(&rig->client);
    memset(rig->seen, 0, sizeof rig->seen);
    memset(rig->sent, 0, sizeof rig->sent);
    return e4_open(&rig->client, &rig->config);
}

void rig_copy(struct rig *to, const struct rig *from)
{
    *to = *from;
    wire_up(to);
}

enum e4_result rig_unprotect(struct rig *rig, const char *topic, uint8_t *text, size_t text_cap,
                             struct e4_opened *opened, const uint8_t *frame, size_t frame_len)
{
    struct e4_topic handle;
    enum e4_result result = e4_topic_init(&handle, topic, strlen(topic), NULL);

    if (result != E4_OK)
        return result;
    return e4_unprotect(&rig->client, &handle, text, text_cap, opened, frame, frame_len);
}

enum e4_result rig_protect(struct rig *rig, const char *topic, uint8_t *frame, size_t frame_cap,
                           size_t *frame_len, const uint8_t *text, size_t text_len)
{
    struct e4_topic handle;
    enum e4_result result = e4_topic_init(&handle, topic, strlen(topic), NULL);

    if (result != E4_OK)
        return result;
    return e4_protect(&rig->client, &handle, frame, frame_cap, frame_len, text, text_len);
}
