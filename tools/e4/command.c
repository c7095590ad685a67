/* SPDX-License-Identifier: Apache-2.0 */
/* e4 command: build a command, protect it for a device, and print it or publish it. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "tools/e4/build.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/ledger.h"
#include "tools/e4/net.h"
#include "tools/e4/show.h"
#include "tools/e4/who.h"

enum {
    OPTION_AT = 256,
    OPTION_DEVICE_KEY,
    OPTION_DEVICE_PUBLIC,
    OPTION_LEDGER,
    OPTION_NO_RETAIN,
    OPTION_PUBLISH,
    OPTION_RECEIVING,
    OPTION_SERVER_SECRET
};

struct options {
    struct net_options net;
    char **words; /* the device, the command and its arguments */
    size_t count;
    const char *device_key;
    const char *server_secret;
    const char *device_public;
    const char *ledger;
    const char *receiving_topic;
    const char *format;
    uint64_t at_s;
    bool at_given; /* false: as the ledger says */
    int qos;
    bool publish;
    bool no_retain;
};

static const struct argp_option option_list[] = {
    {NULL, 0, NULL, 0, "What protects the command, one of:", 1},
    {"device-key", OPTION_DEVICE_KEY, "FILE", 0, "Symmetric mode: the device's key", 0},
    {"server-secret", OPTION_SERVER_SECRET, "FILE", 0,
     "Public-key mode: the key server's curve25519 key, together with --device-public", 0},
    {"device-public", OPTION_DEVICE_PUBLIC, "FILE", 0,
     "Public-key mode: the public half of the device's key, together with --server-secret", 0},
    {NULL, 0, NULL, 0, "Where it goes:", 2},
    {"output", 'o', "FORMAT", 0,
     "Print the frame as hex, base64 or raw bytes. hex is the default, unless it is published",
     0},
    {"publish", OPTION_PUBLISH, NULL, 0,
     "Publish it on the device's receiving topic; -h, -p and -L do so, too", 0},
    {"qos", 'q', "QOS", 0, "QoS: 0, 1 or 2 (2)", 0},
    {"no-retain", OPTION_NO_RETAIN, NULL, 0,
     "Do not let the broker keep it for a device that subscribes later", 0},
    {"receiving-topic", OPTION_RECEIVING, "TOPIC", 0,
     "Where the device gets its commands, if not on e4/ID", 0},
    {NULL, 0, NULL, 0, "Its time:", 3},
    {"ledger", OPTION_LEDGER, "FILE", 0,
     "Note here when commands were sent to this device, so that none is older than the one "
     "before. Without it, a file in ~/.local/state/e4-commands",
     0},
    {"at", OPTION_AT, "SECONDS", 0,
     "Seconds since 1970, whatever was sent before; nothing is noted. For tests", 0},
    {0},
};

static error_t parse_file(int key, char *arg, struct options *options)
{
    switch (key) {
    case OPTION_DEVICE_KEY:
        options->device_key = arg;
        return 0;
    case OPTION_DEVICE_PUBLIC:
        options->device_public = arg;
        return 0;
    case OPTION_LEDGER:
        options->ledger = arg;
        return 0;
    case OPTION_SERVER_SECRET:
        options->server_secret = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->net;
        return 0;
    case ARGP_KEY_ARGS:
        options->words = state->argv + state->next;
        options->count = (size_t)(state->argc - state->next);
        return 0;
    case OPTION_AT:
        options->at_s = net_number(state, arg, UINT32_MAX);
        options->at_given = true;
        return 0;
    case OPTION_NO_RETAIN:
        options->no_retain = true;
        return 0;
    case OPTION_PUBLISH:
        options->publish = true;
        return 0;
    case OPTION_RECEIVING:
        options->receiving_topic = arg;
        return 0;
    case 'o':
        options->format = arg;
        return 0;
    case 'q':
        options->qos = net_qos(state, arg);
        return 0;
    default:
        return parse_file(key, arg, options);
    }
}

