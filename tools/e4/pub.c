/* SPDX-License-Identifier: Apache-2.0 */
/* e4 pub: protect messages and publish them, also while e4 sub runs as the same device. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mqtt_topic.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/lines.h"
#include "tools/e4/net.h"

enum { OPTION_STATE = 768, OPTION_CLEAR, OPTION_EXPIRY };

/* How long to wait for a broker that went away before what was published got acknowledged. */
enum { PATIENCE_MS = 60000 };

enum source { NO_SOURCE, TEXT, FILE_CONTENT, LINES, WHOLE_INPUT, NOTHING };

struct pub {
    struct net_options options;
    struct net net;
    struct device device;
    struct e4_topic handle;
    const char *state;
    char *state_file;   /* in which the device is stored */
    struct stat opened; /* as it was when the device was opened */
    const char *topic;
    enum source source;
    const char *text; /* TEXT: the message; FILE_CONTENT: the file's name */
    int qos;
    bool retained;
    bool clear;
    uint32_t expiry_s;
    uint8_t *content; /* of the message to send */
    size_t content_len;
    size_t content_cap;
    uint8_t *frame; /* the same, protected */
    size_t frame_cap;
    bool slowed;        /* equal texts came so fast that one had to wait */
    struct err refused; /* what the broker said against a message */
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "The message:", 1},
    {"topic", 't', "TOPIC", 0, "Publish to it (needed, here or in --url)", 0},
    {"message", 'm', "TEXT", 0, "This text", 0},
    {"file", 'f', "FILE", 0, "What FILE holds", 0},
    {"stdin-line", 'l', NULL, 0,
     "Each line of standard input is a message; empty ones are left out", 0},
    {"stdin-file", 's', NULL, 0, "All of standard input", 0},
    {"null-message", 'n', NULL, 0, "A message of no bytes", 0},
    {"qos", 'q', "QOS", 0, "QoS: 0, 1 (the default) or 2", 0},
    {"retain", 'r', NULL, 0, "The broker keeps it for those who subscribe later", 0},
    {"expiry", OPTION_EXPIRY, "SECONDS", 0,
     "The broker drops it if it was not delivered for so long (MQTT 5)", 0},
    {"clear", OPTION_CLEAR, NULL, 0, "Do not protect it: everybody can read and change it", 0},
    {NULL, 0, NULL, 0, "The device:", 5},
    {"state", OPTION_STATE, "FOLDER", 0, "Where it is stored (as e4 init has it)", 0},
    {0},
};

static void set_source(const struct argp_state *state, struct pub *pub, enum source source,
                       const char *text)
{
    if (pub->source != NO_SOURCE)
        argp_error(state, "-m, -f, -l, -s and -n: one of them at a time");
    pub->source = source;
    pub->text = text;
}

