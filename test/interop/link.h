/* SPDX-License-Identifier: Apache-2.0 */
/* The C side's own connection to the broker: it gets every message, and publishes frames. */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINK_TOPIC_MAX = 512, LINK_FRAME_MAX = 1 << 15 };

struct mqtt;
struct link {
    struct mqtt *mqtt;
    bool has_message;
    bool overrun; /* a message came before the one before it was taken */
    char topic[LINK_TOPIC_MAX];
    uint8_t frame[LINK_FRAME_MAX];
    size_t frame_len;
};

/* Each is a test failure if the broker does not do its part. */
void link_open(struct link *link, unsigned port);
void link_close(struct link *link);
/* Commands go out as the protocol has them: retained, with QoS 2. Messages with QoS 1. */
void link_publish(struct link *link, const char *topic, const uint8_t *frame, size_t frame_len,
                  bool is_command);
/* Wait until the next message is in topic and frame. */
void link_wait(struct link *link);

#endif
