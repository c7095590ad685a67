/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staying connected to a broker: attempts and how far apart they are, the subscriptions that it
 * must know, and messages that wait for one of MQTT_WINDOW places on the way to it. mqtt_link.c
 * has the connection itself.
 */
#include "base/mqtt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mqtt_link.h"
#include "base/mqtt_queue.h"
#include "base/mqtt_reason.h"
#include "base/mqtt_topic.h"

enum {
    TICK_MS = 1000,       /* how often the keep-alive is looked at */
    FIRST_RETRY_MS = 500, /* doubled with every attempt */
    LAST_RETRY_MS = 30000,
    STEADY_MS = 10000, /* a connection that lasted so long was a good one */

    /*
     * What every broker takes of MQTT 3.1.1. mosquitto 2.0 drops messages of QoS 2 beyond its
     * max_inflight_messages, 20 unless configured, and acknowledges them all the same. With
     * MQTT 5 it says how many it takes, and libmosquitto keeps to that.
     */
    QOS2_WINDOW_3_1_1 = 20
};

/* A packet holds this much; beside topic and payload there are its identifier and properties.
 */
#define PACKET_MAX 268435455UL
enum { PACKET_REST = 32 };

struct subscription {
    struct subscription *next;
    int qos;
    int mid;       /* of the packet that is under way; 0: none */
    bool answered; /* the broker knows it */
    char topic[];
};

struct sending { /* a message that the link has; ticket 0: a free place */
    uint64_t ticket;
    int mid;
    int qos;
};

struct mqtt {
    struct mqtt_link *link;
    struct mqtt_events events;
    struct err given_up; /* ERR_NONE: not so */
    bool was_online;
    bool keep_trying;
    unsigned answer_ms;
    unsigned patience_ms;
    unsigned retry_ms;
    uint64_t deadline_ms; /* link down: next attempt; up: none; between: the answer */
    uint64_t since_ms;    /* when the link came up or went down */
    uint64_t last_ticket;
    struct mqtt_queue queue;
    struct sending sending[MQTT_WINDOW];
    size_t sending_count;
    size_t qos2_count; /* of those being sent */
    size_t qos2_window;
    struct subscription *subscriptions;
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Milliseconds until a time, a tick at most. */
static int until(uint64_t time_ms)
{
    uint64_t now = now_ms();

    if (time_ms <= now)
        return 0;
    return time_ms - now < TICK_MS ? (int)(time_ms - now) : TICK_MS;
}

/* Messages on their way */

static void published(struct mqtt *mqtt, struct sending *sending, const char *refused)
{
    uint64_t ticket = sending->ticket;

    sending->ticket = 0;
    mqtt->sending_count--;
    mqtt->qos2_count -= sending->qos == 2 ? 1 : 0;
    if (mqtt->events.published != NULL)
        mqtt->events.published(mqtt->events.ctx, ticket, refused);
}

/* What the link does not send again by itself. */
static void forget_lost(struct mqtt *mqtt)
{
    for (size_t i = 0; i < MQTT_WINDOW; i++) {
        if (mqtt->sending[i].ticket != 0 && mqtt->sending[i].qos == 0)
            published(mqtt, &mqtt->sending[i], "the connection was lost meanwhile");
    }
}

static bool can_send(const struct mqtt *mqtt)
{
    const struct mqtt_queued *first = mqtt->queue.first;

    return mqtt_link_state(mqtt->link) == MQTT_LINK_UP && first != NULL &&
           mqtt->sending_count < MQTT_WINDOW &&
           (first->message.qos < 2 || mqtt->qos2_count < mqtt->qos2_window) &&
           mqtt_link_is_idle(mqtt->link);
}

/* From the queue to the link, as much as there are places for. */
static void send_queued(struct mqtt *mqtt)
{
    while (can_send(mqtt)) {
        struct mqtt_queued *first = mqtt->queue.first;
        struct sending *sending = mqtt->sending;
        const char *problem;

        while (sending->ticket != 0)
            sending++;
        sending->ticket = first->ticket;
        sending->qos = first->message.qos;
        mqtt->sending_count++;
        mqtt->qos2_count += sending->qos == 2 ? 1 : 0;
        problem = mqtt_link_publish(mqtt->link, &first->message, &sending->mid);
        if (problem != NULL && sending->ticket == first->ticket)
            published(mqtt, sending, problem);
        mqtt_queue_drop(&mqtt->queue);
    }
}

/* Subscriptions */

static struct subscription **subscription_find(struct mqtt *mqtt, const char *topic)
{
    struct subscription **at = &mqtt->subscriptions;

