/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a broker at a time: the part of mqtt.c that knows libmosquitto. It neither
 * waits nor tries again. Reason codes are those of MQTT 5, in MQTT 3.1.1 too.
 */
#ifndef BASE_MQTT_LINK_H
#define BASE_MQTT_LINK_H

#include "base/mqtt.h"

struct mqtt_link;

enum { MQTT_WINDOW = 100 }; /* messages of QoS 1 and 2 on their way to the broker at a time */

enum mqtt_link_state {
    MQTT_LINK_DOWN,
    MQTT_LINK_DIALLING, /* a thread opens the socket */
    MQTT_LINK_GREETING, /* the broker has not yet said whether it lets us in */
    MQTT_LINK_UP
};

/* None may be NULL. They come out of mqtt_link_step(). */
struct mqtt_link_events {
    void *ctx;
    void (*up)(void *ctx, bool session_kept);
    void (*message)(void *ctx, const struct mqtt_message *message);
    void (*published)(void *ctx, int mid, int reason);
    void (*subscribed)(void *ctx, int mid, int reason); /* the QoS granted, or an error */
    void (*log)(void *ctx, const char *line);
};

/* The options have been checked, and live as long as the link does not need them: copied. */
int mqtt_link_new(struct mqtt_link **link, const struct mqtt_options *options,
                  const struct mqtt_link_events *events, struct err *err);
/* Says goodbye when the link is up, which may take a second. NULL is fine. */
void mqtt_link_free(struct mqtt_link *link);

const char *mqtt_link_where(const struct mqtt_link *link); /* "HOST:PORT" */
enum mqtt_link_state mqtt_link_state(const struct mqtt_link *link);

/* Begin to connect; the link is down. */
int mqtt_link_dial(struct mqtt_link *link, struct err *err);
/* What to poll for; true: there is something to do already. */
bool mqtt_link_poll(struct mqtt_link *link, struct pollfd *pollfd);
/*
 * Do what can be done now. -1: the link went down; err says why, and *reason is the code that
 * the broker gave for it, or 0.
 */
int mqtt_link_step(struct mqtt_link *link, int *reason, struct err *err);
/* Take the link down without a word: what is being handed over is not acknowledged. Not while
 * dialling. */
void mqtt_link_drop(struct mqtt_link *link);

/*
 * Hand over no more messages: what comes from now on is not acknowledged. Then there is only
 * mqtt_link_free() left to do.
 */
void mqtt_link_hold(struct mqtt_link *link);

/* Is the link there, and all that was handed over before written to the socket? */
bool mqtt_link_is_idle(const struct mqtt_link *link);

/*
 * The link is up. NULL, or what is wrong; a link that just went down is no error. *mid names
 * the packet in the event that answers it, which may come before publish returns.
 */
const char *mqtt_link_publish(struct mqtt_link *link, const struct mqtt_message *message,
                              int *mid);
const char *mqtt_link_subscribe(struct mqtt_link *link, const char *topic, int qos, int *mid);
const char *mqtt_link_unsubscribe(struct mqtt_link *link, const char *topic);

#endif
