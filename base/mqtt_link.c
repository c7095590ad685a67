/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a broker, over libmosquitto; the one file that knows it.
 *
 * Three things are peculiar about libmosquitto 2.0. Its calls that connect block until the
 * socket is open, so they run in a thread, which owns the link until it ends. After data was
 * read through TLS, more may wait where poll() does not see it; errno is EAGAIN only when there
 * is none. And it acknowledges a message of QoS 1 before it hands it over, and may read more
 * than one in a call. So it is told of threads, which makes it queue what it has to say;
 * write_packets() writes that when the message was dealt with.
 */
#include "base/mqtt_link.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "base/err.h"
#include "base/mqtt_reason.h"
#include "base/mqtt_tls.h"

enum {
    READS = 64, /* packets read in one step, about */
    GOODBYE_MS = 1000,
    WASTE_READS = 1000, /* of what a broker still sends after we said goodbye */
    PROBLEM_SIZE = 256
};

enum thread_state { THREAD_RUNS, THREAD_DONE, THREAD_ABANDONED };

struct mqtt_link {
    struct mosquitto *mosq;
    char *host;
    char *where;
    int port;
    int keepalive_s;
    bool tls;
    bool has_cert;
    bool version_5;
    mosquitto_property *properties;
    char problem[PROBLEM_SIZE]; /* the first thing that libmosquitto said went wrong */

    /* The connecting thread uses what is above, and these. */
    bool dialled_before; /* libmosquitto knows host, port and properties */
    pthread_t thread;
    atomic_int thread_state;
    int pipe[2]; /* a byte when the thread is done */
    int result;
    int error_number;

    /* Not for the thread, which may outlive whoever listens. */
    enum mqtt_link_state state;
    struct mqtt_link_events events;
    int reason;   /* for which the broker ends the connection */
    bool dropped; /* libmosquitto has closed the connection */
    bool more;    /* there may be data that poll() does not see */
    bool held;    /* nothing more is to be handed over, nor written before the end */
};

/* Connecting */

static void release(struct mqtt_link *link)
{
    mosquitto_destroy(link->mosq);
    mosquitto_property_free_all(&link->properties);
    for (int i = 0; i < 2; i++) {
        if (link->pipe[i] >= 0)
            close(link->pipe[i]);
    }
    free(link->host);
    free(link->where);
    free(link);
    mosquitto_lib_cleanup();
}

static void *dial(void *argument)
{
    struct mqtt_link *link = argument;
    int runs = THREAD_RUNS;

    errno = 0;
    if (link->dialled_before)
        link->result = mosquitto_reconnect(link->mosq);
    else
        link->result = mosquitto_connect_bind_v5(link->mosq, link->host, link->port,
                                                 link->keepalive_s, NULL, link->properties);
    link->error_number = errno;
    /* An empty pipe takes a byte without fail. */
    if (write(link->pipe[1], "", 1) != 1 && link->result == MOSQ_ERR_SUCCESS)
        link->result = MOSQ_ERR_UNKNOWN;
    if (!atomic_compare_exchange_strong(&link->thread_state, &runs, THREAD_DONE))
        release(link);
    return NULL;
}

/* Signals stay with the caller's thread. */
int mqtt_link_dial(struct mqtt_link *link, struct err *err)
{
    sigset_t all, before;
    int result;

    link->problem[0] = '\0';
    link->reason = 0;
    link->dropped = false;
    link->more = false;
    (void)mosquitto_threaded_set(link->mosq, false); /* the thread writes CONNECT */
    link->state = MQTT_LINK_DIALLING;
    atomic_store(&link->thread_state, THREAD_RUNS);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&link->thread, NULL, dial, link);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) {
        link->state = MQTT_LINK_DOWN;
        return err_system(err, ERR_SYSTEM, result, "starting a thread");
    }
    return 0;
}

/* Events of libmosquitto; each leaves errno as read_packets() wants it */

static void on_connect(struct mosquitto *mosq, void *ctx, int code, int flags,
                       const mosquitto_property *properties)
{
    struct mqtt_link *link = ctx;

    (void)mosq;
    (void)properties;
    if (code != 0) {
        link->reason = link->version_5 ? code : mqtt_reason_from_connack(code);
        link->dropped = true;
        return;
    }
    link->state = MQTT_LINK_UP;
    (void)mosquitto_threaded_set(mosq, true);
    link->events.up(link->events.ctx, (flags & 1) != 0);
    errno = 0;
}

