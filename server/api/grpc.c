/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See grpc.h. Each call is a struct rpc that goes from step to step: the queue answers what a
 * step asks by the next one, in any thread. Its last step and gRPC's closing it end it.
 */
#include "server/api/grpc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "server/api/address.h"
#include "server/api/arena.h"
#include "server/api/auth.h"
#include "server/api/binary.h"
#include "server/api/events.h"
#include "server/api/gate.h"
#include "server/api/health.h"
#include "server/api/methods.h"
#include "server/api/metrics.h"
#include "server/api/reflection.h"
#include "server/api/status.h"
#include "server/api/threads.h"
#include "server/api/tls.h"

enum {
    THREADS = 16,
    HANDSHAKE_S = 20,
    IDLE_S = 300, /* without a call, before a connection is closed */
    ALIVE_S = 60, /* with calls, before a silent client is asked whether it is there */
    LOOK_S = 2,   /* between two looks whether there is room again */
    MESSAGE_MAX = 4 << 20,
    MEMORY_TIMES = 16, /* a call takes so many messages' memory, at most */
    QUOTA = 128 << 20, /* bytes that all connections together take for what they carry */
    STREAMS = 100,     /* calls at a time on one connection */
    PATIENCE_S = 5     /* for calls that are on when the server stops */
};

struct grpc {
    struct grpc_options options;
    grpc_server *server;
    grpc_completion_queue *queue;
    struct threads threads;
    unsigned port;
    struct gate gate;
    struct wait_group stopping; /* the one step of the server as a whole */
    struct wait_group calls;    /* also those that may come */
    atomic_uint given; /* steps, to the queue: who takes one back sees all written before */
    _Atomic(const struct tls_pem *) pem; /* what connections are made with */
};

struct rpc;

/* What goes through the queue. */
struct step {
    void (*run)(struct rpc *rpc, bool ok);
    struct rpc *rpc;
};

struct rpc {
    struct grpc *grpc;
    grpc_call *call;
    grpc_call_details details;
    grpc_metadata_array metadata;
    double begun_s;
    const struct method *method;
    struct asker asker;
    struct arena arena;
    grpc_byte_buffer *message; /* the one that comes in */
    struct listener *listener; /* of a stream */
    struct step next; /* of the call's own steps, of which one is under way at a time */
    struct step close;
    int cancelled;
    atomic_int ends; /* of the two */
    atomic_bool closed;
    bool headed; /* a stream's head is on its way */
};

static void arrived(struct rpc *rpc, bool ok);

static void rpc_free(struct rpc *rpc)
{
    events_leave(rpc->listener);
    grpc_byte_buffer_destroy(rpc->message);
    grpc_metadata_array_destroy(&rpc->metadata);
    grpc_call_details_destroy(&rpc->details);
    if (rpc->call != NULL)
        grpc_call_unref(rpc->call);
    arena_end(&rpc->arena);
    auth_forget(&rpc->asker);
    wait_group_leave(&rpc->grpc->calls);
    free(rpc);
}

static void one_end(struct rpc *rpc)
{
    if (atomic_fetch_add(&rpc->ends, 1) == 1)
        rpc_free(rpc);
}

/* Begin a step; another thread may have ended the call when this returns. */
static bool begin(struct rpc *rpc, const grpc_op *ops, size_t count, struct step *step)
{
    grpc_call *call = rpc->call;

    (void)atomic_fetch_add(&rpc->grpc->given, 1);
    return grpc_call_start_batch(call, ops, count, step, NULL) == GRPC_CALL_OK;
}

/* Ask gRPC for something, and go on with run. */
static void ask(struct rpc *rpc, const grpc_op *ops, size_t count,
                void (*run)(struct rpc *rpc, bool ok))
{
    rpc->next.run = run;
    if (!begin(rpc, ops, count, &rpc->next)) {
        log_error("grpc", "a step that gRPC does not take");
        one_end(rpc);
    }
}

static void finished(struct rpc *rpc, bool ok)
{
    (void)ok; /* the client may be gone; what was done is done */
    one_end(rpc);
}

static const grpc_op send_head = {.op = GRPC_OP_SEND_INITIAL_METADATA};