    while (*at != NULL && strcmp((*at)->topic, topic) != 0)
        at = &(*at)->next;
    return at;
}

static void subscription_answered(struct mqtt *mqtt, struct subscription *subscription,
                                  const char *refused)
{
    subscription->mid = 0;
    subscription->answered = true;
    if (mqtt->events.subscribed != NULL)
        mqtt->events.subscribed(mqtt->events.ctx, subscription->topic, subscription->qos,
                                refused);
}

static void send_subscriptions(struct mqtt *mqtt)
{
    for (struct subscription *at = mqtt->subscriptions; at != NULL; at = at->next) {
        const char *problem;

        if (at->answered || at->mid != 0)
            continue;
        problem = mqtt_link_subscribe(mqtt->link, at->topic, at->qos, &at->mid);
        if (problem != NULL)
            subscription_answered(mqtt, at, problem);
    }
}

/* Events of the link */

static void on_up(void *ctx, bool session_kept)
{
    struct mqtt *mqtt = ctx;

    mqtt->was_online = true;
    mqtt->deadline_ms = 0;
    mqtt->since_ms = now_ms();
    for (struct subscription *at = mqtt->subscriptions; at != NULL; at = at->next) {
        at->mid = 0;
        at->answered = at->answered && session_kept;
    }
    if (mqtt->events.online != NULL)
        mqtt->events.online(mqtt->events.ctx);
    send_subscriptions(mqtt);
}

static void on_log(void *ctx, const char *line)
{
    struct mqtt *mqtt = ctx;

    if (mqtt->events.log != NULL)
        mqtt->events.log(mqtt->events.ctx, line);
}

static void on_message(void *ctx, const struct mqtt_message *message)
{
    struct mqtt *mqtt = ctx;

    if (mqtt->events.message != NULL)
        mqtt->events.message(mqtt->events.ctx, message);
}

static void on_published(void *ctx, int mid, int reason)
{
    struct mqtt *mqtt = ctx;

    for (size_t i = 0; i < MQTT_WINDOW; i++) {
        if (mqtt->sending[i].ticket != 0 && mqtt->sending[i].mid == mid) {
            published(mqtt, &mqtt->sending[i], reason < 0x80 ? NULL : mqtt_reason(reason));
            return;
        }
    }
}

static void on_subscribed(void *ctx, int mid, int reason)
{
    struct mqtt *mqtt = ctx;
    struct subscription *at = mqtt->subscriptions;

    while (at != NULL && at->mid != mid)
        at = at->next;
    if (at == NULL)
        return;
    if (reason < 0x80)
        at->qos = reason;
    subscription_answered(mqtt, at, reason < 0x80 ? NULL : mqtt_reason(reason));
}

/* Opening and closing */

static int check_options(const struct mqtt_options *options, struct err *err)
{
    const char *files[] = {options->cafile, options->capath, options->cert, options->key};

    if (options->port > 65535)
        return err_set(err, ERR_USAGE, "port %u: the largest is 65535", options->port);
    if (options->keepalive_s != 0 && (options->keepalive_s < 5 || options->keepalive_s > 65535))
        return err_set(err, ERR_USAGE, "keep-alive of %u s: it must be 5 to 65535",
                       options->keepalive_s);
    if (options->persistent && options->client_id == NULL)
        return err_set(err, ERR_USAGE, "a session that the broker keeps needs a client id");
    if (options->user == NULL && options->password != NULL)
        return err_set(err, ERR_USAGE, "a password for the broker needs a user name beside it");
    if ((options->cert == NULL) != (options->key == NULL))
        return err_set(err, ERR_USAGE,
                       "a certificate needs its key, and a key its certificate");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] != NULL && access(files[i], R_OK) != 0)
            return err_system(err, ERR_INPUT, errno, "%s", files[i]);
    }
    return 0;
}

