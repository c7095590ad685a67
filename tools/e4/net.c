/* SPDX-License-Identifier: Apache-2.0 */
/* The broker's options, and a loop that waits for the broker, input and signals at once. */
#include "tools/e4/net.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "tools/e4/exit.h"

#define PASSWORD_VARIABLE "E4_MQTT_PASSWORD"

enum {
    OPTION_PASSWORD_FILE = 512,
    OPTION_TLS,
    OPTION_CAFILE,
    OPTION_CAPATH,
    OPTION_CERT,
    OPTION_KEY,
    OPTION_INSECURE,
    OPTION_QUIET
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "The broker:", 10},
    {"host", 'h', "HOST", 0, "Its name or address (localhost)", 0},
    {"port", 'p', "PORT", 0, "Its port (1883, with TLS 8883)", 0},
    {"url", 'L', "URL", 0,
     "mqtt(s)://[USER[:PASSWORD]@]HOST[:PORT]/TOPIC instead of -h, -p, -u, -P and -t", 0},
    {"mqtt-version", 'V', "VERSION", 0, "mqttv311 (the default) or mqttv5", 0},
    {"id", 'i', "ID", 0, "Client id", 0},
    {"keepalive", 'k', "SECONDS", 0, "Show a sign of life this often (60)", 0},
    {"user", 'u', "NAME", 0, "User name", 0},
    {"password-file", OPTION_PASSWORD_FILE, "FILE", 0,
     "Its password is what FILE holds; - is standard input. Without it, the "
     "environment's " PASSWORD_VARIABLE,
     0},
    {"pw", 'P', "PASSWORD", 0,
     "Its password, where everybody on this machine can read it: better use one of the other "
     "ways",
     0},
    {"tls", OPTION_TLS, NULL, 0, "TLS, with the authorities that this system trusts", 0},
    {"tls-use-os-certs", 0, NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, 0},
    {"cafile", OPTION_CAFILE, "FILE", 0, "TLS, with the authorities in FILE", 0},
    {"capath", OPTION_CAPATH, "FOLDER", 0, "TLS, with the authorities in FOLDER", 0},
    {"cert", OPTION_CERT, "FILE", 0, "This client's certificate, for brokers that want one", 0},
    {"key", OPTION_KEY, "FILE", 0, "Its private key", 0},
    {"insecure", OPTION_INSECURE, NULL, 0,
     "TLS, but accept a certificate that was issued to another host: for tests only", 0},
    {"wait", 'W', "SECONDS", 0, "End after so long, with exit code 27 if it was too short", 0},
    {NULL, 0, NULL, 0, "What is said on standard error:", 20},
    {"quiet", OPTION_QUIET, NULL, 0, "Errors that end the program, nothing else", 0},
    {"debug", 'd', NULL, 0, "Every packet as well", 0},
    {0},
};

unsigned long net_number(const struct argp_state *state, const char *arg, unsigned long max)
{
    char *end;
    unsigned long number;

    errno = 0;
    number = strtoul(arg, &end, 10);
    if (*arg < '0' || *arg > '9' || *end != '\0' || errno != 0 || number > max)
        argp_error(state, "%s: a number from 0 to %lu is wanted", arg, max);
    return number;
}

int net_qos(const struct argp_state *state, const char *arg)
{
    if (strlen(arg) != 1 || *arg < '0' || *arg > '2')
        argp_error(state, "-q %s: QoS is 0, 1 or 2", arg);
    return *arg - '0';
}

/* Take over a password that stands on the command line, and cover it there. */
static void take_password(const struct argp_state *state, struct net_options *options,
                          char *arg)
{
    free(options->password);
    options->password = strdup(arg);
    if (options->password == NULL)
        argp_failure(state, EXIT_FAILED, 0, "not enough memory");
    memset(arg, '*', strlen(arg));
    exit_say("a password on the command line can be read by everybody on this machine; "
             "better: --password-file FILE, or " PASSWORD_VARIABLE " in the environment");
}

