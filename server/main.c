/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4d, the key server. START HERE: this file reads the settings, joins the parts, and runs
 * until it is told to stop.
 *
 *     api  ->  core  ->  store         requests become changes
 *                    ->  dispatch  ->  bus         commands leave
 *
 * Then read core/topic.c, a change from one end to the other.
 */
#include <argp.h>
#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mqtt.h"
#include "base/notify.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/api/api.h"
#include "server/bus/bus.h"
#include "server/bus/mqtt.h"
#include "server/core/audit.h"
#include "server/core/core.h"
#include "server/core/dispatch.h"
#include "server/core/rekey.h"
#include "server/core/watch.h"
#include "server/masterkey.h"
#include "server/settings.h"
#include "server/store/postgres.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

enum { EXIT_USAGE = 2 };

struct arguments {
    const char *state;
    const char *config; /* NULL: e4d.conf in the state's folder, if it is there */
    bool check;
    bool no_auth;
};

struct server {
    const struct arguments *arguments;
    struct settings settings;
    char *config;
    char broker_password[SECRET_PASSWORD_MAX + 1];
    struct store *store;
    struct core *core;
    bool is_next_own; /* the next master key, if it comes to that: masterkey.h */
    struct bus *bus;
    struct dispatch *dispatch;
    pthread_t dispatching;
    bool is_dispatching;
    struct watch *watch;
    char *in_folder[3]; /* files of the API in the state's folder */
    struct api *api;
};

const char *argp_program_version = "e4d " E4_VERSION;

