/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See rest.h. libmicrohttpd calls first_look() for each request when its first line is there,
 * and then handle(): first when its headers are there, when it is decided whether the rest is
 * wanted at all; for each piece of its body; and at last when all is there. Calls into core
 * happen in that thread, which serves nobody else meanwhile.
 */
#include "server/api/rest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <microhttpd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "server/api/address.h"
#include "server/api/arena.h"
#include "server/api/auth.h"
#include "server/api/body.h"
#include "server/api/headers.h"
#include "server/api/json.h"
#include "server/api/methods.h"
#include "server/api/metrics.h"
#include "server/api/pages.h"
#include "server/api/path.h"
#include "server/api/patience.h"
#include "server/api/reply.h"
#include "server/api/sse.h"
#include "server/api/status.h"
#include "server/api/tls.h"

enum {
    THREADS = 16,
    ADDRESS_SHARE = 4, /* of the connections, one client's address may have the fourth part */
    IDLE_S = 60,
    HEADERS_S = 90,  /* until they are there */
    REQUEST_S = 300, /* from there to the end of the body */
    BODY_MAX = 4 << 20,
    BODIES_MAX = 64 << 20,     /* bytes, of all bodies at a time */
    MEMORY_TIMES = 16,         /* a request takes so many bodies' memory, at most */
    CONNECTION_MEMORY = 32768, /* headers, and room for reading and writing */
    STACK = 512 << 10, /* twice what jansson takes for 2,048 arrays in each other, its most */
    DISCARD_MAX = 256 << 20, /* of a body that is not wanted, from somebody we know */
    PATIENCE_MS = 5000       /* for requests that are on when the server stops */
};

struct rest {
    struct rest_options options;
    struct MHD_Daemon *daemon;
    struct patience *patience;
    struct body_budget budget;
    atomic_uint requests; /* that are going on */
};

struct request {
    struct rest *rest;
    struct MHD_Connection *connection;
    const char *target; /* path and query, of the connection, and how long they seem to be */
    size_t target_len;
    bool has_begun;
    double begun_s;
    const struct page *page;     /* NULL: none of these */
    const struct method *method; /* the page's, or one of methods.h */
    struct headers headers;      /* of the connection */
    struct path_match match;     /* points into path */
    char *path;
    struct asker asker;
    struct arena arena;
    struct body body;
    bool too_long;
    bool refused; /* err says why */
    struct err err;
    size_t discarded; /* bytes of the body that nobody wants */
};

static struct patience_one *patience_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

/* An answer, which is freed, with one header of its own perhaps. */
static enum MHD_Result send_reply(struct MHD_Connection *connection, unsigned http,
                                  struct reply *reply, const char *header, const char *value)
{
    struct MHD_Response *response = NULL;
    enum MHD_Result result;

