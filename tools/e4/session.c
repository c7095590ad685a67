/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See session.h. Events of the connection cannot fail, so what fails in one is kept for
 * session_turn(), and the message stays with the broker.
 */
#include "tools/e4/session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"

enum {
    OPTION_STATE = 768,
    OPTION_CLEAN,
    OPTION_ALLOW_CLEAR,
    OPTION_RECEIPTS,
    OPTION_UNKNOWN_SIGNERS,
    OPTION_REPORT_REPEATS,
    OPTION_REFUSE_BEFORE_START,
    OPTION_MAX_AGE
};

enum {
    SAVE_MS = 600000,
    SUBSCRIBE_QOS = 1 /* at most: what QoS 2 would add, the replay guard does, see mqtt.h */
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "The device:", 5},
    {"state", OPTION_STATE, "FOLDER", 0, "Where it is stored (as e4 init has it)", 0},
    {"qos", 'q', "QOS", 0, "QoS of subscriptions: 0 or 1 (the default); 2 means 1", 0},
    {"clean", OPTION_CLEAN, NULL, 0,
     "The broker keeps nothing for this device while it is away, and forgets what it kept", 0},
    {"disable-clean-session", 'c', NULL, OPTION_HIDDEN, "The default here", 0},
    {"receipts", OPTION_RECEIPTS, NULL, 0,
     "Tell the key server what became of its commands, and what is held", 0},
    {NULL, 0, NULL, 0, "What is accepted:", 6},
    {"allow-clear", OPTION_ALLOW_CLEAR, NULL, 0,
     "Let messages through that nobody protected, marked as such", 0},
    {"unknown-signers", OPTION_UNKNOWN_SIGNERS, NULL, 0,
     "Open messages whose signer's public key is not held, as unverified", 0},
    {"report-repeats", OPTION_REPORT_REPEATS, NULL, 0,
     "Show a message that comes again, instead of refusing it", 0},
    {"refuse-before-start", OPTION_REFUSE_BEFORE_START, NULL, 0,
     "Refuse messages that were sent before this program started", 0},
    {"max-age", OPTION_MAX_AGE, "SECONDS", 0, "Refuse messages older than this (600)", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct session_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->net;
        return 0;
    case OPTION_STATE:
        options->state = arg;
        return 0;
    case 'q':
        options->qos = net_qos(state, arg);
        return 0;
    case 'c':
        return 0;
    case OPTION_CLEAN:
        options->clean = true;
        return 0;
    case OPTION_RECEIPTS:
        options->receipts = true;
        return 0;
    case OPTION_ALLOW_CLEAR:
        options->allow_clear = true;
        return 0;
    case OPTION_UNKNOWN_SIGNERS:
        options->unknown_signers = true;
        return 0;
    case OPTION_REPORT_REPEATS:
        options->report_repeats = true;
        return 0;
    case OPTION_REFUSE_BEFORE_START:
        options->refuse_before_start = true;
        return 0;
    case OPTION_MAX_AGE:
        options->max_age_s = (uint32_t)net_number(state, arg, UINT32_MAX);
        options->max_age_given = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&net_argp, 0, NULL, 0}, {0}};
const struct argp session_argp = {
    .options = option_list, .parser = parse, .children = children};