/* HOST:PORT, [HOST]:PORT, either without the port; cut up in place. */
static void take_host(const struct argp_state *state, struct net_options *options, char *host)
{
    char *rest = host;

    if (*host == '[') {
        host++;
        rest = strchr(host, ']');
        if (rest == NULL)
            argp_error(state, "--url: the host's address has no closing bracket");
        *rest++ = '\0';
        if (*rest != ':' && *rest != '\0')
            argp_error(state, "--url: after the host's address comes a colon or nothing");
    }
    rest = strchr(rest, ':');
    if (rest != NULL) {
        *rest++ = '\0';
        options->mqtt.port = (unsigned)net_number(state, rest, 65535);
    }
    if (*host == '\0')
        argp_error(state, "--url: it names no host");
    options->mqtt.host = host;
}

static void take_url(const struct argp_state *state, struct net_options *options, char *arg)
{
    char *host;
    char *topic;
    char *at;

    free(options->url);
    options->url = strdup(arg);
    if (options->url == NULL)
        argp_failure(state, EXIT_FAILED, 0, "not enough memory");
    host = strstr(options->url, "://");
    if (strncmp(arg, "mqtts://", 8) == 0)
        options->mqtt.tls = true;
    else if (strncmp(arg, "mqtt://", 7) != 0)
        argp_error(state, "--url: it begins with mqtt:// or mqtts://");
    host += 3;
    topic = strchr(host, '/');
    if (topic != NULL) {
        *topic++ = '\0';
        options->topic = *topic != '\0' ? topic : NULL;
    }
    at = strrchr(host, '@');
    if (at != NULL) {
        char *password = strchr(host, ':');

        *at = '\0';
        options->mqtt.user = host;
        if (password != NULL && password < at) {
            char *shown = arg + (password + 1 - options->url);

            *password++ = '\0';
            take_password(state, options, password);
            memset(shown, '*', strlen(password));
        }
        host = at + 1;
    }
    take_host(state, options, host);
}

static void take_version(const struct argp_state *state, struct net_options *options,
                         const char *arg)
{
    if (strcmp(arg, "mqttv5") == 0 || strcmp(arg, "5") == 0)
        options->mqtt.version = MQTT_5;
    else if (strcmp(arg, "mqttv311") == 0 || strcmp(arg, "311") == 0)
        options->mqtt.version = MQTT_3_1_1;
    else
        argp_error(state, "-V %s: mqttv311 and mqttv5 are spoken here", arg);
}

static error_t parse_tls(int key, char *arg, struct mqtt_options *mqtt)
{
    switch (key) {
    case OPTION_TLS:
        break;
    case OPTION_CAFILE:
        mqtt->cafile = arg;
        break;
    case OPTION_CAPATH:
        mqtt->capath = arg;
        break;
    case OPTION_CERT:
        mqtt->cert = arg;
        break;
    case OPTION_KEY:
        mqtt->key = arg;
        break;
    case OPTION_INSECURE:
        mqtt->insecure = true;
        exit_say("--insecure: whoever has any certificate of the trusted authorities can pass "
                 "for the broker");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    mqtt->tls = true;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct net_options *options = state->input;
    struct mqtt_options *mqtt = &options->mqtt;

    switch (key) {
    case 'h':
        mqtt->host = arg;
        return 0;
    case 'p':
        mqtt->port = (unsigned)net_number(state, arg, 65535);
        if (mqtt->port == 0)
            argp_error(state, "-p 0: ports begin with 1");
        return 0;
    case 'L':
        take_url(state, options, arg);
        return 0;
    case 'V':
        take_version(state, options, arg);
        return 0;
    case 'W':
        options->wait_s = (unsigned)net_number(state, arg, UINT32_MAX);
        return 0;
    case 'i':
        mqtt->client_id = arg;
        return 0;
    case 'k':
        mqtt->keepalive_s = (unsigned)net_number(state, arg, 65535);
        return 0;
    case 'u':
        mqtt->user = arg;
        return 0;
    case 'P':
        take_password(state, options, arg);
        return 0;
    case OPTION_PASSWORD_FILE:
        options->password_file = arg;
        return 0;
    case OPTION_QUIET:
        options->quiet = true;
        return 0;
    case 'd':
        options->debug = true;
        return 0;
    default:
        return parse_tls(key, arg, mqtt);
    }
}

const struct argp net_argp = {.options = option_list, .parser = parse};

void net_options_free(struct net_options *options)
{
    if (options->password != NULL)
        e4_wipe(options->password, strlen(options->password));
    if (options->url != NULL)
        e4_wipe(options->url, strlen(options->url));
    free(options->password);
    free(options->url);
    options->password = NULL;
    options->url = NULL;
}

/* The password, if there is to be one, into options->password. */
static int find_password(struct net_options *options, struct err *err)
{
    struct secret_source source = {options->password_file, NULL, PASSWORD_VARIABLE};
    size_t len;

    if (options->password != NULL && options->password_file != NULL)
        return err_set(err, ERR_USAGE, "-P and --password-file: one of them is enough");
    if (options->password == NULL && options->mqtt.user == NULL &&
        options->password_file == NULL)
        return 0;
    if (options->password == NULL && secret_is_given(&source)) {
        options->password = calloc(1, SECRET_PASSWORD_MAX + 1);
        if (options->password == NULL)
            return err_set(err, ERR_SYSTEM, "not enough memory");
        if (secret_password(options->password, &len, &source, err) != 0)
            return -1;
    }
    options->mqtt.password = options->password;
    return 0;
}

/* Signals come through a pipe, so that poll() sees them. */

static int signal_pipe[2] = {-1, -1};
static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
    int before = errno;

    signalled = 1;
    if (write(signal_pipe[1], &(char){(char)number}, 1) < 0)
        signalled = 1; /* nothing more can be done here */
    errno = before;
}

