/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that wait for a connection: first in, first out, with a limit. */
#ifndef BASE_MQTT_QUEUE_H
#define BASE_MQTT_QUEUE_H

#include "base/mqtt.h"

struct mqtt_queued {          /* one message in a queue, with its own copies */
    struct mqtt_queued *next; /* private */
    uint64_t ticket;
    struct mqtt_message message;
};

struct mqtt_queue { /* zero but for the limits: empty */
    size_t count_max;
    size_t bytes_max; /* beyond one message of any size */
    size_t count;
    size_t bytes;
    struct mqtt_queued *first; /* the next to go; NULL: none */
    struct mqtt_queued *last;
};

/* Copy a message to the end. MQTT_FULL: no room; -1: no memory. */
int mqtt_queue_add(struct mqtt_queue *queue, const struct mqtt_message *message,
                   uint64_t ticket);
/* Drop the first; there is one. */
void mqtt_queue_drop(struct mqtt_queue *queue);
void mqtt_queue_clear(struct mqtt_queue *queue);

#endif