/* The end of a call: its status, and before that perhaps the head and a reply. */
static void finish(struct rpc *rpc, enum status_code code, const char *text,
                   grpc_byte_buffer *reply)
{
    grpc_slice details = grpc_slice_from_copied_string(text);
    grpc_op ops[3] = {{0}};
    size_t count = 0;

    metrics_count(rpc->grpc->options.metrics, METRICS_GRPC, rpc->method, code, rpc->begun_s);
    if (!rpc->headed)
        ops[count++] = send_head;
    if (reply != NULL) {
        ops[count].op = GRPC_OP_SEND_MESSAGE;
        ops[count++].data.send_message.send_message = reply;
    }
    ops[count].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
    ops[count].data.send_status_from_server.status = (grpc_status_code)code;
    ops[count++].data.send_status_from_server.status_details = &details;
    ask(rpc, ops, count, finished);
    grpc_slice_unref(details);
    if (reply != NULL)
        grpc_byte_buffer_destroy(reply);
}

static void fail(struct rpc *rpc, const struct err *err)
{
    const struct status status = status_of(err);

    if (status.words != NULL)
        log_error("grpc", "%s", err->text);
    finish(rpc, status.code, status_text(&status, err), NULL);
}

static grpc_byte_buffer *packed(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    grpc_byte_buffer *buffer;

    (void)protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    buffer = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    return buffer;
}

static void stream_on(struct rpc *rpc, bool ok);

/* Called by events: one empty step through the queue, to be in a thread of our own. */
static void stream_wake(void *ctx)
{
    struct rpc *rpc = ctx;

    ask(rpc, NULL, 0, stream_on);
}

/* The next event, or wait for it. */
static void stream_on(struct rpc *rpc, bool ok)
{
    grpc_op op = {.op = GRPC_OP_SEND_MESSAGE};
    Pb__Event *event;
    int64_t number;
    struct err err;
    int found;

    if (!ok || atomic_load(&rpc->closed)) {
        finish(rpc, STATUS_OK, "", NULL);
        return;
    }
    do {
        found = auth_again(&rpc->asker, rpc->grpc->options.auth, rpc->method, &err);
        if (found == 0)
            found = events_next(rpc->listener, &event, &number, &rpc->arena, &err);
    } while (found == 0 && !events_wait(rpc->listener, NULL));
    if (found == 0)
        return;
    if (found < 0) {
        fail(rpc, &err);
        return;
    }
    op.data.send_message.send_message = packed(&event->base);
    arena_end(&rpc->arena);
    ask(rpc, &op, 1, stream_on);
    grpc_byte_buffer_destroy(op.data.send_message.send_message);
}

static void stream_begin(struct rpc *rpc)
{
    struct err err;

    if (events_join(&rpc->listener, rpc->grpc->options.events, stream_wake, rpc, &err) != 0) {
        fail(rpc, &err);
        return;
    }
    rpc->headed = true;
    ask(rpc, &send_head, 1, stream_on);
}

/* The request as a message. */
static int decode(struct rpc *rpc, ProtobufCMessage **request, struct err *err)
{
    grpc_byte_buffer_reader reader;
    grpc_slice slice;
    int rc;

    if (rpc->message == NULL || !grpc_byte_buffer_reader_init(&reader, rpc->message))
        return err_set(err, ERR_INPUT, "a call without a readable message");
    slice = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    rc = binary_decode(request, rpc->method->request, &rpc->arena, GRPC_SLICE_START_PTR(slice),
                       GRPC_SLICE_LENGTH(slice), err);
    grpc_slice_unref(slice);
    return rc;
}

/* The reply to the request; NULL: it is a stream. */
static int work(struct rpc *rpc, ProtobufCMessage **reply, struct err *err)
{
    const struct call call = {rpc->grpc->options.core, &rpc->arena, rpc->asker.name,
                              rpc->asker.scope};
    ProtobufCMessage *request;

    *reply = NULL;
    if (decode(rpc, &request, err) != 0)
        return -1;
    if (rpc->method->function == NULL)
        return 0;
    return method_call(rpc->method, &call, request, reply, err);
}