static void tell(struct session *session, enum session_news news, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(struct session *session, enum session_news news, const char *format, ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    session->view.news(session->view.ctx, news, line);
}

/* Receipts and hellos */

/* Publish what one of them made, or say why there is nothing to publish. */
static void report(struct session *session, const char *what, enum e4_result result,
                   const uint8_t *frame, size_t frame_len)
{
    char topic[E4_TOPIC_MAX + 4];
    struct mqtt_message message = {
        .topic = topic, .payload = frame, .len = frame_len, .qos = 1};
    struct err err = {0};

    if (result != E4_OK) {
        (void)device_err(&err, &session->device, what, result);
        tell(session, SESSION_WARNING, "%s", err.text);
        return;
    }
    (void)snprintf(topic, sizeof topic, "%s/up", session->device.receiving_topic);
    switch (mqtt_publish(session->net.mqtt, &message, NULL, &err)) {
    case 0:
        tell(session, SESSION_DETAIL, "%s sent", what);
        break;
    case MQTT_FULL:
        tell(session, SESSION_WARNING, "%s not sent: too many messages wait to be sent", what);
        break;
    default:
        tell(session, SESSION_WARNING, "%s not sent: %s", what, err.text);
    }
}

static void send_receipt(struct session *session, const struct received *received)
{
    uint8_t frame[E4_RECEIPT_FRAME_SIZE];
    size_t len = 0;
    enum e4_result result = e4_posix_lock_sent(&session->device.state);

    if (result == E4_OK) {
        result = e4_receipt(&session->device.client, &received->opened, received->result, frame,
                            sizeof frame, &len);
        e4_posix_unlock_sent(&session->device.state);
    }
    report(session, "receipt", result, frame, len);
}

static void send_hello(struct session *session)
{
    uint8_t frame[E4_HELLO_FRAME_SIZE];
    size_t len = 0;
    enum e4_result result = e4_posix_lock_sent(&session->device.state);

    if (result == E4_OK) {
        result = e4_hello(&session->device.client, frame, sizeof frame, &len);
        e4_posix_unlock_sent(&session->device.state);
    }
    report(session, "hello", result, frame, len);
}

/* Events of the connection */

static void on_online(void *ctx)
{
    struct session *session = ctx;

    tell(session, SESSION_NOTE, "connected to %s", mqtt_where(session->net.mqtt));
    if (session->options->receipts)
        send_hello(session);
}

static void on_offline(void *ctx, const char *why, unsigned retry_ms)
{
    struct session *session = ctx;

    session->lost++;
    tell(session, SESSION_WARNING, "%s; next attempt in %u.%u s", why, retry_ms / 1000,
         retry_ms % 1000 / 100);
}

static void on_subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    struct session *session = ctx;
    bool commands = strcmp(topic, session->device.receiving_topic) == 0;

    if (refused == NULL) {
        session->granted += commands ? 0 : 1;
        tell(session, SESSION_NOTE, "subscribed to %.500s (QoS %d)", topic, qos);
        return;
    }
    session->refused += commands ? 0 : 1;
    tell(session, SESSION_WARNING, "the broker refuses to subscribe to %.500s: %s%s", topic,
         refused, commands ? "; commands will not arrive" : "");
}

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct session *session = ctx;

    if (session->view.published != NULL)
        session->view.published(session->view.ctx, ticket, refused);
    else if (refused != NULL)
        tell(session, SESSION_WARNING, "the broker refused a report: %s", refused);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Show what became of a message, and report it. */
static void settle(struct session *session, const struct received *received)
{
    switch (received->kind) {
    case RECEIVED_TEXT:
        if (session->view.text(session->view.ctx, received, &session->failure) != 0)
            return;
        if (!mqtt_is_subscribed(session->net.mqtt, received->message->topic))
            tell(session, SESSION_DETAIL,
                 "%.500s: the broker still has a subscription of an earlier time",
                 received->message->topic);
        break;
    case RECEIVED_COMMAND:
        tell(session, SESSION_NOTE, "%s", received->words);
        break;
    case RECEIVED_AGAIN:
        tell(session, SESSION_DETAIL, "%s", received->words);
        break;
    case RECEIVED_REFUSED:
        if (received->result == E4_ERR_STORAGE) /* which ends it, and is said then */
            (void)err_set(&session->failure, ERR_STATE, "%s", received->words);
        else
            tell(session, SESSION_WARNING, "%s", received->words);
        break;
    }
    if (received->reportable && session->options->receipts)
        send_receipt(session, received);
}

/* A message that could not be opened before. Until until_ms it may wait further. */
static void take_again(struct session *session, const struct mqtt_message *message,
                       uint64_t until_ms)
{
    struct received received;

    if (session->finished || session->failure.kind != ERR_NONE) {
        session->left_behind++;
        return;
    }
    if (receive(&session->receiver, message, &received, &session->failure) != 0)
        return;
    if (!received.key_missing || until_ms <= now_ms() ||
        !later_add(&session->later, message, until_ms))
        settle(session, &received);
}

static void take(struct session *session, const struct mqtt_message *message)
{
    struct later_entry *entry;
    struct received received;

    if (receive(&session->receiver, message, &received, &session->failure) != 0)
        return;
    if (received.key_missing && later_add(&session->later, message, now_ms() + LATER_MS))
        return;
    settle(session, &received);
    if (received.kind != RECEIVED_COMMAND)
        return;
    /* It may have brought what others wait for. */
    for (entry = later_take(&session->later); entry != NULL; entry = later_next(entry))
        take_again(session, &entry->message, entry->until_ms);
}