static error_t parse_source(int key, char *arg, struct argp_state *state)
{
    struct pub *pub = state->input;

    switch (key) {
    case 'm':
        set_source(state, pub, TEXT, arg);
        return 0;
    case 'f':
        set_source(state, pub, FILE_CONTENT, arg);
        return 0;
    case 'l':
        set_source(state, pub, LINES, NULL);
        return 0;
    case 's':
        set_source(state, pub, WHOLE_INPUT, NULL);
        return 0;
    case 'n':
        set_source(state, pub, NOTHING, NULL);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void check_end(struct pub *pub, const struct argp_state *state)
{
    if (pub->topic == NULL)
        pub->topic = pub->options.topic;
    if (pub->topic == NULL)
        argp_error(state, "to which topic: say -t TOPIC");
    if (pub->source == NO_SOURCE)
        argp_error(state, "what to publish: say one of -m TEXT, -f FILE, -l, -s and -n");
    if (pub->expiry_s != 0 && pub->options.mqtt.version != MQTT_5)
        argp_error(state, "--expiry: it needs MQTT 5, that is -V mqttv5");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct pub *pub = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &pub->options;
        return 0;
    case 't':
        pub->topic = arg;
        return 0;
    case 'q':
        pub->qos = net_qos(state, arg);
        return 0;
    case 'r':
        pub->retained = true;
        return 0;
    case OPTION_EXPIRY:
        pub->expiry_s = (uint32_t)net_number(state, arg, UINT32_MAX);
        return 0;
    case OPTION_CLEAR:
        pub->clear = true;
        return 0;
    case OPTION_STATE:
        pub->state = arg;
        return 0;
    case ARGP_KEY_END:
        check_end(pub, state);
        return 0;
    default:
        return parse_source(key, arg, state);
    }
}

static const struct argp_child children[] = {{&net_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
    .doc =
        "Protect a message for those who hold the topic's key, and publish it.\v"
        "It ends well when the broker has acknowledged everything (QoS 0: when it was sent). "
        "Deployed e4go devices refuse messages of no bytes, so that only -n sends one. With "
        "--clear -n -r the broker forgets what it retained.\n"
        "\n"
        "Exit code 27: -W ended it.\n"
        "\n"
        "Examples:\n"
        "  e4 pub -t /e4go/demo/messages -m 'hello'\n"
        "  tail -f /var/log/sensor | e4 pub -t plant/1/log -l",
};

/* Where the text comes from */

/* Room for so many bytes in a buffer that grows. */
static int make_room(uint8_t **buf, size_t *cap, size_t need, struct err *err)
{
    size_t more = need < 2 * *cap ? 2 * *cap : need;
    uint8_t *grown;

    if (need <= *cap)
        return 0;
    grown = realloc(*buf, more);
    if (grown == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory for a message of %zu bytes", need);
    *buf = grown;
    *cap = more;
    return 0;
}

static int set_text(struct pub *pub, const char *text, size_t len, struct err *err)
{
    if (make_room(&pub->content, &pub->content_cap, len, err) != 0)
        return -1;
    if (len > 0)
        memcpy(pub->content, text, len);
    pub->content_len = len;
    return 0;
}

/* All that an open file has, however long. */
static int read_text(struct pub *pub, int fd, const char *name, struct err *err)
{
    enum { CHUNK = 65536 };
    ssize_t got;

    pub->content_len = 0;
    do {
        if (make_room(&pub->content, &pub->content_cap, pub->content_len + CHUNK, err) != 0)
            return err_prefix(err, "%s", name);
        got = read(fd, pub->content + pub->content_len, CHUNK);
        if (got < 0 && errno != EINTR)
            return err_system(err, ERR_INPUT, errno, "%s", name);
        pub->content_len += got > 0 ? (size_t)got : 0;
        if (pub->content_len > MQTT_PAYLOAD_MAX - E4_OVERHEAD_PK)
            return err_set(err, ERR_INPUT,
                           "%s: the message is longer than MQTT allows: %lu bytes", name,
                           MQTT_PAYLOAD_MAX - E4_OVERHEAD_PK);
    } while (got != 0);
    return 0;
}

static int read_file(struct pub *pub, const char *name, struct err *err)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return err_system(err, ERR_INPUT, errno, "%s", name);
    rc = read_text(pub, fd, name, err);
    close(fd);
    return rc;
}

static int find_text(struct pub *pub, struct err *err)
{
    switch (pub->source) {
    case TEXT:
        return set_text(pub, pub->text, strlen(pub->text), err);
    case FILE_CONTENT:
        return read_file(pub, pub->text, err);
    case WHOLE_INPUT:
        return read_text(pub, STDIN_FILENO, "standard input", err);
    default:
        return set_text(pub, "", 0, err);
    }
}

/* Sending */

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct pub *pub = ctx;

    (void)ticket;
    if (refused != NULL)
        (void)err_set(&pub->refused, ERR_NETWORK, "message on %.200s not published: %s",
                      pub->topic, refused);
}

static void on_offline(void *ctx, const char *why, unsigned retry_ms)
{
    struct pub *pub = ctx;

    net_note(&pub->options, "%s; next attempt in %u.%u s", why, retry_ms / 1000,
             retry_ms % 1000 / 100);
}

/* A turn of the loop in which lateness is an error. */
static int turn(struct pub *pub, int fd, struct err *err)
{
    int happened = net_turn(&pub->net, fd, err);

    if (happened >= 0 && (happened & NET_LATE) != 0)
        return net_late(&pub->net, err);
    return happened;
}

/* Which file holds the state of the device now. */
static void note_state(struct pub *pub, struct stat *status)
{
    memset(status, 0, sizeof *status);
    if (stat(pub->state_file, status) != 0)
        memset(status, 0, sizeof *status);
}

/* The device, and its handle of the topic. */
static int open_device(struct pub *pub, struct err *err)
{
    enum e4_result result;
    char *folder = device_folder(pub->state, err);

    if (folder != NULL && pub->state_file == NULL)
        pub->state_file = file_join(folder, "state", err);
    free(folder);
    if (pub->state_file == NULL)
        return -1;
    note_state(pub, &pub->opened);
    if (device_open(&pub->device, pub->state, DEVICE_READ, err) != 0)
        return -1;
    pub->device.policy.send_empty = pub->source == NOTHING;
    result = e4_topic_init(&pub->handle, pub->topic, strlen(pub->topic), NULL);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "topic %.200s: topics of $SYS are the broker's own",
                       pub->topic);
    if (e4_is_receiving(&pub->device.client, &pub->handle))
        return err_set(err, ERR_INPUT,
                       "topic %.200s: it is for commands to this device; e4 command "
                       "sends them",
                       pub->topic);
    return 0;
}

/*
 * A device that was opened for reading knows the keys of that moment. While lines come in,
 * another process may carry out commands: then take it up again.
 */
static int keep_current(struct pub *pub, struct err *err)
{
    struct stat now;

    note_state(pub, &now);
    if (now.st_ino == pub->opened.st_ino && now.st_mtim.tv_sec == pub->opened.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == pub->opened.st_mtim.tv_nsec)
        return 0;
    device_close(&pub->device);
    return open_device(pub, err);
}

/* Until the second is over. */
static int wait_a_second(struct pub *pub, struct err *err)
{
    time_t now = time(NULL);

    if (!pub->slowed)
        net_note(
            &pub->options,
            "%.200s: the same text was sent more often than once a second for minutes; from "
            "now on it is sent once a second",
            pub->topic);
    pub->slowed = true;
    while (time(NULL) == now) {
        if (turn(pub, -1, err) < 0)
            return -1;
    }
    return 0;
}