static void received(struct rpc *rpc, bool ok);

static void receive(struct rpc *rpc, bool ok)
{
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE};

    (void)ok; /* if the client is gone, nothing will be received */
    grpc_byte_buffer_destroy(rpc->message);
    rpc->message = NULL;
    op.data.recv_message.recv_message = &rpc->message;
    ask(rpc, &op, 1, received);
}

/* A reply that is not the last; then the next request. */
static void converse(struct rpc *rpc, const ProtobufCMessage *reply)
{
    grpc_op ops[2] = {{.op = GRPC_OP_SEND_MESSAGE}, send_head};
    grpc_byte_buffer *buffer = packed(reply);
    size_t count = rpc->headed ? 1 : 2;

    ops[0].data.send_message.send_message = buffer;
    arena_end(&rpc->arena);
    rpc->headed = true; /* before the next step runs in another thread */
    ask(rpc, ops, count, receive);
    grpc_byte_buffer_destroy(buffer);
}

static void received(struct rpc *rpc, bool ok)
{
    ProtobufCMessage *reply;
    struct err err;

    if (!ok)
        one_end(rpc); /* the connection is gone */
    else if (rpc->method->conversation && rpc->message == NULL)
        finish(rpc, STATUS_OK, "", NULL);
    else if (work(rpc, &reply, &err) != 0)
        fail(rpc, &err);
    else if (reply == NULL)
        stream_begin(rpc);
    else if (rpc->method->conversation)
        converse(rpc, reply);
    else
        finish(rpc, STATUS_OK, "", packed(reply));
}

/* A header, ended by NUL, in memory of the call's. */
static const char *header(struct rpc *rpc, const char *name)
{
    for (size_t i = 0; i < rpc->metadata.count; i++) {
        const grpc_slice *value = &rpc->metadata.metadata[i].value;

        if (grpc_slice_str_cmp(rpc->metadata.metadata[i].key, name) == 0)
            return arena_text(&rpc->arena, (const char *)GRPC_SLICE_START_PTR(*value),
                              GRPC_SLICE_LENGTH(*value));
    }
    return NULL;
}

/* The common name of the client's certificate, if it has shown one that is vouched for. */
static const char *certificate_of(struct rpc *rpc)
{
    grpc_auth_context *context = grpc_call_auth_context(rpc->call);
    const char *name = NULL;

    if (context != NULL && grpc_auth_context_peer_is_authenticated(context)) {
        grpc_auth_property_iterator found =
            grpc_auth_context_find_properties_by_name(context, GRPC_X509_CN_PROPERTY_NAME);
        const grpc_auth_property *property = grpc_auth_property_iterator_next(&found);

        if (property != NULL)
            name = arena_text(&rpc->arena, property->value, property->value_length);
    }
    grpc_auth_context_release(context);
    return name;
}

static int admit(struct rpc *rpc, struct err *err)
{
    char *peer = grpc_call_get_peer(rpc->call);
    const struct credentials credentials = {.authorization = header(rpc, "authorization"),
                                            .certificate = certificate_of(rpc),
                                            .peer = peer};
    int rc = auth_admit(&rpc->asker, rpc->grpc->options.auth, &credentials, rpc->method, err);

    gpr_free(peer);
    return rc;
}

static const struct method *method_of(const struct rpc *rpc)
{
    static const struct method *const more[2] = {&health_method, &reflection_method};
    const char *path = (const char *)GRPC_SLICE_START_PTR(rpc->details.method);
    size_t len = GRPC_SLICE_LENGTH(rpc->details.method);

    for (size_t i = 0; i < 2; i++) {
        if (strlen(more[i]->grpc) == len && memcmp(more[i]->grpc, path, len) == 0)
            return more[i];
    }
    return method_by_grpc(path, len);
}

static void closed(struct rpc *rpc, bool ok)
{
    (void)ok;
    atomic_store(&rpc->closed, true);
    one_end(rpc);
}