static const struct argp_child children[] = {
    {&net_argp, 0, NULL, 10},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "DEVICE COMMAND [ARGUMENT...]",
    .doc = "Send a device its keys, as a key server does.\v"
           "DEVICE is its name, or id: and its id. COMMAND is one of:\n"
           "  set-topic-key TOPIC KEYFILE   it can use the topic from now on\n"
           "  remove-topic TOPIC            it can use the topic no more\n"
           "  reset-topics                  it can use no topic any more\n"
           "  set-id-key KEYFILE            its own key is another one from now on\n"
           "and, for devices in public-key mode,\n"
           "  set-pub-key NAME PUBFILE      it accepts what NAME signs\n"
           "  remove-pub-key NAME           it no longer does\n"
           "  reset-pub-keys                it accepts nobody's signature any more\n"
           "  set-server-key PUBFILE        its key server has another key from now on\n"
           "TOPIC may also be hash: and 32 hexadecimal digits, NAME id: and as many.\n"
           "\n"
           "Examples:\n"
           "  e4 command alice set-topic-key room1 room1.key \\\n"
           "      --device-key alice.key -h broker.example\n"
           "  e4 command alice set-pub-key bob bob.pub --server-secret server.key \\\n"
           "      --device-public alice.pub -h broker.example",
    .children = children,
};

/* The key that protects commands to this device, and so its mode. The caller wipes key. */
static int command_key(uint8_t key[E4_KEY_SIZE], enum e4_mode *mode,
                       const struct options *options, struct err *err)
{
    bool public_key = options->server_secret != NULL || options->device_public != NULL;
    uint8_t device[E4_KEY_SIZE];
    struct keyfile file;
    int rc;

    *mode = public_key ? E4_PUBLIC_KEY : E4_SYMMETRIC;
    if (public_key == (options->device_key != NULL) ||
        (public_key && (options->server_secret == NULL || options->device_public == NULL)))
        return err_set(err, ERR_USAGE,
                       "what protects the command: --device-key in symmetric mode, "
                       "--server-secret and --device-public in public-key mode");
    if (!public_key)
        rc = keyfile_read(&file, KEYFILE_SYMMETRIC, options->device_key, err);
    else if (keyfile_read_public(device, KEYFILE_ED25519, options->device_public, err) != 0)
        return -1;
    else
        rc = keyfile_read(&file, KEYFILE_CURVE25519, options->server_secret, err);
    if (rc != 0)
        return -1;
    if (!public_key)
        memcpy(key, file.secret, E4_KEY_SIZE);
    else if (e4_command_key_server(key, file.secret, device) != E4_OK)
        rc = err_set(err, ERR_INPUT, "%s: not a good Ed25519 public key",
                     options->device_public);
    e4_wipe(&file, sizeof file);
    return rc;
}

/* A command on its way. */
struct parcel {
    uint8_t id[E4_ID_SIZE];
    char usual_topic[E4_RECEIVING_TOPIC_SIZE];
    const char *topic;
    const char *name;
    uint64_t sent_s;
    uint8_t frame[E4_COMMAND_FRAME_MAX];
    size_t len;
};

static int seal(struct parcel *parcel, const uint8_t key[E4_KEY_SIZE], enum e4_mode mode,
                const struct e4_command *command, struct err *err)
{
    const struct e4_sealing sealing = {.key = key, .sent_s = parcel->sent_s};
    uint8_t text[E4_COMMAND_MAX];
    size_t len;
    enum e4_result result = e4_command_encode(text, &len, command, mode);

    if (result == E4_OK)
        result = e4_frame_seal(parcel->frame, sizeof parcel->frame, &parcel->len, &sealing,
                               text, len);
    e4_wipe(text, sizeof text);
    return result == E4_OK ? 0 : device_err(err, NULL, parcel->name, result);
}

/* Build, date and protect it. */
static int prepare(struct parcel *parcel, const struct options *options, struct err *err)
{
    struct e4_command command = {0};
    uint8_t key[E4_KEY_SIZE];
    uint8_t hash[E4_HASH_SIZE];
    enum e4_mode mode;
    int rc = -1;

    if (who_parse(parcel->id, options->words[0], err) != 0)
        return -1;
    e4_receiving_topic(parcel->usual_topic, parcel->id);
    parcel->topic =
        options->receiving_topic != NULL ? options->receiving_topic : parcel->usual_topic;
    if (e4_topic_hash(hash, parcel->topic, strlen(parcel->topic)) != E4_OK)
        return err_set(err, ERR_INPUT, "--receiving-topic: no topic that a device can have");
    if (command_key(key, &mode, options, err) != 0)
        goto done;
    if (build_command(&command, mode, options->words + 1, options->count - 1, err) != 0)
        goto done;
    parcel->name = e4_command_name(command.type);
    parcel->sent_s = options->at_s;
    if (!options->at_given &&
        ledger_issue(&parcel->sent_s, options->ledger, parcel->id, &command, err) != 0)
        goto done;
    rc = seal(parcel, key, mode, &command, err);

done:
    e4_wipe(key, sizeof key);
    e4_wipe(&command, sizeof command);
    return rc;
}

