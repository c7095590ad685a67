/* SPDX-License-Identifier: Apache-2.0 */
/* e4 inspect: take a frame apart, open it with the keys there are, say why it does not open. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/findings.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/show.h"

#define INPUT_MAX (64UL * 1024 * 1024)

enum {
    OPTION_AT = 256,
    OPTION_DEVICE_PUBLIC,
    OPTION_KEY,
    OPTION_PUBLIC_KEY,
    OPTION_SERVER_KEY,
    OPTION_SERVER_SECRET,
    OPTION_STATE
};

struct options {
    const char *file;
    const char *text; /* the frame itself, as text */
    const char *topic;
    const char *state;
    const char *key;
    const char *public_key;
    const char *server_key;
    const char *server_secret;
    const char *device_public;
    const char *format;
    const char *at;
};

static const struct argp_option option_list[] = {
    {"message", 'm', "TEXT", 0, "The frame, in hexadecimal or base64", 1},
    {"output", 'o', "FORMAT", 0, "text (default) or json", 1},
    {"at", OPTION_AT, "SECONDS", 0, "As if it came at this time, in seconds since 1970", 1},
    {"key", OPTION_KEY, "FILE", 0,
     "Open it with this key: of a topic, or of a device in symmetric mode (then for commands)",
     2},
    {"public-key", OPTION_PUBLIC_KEY, "FILE", 0,
     "Check the signature with the signer's public half", 2},
    {"server-key", OPTION_SERVER_KEY, "FILE", 0,
     "Commands in public-key mode: the key server's public half; --key is then the device's "
     "ed25519 key",
     3},
    {"server-secret", OPTION_SERVER_SECRET, "FILE", 0,
     "The same from the other side: the key server's curve25519 key, together with "
     "--device-public",
     3},
    {"device-public", OPTION_DEVICE_PUBLIC, "FILE", 0,
     "The public half of the device's key, together with --server-secret", 3},
    {"topic", 't', "TOPIC", 0,
     "What a stored device makes of it on this topic; without --topic, on its receiving topic",
     4},
    {"state", OPTION_STATE, "FOLDER", 0, "Where that device is", 4},
    {0},
};

