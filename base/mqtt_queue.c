/* SPDX-License-Identifier: Apache-2.0 */
/* A linked list of messages; each is one block of memory: the entry, the topic, the payload. */
#include "base/mqtt_queue.h"

#include <stdlib.h>
#include <string.h>

int mqtt_queue_add(struct mqtt_queue *queue, const struct mqtt_message *message,
                   uint64_t ticket)
{
    size_t topic_size = strlen(message->topic) + 1;
    struct mqtt_queued *entry;
    char *copy;

    if (queue->count > 0 &&
        (queue->count >= queue->count_max || message->len > queue->bytes_max ||
         queue->bytes > queue->bytes_max - message->len))
        return MQTT_FULL;
    if (message->len > SIZE_MAX - sizeof *entry - topic_size)
        return -1;
    entry = malloc(sizeof *entry + topic_size + message->len);
    if (entry == NULL)
        return -1;
    copy = (char *)(entry + 1);
    memcpy(copy, message->topic, topic_size);
    if (message->len > 0)
        memcpy(copy + topic_size, message->payload, message->len);
    entry->next = NULL;
    entry->ticket = ticket;
    entry->message = *message;
    entry->message.topic = copy;
    entry->message.payload = (const uint8_t *)(copy + topic_size);

    if (queue->last == NULL)
        queue->first = entry;
    else
        queue->last->next = entry;
    queue->last = entry;
    queue->count++;
    queue->bytes += message->len;
    return 0;
}

void mqtt_queue_drop(struct mqtt_queue *queue)
{
    struct mqtt_queued *entry = queue->first;

    queue->first = entry->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->count--;
    queue->bytes -= entry->message.len;
    free(entry);
}

void mqtt_queue_clear(struct mqtt_queue *queue)
{
    while (queue->first != NULL)
        mqtt_queue_drop(queue);
}
