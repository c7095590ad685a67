/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection to an MQTT broker (3.1.1 and 5), for programs: it stays connected, subscribes
 * anew where the broker has forgotten, and hands messages over from a queue of its own with a
 * limit. mqtt_link.c is the one file that knows libmosquitto.
 *
 * Nothing here blocks, except where it says so: connecting happens in a thread of its own until
 * the broker's socket is open. Everything else happens in the caller's thread, inside
 * mqtt_step() and what calls it, and so do all events. The program ignores SIGPIPE.
 *
 * In an event any function here may be called, except mqtt_step() and what calls it, and
 * mqtt_close().
 */
#ifndef BASE_MQTT_H
#define BASE_MQTT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct mqtt;

enum mqtt_version { MQTT_3_1_1 = 4, MQTT_5 = 5 };
enum { MQTT_PORT = 1883, MQTT_PORT_TLS = 8883 };
#define MQTT_PAYLOAD_MAX 268369888UL /* bytes, however long the topic is */

/* How to reach a broker. Zero is a good value for each field. Everything is copied. */
struct mqtt_options {
    const char *host; /* name or address; NULL: localhost */
    unsigned port;    /* 0: MQTT_PORT, or MQTT_PORT_TLS with TLS */
    const char *user;
    const char *password;
    enum mqtt_version version; /* 0: MQTT_3_1_1 */
    const char *client_id;     /* NULL: a new one for every connection */
    bool persistent; /* the broker keeps subscriptions, and messages of QoS 1 and 2, while away;
                        needs a client_id */
    unsigned keepalive_s; /* 0: 60; at least 5 */
    unsigned answer_ms;   /* a broker that does not answer so long is given up; 0: 30,000 */
    unsigned patience_ms; /* give up when it was lost and is not back after so long; 0: never */
    bool keep_trying;     /* be as patient before the first connection */
    unsigned qos2_window; /* messages of QoS 2 on their way at a time, up to 100; 0: what any
                             broker takes */
    unsigned packet_max;  /* bytes: the broker sends no larger packet; 0: any; MQTT 5 only */
    size_t queue_count;   /* messages that wait to be sent, at most; 0: 1000 */
    size_t queue_bytes;   /* their size in all, beyond one message of any size; 0: 64 MiB */

    bool tls;           /* implied by each of the next five */
    const char *cafile; /* PEM; neither this nor capath: the system's authorities */
    const char *capath;
    const char *cert; /* the client's own, PEM */
    const char *key;
    bool insecure; /* do not check that the certificate was issued to this host */
};

struct mqtt_message {
    const char *topic;
    const uint8_t *payload;
    size_t len;
    int qos; /* 0, 1 or 2 */
    bool retained;
    uint32_t expiry_s; /* to the broker: forget it after so long; 0: never; MQTT 5 only */
};

/* What may happen. Each may be NULL. Texts live until the function returns. */
struct mqtt_events {
    void *ctx; /* handed back */
    /* A message of QoS 1 is acknowledged after this has returned, unless it calls
     * mqtt_abandon(). */
    void (*message)(void *ctx, const struct mqtt_message *message);
    /* A message that mqtt_publish() took: the broker has it (QoS 0: it was sent), or refused
     * says why not. */
    void (*published)(void *ctx, uint64_t ticket, const char *refused);
    /* The broker grants a subscription at this QoS, or refused says why not. */
    void (*subscribed)(void *ctx, const char *topic, int qos, const char *refused);
    void (*online)(void *ctx);
    /* The connection was lost, or an attempt failed; the next one is retry_ms away. */
    void (*offline)(void *ctx, const char *why, unsigned retry_ms);
    void (*log)(void *ctx, const char *line); /* every packet, in words */
};

/*
 * Begin to connect. Options that make no sense, and certificates that cannot be read, are found
 * here; everything else by mqtt_step(). The caller closes it.
 */
int mqtt_open(struct mqtt **mqtt, const struct mqtt_options *options,
              const struct mqtt_events *events, struct err *err);

/* Say goodbye to the broker, which may take a second, and free. What was not sent is dropped.
 * NULL is fine. */
void mqtt_close(struct mqtt *mqtt);

/* "HOST:PORT" of the broker. */
const char *mqtt_where(const struct mqtt *mqtt);
bool mqtt_is_online(const struct mqtt *mqtt);

/*
 * Subscribe now or as soon as there is a connection, and again whenever the broker has
 * forgotten. A topic that is subscribed to already gets the new QoS. ERR_INPUT: no topic
 * filter.
 *
 * Mind that QoS 2 is the weaker promise here: libmosquitto takes such a message from the broker
 * first and hands it over later, so that one is lost when the program ends in between, in
 * whatever way. One of QoS 1 stays with the broker until it was dealt with, and may come
 * again.
 */
int mqtt_subscribe(struct mqtt *mqtt, const char *topic, int qos, struct err *err);
/* ERR_INPUT: no topic filter. One that was not subscribed to here is fine: the broker may
 * remember it. */
int mqtt_unsubscribe(struct mqtt *mqtt, const char *topic, struct err *err);
/* Is there a subscription that covers this topic? */
bool mqtt_is_subscribed(const struct mqtt *mqtt, const char *topic);
/* Subscriptions that the broker has not answered yet. */
size_t mqtt_unanswered(const struct mqtt *mqtt);

/*
 * Put a message in the queue; topic and payload are copied. It is sent by mqtt_step(), in
 * order, and sent again after a lost connection with QoS 1 and 2. ticket (may be NULL) names it
 * in the published event. MQTT_FULL: there is no room now; step, and try again.
 */
enum { MQTT_FULL = 1 };
int mqtt_publish(struct mqtt *mqtt, const struct mqtt_message *message, uint64_t *ticket,
                 struct err *err);
/* Messages that have not had their published event yet. */
size_t mqtt_unpublished(const struct mqtt *mqtt);

/*
 * Take in nothing more after the message that is being handed over, if there is one: those of
 * QoS 1 that the broker has sent meanwhile stay with it, for the next time in a persistent
 * session. (Where libmosquitto has read one of them already, what was handed over last comes
 * again too: the two could only be acknowledged together.) Then there is only mqtt_close() left
 * to do.
 */
void mqtt_hold(struct mqtt *mqtt);
/*
 * The same for a message that cannot be dealt with, for its event: it stays with the broker as
 * well, because nothing more is said to it, no goodbye either. mqtt_step() has given up.
 */
void mqtt_abandon(struct mqtt *mqtt);

/*
 * For a poll loop of the caller's: what to wait for (fd is -1 when there is nothing), and how
 * many milliseconds at most. Ask again before every poll(), and step after every one.
 */
int mqtt_poll(struct mqtt *mqtt, struct pollfd *pollfd);
/* Do what can be done now. -1: given up; err says why, and every further call says the same. */
int mqtt_step(struct mqtt *mqtt, struct err *err);

/* Without a loop of one's own: poll for at most timeout_ms (-1: until something happens), then
 * step. */
int mqtt_wait(struct mqtt *mqtt, int timeout_ms, struct err *err);
/* Block until there is a connection, and until every subscription is answered. */
int mqtt_wait_online(struct mqtt *mqtt, struct err *err);
/* Block until all is published. ERR_NETWORK: the broker acknowledged nothing for answer_ms. */
int mqtt_flush(struct mqtt *mqtt, struct err *err);

#endif