int net_catch_signals(struct err *err)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    if (signal_pipe[0] < 0 && pipe(signal_pipe) != 0)
        return err_system(err, ERR_SYSTEM, errno, "opening a pipe");
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction before;

        if (sigaction(caught[i], NULL, &before) != 0)
            return err_system(err, ERR_SYSTEM, errno, "catching signals");
        if (before.sa_handler != SIG_IGN && sigaction(caught[i], &action, NULL) != 0)
            return err_system(err, ERR_SYSTEM, errno, "catching signals");
    }
    return 0;
}

/* The connection */

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void print_log(void *ctx, const char *line)
{
    (void)ctx;
    exit_say(line);
}

int net_open(struct net *net, struct net_options *options, const struct mqtt_events *events,
             struct err *err)
{
    struct mqtt_events all = *events;
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    net->options = options;
    net->deadline_ms = options->wait_s != 0 ? now_ms() + options->wait_s * UINT64_C(1000) : 0;
    if (sigaction(SIGPIPE, &ignore, NULL) != 0)
        return err_system(err, ERR_SYSTEM, errno, "ignoring SIGPIPE");
    if (find_password(options, err) != 0)
        return -1;
    if (options->debug)
        all.log = print_log;
    return mqtt_open(&net->mqtt, &options->mqtt, &all, err);
}

void net_close(struct net *net)
{
    mqtt_close(net->mqtt);
    net->mqtt = NULL;
}

int net_turn(struct net *net, int fd, struct err *err)
{
    struct pollfd pollfd[3] = {{0}, {fd, POLLIN, 0}, {signal_pipe[0], POLLIN, 0}};
    int most_ms = mqtt_poll(net->mqtt, &pollfd[0]);
    uint64_t now = now_ms();
    int happened = 0;

    if (net->deadline_ms != 0) {
        if (now >= net->deadline_ms)
            return NET_LATE;
        if (net->deadline_ms - now < (uint64_t)most_ms)
            most_ms = (int)(net->deadline_ms - now);
    }
    if (poll(pollfd, 3, most_ms) < 0 && errno != EINTR)
        return err_system(err, ERR_SYSTEM, errno, "waiting for the broker");
    if (mqtt_step(net->mqtt, err) != 0)
        return -1;
    if (pollfd[1].revents != 0)
        happened |= NET_INPUT;
    if (signalled != 0)
        happened |= NET_STOP;
    return happened;
}

int net_late(const struct net *net, struct err *err)
{
    size_t left = mqtt_unpublished(net->mqtt);
    unsigned wait_s = net->options->wait_s;

    if (!mqtt_is_online(net->mqtt))
        return err_set(err, ERR_TIMEOUT,
                       "the time is up: %u s, and there is no connection to broker %s", wait_s,
                       mqtt_where(net->mqtt));
    if (left > 0)
        return err_set(err, ERR_TIMEOUT, "the time is up: %u s, and %zu %s not acknowledged",
                       wait_s, left, left == 1 ? "message is" : "messages are");
    return err_set(err, ERR_TIMEOUT, "the time is up: %u s", wait_s);
}

void net_note(const struct net_options *options, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (options->quiet)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    exit_say(text);
}
