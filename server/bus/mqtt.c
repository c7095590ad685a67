/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mqtt.h. base/mqtt.h connects again by itself, except where a broker has said that it will
 * never let us in. A server waits even then, for whoever runs the broker to think better of it.
 */
#include "server/bus/mqtt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "base/mqtt.h"
#include "server/bus/bus.h"

enum {
    REFUSED_RETRY_S = 15,
    FILTER_SIZE = 64,
    PACKET_MAX = 1024, /* bytes; a report has less than a tenth of them */
    /* Bytes of a report's frame (§5 of PROTOCOL.md) and text (§9). */
    FRAME = 8 + 16,
    RECEIPT = FRAME + 1 + 16 + 1,
    HELLO = FRAME + 1 + 1 + 1 + 32
};

struct bus_mqtt {
    struct bus bus; /* first: a pointer to it is one to this */
    struct mqtt_options options;
    uint32_t expiry_s;
    struct mqtt *mqtt; /* NULL: refused, until retry_s */
    time_t retry_s;
    char filter[FILTER_SIZE]; /* what is listened to; empty: nothing */
    bool told_offline;
};

static time_t now_s(void)
{
    return (time_t)(monotonic_ms() / 1000);
}

/* Only reports are listened for, and anybody may publish: what cannot be one goes no further.
 */
static void on_message(void *ctx, const struct mqtt_message *message)
{
    struct bus_mqtt *bus = ctx;

    if (message->len != RECEIPT && message->len != HELLO) {
        log_debug("broker", "%s: %zu bytes are no report", message->topic, message->len);
        return;
    }
    bus->bus.events.received(bus->bus.events.ctx, message->topic, message->payload,
                             message->len);
}

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct bus_mqtt *bus = ctx;

    bus->bus.events.sent(bus->bus.events.ctx, ticket, refused);
}

static void on_subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    (void)ctx;
    (void)qos;
    if (refused != NULL)
        log_error("broker", "no subscription to %s: %s", topic, refused);
}

static void on_online(void *ctx)
{
    struct bus_mqtt *bus = ctx;

    bus->told_offline = false;
    log_info("broker", "connected to %s", mqtt_where(bus->mqtt));
}

/* Once an outage; the attempts after that would only repeat it. */
static void on_offline(void *ctx, const char *why, unsigned retry_ms)
{
    struct bus_mqtt *bus = ctx;

    (void)retry_ms;
    if (!bus->told_offline)
        log_warning("broker", "%s; trying again until it is there", why);
    bus->told_offline = true;
}

static int dial(struct bus_mqtt *bus, struct err *err)
{
    const struct mqtt_events events = {bus,       on_message, on_published, on_subscribed,
                                       on_online, on_offline, NULL};

    if (mqtt_open(&bus->mqtt, &bus->options, &events, err) != 0)
        return -1;
    if (bus->filter[0] != '\0' && mqtt_subscribe(bus->mqtt, bus->filter, 1, err) != 0) {
        mqtt_close(bus->mqtt);
        bus->mqtt = NULL;
        return -1;
    }
    return 0;
}

static bool is_online(const struct bus *bus)
{
    const struct bus_mqtt *mqtt = (const struct bus_mqtt *)bus;

    return mqtt->mqtt != NULL && mqtt_is_online(mqtt->mqtt);
}

static int send_message(struct bus *bus, const struct bus_message *message, uint64_t *ticket,
                        struct err *err)
{
    struct bus_mqtt *mqtt = (struct bus_mqtt *)bus;
    struct mqtt_message out = {message->topic,    message->payload, message->len, 2,
                               message->retained, mqtt->expiry_s};
    int rc;

    if (mqtt->mqtt == NULL)
        return err_set(err, ERR_NETWORK, "broker: not connected");
    rc = mqtt_publish(mqtt->mqtt, &out, ticket, err);
    return rc == MQTT_FULL ? err_set(err, ERR_BUSY, "broker: the queue is full") : rc;
}

static int listen_to(struct bus *bus, const char *filter, struct err *err)
{
    struct bus_mqtt *mqtt = (struct bus_mqtt *)bus;

    if (strlen(filter) >= sizeof mqtt->filter)
        return err_set(err, ERR_INPUT, "topic filter %s: too long", filter);
    memcpy(mqtt->filter, filter, strlen(filter) + 1);
    return mqtt->mqtt == NULL ? 0 : mqtt_subscribe(mqtt->mqtt, filter, 1, err);
}

/* The broker will not have us: leave it alone for a while. */
static void give_up(struct bus_mqtt *bus, const struct err *why)
{
    log_error("broker", "%s; trying again every %d s", why->text, REFUSED_RETRY_S);
    mqtt_close(bus->mqtt);
    bus->mqtt = NULL;
    bus->retry_s = now_s() + REFUSED_RETRY_S;
    bus->bus.events.lost(bus->bus.events.ctx);
}

static int wait_for(struct bus *bus, int wake_fd, int timeout_ms, struct err *err)
{
    struct bus_mqtt *mqtt = (struct bus_mqtt *)bus;
    struct pollfd fds[2] = {{.fd = -1}, {.fd = wake_fd, .events = POLLIN}};
    struct err why = {.kind = ERR_NONE};

    if (mqtt->mqtt == NULL && now_s() >= mqtt->retry_s && dial(mqtt, &why) != 0) {
        log_error("broker", "%s", why.text);
        mqtt->retry_s = now_s() + REFUSED_RETRY_S;
    }
    if (mqtt->mqtt != NULL) {
        int most_ms = mqtt_poll(mqtt->mqtt, &fds[0]);

        if (timeout_ms < 0 || most_ms < timeout_ms)
            timeout_ms = most_ms;
    }
    if (poll(fds, 2, timeout_ms) < 0 && errno != EINTR)
        return err_system(err, ERR_SYSTEM, errno, "poll");
    if (mqtt->mqtt != NULL && mqtt_step(mqtt->mqtt, &why) != 0)
        give_up(mqtt, &why);
    return 0;
}

/* The broker drops what has not come through of a session that ends, and so do we. */
static void forget(struct bus *bus)
{
    struct bus_mqtt *mqtt = (struct bus_mqtt *)bus;

    if (mqtt->mqtt == NULL)
        return;
    mqtt_abandon(mqtt->mqtt);
    mqtt_close(mqtt->mqtt);
    mqtt->mqtt = NULL;
    mqtt->retry_s = now_s(); /* wait_for() connects anew */
}

static void close_bus(struct bus *bus)
{
    mqtt_close(((struct bus_mqtt *)bus)->mqtt);
    free(bus);
}

int bus_mqtt_open(struct bus **bus, const struct mqtt_options *options, uint32_t expiry_s,
                  struct err *err)
{
    struct bus_mqtt *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->bus = (struct bus){.send = send_message,
                             .listen = listen_to,
                             .wait = wait_for,
                             .is_online = is_online,
                             .forget = forget,
                             .close = close_bus};
    made->options = *options;
    made->options.keep_trying = true;
    made->options.packet_max = PACKET_MAX;
    made->expiry_s = options->version == MQTT_5 ? expiry_s : 0;
    if (dial(made, err) != 0) {
        free(made);
        return -1;
    }
    *bus = &made->bus;
    return 0;
}
