/* SPDX-License-Identifier: Apache-2.0 */
/* e4 sub: a device that carries out commands and prints messages, opened. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mqtt_topic.h"
#include "tools/e4/exit.h"
#include "tools/e4/format.h"
#include "tools/e4/session.h"

enum { TOPICS_MAX = 1000 };

struct sub {
    struct session_options options;
    struct session session;
    const char *topics[TOPICS_MAX];
    size_t topic_count;
    const char *gone[TOPICS_MAX]; /* topics to unsubscribe from */
    size_t gone_count;
    const char *format; /* NULL: none */
    bool verbose;
    bool no_newline;
    bool no_retained;
    bool subscribe_only;
    unsigned long left; /* messages to print before the end; 0: no end */
    bool finished;
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "What is printed:", 1},
    {"topic", 't', "TOPIC", 0,
     "Subscribe to it; may be given more than once, and have wildcards", 0},
    {"unsubscribe", 'U', "TOPIC", 0, "End a subscription of an earlier time", 0},
    {NULL, 'v', NULL, 0, "The topic before the text", 0},
    {NULL, 'F', "FORMAT", 0, "As FORMAT says, see below", 0},
    {NULL, 'N', NULL, 0, "No line end after the text", 0},
    {NULL, 'R', NULL, 0, "Leave out messages that were retained by the broker", 0},
    {NULL, 'C', "COUNT", 0, "End after COUNT messages", 0},
    {NULL, 'E', NULL, 0, "End as soon as the broker has answered the subscriptions", 0},
    {0},
};

static void add_topic(const struct argp_state *state, const char *list[], size_t *count,
                      const char *topic)
{
    if (*count == TOPICS_MAX)
        argp_error(state, "more than %d topics", TOPICS_MAX);
    list[(*count)++] = topic;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct sub *sub = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &sub->options;
        return 0;
    case 't':
        add_topic(state, sub->topics, &sub->topic_count, arg);
        return 0;
    case 'U':
        add_topic(state, sub->gone, &sub->gone_count, arg);
        return 0;
    case 'v':
        sub->verbose = true;
        return 0;
    case 'F':
        sub->format = arg;
        return 0;
    case 'N':
        sub->no_newline = true;
        return 0;
    case 'R':
        sub->no_retained = true;
        return 0;
    case 'C':
        sub->left = net_number(state, arg, 1000000000);
        if (sub->left == 0)
            argp_error(state, "-C 0: at least one message");
        return 0;
    case 'E':
        sub->subscribe_only = true;
        return 0;
    case ARGP_KEY_END:
        if (sub->options.net.topic != NULL)
            add_topic(state, sub->topics, &sub->topic_count, sub->options.net.topic);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&session_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
    .doc =
        "Be a device: carry out the key server's commands, and print messages, opened. Without "
        "a topic, commands alone.\v"
        "What is not authentic, too old, replayed or not protected at all is refused, and "
        "standard error says why. The session is persistent: while this program does not run "
        "the "
        "broker keeps commands, and messages of QoS 1 and 2.\n"
        "\n"
        "FORMAT, in the manner of mosquitto_sub:\n"
        "  %t topic  %p text  %x %X text in hex  %l length  %q QoS  %r retained\n"
        "  %I %U when it arrived: ISO 8601, Unix time with nanoseconds\n"
        "  %T %u when it was sent, by its sender's clock: ISO 8601, Unix time\n"
        "  %s the signer's id  %o 1: opened with the key before the last\n"
        "  %v signed, unverified, protected (by the topic's key alone) or clear\n"
        "  %j everything as JSON  %J the same, and the text is JSON itself\n"
        "  @X strftime's %X of the arrival  @N nanoseconds  %% @@\n"
        "  \\\\ \\0 \\a \\e \\n \\r \\t \\v\n"
        "\n"
        "Exit code 27: -W ended it.\n"
        "\n"
        "Examples:\n"
        "  e4 sub -t /e4go/demo/messages -v\n"
        "  e4 sub -t 'plant/+/temperature' -F '%j' -C 10",
};

/* Showing */

static void print_start(const struct sub *sub, const struct received *received)
{
    if (received->clear)
        (void)fputs("[clear] ", stdout);
    if (sub->verbose)
        (void)printf("%s ", received->message->topic);
}

