/* SPDX-License-Identifier: Apache-2.0 */
/* See api.h. */
#include "server/api/api.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "server/api/address.h"
#include "server/api/auth.h"
#include "server/api/events.h"
#include "server/api/grpc.h"
#include "server/api/metrics.h"
#include "server/api/rest.h"

enum { DESCRIPTORS = 20000, DESCRIPTORS_LEAST = 1024 };

struct api {
    struct tls *tls;
    struct auth *auth;
    struct events *events;
    struct metrics *metrics;
    struct rest *rest;
    struct grpc *grpc;
    unsigned http_connections; /* at most */
    unsigned grpc_connections;
};

static bool is_loopback(const struct api_listener *listener)
{
    struct in_addr four;
    struct in6_addr six;

    if (listener->address == NULL)
        return true;
    if (inet_pton(AF_INET, listener->address, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, listener->address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static void tell(const char *what, const char *scheme, const char *address, unsigned port)
{
    char where[ADDRESS_PORT_TEXT];

    address_with_port(where, address, port);
    log_info(what, "listening on %s%s", scheme, where);
}

static int check_auth(const struct api_options *options, struct err *err)
{
    if (options->no_auth && (!is_loopback(&options->http) || !is_loopback(&options->grpc)))
        return err_set(err, ERR_USAGE,
                       "without authentication the server listens on loopback only");
    return 0;
}

int api_check(const struct api_options *options, struct err *err)
{
    struct tls *tls;

    if (check_auth(options, err) != 0)
        return -1;
    if (options->tls.make && access(options->tls.certificate, F_OK) != 0)
        return 0;
    if (tls_open(&tls, &options->tls, err) != 0)
        return -1;
    tls_close(tls);
    return 0;
}

static int start_auth(struct api *api, const struct api_options *options, struct err *err)
{
    const struct auth_options how = {options->core, options->no_auth, options->request_rate};
    bool made;

    if (auth_open(&api->auth, &how, err) != 0)
        return -1;
    if (options->no_auth) {
        log_warning("auth", "no authentication: every program on this machine may do anything");
        return 0;
    }
    if (auth_first_token(api->auth, options->token_file, &made, err) != 0)
        return -1;
    if (made)
        log_info("auth", "the first administrator's token is in %s", options->token_file);
    return 0;
}

static int start_tls(struct api *api, const struct api_options *options, struct err *err)
{
    char print[TLS_PRINT_SIZE];

    if (tls_make(&options->tls, err) != 0 || tls_open(&api->tls, &options->tls, err) != 0)
        return -1;
    tls_fingerprint(api->tls, print);
    log_info("tls", "certificate %s, SHA-256 %s", options->tls.certificate, print);
    return 0;
}

static int start_listening(struct api *api, const struct api_options *options, struct err *err)
{
    const struct rest_options rest = {.core = options->core,
                                      .auth = api->auth,
                                      .events = api->events,
                                      .tls = api->tls,
                                      .pages = {api->metrics, options->watch},
                                      .connections = api->http_connections,
                                      .address = options->http.address,
                                      .port = options->http.port};
    const struct grpc_options grpc = {.core = options->core,
                                      .auth = api->auth,
                                      .events = api->events,
                                      .tls = api->tls,
                                      .metrics = api->metrics,
                                      .connections = api->grpc_connections,
                                      .address = options->grpc.address,
                                      .port = options->grpc.port};

    if (rest.address != NULL) {
        if (rest_start(&api->rest, &rest, err) != 0)
            return -1;
        tell("http", "https://", rest.address, rest_port(api->rest));
    }
    if (grpc.address != NULL) {
        if (grpc_start(&api->grpc, &grpc, err) != 0)
            return -1;
        if (api->grpc != NULL)
            tell("grpc", "", grpc.address, grpc_port(api->grpc));
    }
    return 0;
}

/*
 * As many connections as we want, or as the system lets us have: for HTTP and for gRPC a share
 * that the other cannot take, and the rest for the database, the broker and all else.
 */
static void share_descriptors(struct api *api)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        limit.rlim_max = DESCRIPTORS_LEAST;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warning("api", "the limit of open files stays as it was");
    api->http_connections = (unsigned)limit.rlim_cur / 100 * 60;
    api->grpc_connections = (unsigned)limit.rlim_cur / 100 * 20;
}

int api_start(struct api **api, const struct api_options *options, struct err *err)
{
    struct api *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    share_descriptors(made);
    if (check_auth(options, err) != 0 || start_auth(made, options, err) != 0 ||
        start_tls(made, options, err) != 0 || metrics_open(&made->metrics, err) != 0 ||
        events_start(&made->events, options->core, err) != 0 ||
        start_listening(made, options, err) != 0) {
        api_stop(made);
        return -1;
    }
    *api = made;
    return 0;
}

int api_reload(struct api *api, struct err *err)
{
    return tls_reload(api->tls, err);
}

void api_stop(struct api *api)
{
    if (api == NULL)
        return;
    if (api->events != NULL)
        events_end(api->events);
    grpc_stop(api->grpc);
    rest_stop(api->rest);
    events_stop(api->events);
    metrics_close(api->metrics);
    auth_close(api->auth);
    tls_close(api->tls);
    free(api);
}