enum { OPTION_CHECK = 256, OPTION_NO_AUTH };
static const struct argp_option options[] = {
    {"state", 's', "DIR", 0, "the folder with all that the server remembers; made if missing",
     0},
    {"config", 'c', "FILE", 0, "settings; otherwise e4d.conf in the state's folder, if any", 0},
    {"check", OPTION_CHECK, NULL, 0, "only say whether the settings make sense", 0},
    {"no-auth", OPTION_NO_AUTH, NULL, 0,
     "do not ask who asks: for older E4 tools, on the loopback interface only", 0},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    switch (key) {
    case 's':
        arguments->state = argument;
        return 0;
    case 'c':
        arguments->config = argument;
        return 0;
    case OPTION_CHECK:
        arguments->check = true;
        return 0;
    case OPTION_NO_AUTH:
        arguments->no_auth = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: there are no arguments but options", argument);
        return EINVAL;
    case ARGP_KEY_END:
        if (arguments->state == NULL && (arguments->config == NULL || !arguments->check))
            argp_error(state, "no --state; where should the server keep its keys?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int read_settings(struct server *server, struct settings *settings, struct err *err)
{
    return settings_read(settings, server->config, err);
}

/* Which file has the settings; NULL: none has. */
static int find_config(struct server *server, struct err *err)
{
    const struct arguments *arguments = server->arguments;

    free(server->config);
    if (arguments->config != NULL) {
        server->config = strdup(arguments->config);
        return server->config != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
    }
    server->config = file_join(arguments->state, "e4d.conf", err);
    if (server->config == NULL)
        return -1;
    if (access(server->config, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        free(server->config);
        server->config = NULL;
    }
    return 0;
}

static int open_folder(const char *path, struct err *err)
{
    struct stat status;

    if (file_make_folder(path, err) != 0)
        return -1;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return err_set(err, ERR_STATE, "%s: not a folder", path);
    if ((status.st_mode & 077) != 0)
        return err_set(err, ERR_STATE, "%s: others may look into it (mode %03o); chmod 700 %s",
                       path, (unsigned)status.st_mode & 0777U, path);
    return 0;
}

static int open_postgres(struct server *server, struct err *err)
{
    const struct postgres_options how = {.where = server->settings.database,
                                         .timeout_s =
                                             (unsigned)server->settings.database_timeout_s};

    return postgres_open(&server->store, &how, err);
}

static int open_store(struct server *server, struct err *err)
{
    char *path;
    int rc;

    if (server->settings.database != NULL)
        return open_postgres(server, err);
    path = file_join(server->arguments->state, "e4d.db", err);
    if (path == NULL)
        return -1;
    rc = sqlite_open(&server->store, path, err);
    free(path);
    return rc;
}

static int keep_audit_file(struct server *server, struct err *err)
{
    const char *given = server->settings.audit_file;
    char *path;
    int rc;

    if (given != NULL)
        return strcmp(given, "none") == 0 ? 0 : audit_keep_file(server->core, given, err);
    path = file_join(server->arguments->state, "audit.jsonl", err);
    if (path == NULL)
        return -1;
    rc = audit_keep_file(server->core, path, err);
    free(path);
    return rc;
}

/* For rekey.h: the settings may have been made to name it a moment ago. */
static int new_master(void *ctx, struct rekey_master *master, struct err *err)
{
    struct server *server = ctx;
    struct settings fresh;
    int rc;

    if (settings_read(&fresh, server->config, err) != 0)
        return -1;
    rc = masterkey_next(master, &server->is_next_own, &fresh, server->arguments->state, err);
    settings_free(&fresh);
    return rc;
}

static void master_changed(void *ctx)
{
    struct server *server = ctx;

    masterkey_changed(server->is_next_own, server->arguments->state);
}

static int open_core(struct server *server, struct err *err)
{
    static const enum e4_mode modes[] = {
        [SETTINGS_SYMMETRIC] = E4_SYMMETRIC, [SETTINGS_PUBLIC_KEY] = E4_PUBLIC_KEY};
    const struct rekey_options rekey = {new_master, master_changed, server};
    struct masterkeys keys = {.has_now = false};
    struct core_options how = {.keep_new_keys = !server->settings.send_new_public_keys,
                               .mode = modes[server->settings.mode]};
    int rc = -1;

    if (open_store(server, err) != 0)
        return -1;
    how.store = server->store;
    if (masterkey_find(&keys, &server->settings, server->arguments->state, server->store,
                       err) == 0) {
        how.master = keys.has_now ? keys.now.key : keys.next.key;
        how.next_master = keys.has_now && keys.has_next ? keys.next.key : NULL;
        how.stretch = keys.now.from_passphrase ? &keys.now.how : NULL;
        rc = core_open(&server->core, &how, err);
    }
    server->is_next_own = keys.is_next_own;
    if (rc == 0 && (!keys.has_now || core_took_next(server->core)) &&
        !core_is_rekeying(server->core))
        master_changed(server); /* all but this was done, before a crash */
    e4_wipe(&keys, sizeof keys);
    if (rc == 0 && rekey_open(server->core, &rekey, err) != 0)
        rc = -1;
    return rc != 0 ? -1 : keep_audit_file(server, err);
}

static int open_bus(struct server *server, struct err *err)
{
    const struct settings *settings = &server->settings;
    const struct secret_source source = {.file = settings->broker_password_file};
    struct mqtt_options how = {
        .host = settings->broker_host,
        .port = (unsigned)settings->broker_port,
        .user = settings->broker_user,
        .version = settings->broker_protocol == SETTINGS_MQTT_5 ? MQTT_5 : MQTT_3_1_1,
        .client_id = settings->broker_client_id,
        .queue_count = 4096,
        .tls = settings->broker_tls,
        .cafile = settings->broker_ca_file,
        .cert = settings->broker_certificate,
        .key = settings->broker_key,
    };
    size_t len;

    if (source.file != NULL) {
        if (secret_password(server->broker_password, &len, &source, err) != 0)
            return -1;
        how.password = server->broker_password;
    }
    return bus_mqtt_open(&server->bus, &how, (uint32_t)settings->command_expiry_s, err);
}

static void *dispatch_thread(void *ctx)
{
    dispatch_run(((struct server *)ctx)->dispatch);
    return NULL;
}

static void on_change(void *ctx)
{
    dispatch_wake(((struct server *)ctx)->dispatch);
}

static int start_dispatching(struct server *server, struct err *err)
{
    const struct dispatch_options how = {.not_retained = !server->settings.retain};
    int error;

    if (dispatch_new(&server->dispatch, server->core, server->bus, &how, err) != 0)
        return -1;
    core_on_change(server->core, on_change, server);
    error = pthread_create(&server->dispatching, NULL, dispatch_thread, server);
    if (error != 0)
        return err_system(err, ERR_SYSTEM, error, "cannot start a thread");
    server->is_dispatching = true;
    return 0;
}

/* What the API is to do, but for core. */
static int api_settings(struct server *server, struct api_options *out, struct err *err)
{
    static const char *const names[] = {"server.crt", "server.key", "admin.token"};
    const struct settings *settings = &server->settings;
    const char *state = server->arguments->state != NULL ? server->arguments->state : ".";
    const bool own = settings->tls_certificate == NULL;
    struct api_options how = {
        .http = {settings->http_address, (unsigned)settings->http_port},
        .grpc = {settings->grpc_address, (unsigned)settings->grpc_port},
        .no_auth = server->arguments->no_auth,
        .request_rate = (unsigned)settings->request_rate,
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        server->in_folder[i] = file_join(state, names[i], err);
        if (server->in_folder[i] == NULL)
            return -1;
    }
    how.tls.certificate = own ? server->in_folder[0] : settings->tls_certificate;
    how.tls.key = own ? server->in_folder[1] : settings->tls_key;
    how.tls.clients = settings->tls_client_ca;
    how.tls.make = own;
    how.token_file = server->in_folder[2];
    *out = how;
    return 0;
}

/* What would keep the server from starting, as far as it shows before anything is made. */
static int check_first(struct server *server, struct api_options *api, struct err *err)
{
    if (find_config(server, err) != 0 || read_settings(server, &server->settings, err) != 0)
        return -1;
    return api_settings(server, api, err) != 0 ? -1 : api_check(api, err);
}

static int start(struct server *server, struct err *err)
{
    struct api_options api;

    if (check_first(server, &api, err) != 0)
        return -1;
    log_setup((enum log_level)server->settings.log_level, server->settings.log_json);
    if (settings_environment(err) != 0)
        log_warning("e4d", "%s", err->text);
    if (open_folder(server->arguments->state, err) != 0 || open_core(server, err) != 0 ||
        open_bus(server, err) != 0 || start_dispatching(server, err) != 0)
        return -1;
    if (watch_start(&server->watch, server->core, server->arguments->state, err) != 0)
        return -1;
    api.core = server->core;
    api.watch = server->watch;
    if (api_start(&server->api, &api, err) != 0) /* last: from then on there are requests */
        return -1;
    log_info("e4d", "version %s, %s mode, state %s", E4_VERSION,
             core_mode(server->core) == E4_SYMMETRIC ? "symmetric-key" : "public-key",
             server->arguments->state);
    return 0;
}

/* In the opposite order: first no more requests, last the database. */
static void stop(struct server *server)
{
    api_stop(server->api);
    watch_stop(server->watch);
    if (server->is_dispatching) {
        dispatch_stop(server->dispatch);
        (void)pthread_join(server->dispatching, NULL);
    }
    if (server->bus != NULL)
        server->bus->close(server->bus);
    dispatch_free(server->dispatch);
    core_close(server->core);
    if (server->store != NULL)
        server->store->close(server->store);
    for (size_t i = 0; i < sizeof server->in_folder / sizeof *server->in_folder; i++)
        free(server->in_folder[i]);
    settings_free(&server->settings);
    e4_wipe(server->broker_password, sizeof server->broker_password);
    free(server->config);
}

/* Read the settings and the certificate again. Of the settings, the log's take effect; the rest
 * needs a new start. What makes no sense changes nothing. */
static void reload(struct server *server)
{
    struct settings fresh;
    struct err err = {.kind = ERR_NONE};

    if (find_config(server, &err) != 0 || read_settings(server, &fresh, &err) != 0) {
        log_error("e4d", "%s; everything stays as it was", err.text);
        return;
    }
    log_setup((enum log_level)fresh.log_level, fresh.log_json);
    settings_free(&fresh);
    if (audit_reopen_file(server->core, &err) != 0)
        log_error("e4d", "%s; the audit trail's file stays as it was", err.text);
    if (api_reload(server->api, &err) != 0)
        log_error("e4d", "%s; the certificate stays as it was", err.text);
    log_info("e4d", "read the settings again");
}

static void run(struct server *server, const sigset_t *signals)
{
    int number;

    notify_ready();
    while (sigwait(signals, &number) == 0) {
        if (number != SIGHUP)
            break;
        reload(server);
    }
    notify_stopping();
    log_info("e4d", "stopping");
}

/* Can it be written to, or made? */
static int check_audit_file(const char *path, struct err *err)
{
    char *folder;
    int rc = 0;

    if (path == NULL || strcmp(path, "none") == 0 || access(path, W_OK) == 0)
        return 0;
    folder = strdup(path);
    if (folder == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (errno != ENOENT || access(dirname(folder), W_OK) != 0)
        rc = err_system(err, ERR_INPUT, errno, "audit-file: cannot write %s", path);
    free(folder);
    return rc;
}

/* Files that the settings name, and that are only read when the server starts. */
static int check_files(struct server *server, struct err *err)
{
    const struct settings *settings = &server->settings;
    const char *const readable[] = {settings->broker_ca_file, settings->broker_certificate,
                                    settings->broker_key};
    const struct secret_source source = {.file = settings->broker_password_file};
    size_t len;
    int rc;

    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        if (readable[i] != NULL && access(readable[i], R_OK) != 0)
            return err_system(err, ERR_INPUT, errno, "cannot read %s", readable[i]);
    }
    if (check_audit_file(settings->audit_file, err) != 0)
        return -1;
    rc = masterkey_check(settings, err);
    if (rc == 0 && source.file != NULL && strcmp(source.file, "-") != 0)
        rc = secret_password(server->broker_password, &len, &source, err);
    return rc;
}

static int check_settings(struct server *server, struct err *err)
{
    struct api_options api;

    if (check_first(server, &api, err) != 0 || settings_environment(err) != 0 ||
        check_files(server, err) != 0)
        return -1;
    (void)printf("%s: fine\n", server->config != NULL ? server->config : "no settings file");
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "The E4 key server: holds a fleet's keys, and sends them to its devices.\v"
               "e4d(8) says more, e4d.conf(5) which settings there are."};
    static struct server server;
    struct arguments arguments = {0};
    struct err err = {.kind = ERR_NONE};
    sigset_t signals;
    int rc;

    (void)umask(077);
    argp_err_exit_status = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE;
    server.arguments = &arguments;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    /* Before any thread is made, so that all of them leave these to run(). */
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (arguments.check)
        rc = check_settings(&server, &err);
    else
        rc = secret_no_dumps(&err) != 0 ? -1 : start(&server, &err);
    if (rc == 0 && !arguments.check)
        run(&server, &signals);
    stop(&server);
    if (rc != 0)
        log_error("e4d", "%s", err.text);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