/* The text as a frame, in pub->frame. */
static int protect(struct pub *pub, size_t *len, struct err *err)
{
    for (;;) {
        enum e4_result result;

        if (keep_current(pub, err) != 0 ||
            make_room(&pub->frame, &pub->frame_cap, pub->content_len + E4_OVERHEAD_PK, err) !=
                0)
            return -1;
        result = device_protect(&pub->device, &pub->handle, pub->frame, pub->frame_cap, len,
                                pub->content, pub->content_len);
        if (result == E4_OK)
            return 0;
        if (result != E4_ERR_STALE) {
            (void)device_protect_err(err, &pub->device, result);
            return err_prefix(err, "%.200s", pub->topic);
        }
        if (wait_a_second(pub, err) != 0)
            return -1;
    }
}

/* Put the text in the queue, protected. */
static int send_text(struct pub *pub, struct err *err)
{
    struct mqtt_message message = {.topic = pub->topic,
                                   .payload = pub->content,
                                   .len = pub->content_len,
                                   .qos = pub->qos,
                                   .retained = pub->retained,
                                   .expiry_s = pub->expiry_s};
    int rc;

    if (pub->content_len == 0 && pub->source != NOTHING)
        return err_set(err, ERR_INPUT, "the message is empty; -n sends one of no bytes");
    if (!pub->clear) {
        if (protect(pub, &message.len, err) != 0)
            return -1;
        message.payload = pub->frame;
    }
    while ((rc = mqtt_publish(pub->net.mqtt, &message, NULL, err)) == MQTT_FULL) {
        if (turn(pub, -1, err) < 0)
            return -1;
    }
    return rc;
}

static int send_waiting_lines(struct pub *pub, struct lines *lines, struct err *err)
{
    const char *line;
    size_t len;
    int rc;

    while ((rc = lines_take(lines, &line, &len, err)) == 1) {
        if (len == 0)
            net_note(&pub->options, "standard input: line %lu is empty and left out",
                     lines->number);
        else if (set_text(pub, line, len, err) != 0 || send_text(pub, err) != 0)
            return -1;
    }
    return rc;
}

static int send_lines(struct pub *pub, struct err *err)
{
    struct lines lines = {.fd = STDIN_FILENO, .max = MQTT_PAYLOAD_MAX - E4_OVERHEAD_PK};
    int rc = 0;

    while (rc == 0 && !lines.ended) {
        int happened = turn(pub, STDIN_FILENO, err);

        rc = happened < 0 ? -1 : 0;
        if (rc == 0 && (happened & NET_INPUT) != 0)
            rc = lines_read(&lines, err);
        if (rc == 0)
            rc = send_waiting_lines(pub, &lines, err);
    }
    lines_free(&lines);
    return rc;
}

static int wait_online(struct pub *pub, struct err *err)
{
    while (!mqtt_is_online(pub->net.mqtt)) {
        if (turn(pub, -1, err) < 0)
            return -1;
    }
    return 0;
}

/* Until the broker has everything, or nothing happens any more. */
static int flush(struct pub *pub, struct err *err)
{
    if (pub->options.wait_s == 0)
        return mqtt_flush(pub->net.mqtt, err);
    while (mqtt_unpublished(pub->net.mqtt) > 0) {
        if (turn(pub, -1, err) < 0)
            return -1;
    }
    return 0;
}

static int publish(struct pub *pub, struct err *err)
{
    const struct mqtt_events events = {
        .ctx = pub, .published = on_published, .offline = on_offline};
    int rc;

    if (pub->source != LINES && find_text(pub, err) != 0)
        return -1;
    pub->options.mqtt.patience_ms = PATIENCE_MS;
    if (net_open(&pub->net, &pub->options, &events, err) != 0)
        return -1;
    rc = wait_online(pub, err);
    if (rc == 0)
        rc = pub->source == LINES ? send_lines(pub, err) : send_text(pub, err);
    if (rc == 0)
        rc = flush(pub, err);
    net_close(&pub->net);
    if (rc == 0 && pub->refused.kind != ERR_NONE) {
        *err = pub->refused;
        rc = -1;
    }
    return rc;
}

static int run(struct pub *pub, struct err *err)
{
    if (mqtt_topic_check(pub->topic, err) != 0)
        return -1;
    if (pub->clear)
        net_note(&pub->options,
                 "--clear: what is published can be read and changed by everybody");
    else if (open_device(pub, err) != 0)
        return -1;
    return publish(pub, err);
}

int cmd_pub(int argc, char **argv)
{
    struct pub pub = {.qos = 1};
    struct err err = {0};
    int code = argp_parse(&argp, argc, argv, 0, NULL, &pub);

    if (code != 0)
        code = exit_unparsed(code);
    else if (run(&pub, &err) != 0)
        code = exit_report(&err);
    device_close(&pub.device);
    net_options_free(&pub.options);
    free(pub.state_file);
    free(pub.content);
    free(pub.frame);
    return code;
}