/* What fails here can be had once more: the broker keeps it. */
static void on_message(void *ctx, const struct mqtt_message *message)
{
    struct session *session = ctx;

    take(session, message);
    if (session->failure.kind != ERR_NONE)
        mqtt_abandon(session->net.mqtt);
}

/* Say of messages what there is to say, if they have waited until a time. */
static void give_up_waiting(struct session *session, uint64_t time_ms)
{
    struct later_entry *entry;

    while ((entry = later_expired(&session->later, time_ms)) != NULL) {
        take_again(session, &entry->message, 0);
        (void)later_next(entry);
    }
}

/* Opening, turning and closing */

static int save(struct session *session, struct err *err)
{
    enum e4_result result = e4_save(&session->device.client);

    session->save_ms = now_ms() + SAVE_MS;
    return result == E4_OK ? 0 : device_err(err, &session->device, "saving the device", result);
}

static int open_device(struct session *session, struct err *err)
{
    const struct session_options *options = session->options;
    struct device *device = &session->device;
    enum e4_result result;

    if (device_open(device, options->state, DEVICE_WRITE, err) != 0)
        return -1;
    device->policy.unknown_senders = options->unknown_signers;
    device->policy.report_repeats = options->report_repeats;
    device->policy.refuse_before_start = options->refuse_before_start;
    if (options->max_age_given)
        device->policy.max_age_s = options->max_age_s;
    if (!options->refuse_before_start)
        return 0;
    /* A client starts when it is opened. */
    e4_close(&device->client);
    result = e4_open(&device->client, &device->config);
    if (result == E4_OK)
        return 0;
    (void)device_err(err, device, device->folder, result);
    device_close(device);
    return -1;
}

static int go_online(struct session *session, struct net_options *net, struct err *err)
{
    const struct mqtt_events events = {.ctx = session,
                                       .message = on_message,
                                       .published = on_published,
                                       .subscribed = on_subscribed,
                                       .online = on_online,
                                       .offline = on_offline};
    size_t prefix = (size_t)snprintf(session->client_id, sizeof session->client_id, "e4-");

    hex_encode(session->client_id + prefix, e4_client_id(&session->device.client), E4_ID_SIZE);
    if (net->mqtt.client_id == NULL)
        net->mqtt.client_id = session->client_id;
    net->mqtt.persistent = !session->options->clean;
    if (net_open(&session->net, net, &events, err) != 0)
        return -1;
    return mqtt_subscribe(session->net.mqtt, session->device.receiving_topic, SUBSCRIBE_QOS,
                          err);
}

int session_open(struct session *session, struct session_options *options,
                 const struct session_view *view, struct err *err)
{
    struct err ignored;

    memset(session, 0, sizeof *session);
    session->options = options;
    session->view = *view;
    session->receiver =
        (struct receiver){.device = &session->device, .allow_clear = options->allow_clear};
    session->save_ms = now_ms() + SAVE_MS;
    if (net_catch_signals(err) == 0 && open_device(session, err) == 0 &&
        go_online(session, &options->net, err) == 0)
        return 0;
    (void)session_close(session, &ignored);
    return -1;
}

int session_subscribe(struct session *session, const char *topic, struct err *err)
{
    int qos = session->options->qos < SUBSCRIBE_QOS ? session->options->qos : SUBSCRIBE_QOS;

    return mqtt_subscribe(session->net.mqtt, topic, qos, err);
}

int session_turn(struct session *session, int fd, struct err *err)
{
    int happened = net_turn(&session->net, fd, err);

    give_up_waiting(session, now_ms());
    if (session->failure.kind != ERR_NONE) {
        *err = session->failure;
        return -1;
    }
    if (happened >= 0 && now_ms() >= session->save_ms && save(session, err) != 0)
        return -1;
    return happened;
}

void session_finish(struct session *session)
{
    session->finished = true;
    mqtt_hold(session->net.mqtt);
}

int session_close(struct session *session, struct err *err)
{
    int rc = 0;

    if (session->net.mqtt != NULL) {
        give_up_waiting(session, UINT64_MAX);
        net_close(&session->net);
    }
    if (session->left_behind > 0)
        tell(session, SESSION_WARNING,
             "%zu messages that came before their keys are lost: they waited here when the end "
             "came",
             session->left_behind);
    if (session->device.folder != NULL)
        rc = save(session, err);
    device_close(&session->device);
    receiver_free(&session->receiver);
    return rc;
}