    if (reply != NULL)
        response = MHD_create_response_from_buffer_with_free_callback_cls(
            reply->len, reply->text, reply_free, reply);
    if (response == NULL) {
        reply_free(reply);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type",
                                  reply->type != NULL ? reply->type : "application/json");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (header != NULL)
        (void)MHD_add_response_header(response, header, value);
    result = MHD_queue_response(connection, http, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_error(struct MHD_Connection *connection, const struct err *err)
{
    const struct status status = status_of(err);
    const bool stranger = status.code == STATUS_UNAUTHENTICATED;

    if (status.words != NULL)
        log_error("http", "%s", err->text);
    return send_reply(connection, status.http, reply_error(&status, status_text(&status, err)),
                      stranger ? "WWW-Authenticate" : NULL, "Bearer realm=\"e4d\"");
}

/* What HTTP alone knows as wrong. */
static enum MHD_Result send_refusal(struct MHD_Connection *connection, enum status_code code,
                                    unsigned http, const char *text)
{
    const struct status status = {code, http, NULL};

    return send_reply(connection, http, reply_error(&status, text), NULL, NULL);
}

static enum MHD_Result send_no_method(struct MHD_Connection *connection, const char *path)
{
    const struct status status = {STATUS_UNIMPLEMENTED, 405, NULL};
    char allowed[METHOD_VERBS_SIZE];

    method_verbs(allowed, path);
    if (allowed[0] == '\0')
        return send_refusal(connection, STATUS_NOT_FOUND, 404, "there is nothing at this path");
    return send_reply(connection, status.http,
                      reply_error(&status, "this path has other methods"), "Allow", allowed);
}

/* A stream of events on its way out; see events.h for wake and sleep. */
struct stream {
    struct MHD_Connection *connection;
    struct sse *sse;
};

static void stream_wake(void *ctx)
{
    struct stream *stream = ctx;

    MHD_resume_connection(stream->connection);
}

static void stream_sleep(void *ctx)
{
    struct stream *stream = ctx;

    MHD_suspend_connection(stream->connection);
}

static ssize_t stream_read(void *ctx, uint64_t position, char *buf, size_t cap)
{
    struct stream *stream = ctx;
    size_t len;

    (void)position;
    do {
        if (sse_read(stream->sse, buf, cap, &len) != 0)
            return MHD_CONTENT_READER_END_OF_STREAM;
    } while (len == 0 && !sse_wait(stream->sse, stream_sleep));
    return (ssize_t)len;
}

static void stream_free(void *ctx)
{
    struct stream *stream = ctx;

    sse_close(stream->sse);
    free(stream);
}

static enum MHD_Result send_stream(struct request *request)
{
    struct stream *stream = calloc(1, sizeof *stream);
    struct MHD_Response *response;
    enum MHD_Result result;
    struct err err;

    if (stream == NULL)
        return MHD_NO;
    stream->connection = request->connection;
    if (sse_open(&stream->sse, request->rest->options.events, stream_wake, stream, &err) != 0) {
        free(stream);
        return send_error(request->connection, &err);
    }
    sse_guard(stream->sse, request->rest->options.auth, request->method, &request->asker);
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, stream,
                                                 stream_free);
    if (response == NULL) {
        stream_free(stream);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    result = MHD_queue_response(request->connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

/* The request's fields that stand in its path and, in a GET, in its query. */
struct fields {
    ProtobufCMessage *message;
    struct arena *arena;
    struct err *err;
    int rc;
};

static enum MHD_Result set_argument(void *ctx, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    struct fields *fields = ctx;

    (void)kind;
    if (value == NULL)
        value = "";
    fields->rc = json_set_encoded(fields->message, fields->arena, name, strlen(name), value,
                                  strlen(value), fields->err);
    return fields->rc == 0 ? MHD_YES : MHD_NO;
}

static int set_fields(struct request *request, ProtobufCMessage *message, struct err *err)
{
    struct fields fields = {message, &request->arena, err, 0};
    const bool get = strcmp(request->method->verb, "GET") == 0;

    for (size_t i = 0; i < request->match.count; i++) {
        const struct path_field *field = &request->match.field[i];

        if (json_set_encoded(message, &request->arena, field->name, field->name_len,
                             field->value, field->value_len, err) != 0)
            return -1;
    }
    if (get)
        (void)MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND,
                                        set_argument, &fields);
    else if (MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) >
             0)
        return err_set(err, ERR_INPUT, "only GET has fields after a question mark");
    return fields.rc;
}

static int call_method(struct request *request, ProtobufCMessage **answer, struct err *err)
{
    const struct call call = {request->rest->options.core, &request->arena, request->asker.name,
                              request->asker.scope};
    const char *body = request->body.len > 0 ? request->body.bytes : "{}";
    size_t body_len = request->body.len > 0 ? request->body.len : 2;
    ProtobufCMessage *message;

    if (json_decode(&message, request->method->request, &request->arena, body, body_len, err) !=
        0)
        return -1;
    if (set_fields(request, message, err) != 0)
        return -1;
    return method_call(request->method, &call, message, answer, err);
}

/* All of the request is there, or as much as is wanted. */
static enum MHD_Result answer(struct request *request)
{
    ProtobufCMessage *message;
    struct reply *reply;
    struct err err;

    patience_set(patience_of(request->connection), 0);
    if (request->refused)
        return send_error(request->connection, &request->err);
    if (request->method == NULL)
        return send_no_method(request->connection, request->path);
    if (request->too_long)
        return send_refusal(request->connection, STATUS_RESOURCE_EXHAUSTED, 413,
                            "the body is too long");
    if (request->page != NULL) {
        reply = reply_page(request->page, &request->rest->options.pages);
        return send_reply(request->connection, reply != NULL ? reply->http : 500, reply, NULL,
                          NULL);
    }
    if (request->method->function == NULL)
        return send_stream(request);
    if (call_method(request, &message, &err) != 0)
        return send_error(request->connection, &err);
    reply = reply_message(message, &err);
    if (reply == NULL)
        return send_error(request->connection, &err);
    return send_reply(request->connection, 200, reply, NULL, NULL);
}

/* Is there no use in more of the body? */
static bool is_settled(const struct request *request)
{
    return request->method == NULL || request->refused || request->too_long;
}

static size_t discard_max(const struct request *request)
{
    return request->method == NULL || request->refused ? BODY_MAX : DISCARD_MAX;
}

/* Another piece of the body. MHD_NO: close the connection. */
static enum MHD_Result take_piece(struct request *request, const char *data, size_t len)
{
    struct rest *rest = request->rest;

    if (!is_settled(request)) {
        request->too_long = len > BODY_MAX - request->body.len;
        if (!request->too_long && !body_add(&request->body, &rest->budget, data, len)) {
            request->refused = true;
            (void)err_set(&request->err, ERR_BUSY, "too many long requests at once");
        }
        if (!is_settled(request))
            return MHD_YES;
        body_end(&request->body, &rest->budget); /* an answer is all that it still gets */
    }
    request->discarded += len;
    return request->discarded > discard_max(request) ? MHD_NO : MHD_YES;
}

static int admit(struct request *request, struct err *err)
{
    const union MHD_ConnectionInfo *session =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    char certificate[AUTH_NAME_SIZE];
    const union MHD_ConnectionInfo *client =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char peer[ADDRESS_TEXT];
    struct credentials credentials = {
        .authorization = request->headers.authorization,
        .foreign =
            headers_foreign(&request->headers, auth_is_open(request->rest->options.auth)),
        .peer = peer};
    int shown = 1;

    address_write(peer, client != NULL ? client->client_addr : NULL);
    if (session != NULL && session->tls_session != NULL)
        shown = tls_client(request->rest->options.tls, certificate, sizeof certificate,
                           session->tls_session, err);
    if (shown < 0) {
        log_warning("auth", "refused %s %s: %s", peer, request->method->name, err->text);
        return -1;
    }
    if (shown == 0)
        credentials.certificate = certificate;
    return auth_admit(&request->asker, request->rest->options.auth, &credentials,
                      request->method, err);
}

static enum MHD_Result note_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    headers_note(ctx, name, value);
    return MHD_YES;
}

/* GET has no body. (DELETE needs none either, but clients give it an empty object.) So all who
 * are listened to at length are known: what anyone may ask is asked with GET. */
static int refuse_body(const struct request *request, struct err *err)
{
    if (strcmp(request->method->verb, "GET") != 0)
        return 0;
    if (headers_length(&request->headers) == 0 && request->headers.encoding == NULL)
        return 0;
    return err_set(err, ERR_INPUT, "GET has no body");
}

/* A request of which there is the first line. */
static void *first_look(void *ctx, const char *target, struct MHD_Connection *connection)
{
    struct rest *rest = ctx;
    struct request *request = calloc(1, sizeof *request);

    if (request == NULL)
        return NULL;
    request->rest = rest;
    request->connection = connection;
    request->target = target;
    request->target_len = target != NULL ? strlen(target) : 0;
    request->begun_s = monotonic_s();
    arena_start(&request->arena, MEMORY_TIMES * BODY_MAX);
    (void)atomic_fetch_add(&rest->requests, 1);
    return request;
}

/*
 * Is there a NUL in the first line? The library takes that for the end of the path or query,
 * but leaves the line in one piece: what it says to be HTTP's version is a byte after the true
 * end. From its version 1.0 on it refuses such lines itself.
 */
static bool is_cut(const struct request *request, const char *version)
{
    return strncmp(MHD_get_version(), "0.", 2) == 0 &&
           (uintptr_t)version - (uintptr_t)request->target != request->target_len + 1;
}

/*
 * Its headers are there: is it wanted? If not, the answer waits for the end of the body, within
 * limits: a connection that is closed before may take the answer along.
 */
static enum MHD_Result begin(struct request *request, const char *path, const char *verb,
                             const char *version)
{
    unsigned long long announced;

    request->path = arena_text(&request->arena, path, strlen(path));
    if (request->path == NULL)
        return MHD_NO;
    (void)MHD_get_connection_values(request->connection, MHD_HEADER_KIND, note_header,
                                    &request->headers);
    announced = headers_length(&request->headers);
    if (headers_are_ambiguous(&request->headers))
        return MHD_NO;
    request->page = page_find(verb, request->path);
    request->method = request->page != NULL
                          ? &request->page->method
                          : method_by_http(verb, request->path, &request->match);
    if (is_cut(request, version))
        request->refused = err_set(&request->err, ERR_INPUT, "path: there is a NUL") != 0;
    else if (request->method != NULL)
        request->refused =
            admit(request, &request->err) != 0 || refuse_body(request, &request->err) != 0;
    request->too_long = announced > BODY_MAX;
    if (is_settled(request) &&
        (request->headers.expect != NULL || announced > discard_max(request)))
        return answer(request);
    return MHD_YES;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *path,
                              const char *verb, const char *version, const char *data,
                              size_t *len, void **state)
{
    struct request *request = *state;

    (void)ctx;
    if (request == NULL) /* there was no memory */
        return MHD_NO;
    if (!request->has_begun) {
        request->has_begun = true;
        patience_set(patience_of(connection), REQUEST_S);
        return begin(request, path, verb, version);
    }
    if (*len == 0)
        return answer(request);
    if (take_piece(request, data, *len) != MHD_YES)
        return MHD_NO;
    *len = 0;
    return MHD_YES;
}

static void completed(void *ctx, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode how)
{
    const union MHD_ConnectionInfo *status =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    struct rest *rest = ctx;
    struct request *request = *state;

    (void)how;
    patience_set(patience_of(connection), HEADERS_S);
    if (request == NULL)
        return;
    if (status != NULL) /* not one that was cut off before it had an answer */
        metrics_count(rest->options.pages.metrics, METRICS_HTTP, request->method,
                      status->http_status, request->begun_s);
    body_end(&request->body, &rest->budget);
    auth_forget(&request->asker);
    arena_end(&request->arena);
    free(request);
    *state = NULL;
    (void)atomic_fetch_sub(&rest->requests, 1);
}

static void connected(void *ctx, struct MHD_Connection *connection, void **state,
                      enum MHD_ConnectionNotificationCode how)
{
    struct rest *rest = ctx;