/* Every line of what nobody protected is marked: none can pass for a message that was. */
static void print_text(const struct sub *sub, const struct received *received)
{
    size_t at = 0;

    print_start(sub, received);
    while (received->clear && at < received->len) {
        const uint8_t *end = memchr(received->text + at, '\n', received->len - at);

        if (end == NULL)
            break;
        (void)fwrite(received->text + at, 1, (size_t)(end + 1 - (received->text + at)), stdout);
        at = (size_t)(end + 1 - received->text);
        print_start(sub, received);
    }
    (void)fwrite(received->text + at, 1, received->len - at, stdout);
}

static int print(const struct sub *sub, const struct received *received, struct err *err)
{
    if (sub->format == NULL)
        print_text(sub, received);
    else if (format_print(stdout, sub->format, received, err) != 0)
        return -1;
    if (!sub->no_newline)
        (void)putchar('\n');
    return 0;
}

static int on_text(void *ctx, const struct received *received, struct err *err)
{
    struct sub *sub = ctx;
    struct err problem = {0};

    if (sub->no_retained && received->message->retained)
        return 0;
    if (print(sub, received, &problem) != 0) {
        net_note(&sub->options.net, "%s", problem.text);
        return 0;
    }
    if (exit_flush(err) != 0)
        return -1;
    if (sub->left > 0 && --sub->left == 0) {
        sub->finished = true;
        session_finish(&sub->session);
    }
    return 0;
}

static void on_news(void *ctx, enum session_news news, const char *line)
{
    const struct sub *sub = ctx;

    if (news != SESSION_DETAIL || sub->options.net.debug)
        net_note(&sub->options.net, "%s", line);
}

/* Running */

static int subscribe(struct sub *sub, struct err *err)
{
    for (size_t i = 0; i < sub->topic_count; i++) {
        if (session_subscribe(&sub->session, sub->topics[i], err) != 0)
            return -1;
    }
    return 0;
}

/* What is left to be done once there is a connection, and whether that was all. */
static int after_connecting(struct sub *sub, struct err *err)
{
    struct session *session = &sub->session;

    if (!mqtt_is_online(session->net.mqtt))
        return 0;
    while (sub->gone_count > 0) {
        if (mqtt_unsubscribe(session->net.mqtt, sub->gone[--sub->gone_count], err) != 0)
            return -1;
    }
    if (mqtt_unanswered(session->net.mqtt) > 0)
        return 0;
    if (session->refused > 0 && session->granted == 0)
        return err_set(err, ERR_NETWORK, "broker %s refused to subscribe to any of the topics",
                       mqtt_where(session->net.mqtt));
    if (sub->subscribe_only)
        sub->finished = true;
    return 0;
}

static int print_until_end(struct sub *sub, struct err *err)
{
    while (!sub->finished) {
        int happened = session_turn(&sub->session, -1, err);

        if (happened < 0 || after_connecting(sub, err) != 0)
            return -1;
        if ((happened & NET_STOP) != 0)
            return 0;
        if ((happened & NET_LATE) != 0 && !sub->finished)
            return net_late(&sub->session.net, err);
    }
    return 0;
}

static int check_topics(const char *const list[], size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (mqtt_filter_check(list[i], err) != 0)
            return -1;
    }
    return 0;
}

static int run(struct sub *sub, struct err *err)
{
    const struct session_view view = {.ctx = sub, .text = on_text, .news = on_news};
    struct err close_err = {0};
    int rc;

    if (sub->format != NULL && format_check(sub->format, err) != 0)
        return -1;
    if (check_topics(sub->topics, sub->topic_count, err) != 0 ||
        check_topics(sub->gone, sub->gone_count, err) != 0)
        return -1;
    if (session_open(&sub->session, &sub->options, &view, err) != 0)
        return -1;
    rc = subscribe(sub, err);
    if (rc == 0)
        rc = print_until_end(sub, err);
    if (session_close(&sub->session, &close_err) != 0 && rc == 0) {
        *err = close_err;
        rc = -1;
    }
    return rc;
}

int cmd_sub(int argc, char **argv)
{
    struct sub *sub = calloc(1, sizeof *sub);
    struct err err = {0};
    int code;

    if (sub == NULL) {
        (void)err_set(&err, ERR_SYSTEM, "not enough memory");
        return exit_report(&err);
    }
    sub->options.qos = 1;
    code = argp_parse(&argp, argc, argv, 0, NULL, sub);
    if (code != 0)
        code = exit_unparsed(code);
    else if (run(sub, &err) != 0)
        code = exit_report(&err);
    net_options_free(&sub->options.net);
    free(sub);
    return code;
}