/* Wait for another call. */
static void await(struct grpc *grpc)
{
    struct rpc *rpc = calloc(1, sizeof *rpc);

    if (rpc == NULL) {
        log_error("grpc", "out of memory: fewer calls at a time from now on");
        return;
    }
    wait_group_enter(&grpc->calls);
    rpc->grpc = grpc;
    rpc->next = (struct step){.run = arrived, .rpc = rpc};
    rpc->close = (struct step){.run = closed, .rpc = rpc};
    arena_start(&rpc->arena, MEMORY_TIMES * grpc->options.message_max);
    grpc_call_details_init(&rpc->details);
    grpc_metadata_array_init(&rpc->metadata);
    (void)atomic_fetch_add(&grpc->given, 1);
    if (grpc_server_request_call(grpc->server, &rpc->call, &rpc->details, &rpc->metadata,
                                 grpc->queue, grpc->queue, &rpc->next) != GRPC_CALL_OK)
        rpc_free(rpc); /* the server is stopping */
}

static void arrived(struct rpc *rpc, bool ok)
{
    grpc_op close = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER};
    struct err err;

    if (!ok) { /* the server is stopping */
        rpc_free(rpc);
        return;
    }
    rpc->begun_s = monotonic_s();
    await(rpc->grpc);
    close.data.recv_close_on_server.cancelled = &rpc->cancelled;
    if (!begin(rpc, &close, 1, &rpc->close)) {
        log_error("grpc", "a call that gRPC does not take back");
        rpc_free(rpc);
        return;
    }
    rpc->method = method_of(rpc);
    if (rpc->method == NULL)
        finish(rpc, STATUS_UNIMPLEMENTED, "there is no such method", NULL);
    else if (admit(rpc, &err) != 0)
        fail(rpc, &err);
    else
        receive(rpc, true);
}

static void *serve(void *arg)
{
    struct grpc *grpc = arg;

    for (;;) {
        const gpr_timespec soon = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                               gpr_time_from_seconds(LOOK_S, GPR_TIMESPAN));
        grpc_event event = grpc_completion_queue_next(grpc->queue, soon, NULL);

        if (event.type == GRPC_QUEUE_SHUTDOWN)
            return NULL;
        if (event.type == GRPC_QUEUE_TIMEOUT) {
            gate_look(&grpc->gate);
            continue;
        }
        if (event.tag == grpc) {
            wait_group_leave(&grpc->stopping);
        } else {
            const struct step *step = event.tag;

            (void)atomic_load(&grpc->given);
            step->run(step->rpc, event.success != 0);
        }
    }
}

/* Asked for every connection as it is accepted, so that a new certificate counts at once. */
static grpc_ssl_certificate_config_reload_status
fetch(void *ctx, grpc_ssl_server_certificate_config **config)
{
    struct grpc *grpc = ctx;
    const struct tls_pem *pem = tls_pem(grpc->options.tls);
    const grpc_ssl_pem_key_cert_pair pair = {pem->key, pem->certificate};

    gate_pass(&grpc->gate);
    if (atomic_exchange(&grpc->pem, pem) == pem)
        return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    /* gRPC insists on some authority, also where clients are not asked for certificates. */
    *config = grpc_ssl_server_certificate_config_create(
        pem->clients != NULL ? pem->clients : pem->certificate, &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

static int listen_on(struct grpc *grpc, struct err *err)
{
    const struct grpc_options *options = &grpc->options;
    grpc_server_credentials *credentials = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            tls_pem(options->tls)->clients != NULL
                ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
            fetch, grpc));
    char where[ADDRESS_PORT_TEXT];
    int port;

    address_with_port(where, options->address, options->port);
    port = grpc_server_add_http2_port(grpc->server, where, credentials);
    grpc_server_credentials_release(credentials);
    if (port <= 0)
        return err_set(err, ERR_SYSTEM, "cannot listen on %s for gRPC", where);
    grpc->port = (unsigned)port;
    return 0;
}