static void on_disconnect(struct mosquitto *mosq, void *ctx, int code,
                          const mosquitto_property *properties)
{
    struct mqtt_link *link = ctx;

    (void)mosq;
    (void)properties;
    link->dropped = true;
    if (link->version_5 && code >= 0x80 && link->reason == 0)
        link->reason = code;
}

static void on_message(struct mosquitto *mosq, void *ctx,
                       const struct mosquitto_message *message)
{
    struct mqtt_link *link = ctx;
    struct mqtt_message received = {.topic = message->topic,
                                    .payload = message->payload,
                                    .len = (size_t)message->payloadlen,
                                    .qos = message->qos,
                                    .retained = message->retain};

    (void)mosq;
    if (!link->held)
        link->events.message(link->events.ctx, &received);
    else if (message->qos > 0) /* its acknowledgement is queued: so no word more */
        link->state = MQTT_LINK_DOWN;
    errno = 0;
}

static void on_publish(struct mosquitto *mosq, void *ctx, int mid, int code,
                       const mosquitto_property *properties)
{
    struct mqtt_link *link = ctx;

    (void)mosq;
    (void)properties;
    link->events.published(link->events.ctx, mid, code);
    errno = 0;
}

static void on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int count,
                         const int *granted)
{
    struct mqtt_link *link = ctx;

    (void)mosq;
    link->events.subscribed(link->events.ctx, mid, count == 1 ? granted[0] : 0x80);
    errno = 0;
}

/* What went wrong: libmosquitto's words, or what OpenSSL knows better. */
static void note_problem(struct mqtt_link *link, const char *line)
{
    const char *better = NULL;

    if (strstr(line, "certificate verify failed") != NULL)
        better = mqtt_tls_reason(mosquitto_ssl_get(link->mosq));
    snprintf(link->problem, sizeof link->problem, "%s", better != NULL ? better : line);
}

/* May run in the connecting thread, and then tells nobody. */
static void on_log(struct mosquitto *mosq, void *ctx, int level, const char *line)
{
    struct mqtt_link *link = ctx;
    int error_number = errno;

    (void)mosq;
    if (level == MOSQ_LOG_ERR && link->problem[0] == '\0')
        note_problem(link, line);
    if (link->state != MQTT_LINK_DIALLING)
        link->events.log(link->events.ctx, line);
    errno = error_number;
}

/* Making and freeing */

static const char *words(int result)
{
    return result == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(result);
}

