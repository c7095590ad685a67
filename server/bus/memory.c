/* SPDX-License-Identifier: Apache-2.0 */
/* See memory.h. */
#include "server/bus/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

struct list {
    struct bus_message *messages;
    size_t count;
};

struct bus_memory {
    struct bus bus; /* first: a pointer to it is one to this */
    bool online;
    bool lost;
    enum bus_memory_answer answer;
    struct list sent;
    size_t told; /* of so many it was told what became of them */
    struct list received;
    size_t handed_over;
};

static int add(struct list *list, const struct bus_message *message, struct err *err)
{
    struct bus_message *more =
        realloc(list->messages, (list->count + 1) * sizeof *list->messages);
    size_t topic_size = strlen(message->topic) + 1;
    uint8_t *bytes = malloc(topic_size + message->len); /* the topic, then the payload */

    if (more != NULL)
        list->messages = more;
    if (more == NULL || bytes == NULL) {
        free(bytes);
        return err_set(err, ERR_SYSTEM, "out of memory");
    }
    memcpy(bytes, message->topic, topic_size);
    memcpy(bytes + topic_size, message->payload, message->len);
    list->messages[list->count] = *message;
    list->messages[list->count].topic = (const char *)bytes;
    list->messages[list->count].payload = bytes + topic_size;
    list->count++;
    return 0;
}

static void free_list(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((void *)(uintptr_t)list->messages[i].topic);
    }
    free(list->messages);
}

static int send_message(struct bus *bus, const struct bus_message *message, uint64_t *ticket,
                        struct err *err)
{
    struct bus_memory *memory = (struct bus_memory *)bus;

    if (!memory->online)
        return err_set(err, ERR_NETWORK, "broker: not connected");
    *ticket = memory->sent.count;
    return add(&memory->sent, message, err);
}

static int listen_to(struct bus *bus, const char *filter, struct err *err)
{
    (void)bus;
    (void)filter;
    (void)err;
    return 0;
}

static int wait_for(struct bus *bus, int wake_fd, int timeout_ms, struct err *err)
{
    struct bus_memory *memory = (struct bus_memory *)bus;

    (void)wake_fd;
    (void)timeout_ms;
    (void)err;
    if (memory->lost) {
        memory->told = memory->sent.count;
        memory->lost = false;
        bus->events.lost(bus->events.ctx);
    }
    while (memory->online && memory->answer != BUS_MEMORY_IS_SILENT &&
           memory->told < memory->sent.count)
        bus->events.sent(bus->events.ctx, memory->told++,
                         memory->answer == BUS_MEMORY_REFUSES ? "not authorized" : NULL);
    while (memory->handed_over < memory->received.count) {
        const struct bus_message *message = &memory->received.messages[memory->handed_over++];

        bus->events.received(bus->events.ctx, message->topic, message->payload, message->len);
    }
    return 0;
}

static void forget(struct bus *bus)
{
    struct bus_memory *memory = (struct bus_memory *)bus;

    memory->told = memory->sent.count;
}

static bool is_online(const struct bus *bus)
{
    return ((const struct bus_memory *)bus)->online;
}

static void close_bus(struct bus *bus)
{
    struct bus_memory *memory = (struct bus_memory *)bus;

    free_list(&memory->sent);
    free_list(&memory->received);
    free(memory);
}

int bus_memory_open(struct bus **bus, struct err *err)
{
    struct bus_memory *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->bus = (struct bus){.send = send_message,
                             .listen = listen_to,
                             .wait = wait_for,
                             .is_online = is_online,
                             .forget = forget,
                             .close = close_bus};
    made->online = true;
    *bus = &made->bus;
    return 0;
}

void bus_memory_set_online(struct bus *bus, bool online)
{
    ((struct bus_memory *)bus)->online = online;
}

void bus_memory_answer(struct bus *bus, enum bus_memory_answer answer)
{
    ((struct bus_memory *)bus)->answer = answer;
}

void bus_memory_acknowledge(struct bus *bus, size_t at)
{
    bus->events.sent(bus->events.ctx, at, NULL);
}

void bus_memory_lose(struct bus *bus)
{
    ((struct bus_memory *)bus)->lost = true;
}

int bus_memory_receive(struct bus *bus, const char *topic, const uint8_t *payload, size_t len,
                       struct err *err)
{
    struct bus_message message = {topic, payload, len, false};

    return add(&((struct bus_memory *)bus)->received, &message, err);
}

size_t bus_memory_count(const struct bus *bus)
{
    return ((const struct bus_memory *)bus)->sent.count;
}

const struct bus_message *bus_memory_sent(const struct bus *bus, size_t at)
{
    return &((const struct bus_memory *)bus)->sent.messages[at];
}

const struct bus_message *bus_memory_retained(const struct bus *bus, const char *topic)
{
    for (size_t at = bus_memory_count(bus); at-- > 0;) {
        const struct bus_message *message = bus_memory_sent(bus, at);

        if (message->retained && strcmp(message->topic, topic) == 0)
            return message->len > 0 ? message : NULL;
    }
    return NULL;
}