static void make_server(struct grpc *grpc)
{
    static char size[] = GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH;
    static char streams[] = GRPC_ARG_MAX_CONCURRENT_STREAMS;
    static char reuse[] = GRPC_ARG_ALLOW_REUSEPORT; /* two servers at one port are a mistake */
    static char handshake[] = GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS;
    static char idle[] = GRPC_ARG_MAX_CONNECTION_IDLE_MS;
    static char alive[] = GRPC_ARG_KEEPALIVE_TIME_MS;
    static char memory[] = GRPC_ARG_RESOURCE_QUOTA;
    grpc_resource_quota *quota = grpc_resource_quota_create("e4d");
    grpc_arg arg[] = {
        {GRPC_ARG_INTEGER, size, {.integer = (int)grpc->options.message_max}},
        {GRPC_ARG_INTEGER, streams, {.integer = STREAMS}},
        {GRPC_ARG_INTEGER, reuse, {.integer = 0}},
        {GRPC_ARG_INTEGER, handshake, {.integer = HANDSHAKE_S * 1000}},
        {GRPC_ARG_INTEGER, idle, {.integer = IDLE_S * 1000}},
        {GRPC_ARG_INTEGER, alive, {.integer = ALIVE_S * 1000}},
        {GRPC_ARG_POINTER, memory, {.pointer = {quota, grpc_resource_quota_arg_vtable()}}},
    };
    const grpc_channel_args args = {sizeof arg / sizeof *arg, arg};

    grpc_resource_quota_resize(quota, QUOTA);
    grpc->server = grpc_server_create(&args, NULL);
    grpc_resource_quota_unref(quota);
    grpc->queue = grpc_completion_queue_create_for_next(NULL);
    grpc_server_register_completion_queue(grpc->server, grpc->queue, NULL);
}

/* Handshakes that failed and the like, which anybody can bring about. */
static void log_library(gpr_log_func_args *args)
{
    if (strstr(args->message, "certificate verify failed") != NULL)
        log_warning("auth", "refused over gRPC: the client's certificate is not vouched for");
    log_debug("grpc", "%s", args->message);
}

int grpc_start(struct grpc **grpc, const struct grpc_options *options, struct err *err)
{
    struct grpc *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->options = *options;
    if (made->options.threads == 0)
        made->options.threads = THREADS;
    if (made->options.message_max == 0)
        made->options.message_max = MESSAGE_MAX;
    wait_group_open(&made->stopping, 1);
    wait_group_open(&made->calls, 0);
    gpr_set_log_function(log_library);
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_INFO);
    grpc_init();
    make_server(made);
    if (listen_on(made, err) != 0 ||
        threads_start(&made->threads, made->options.threads, serve, made, err) != 0) {
        grpc_stop(made);
        return -1;
    }
    grpc_server_start(made->server);
    if (gate_set(&made->gate, made->port, made->options.connections, err) != 0) {
        grpc_stop(made);
        return -1;
    }
    for (unsigned i = 0; i < made->options.threads; i++)
        await(made);
    *grpc = made;
    return 0;
}

unsigned grpc_port(const struct grpc *grpc)
{
    return grpc->port;
}

/* Wait until all calls have ended; those that take too long are cut off. For gRPC one has ended
 * when its client is gone, but then a step of it may be under way. */
static void wait_for_calls(struct grpc *grpc)
{
    if (!wait_group_wait(&grpc->stopping, PATIENCE_S))
        grpc_server_cancel_all_calls(grpc->server);
    (void)wait_group_wait(&grpc->stopping, 0);
    (void)wait_group_wait(&grpc->calls, 0);
}

/* What is left in the queue when no thread reads it any more. */
static void drain(struct grpc *grpc)
{
    grpc_completion_queue_shutdown(grpc->queue);
    if (grpc->threads.count == 0)
        (void)serve(grpc);
    threads_join(&grpc->threads);
    grpc_completion_queue_destroy(grpc->queue);
}

void grpc_stop(struct grpc *grpc)
{
    if (grpc == NULL)
        return;
    gate_end(&grpc->gate);
    grpc_server_shutdown_and_notify(grpc->server, grpc->queue, grpc);
    if (grpc->threads.count > 0)
        wait_for_calls(grpc);
    drain(grpc);
    grpc_server_destroy(grpc->server);
    grpc_shutdown_blocking();
    wait_group_close(&grpc->stopping);
    wait_group_close(&grpc->calls);
    free(grpc);
}