static int set_up_tls(struct mosquitto *mosq, const struct mqtt_options *options)
{
    const char *capath = options->capath;
    int result = MOSQ_ERR_SUCCESS;

    if (options->cafile == NULL && capath == NULL) {
        result = mosquitto_int_option(mosq, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
        /* libmosquitto takes a client's certificate only beside authorities of its own. Here
         * there are none. */
        capath = options->cert != NULL ? "/dev/null" : NULL;
    }
    if (result == MOSQ_ERR_SUCCESS && (options->cafile != NULL || capath != NULL))
        result =
            mosquitto_tls_set(mosq, options->cafile, capath, options->cert, options->key, NULL);
    if (result == MOSQ_ERR_SUCCESS && options->insecure)
        result = mosquitto_tls_insecure_set(mosq, true);
    return result;
}

/* libmosquitto's result: the first that is no success. */
static int set_up(struct mqtt_link *link, const struct mqtt_options *options)
{
    struct mosquitto *mosq = link->mosq;
    const int option[][2] = {
        {MOSQ_OPT_PROTOCOL_VERSION, link->version_5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311},
        {MOSQ_OPT_TCP_NODELAY, 1},
        {MOSQ_OPT_SEND_MAXIMUM, MQTT_WINDOW},
        {MOSQ_OPT_RECEIVE_MAXIMUM, MQTT_WINDOW},
    };
    int result = MOSQ_ERR_SUCCESS;

    for (size_t i = 0; result == MOSQ_ERR_SUCCESS && i < sizeof option / sizeof *option; i++)
        result = mosquitto_int_option(mosq, (enum mosq_opt_t)option[i][0], option[i][1]);
    if (result == MOSQ_ERR_SUCCESS && options->user != NULL)
        result = mosquitto_username_pw_set(mosq, options->user, options->password);
    if (result == MOSQ_ERR_SUCCESS && link->tls)
        result = set_up_tls(mosq, options);
    if (result == MOSQ_ERR_SUCCESS && link->version_5 && options->persistent)
        result = mosquitto_property_add_int32(&link->properties,
                                              MQTT_PROP_SESSION_EXPIRY_INTERVAL, UINT32_MAX);
    if (result == MOSQ_ERR_SUCCESS && link->version_5 && options->packet_max != 0)
        result = mosquitto_property_add_int32(&link->properties, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                                              options->packet_max);
    mosquitto_connect_v5_callback_set(mosq, on_connect);
    mosquitto_disconnect_v5_callback_set(mosq, on_disconnect);
    mosquitto_message_callback_set(mosq, on_message);
    mosquitto_publish_v5_callback_set(mosq, on_publish);
    mosquitto_subscribe_callback_set(mosq, on_subscribe);
    mosquitto_log_callback_set(mosq, on_log);
    return result;
}

static char *where_new(const char *host, int port)
{
    size_t size = strlen(host) + sizeof "[]:65535";
    char *where = malloc(size);

    if (where != NULL)
        snprintf(where, size, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
    return where;
}

/* Fill in a new link. */
static int make(struct mqtt_link *link, const struct mqtt_options *options, struct err *err)
{
    const char *host = options->host != NULL ? options->host : "localhost";
    int result;

    link->version_5 = options->version == MQTT_5;
    link->tls = options->tls || options->cafile != NULL || options->capath != NULL ||
                options->cert != NULL || options->insecure;
    link->has_cert = options->cert != NULL;
    link->keepalive_s = options->keepalive_s != 0 ? (int)options->keepalive_s : 60;
    link->port = (int)options->port;
    if (link->port == 0)
        link->port = link->tls ? MQTT_PORT_TLS : MQTT_PORT;
    link->host = strdup(host);
    link->where = where_new(host, link->port);
    link->mosq = mosquitto_new(options->client_id, !options->persistent, link);
    if (link->host == NULL || link->where == NULL || link->mosq == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    result = pipe(link->pipe);
    for (int i = 0; result == 0 && i < 2; i++)
        result = fcntl(link->pipe[i], F_SETFD, FD_CLOEXEC) != 0 ||
                 fcntl(link->pipe[i], F_SETFL, O_NONBLOCK) != 0;
    if (result != 0)
        return err_system(err, ERR_SYSTEM, errno, "opening a pipe");
    result = set_up(link, options);
    if (result != MOSQ_ERR_SUCCESS)
        return err_set(err, ERR_INPUT, "setting up MQTT: %s", words(result));
    return 0;
}

int mqtt_link_new(struct mqtt_link **out, const struct mqtt_options *options,
                  const struct mqtt_link_events *events, struct err *err)
{
    struct mqtt_link *link = calloc(1, sizeof *link);

    *out = NULL;
    if (link == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    mosquitto_lib_init();
    link->pipe[0] = link->pipe[1] = -1;
    link->events = *events;
    if (make(link, options, err) != 0) {
        release(link);
        return -1;
    }
    *out = link;
    return 0;
}

/* Read and forget what comes until the broker closes the connection. */
static void drain(int fd)
{
    struct pollfd pollfd = {fd, POLLIN, 0};
    char waste[4096];
    bool ended = false;

    for (int i = 0; !ended && i < WASTE_READS && poll(&pollfd, 1, GOODBYE_MS) > 0; i++) {
        ssize_t got = read(fd, waste, sizeof waste);

        ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    }
}

/*
 * Send what is left to send, and DISCONNECT. libmosquitto closes its socket right after that;
 * were there something unread in it, the broker would lose what it has not read of us. So
 * another descriptor keeps the connection open.
 */
static void say_goodbye(struct mqtt_link *link)
{
    int fd = dup(mosquitto_socket(link->mosq));
    int result;

    link->dropped = false;
    result = mosquitto_disconnect(link->mosq);
    for (int i = 0; i < 10 && result == MOSQ_ERR_SUCCESS && !link->dropped; i++) {
        struct pollfd pollfd = {mosquitto_socket(link->mosq), POLLOUT, 0};

        if (pollfd.fd < 0)
            break;
        if (poll(&pollfd, 1, GOODBYE_MS / 10) > 0)
            result = mosquitto_loop_write(link->mosq, 1);
    }
    if (fd < 0)
        return;
    if (shutdown(fd, SHUT_WR) == 0)
        drain(fd);
    close(fd);
}

void mqtt_link_free(struct mqtt_link *link)
{
    int runs = THREAD_RUNS;

    if (link == NULL)
        return;
    if (link->state == MQTT_LINK_DIALLING) {
        pthread_t thread = link->thread;

        if (atomic_compare_exchange_strong(&link->thread_state, &runs, THREAD_ABANDONED)) {
            pthread_detach(thread); /* the link is its own now */
            return;
        }
        pthread_join(thread, NULL);
    } else if (link->state == MQTT_LINK_UP) {
        say_goodbye(link);
    }
    release(link);
}

/* Why a connection could not be made or was lost */

static int explain(const struct mqtt_link *link, int result, int error_number, struct err *err)
{
    const char *where = link->where;

    if (link->reason != 0)
        return err_set(err, ERR_NETWORK, "broker %s %s the connection: %s", where,
                       link->state == MQTT_LINK_UP ? "ended" : "refused",
                       mqtt_reason(link->reason));
    if (result == MOSQ_ERR_EAI)
        return err_set(err, ERR_NETWORK, "broker %s: %s", where, gai_strerror(error_number));
    if (link->tls && link->problem[0] != '\0')
        return err_set(err, ERR_NETWORK, "broker %s: TLS failed: %s", where,
                       mqtt_tls_problem(link->problem));
    if (result == MOSQ_ERR_NOMEM)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    /* With TLS 1.3 the broker judges the client after the client has finished. */
    if (link->tls && result == MOSQ_ERR_ERRNO && error_number == EPROTO)
        return err_set(err, ERR_NETWORK,
                       "broker %s: TLS failed: it does not accept this client%s", where,
                       link->has_cert ? "'s certificate" : " without a certificate");
    /* Without a number it is an end in the middle of a packet. */
    if (result == MOSQ_ERR_ERRNO && error_number != 0)
        return err_system(err, ERR_NETWORK, error_number, "broker %s", where);
    if (result == MOSQ_ERR_KEEPALIVE)
        return err_set(err, ERR_NETWORK, "broker %s: nothing was heard of it for too long",
                       where);
    if (result == MOSQ_ERR_PROTOCOL || result == MOSQ_ERR_MALFORMED_PACKET ||
        result == MOSQ_ERR_MALFORMED_UTF8)
        return err_set(err, ERR_NETWORK, "broker %s: what it says is not MQTT", where);
    if (link->state == MQTT_LINK_UP)
        return err_set(err, ERR_NETWORK, "broker %s closed the connection", where);
    return err_set(err, ERR_NETWORK,
                   "broker %s closed the connection without an answer: is it an MQTT "
                   "broker, %s TLS?",
                   where, link->tls ? "with" : "without");
}

/* Stepping */

/* The one place where anything is written between CONNECT and the end. */
static int write_packets(struct mqtt_link *link)
{
    if (link->held || link->dropped || !mosquitto_want_write(link->mosq))
        return MOSQ_ERR_SUCCESS;
    return mosquitto_loop_write(link->mosq, 1);
}

static int read_packets(struct mqtt_link *link)
{
    int result = MOSQ_ERR_SUCCESS;

    link->more = true;
    for (int i = 0; i < READS && result == MOSQ_ERR_SUCCESS && !link->dropped && !link->held;
         i++) {
        errno = 0;
        result = mosquitto_loop_read(link->mosq, 1);
        if (errno != 0) {
            link->more = false;
            break;
        }
        if (result == MOSQ_ERR_SUCCESS)
            result = write_packets(link);
    }
    return result;
}

static int step_open(struct mqtt_link *link)
{
    int result = read_packets(link);

    if (result == MOSQ_ERR_SUCCESS)
        result = write_packets(link);
    if (result == MOSQ_ERR_SUCCESS && !link->dropped)
        result = mosquitto_loop_misc(link->mosq);
    return result;
}

/* Has the thread ended? Then the link is ours again. */
static void step_dialling(struct mqtt_link *link)
{
    char byte;

    if (atomic_load(&link->thread_state) == THREAD_RUNS)
        return;
    pthread_join(link->thread, NULL);
    if (read(link->pipe[0], &byte, 1) != 1 && link->result == MOSQ_ERR_SUCCESS)
        link->result = MOSQ_ERR_UNKNOWN;
    link->dialled_before = true;
    link->state = MQTT_LINK_GREETING;
}

int mqtt_link_step(struct mqtt_link *link, int *reason, struct err *err)
{
    int result = MOSQ_ERR_SUCCESS;
    int error_number = 0;

    *reason = 0;
    if (link->state == MQTT_LINK_DIALLING) {
        step_dialling(link);
        if (link->state == MQTT_LINK_DIALLING)
            return 0;
        result = link->result;
        error_number = link->error_number;
    } else if (link->state != MQTT_LINK_DOWN) {
        result = step_open(link);
        error_number = errno;
    }
    if (result == MOSQ_ERR_SUCCESS && !link->dropped)
        return 0;
    explain(link, result, error_number, err);
    *reason = link->reason;
    link->state = MQTT_LINK_DOWN;
    link->dropped = false;
    return -1;
}

void mqtt_link_drop(struct mqtt_link *link)
{
    /* It still holds its socket, which the next attempt or the end closes. */
    link->state = MQTT_LINK_DOWN;
}

bool mqtt_link_poll(struct mqtt_link *link, struct pollfd *pollfd)
{
    *pollfd = (struct pollfd){-1, POLLIN, 0};
    if (link->state == MQTT_LINK_DIALLING)
        pollfd->fd = link->pipe[0];
    if (link->state != MQTT_LINK_GREETING && link->state != MQTT_LINK_UP)
        return false;
    pollfd->fd = mosquitto_socket(link->mosq);
    /* While TLS shakes hands there is always something to write, and no way to do it. */
    if (mosquitto_want_write(link->mosq) && !link->held &&
        !(link->tls && link->state == MQTT_LINK_GREETING))
        pollfd->events |= POLLOUT;
    return link->more || link->dropped;
}

/* Using it */

const char *mqtt_link_publish(struct mqtt_link *link, const struct mqtt_message *message,
                              int *mid)
{
    mosquitto_property *properties = NULL;
    int result = MOSQ_ERR_SUCCESS;

    if (link->version_5 && message->expiry_s != 0)
        result = mosquitto_property_add_int32(&properties, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                              message->expiry_s);
    if (result == MOSQ_ERR_SUCCESS)
        result =
            mosquitto_publish_v5(link->mosq, mid, message->topic, (int)message->len,
                                 message->payload, message->qos, message->retained, properties);
    mosquitto_property_free_all(&properties);
    if (result == MOSQ_ERR_OVERSIZE_PACKET)
        return "it is larger than the broker accepts";
    if (result == MOSQ_ERR_SUCCESS)
        (void)write_packets(link); /* on_disconnect() knows if that fails */
    return result == MOSQ_ERR_SUCCESS ? NULL : words(result);
}

const char *mqtt_link_subscribe(struct mqtt_link *link, const char *topic, int qos, int *mid)
{
    int result = mosquitto_subscribe(link->mosq, mid, topic, qos);

    return result == MOSQ_ERR_SUCCESS || result == MOSQ_ERR_NO_CONN ? NULL : words(result);
}

const char *mqtt_link_unsubscribe(struct mqtt_link *link, const char *topic)
{
    int result = mosquitto_unsubscribe(link->mosq, NULL, topic);

    return result == MOSQ_ERR_SUCCESS || result == MOSQ_ERR_NO_CONN ? NULL : words(result);
}

void mqtt_link_hold(struct mqtt_link *link)
{
    link->held = true;
}

bool mqtt_link_is_idle(const struct mqtt_link *link)
{
    return !link->dropped && !mosquitto_want_write(link->mosq);
}

const char *mqtt_link_where(const struct mqtt_link *link)
{
    return link->where;
}

enum mqtt_link_state mqtt_link_state(const struct mqtt_link *link)
{
    return link->state;
}