    if (how == MHD_CONNECTION_NOTIFY_CLOSED)
        patience_leave(*state);
    else
        *state = patience_join(
            rest->patience,
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
            HEADERS_S);
}

/* Paths are decoded field by field, when it is known where fields end. */
static size_t keep_encoded(void *ctx, struct MHD_Connection *connection, char *text)
{
    (void)ctx;
    (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void log_library(void *ctx, const char *format,
                                                              va_list args)
{
    char line[256];

    (void)ctx;
    (void)vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    log_debug("http", "%s", line);
}

static int listen_on(struct rest *rest, const struct sockaddr_storage *address, struct err *err)
{
    const struct rest_options *options = &rest->options;
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                           MHD_USE_ERROR_LOG |
                           (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0U) |
                           (options->tls != NULL ? MHD_USE_TLS : 0U);
    static char priorities[] = TLS_PRIORITIES;
    char *clients = options->tls != NULL ? tls_pem(options->tls)->clients : NULL;
    struct MHD_OptionItem with_tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, tls_chooser()},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
        {clients != NULL ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, clients},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem without[] = {{MHD_OPTION_END, 0, NULL}};

    rest->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, rest, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)THREADS, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT, options->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections / ADDRESS_SHARE,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, first_look, rest, MHD_OPTION_NOTIFY_COMPLETED, completed,
        rest, MHD_OPTION_NOTIFY_CONNECTION, connected, rest, MHD_OPTION_ARRAY,
        options->tls != NULL ? with_tls : without, MHD_OPTION_END);
    if (rest->daemon == NULL)
        return err_system(err, ERR_SYSTEM, errno, "cannot listen on %s, port %u",
                          options->address, options->port);
    return 0;
}

int rest_start(struct rest **rest, const struct rest_options *options, struct err *err)
{
    struct rest *made = calloc(1, sizeof *made);
    struct sockaddr_storage address = {0};
    int rc = -1;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->options = *options;
    atomic_init(&made->budget.left, BODIES_MAX);
    if (address_read(&address, options->address, options->port, err) == 0 &&
        patience_start(&made->patience, err) == 0)
        rc = listen_on(made, &address, err);
    if (rc == 0) {
        *rest = made;
        return 0;
    }
    patience_stop(made->patience);
    free(made);
    return -1;
}

unsigned rest_port(const struct rest *rest)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(rest->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info == NULL ? 0 : info->port;
}

void rest_stop(struct rest *rest)
{
    static const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

    if (rest == NULL)
        return;
    (void)MHD_quiesce_daemon(rest->daemon);
    for (int i = 0; i < PATIENCE_MS / 10 && atomic_load(&rest->requests) > 0; i++)
        (void)nanosleep(&pause, NULL);
    MHD_stop_daemon(rest->daemon);
    patience_stop(rest->patience);
    free(rest);
}