static error_t parse_key(int key, char *arg, struct options *options)
{
    switch (key) {
    case OPTION_KEY:
        options->key = arg;
        return 0;
    case OPTION_PUBLIC_KEY:
        options->public_key = arg;
        return 0;
    case OPTION_SERVER_KEY:
        options->server_key = arg;
        return 0;
    case OPTION_SERVER_SECRET:
        options->server_secret = arg;
        return 0;
    case OPTION_DEVICE_PUBLIC:
        options->device_public = arg;
        return 0;
    case OPTION_STATE:
        options->state = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'm':
        options->text = arg;
        return 0;
    case 'o':
        options->format = arg;
        return 0;
    case 't':
        options->topic = arg;
        return 0;
    case OPTION_AT:
        options->at = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one frame at a time");
        options->file = arg;
        return 0;
    default:
        return parse_key(key, arg, options);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[FILE]",
    .doc =
        "Take a frame apart: what it says without keys, and with keys what is in it, or why "
        "it does not open.\v"
        "The frame comes from FILE, from --message or from standard input, as raw bytes, "
        "hexadecimal or base64. A stored device is only asked: it changes nothing there, and "
        "commands are not carried out.\n"
        "\n"
        "Examples:\n"
        "  mosquitto_sub -t room1 -C 1 -N | e4 inspect --key room1.key\n"
        "  e4 inspect -t room1 frame.bin\n"
        "  e4 inspect -o json -m 4b5d7a6600000000...",
};

/* The frame's bytes; the caller frees them. */
static uint8_t *read_frame(size_t *len, enum look_coding *coding, const struct options *options,
                           struct err *err)
{
    uint8_t *bytes = malloc(INPUT_MAX);
    int rc = 0;

    if (bytes == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    if (options->text != NULL) {
        *len = strlen(options->text);
        memcpy(bytes, options->text, *len); /* the system's limit for arguments is far lower */
    } else {
        if (options->file == NULL && isatty(STDIN_FILENO))
            exit_say("type a frame in hexadecimal or base64, and end it with Ctrl-D");
        rc = file_read(options->file != NULL ? options->file : "-", bytes, INPUT_MAX, len, err);
    }
    if (rc == 0)
        *coding = look_decode(bytes, len);
    if (rc == 0 && options->text != NULL && *coding == LOOK_RAW && *len > 0)
        rc = err_set(err, ERR_INPUT, "--message is neither hexadecimal nor base64");
    if (rc == 0)
        return bytes;
    free(bytes);
    return NULL;
}

/* The keys as they were read. Wiped by its owner. */
struct ring {
    struct keyfile key;
    uint8_t command[E4_KEY_SIZE];
    uint8_t signer[E4_KEY_SIZE];
    struct look_keys keys;
};

/* --key with --server-key: a device's own side of its command key. */
static int device_side(struct ring *ring, const struct options *options, struct err *err)
{
    uint8_t server[E4_KEY_SIZE];

    if (keyfile_read_public(server, KEYFILE_CURVE25519, options->server_key, err) != 0 ||
        keyfile_read(&ring->key, KEYFILE_ED25519, options->key, err) != 0)
        return -1;
    if (e4_command_key_client(ring->command, ring->key.secret, server) != E4_OK)
        return err_set(err, ERR_INPUT, "%s: not a good Curve25519 public key",
                       options->server_key);
    ring->keys.command = ring->command;
    return 0;
}

/* --server-secret with --device-public: the key server's side. */
static int server_side(struct ring *ring, const struct options *options, struct err *err)
{
    struct keyfile secret;
    uint8_t device[E4_KEY_SIZE];
    enum e4_result result;

    if (keyfile_read_public(device, KEYFILE_ED25519, options->device_public, err) != 0 ||
        keyfile_read(&secret, KEYFILE_CURVE25519, options->server_secret, err) != 0)
        return -1;
    result = e4_command_key_server(ring->command, secret.secret, device);
    e4_wipe(&secret, sizeof secret);
    if (result != E4_OK)
        return err_set(err, ERR_INPUT, "%s: not a good Ed25519 public key",
                       options->device_public);
    ring->keys.command = ring->command;
    return 0;
}

static int read_ring(struct ring *ring, const struct options *options, struct err *err)
{
    if ((options->server_secret != NULL) != (options->device_public != NULL))
        return err_set(err, ERR_USAGE, "--server-secret and --device-public go together");
    if (options->server_key != NULL && options->key == NULL)
        return err_set(err, ERR_USAGE, "--server-key needs the device's ed25519 key as --key");
    if (options->server_key != NULL) {
        if (device_side(ring, options, err) != 0)
            return -1;
    } else if (options->key != NULL) {
        if (keyfile_read(&ring->key, KEYFILE_SYMMETRIC, options->key, err) != 0)
            return -1;
        ring->keys.key = ring->key.secret;
    }
    if (options->server_secret != NULL && server_side(ring, options, err) != 0)
        return -1;
    if (options->public_key != NULL) {
        if (keyfile_read_public(ring->signer, KEYFILE_ED25519, options->public_key, err) != 0)
            return -1;
        ring->keys.signer = ring->signer;
    }
    return 0;
}

static int parse_time(uint64_t *now_s, const char *text, struct err *err)
{
    char *end;
    unsigned long long number;

    *now_s = (uint64_t)time(NULL);
    if (text == NULL)
        return 0;
    number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || number > INT64_MAX)
        return err_set(err, ERR_USAGE, "--at %s: a number of seconds since 1970 is wanted",
                       text);
    *now_s = number;
    return 0;
}

/* What is asked of a stored device. */
static int ask_device(struct findings *findings, const struct options *options, uint8_t *text,
                      struct err *err)
{
    struct device device;
    int rc;

    if (device_open(&device, options->state, DEVICE_READ, err) != 0)
        return -1;
    rc = findings_ask(findings, &device, options->topic, text, err);
    device_close(&device);
    return rc;
}

static int run(struct findings *findings, uint8_t **memory, const struct options *options,
               struct err *err)
{
    bool stored = options->state != NULL || options->topic != NULL;
    struct ring ring = {0};
    uint64_t now_s = 0;
    size_t len;
    int rc = -1;

    if (stored &&
        (options->key != NULL || options->public_key != NULL || options->server_secret != NULL))
        return err_set(err, ERR_USAGE, "a stored device or keys from files: not both");
    if (parse_time(&now_s, options->at, err) != 0 || read_ring(&ring, options, err) != 0)
        goto done;
    memory[0] = read_frame(&len, &findings->coding, options, err);
    if (memory[0] == NULL)
        goto done;
    memory[1] = calloc(1, len + 1);
    if (memory[1] == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        goto done;
    }
    look_outside(&findings->look, memory[0], len, now_s);
    look_inside(&findings->look, &ring.keys, memory[1]);
    rc = stored ? ask_device(findings, options, memory[1], err) : 0;

done:
    e4_wipe(&ring, sizeof ring);
    return rc;
}

int cmd_inspect(int argc, char **argv)
{
    struct options options = {0};
    struct findings findings = {0};
    uint8_t *memory[2] = {NULL, NULL}; /* the frame, and what was in it */
    enum show_format format;
    struct err err = {0};
    int status;

    status = argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (status != 0)
        return exit_unparsed(status);
    if (show_format_parse(&format, options.format, &err) != 0 ||
        run(&findings, memory, &options, &err) != 0) {
        status = exit_report(&err);
    } else {
        findings_print(&findings, format);
        status = findings_status(&findings);
    }
    if (memory[1] != NULL)
        e4_wipe(memory[1], findings.look.len);
    free(memory[1]);
    free(memory[0]);
    findings_free(&findings);
    return status;
}
