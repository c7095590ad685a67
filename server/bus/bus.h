/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How commands leave, and how reports come in. One thread uses a bus, and what the bus has to
 * tell it tells within wait(). What was sent and not yet told of is forgotten when it is
 * closed.
 */
#ifndef SERVER_BUS_BUS_H
#define SERVER_BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct bus_message {
    const char *topic;
    const uint8_t *payload;
    size_t len; /* 0 with retained: what is retained there goes */
    bool retained;
};

/* Set by the user before the first wait(); none may be NULL. */
struct bus_events {
    void *ctx;
    /* The other side has a message for good, or refused says why not. */
    void (*sent)(void *ctx, uint64_t ticket, const char *refused);
    void (*received)(void *ctx, const char *topic, const uint8_t *payload, size_t len);
    /* What was sent and not told of will not be: it is to be sent again. */
    void (*lost)(void *ctx);
};

struct bus {
    struct bus_events events;

    /* Take a message, which is copied, and name it. Messages of one topic arrive in order. */
    int (*send)(struct bus *bus, const struct bus_message *message, uint64_t *ticket,
                struct err *err);
    /* Receive what is published under topics that match an MQTT filter. */
    int (*listen)(struct bus *bus, const char *filter, struct err *err);
    /* Work for at most timeout_ms, or until something happened or wake_fd is readable. */
    int (*wait)(struct bus *bus, int wake_fd, int timeout_ms, struct err *err);
    bool (*is_online)(const struct bus *bus);
    /* What was sent and not told of will not be, and what of it has not left does not leave. */
    void (*forget)(struct bus *bus);
    void (*close)(struct bus *bus);
};

#endif
