/* SPDX-License-Identifier: Apache-2.0 */
/* See later.h. Each entry is one block of memory: itself, the topic, the payload. */
#include "tools/e4/later.h"

#include <stdlib.h>
#include <string.h>

bool later_add(struct later *later, const struct mqtt_message *message, uint64_t until_ms)
{
    size_t topic_size = strlen(message->topic) + 1;
    struct later_entry **end = &later->first;
    struct later_entry *entry;
    uint8_t *copy;

    if (later->count == LATER_COUNT_MAX || message->len > LATER_BYTES_MAX - later->bytes)
        return false;
    entry = malloc(sizeof *entry + topic_size + message->len);
    if (entry == NULL)
        return false;
    copy = (uint8_t *)(entry + 1);
    memcpy(copy, message->topic, topic_size);
    if (message->len > 0)
        memcpy(copy + topic_size, message->payload, message->len);
    entry->next = NULL;
    entry->until_ms = until_ms;
    entry->message = *message;
    entry->message.topic = (const char *)copy;
    entry->message.payload = copy + topic_size;
    while (*end != NULL)
        end = &(*end)->next;
    *end = entry;
    later->count++;
    later->bytes += message->len;
    return true;
}

struct later_entry *later_take(struct later *later)
{
    struct later_entry *first = later->first;

    *later = (struct later){0};
    return first;
}

struct later_entry *later_next(struct later_entry *entry)
{
    struct later_entry *next = entry->next;

    free(entry);
    return next;
}

struct later_entry *later_expired(struct later *later, uint64_t now_ms)
{
    struct later_entry *first = later->first;

    if (first == NULL || first->until_ms > now_ms)
        return NULL;
    later->first = first->next;
    first->next = NULL;
    later->count--;
    later->bytes -= first->message.len;
    return first;
}