int mqtt_open(struct mqtt **out, const struct mqtt_options *options,
              const struct mqtt_events *events, struct err *err)
{
    struct mqtt_link_events link_events = {
        .up = on_up,
        .message = on_message,
        .published = on_published,
        .subscribed = on_subscribed,
        .log = on_log,
    };
    struct mqtt *mqtt;

    *out = NULL;
    if (check_options(options, err) != 0)
        return -1;
    mqtt = calloc(1, sizeof *mqtt);
    if (mqtt == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    mqtt->events = *events;
    mqtt->keep_trying = options->keep_trying;
    mqtt->answer_ms = options->answer_ms != 0 ? options->answer_ms : 30000;
    mqtt->patience_ms = options->patience_ms;
    mqtt->qos2_window = options->version == MQTT_5 ? MQTT_WINDOW : QOS2_WINDOW_3_1_1;
    if (options->qos2_window != 0)
        mqtt->qos2_window = options->qos2_window;
    mqtt->queue.count_max = options->queue_count != 0 ? options->queue_count : 1000;
    mqtt->queue.bytes_max = options->queue_bytes != 0 ? options->queue_bytes : (size_t)64 << 20;
    mqtt->since_ms = now_ms();
    mqtt->deadline_ms = mqtt->since_ms + mqtt->answer_ms;
    link_events.ctx = mqtt;
    if (mqtt_link_new(&mqtt->link, options, &link_events, err) != 0 ||
        mqtt_link_dial(mqtt->link, err) != 0) {
        mqtt_close(mqtt);
        return -1;
    }
    *out = mqtt;
    return 0;
}

void mqtt_close(struct mqtt *mqtt)
{
    if (mqtt == NULL)
        return;
    mqtt->events = (struct mqtt_events){0};
    mqtt_link_free(mqtt->link);
    mqtt_queue_clear(&mqtt->queue);
    while (mqtt->subscriptions != NULL) {
        struct subscription *first = mqtt->subscriptions;

        mqtt->subscriptions = first->next;
        free(first);
    }
    free(mqtt);
}

/* Stepping */

/* The link went down. Wait for the next attempt, or give up. */
static void went_down(struct mqtt *mqtt, int reason, const struct err *why)
{
    uint64_t now = now_ms();
    bool patient = mqtt->was_online || mqtt->keep_trying;

    if (mqtt->deadline_ms == 0) {
        if (now - mqtt->since_ms >= STEADY_MS)
            mqtt->retry_ms = 0;
        mqtt->since_ms = now;
    }
    forget_lost(mqtt);
    if (mqtt->patience_ms != 0 && now - mqtt->since_ms >= mqtt->patience_ms)
        patient = false;
    if (!patient || mqtt_reason_is_final(reason)) {
        mqtt->given_up = *why;
        return;
    }
    mqtt->retry_ms = mqtt->retry_ms == 0 ? FIRST_RETRY_MS : mqtt->retry_ms * 2;
    if (mqtt->retry_ms > LAST_RETRY_MS)
        mqtt->retry_ms = LAST_RETRY_MS;
    mqtt->deadline_ms = now + mqtt->retry_ms;
    if (mqtt->events.offline != NULL)
        mqtt->events.offline(mqtt->events.ctx, why->text, mqtt->retry_ms);
}

/* A broker that has not answered in time. While dialling, later attempts take as long as they
 * take. */
static void check_answer(struct mqtt *mqtt, enum mqtt_link_state state)
{
    struct err why = {.kind = ERR_NONE};

    if (now_ms() < mqtt->deadline_ms)
        return;
    err_set(&why, ERR_NETWORK, "broker %s: no answer for %u ms", mqtt_link_where(mqtt->link),
            mqtt->answer_ms);
    if (state == MQTT_LINK_GREETING) {
        mqtt_link_drop(mqtt->link);
        went_down(mqtt, 0, &why);
    } else if (!mqtt->was_online && !mqtt->keep_trying) {
        mqtt->given_up = why;
    }
}

static void step(struct mqtt *mqtt)
{
    enum mqtt_link_state before = mqtt_link_state(mqtt->link);
    enum mqtt_link_state after;
    struct err why = {.kind = ERR_NONE};
    int reason;

    if (before == MQTT_LINK_DOWN) {
        if (now_ms() < mqtt->deadline_ms)
            return;
        if (mqtt_link_dial(mqtt->link, &why) != 0)
            mqtt->given_up = why;
        mqtt->deadline_ms = now_ms() + mqtt->answer_ms;
        return;
    }
    if (mqtt_link_step(mqtt->link, &reason, &why) != 0) {
        went_down(mqtt, reason, &why);
        return;
    }
    after = mqtt_link_state(mqtt->link);
    if (after == MQTT_LINK_UP) {
        send_queued(mqtt);
        return;
    }
    if (after != before)
        mqtt->deadline_ms = now_ms() + mqtt->answer_ms;
    check_answer(mqtt, after);
}

int mqtt_step(struct mqtt *mqtt, struct err *err)
{
    if (mqtt->given_up.kind == ERR_NONE)
        step(mqtt);
    if (mqtt->given_up.kind == ERR_NONE)
        return 0;
    *err = mqtt->given_up;
    return -1;
}

int mqtt_poll(struct mqtt *mqtt, struct pollfd *pollfd)
{
    bool now = mqtt_link_poll(mqtt->link, pollfd);
    int left_ms = mqtt->deadline_ms == 0 ? TICK_MS : until(mqtt->deadline_ms);

    if (now || can_send(mqtt) || mqtt->given_up.kind != ERR_NONE)
        return 0;
    /* An attempt to dial may outlast its deadline. */
    if (left_ms == 0 && mqtt_link_state(mqtt->link) == MQTT_LINK_DIALLING)
        return TICK_MS;
    return left_ms;
}

int mqtt_wait(struct mqtt *mqtt, int timeout_ms, struct err *err)
{
    struct pollfd pollfd;
    int most_ms = mqtt_poll(mqtt, &pollfd);

    if (timeout_ms >= 0 && timeout_ms < most_ms)
        most_ms = timeout_ms;
    if (poll(&pollfd, 1, most_ms) < 0 && errno != EINTR)
        return err_system(err, ERR_SYSTEM, errno, "waiting for the broker");
    return mqtt_step(mqtt, err);
}

int mqtt_wait_online(struct mqtt *mqtt, struct err *err)
{
    while (!mqtt_is_online(mqtt) || mqtt_unanswered(mqtt) > 0) {
        if (mqtt_wait(mqtt, -1, err) != 0)
            return -1;
    }
    return 0;
}

int mqtt_flush(struct mqtt *mqtt, struct err *err)
{
    uint64_t deadline_ms = now_ms() + mqtt->answer_ms;
    size_t left = mqtt_unpublished(mqtt);

    while (left > 0) {
        if (mqtt_wait(mqtt, until(deadline_ms), err) != 0)
            return -1;
        if (!mqtt_is_online(mqtt) || mqtt_unpublished(mqtt) != left)
            deadline_ms = now_ms() + mqtt->answer_ms;
        else if (now_ms() >= deadline_ms)
            return err_set(err, ERR_NETWORK,
                           "broker %s: it has not acknowledged %zu message%s for %u ms",
                           mqtt_where(mqtt), left, left == 1 ? "" : "s", mqtt->answer_ms);
        left = mqtt_unpublished(mqtt);
    }
    return 0;
}

/* Subscribing and publishing */

int mqtt_subscribe(struct mqtt *mqtt, const char *topic, int qos, struct err *err)
{
    struct subscription **at = subscription_find(mqtt, topic);
    size_t size = strlen(topic) + 1;

    if (mqtt_filter_check(topic, err) != 0)
        return -1;
    if (*at == NULL) {
        *at = calloc(1, sizeof **at + size);
        if (*at == NULL)
            return err_set(err, ERR_SYSTEM, "not enough memory");
        memcpy((*at)->topic, topic, size);
    }
    (*at)->qos = qos;
    (*at)->mid = 0;
    (*at)->answered = false;
    if (mqtt_is_online(mqtt))
        send_subscriptions(mqtt);
    return 0;
}

int mqtt_unsubscribe(struct mqtt *mqtt, const char *topic, struct err *err)
{
    struct subscription **at = subscription_find(mqtt, topic);
    struct subscription *gone = *at;
    const char *problem = NULL;

    if (mqtt_filter_check(topic, err) != 0)
        return -1;
    if (gone != NULL) {
        *at = gone->next;
        free(gone);
    }
    if (mqtt_is_online(mqtt))
        problem = mqtt_link_unsubscribe(mqtt->link, topic);
    if (problem != NULL)
        return err_set(err, ERR_NETWORK, "unsubscribing: %s", problem);
    return 0;
}

int mqtt_publish(struct mqtt *mqtt, const struct mqtt_message *message, uint64_t *ticket,
                 struct err *err)
{
    int result;

    if (mqtt_topic_check(message->topic, err) != 0)
        return -1;
    if (message->len > PACKET_MAX - PACKET_REST - strlen(message->topic))
        return err_set(err, ERR_INPUT, "%zu bytes are more than a message of MQTT can hold",
                       message->len);
    result = mqtt_queue_add(&mqtt->queue, message, mqtt->last_ticket + 1);
    if (result == MQTT_FULL)
        return MQTT_FULL;
    if (result != 0)
        return err_set(err, ERR_SYSTEM, "not enough memory for a message of %zu bytes",
                       message->len);
    mqtt->last_ticket++;
    if (ticket != NULL)
        *ticket = mqtt->last_ticket;
    return 0;
}

/* Asking */

const char *mqtt_where(const struct mqtt *mqtt)
{
    return mqtt_link_where(mqtt->link);
}

bool mqtt_is_online(const struct mqtt *mqtt)
{
    return mqtt_link_state(mqtt->link) == MQTT_LINK_UP;
}

bool mqtt_is_subscribed(const struct mqtt *mqtt, const char *topic)
{
    const struct subscription *at = mqtt->subscriptions;

    while (at != NULL && !mqtt_filter_matches(at->topic, topic))
        at = at->next;
    return at != NULL;
}

void mqtt_hold(struct mqtt *mqtt)
{
    mqtt_link_hold(mqtt->link);
}

void mqtt_abandon(struct mqtt *mqtt)
{
    mqtt_link_drop(mqtt->link);
    mqtt_link_hold(mqtt->link);
    err_set(&mqtt->given_up, ERR_NETWORK, "broker %s: a message of it was not dealt with",
            mqtt_where(mqtt));
}

size_t mqtt_unanswered(const struct mqtt *mqtt)
{
    size_t count = 0;

    for (const struct subscription *at = mqtt->subscriptions; at != NULL; at = at->next)
        count += at->answered ? 0 : 1;
    return count;
}

size_t mqtt_unpublished(const struct mqtt *mqtt)
{
    return mqtt->queue.count + mqtt->sending_count;
}