enum print { PRINT_NOTHING, PRINT_HEX, PRINT_BASE64, PRINT_RAW };

static int parse_print(enum print *print, const struct options *options, struct err *err)
{
    static const char *const name[] = {[PRINT_NOTHING] = "",
                                       [PRINT_HEX] = "hex",
                                       [PRINT_BASE64] = "base64",
                                       [PRINT_RAW] = "raw"};

    *print = options->publish ? PRINT_NOTHING : PRINT_HEX;
    if (options->format == NULL)
        return 0;
    for (int i = PRINT_HEX; i <= PRINT_RAW; i++) {
        *print = (enum print)i;
        if (strcmp(options->format, name[i]) == 0)
            return 0;
    }
    return err_set(err, ERR_USAGE, "%s: no output format; it is hex, base64 or raw",
                   options->format);
}

static void print_frame(const struct parcel *parcel, enum print print)
{
    char text[2 * E4_COMMAND_FRAME_MAX + 1];

    if (print == PRINT_RAW)
        (void)fwrite(parcel->frame, 1, parcel->len, stdout);
    if (print == PRINT_HEX)
        hex_encode(text, parcel->frame, parcel->len);
    if (print == PRINT_BASE64)
        base64_encode(text, parcel->frame, parcel->len);
    if (print == PRINT_HEX || print == PRINT_BASE64)
        (void)puts(text);
}

/* What the broker said. */
struct answer {
    bool here;
    char refused[128];
};

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct answer *answer = ctx;

    (void)ticket;
    answer->here = true;
    if (refused != NULL)
        (void)snprintf(answer->refused, sizeof answer->refused, "%s", refused);
}

static int wait_for_answer(struct net *net, const struct answer *answer, const char *topic,
                           struct err *err)
{
    while (!answer->here) {
        int happened = net_turn(net, -1, err);

        if (happened < 0)
            return -1;
        if (happened & NET_LATE)
            return err_set(err, ERR_TIMEOUT, "%s: no answer within %u s", mqtt_where(net->mqtt),
                           net->options->wait_s);
    }
    if (answer->refused[0] != '\0')
        return err_set(err, ERR_NETWORK, "%s refuses a message on %s: %s",
                       mqtt_where(net->mqtt), topic, answer->refused);
    return 0;
}

static int publish(const struct parcel *parcel, struct options *options, struct err *err)
{
    const struct mqtt_message message = {.topic = parcel->topic,
                                         .payload = parcel->frame,
                                         .len = parcel->len,
                                         .qos = options->qos,
                                         .retained = !options->no_retain};
    struct answer answer = {0};
    const struct mqtt_events events = {.ctx = &answer, .published = on_published};
    struct net net = {0};
    char time[SHOW_TIME_SIZE];
    int rc = -1;

    if (net_open(&net, &options->net, &events, err) == 0 &&
        mqtt_publish(net.mqtt, &message, NULL, err) == 0 &&
        wait_for_answer(&net, &answer, parcel->topic, err) == 0)
        rc = 0;
    if (rc == 0)
        net_note(&options->net, "%s of %s is at %s, on %s", parcel->name,
                 show_time(time, parcel->sent_s), mqtt_where(net.mqtt), parcel->topic);
    net_close(&net);
    return rc;
}

static int run(struct options *options, struct err *err)
{
    struct parcel parcel = {0};
    enum print print;

    options->publish |= options->net.mqtt.host != NULL || options->net.mqtt.port != 0;
    if (options->count == 0)
        return err_set(
            err, ERR_USAGE,
            "which device, and which command: e4 command DEVICE COMMAND [ARGUMENT...]");
    if (parse_print(&print, options, err) != 0 || prepare(&parcel, options, err) != 0)
        return -1;
    print_frame(&parcel, print);
    return options->publish ? publish(&parcel, options, err) : 0;
}

int cmd_command(int argc, char **argv)
{
    struct options options = {.qos = 2};
    struct err err = {0};
    int rc;

    rc = argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (rc != 0)
        return exit_unparsed(rc);
    rc = run(&options, &err);
    net_options_free(&options.net);
    return rc == 0 ? EXIT_DONE : exit_report(&err);
}
