/* SPDX-License-Identifier: Apache-2.0 */
/* e4 provision: tell a device at the factory who it is, over a line, or by a label it reads. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/secret.h"
#include "tools/e4/exit.h"
#include "tools/e4/handover.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/label.h"
#include "tools/e4/mode.h"
#include "tools/e4/net.h"
#include "tools/e4/serial.h"
#include "tools/e4/show.h"
#include "tools/e4/who.h"

enum {
    OPTION_EXPORT = 256,
    OPTION_FRESH_START,
    OPTION_KEY,
    OPTION_LABEL,
    OPTION_MODE,
    OPTION_SECRET_LABEL,
    OPTION_SERVER_KEY
};

struct options {
    struct who_options who;
    const char *line;
    const char *mode;
    const char *key;
    const char *server_key;
    const char *export;
    const char *fresh_start;
    const char *label;
    const char *secret_label;
    unsigned long rate;
    unsigned wait_s;
};

/* Who the device is to be. */
struct plan {
    const char *replaces; /* as in handover_store_line() */
    char replaced_id[SHOW_HASH_SIZE];
    struct e4_identity identity;
    struct keyfile key;
    struct handover_who who;
    bool exported; /* the key's file was written */
};

static const struct argp_option option_list[] = {
    {"baud", 'b', "RATE", 0, "Speed of a serial port (115200)", 1},
    {"wait", 'W', "SECONDS", 0, "How long to wait for each answer (10)", 1},
    {"fresh-start", OPTION_FRESH_START, "ID", 0,
     "Replace the device that is stored there, which has this id (\"damaged\": whose storage "
     "is damaged); its keys are lost",
     1},
    {"mode", OPTION_MODE, "MODE", 0, "symmetric (default), or public-key", 3},
    {"key", OPTION_KEY, "FILE", 0,
     "The device's key, from e4 keygen: symmetric, or ed25519 in public-key mode. Without it "
     "the key is fresh and random",
     3},
    {"server-key", OPTION_SERVER_KEY, "FILE", 0,
     "Public-key mode: the key server's public half, the FILE.pub of a curve25519 key (needed)",
     3},
    {"export-key", OPTION_EXPORT, "FILE", 0,
     "Write for the key server what it has to know: the key itself (symmetric mode, keep it "
     "secret), or the device's public half. A fresh key needs it",
     3},
    {"label", OPTION_LABEL, "FILE", 0,
     "Draw a QR code of what may be known of the device: FILE is SVG, - standard output", 4},
    {"secret-label", OPTION_SECRET_LABEL, "FILE", 0,
     "Draw a QR code that a device can read instead of a line: it holds the key", 4},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->who;
        return 0;
    case ARGP_KEY_ARG:
        if (options->line != NULL)
            argp_error(state, "one LINE at a time");
        options->line = arg;
        return 0;
    case 'b':
        options->rate = net_number(state, arg, UINT32_MAX);
        if (!serial_rate_is_known(options->rate))
            argp_error(state, "%s: no speed that serial ports have", arg);
        return 0;
    case 'W':
        options->wait_s = (unsigned)net_number(state, arg, 3600);
        return 0;
    case OPTION_EXPORT:
        options->export = arg;
        return 0;
    case OPTION_FRESH_START:
        options->fresh_start = arg;
        return 0;
    case OPTION_KEY:
        options->key = arg;
        return 0;
    case OPTION_LABEL:
        options->label = arg;
        return 0;
    case OPTION_MODE:
        options->mode = arg;
        return 0;
    case OPTION_SECRET_LABEL:
        options->secret_label = arg;
        return 0;
    case OPTION_SERVER_KEY:
        options->server_key = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&who_argp, 0, "Who the device is (without any of these it gets a fresh random id):", 2},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[LINE]",
    .doc = "Tell a device at the factory who it is, and have it say what it stored.\v"
           "LINE is a serial port (/dev/ttyUSB0), a Unix socket, or tcp:HOST:PORT. Without it "
           "the device reads the secret label.\n"
           "\n"
           "Examples:\n"
           "  e4 provision /dev/ttyUSB0 --name lamp-7 --export-key lamp-7.key --label -\n"
           "  e4 provision tcp:jig:4001 --mode public-key --server-key server.key.pub \\\n"
           "      --name lamp-7 --export-key lamp-7.pub",
    .children = children,
};

/* Options that do not go together, before anything is read. */
static int check(const struct options *options, enum e4_mode mode, struct err *err)
{
    if (options->line == NULL && options->secret_label == NULL)
        return err_set(err, ERR_USAGE,
                       "where is the device: name a serial port, a socket or tcp:HOST:PORT, or "
                       "have it read a --secret-label");
    if (options->line == NULL && options->fresh_start != NULL)
        return err_set(err, ERR_USAGE, "--fresh-start is for a device on a line");
    if (mode == E4_PUBLIC_KEY && options->server_key == NULL)
        return err_set(
            err, ERR_USAGE,
            "public-key mode needs the key server's public half: --server-key FILE.pub");
    if (mode == E4_SYMMETRIC && options->server_key != NULL)
        return err_set(err, ERR_USAGE,
                       "--server-key is for public-key mode (--mode public-key)");
    if (options->key == NULL && options->export == NULL)
        return err_set(err, ERR_USAGE,
                       "a fresh key that nobody else knows is of no use: write what the key "
                       "server needs with --export-key FILE, or give a key with --key FILE");
    return 0;
}

/* Files that are to be written must not be there: found out before the device is asked. */
static int check_files(const struct options *options, struct err *err)
{
    const char *const files[] = {options->export, options->label, options->secret_label};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] != NULL && (i == 0 || strcmp(files[i], "-") != 0) &&
            access(files[i], F_OK) == 0)
            return err_set(err, ERR_INPUT, "%s is there already", files[i]);
    }
    return 0;
}

/* What is to be replaced: nothing, or what --fresh-start says. */
static int plan_replaces(struct plan *plan, const char *fresh_start, struct err *err)
{
    uint8_t id[E4_ID_SIZE];

    plan->replaces = fresh_start != NULL ? "damaged" : "none";
    if (fresh_start == NULL || strcmp(fresh_start, "damaged") == 0)
        return 0;
    if (hex_decode(id, sizeof id, fresh_start, strlen(fresh_start)) != 0)
        return err_set(
            err, ERR_INPUT,
            "--fresh-start %s: neither an id (%d hexadecimal digits) nor \"damaged\"",
            fresh_start, 2 * E4_ID_SIZE);
    plan->replaces = show_hash(plan->replaced_id, id);
    return 0;
}

static int make_key(struct keyfile *key, const struct options *options, enum e4_mode mode,
                    struct err *err)
{
    key->kind = mode == E4_SYMMETRIC ? KEYFILE_SYMMETRIC : KEYFILE_ED25519;
    if (options->key != NULL)
        return keyfile_read(key, key->kind, options->key, err);
    if (secret_random(key->secret, sizeof key->secret, err) != 0)
        return -1;
    return keyfile_complete(key, err);
}

static int make_plan(struct plan *plan, const struct options *options, enum e4_mode mode,
                     struct err *err)
{
    struct e4_identity *identity = &plan->identity;

    if (plan_replaces(plan, options->fresh_start, err) != 0)
        return -1;
    if (who_is_given(&options->who) ? who_id(identity->id, &options->who, err) != 0
                                    : secret_random(identity->id, E4_ID_SIZE, err) != 0)
        return -1;
    if (mode == E4_PUBLIC_KEY && keyfile_read_public(identity->server_key, KEYFILE_CURVE25519,
                                                     options->server_key, err) != 0)
        return -1;
    if (make_key(&plan->key, options, mode, err) != 0)
        return -1;
    identity->mode = mode;
    memcpy(identity->key, plan->key.secret, E4_KEY_SIZE);
    plan->who.mode = mode;
    memcpy(plan->who.id, identity->id, E4_ID_SIZE);
    e4_fingerprint(plan->who.print,
                   mode == E4_SYMMETRIC ? plan->key.secret : plan->key.public_key);
    return 0;
}

/* What the key server has to know, before the device is the only one to know it. */
static int export_key(struct plan *plan, const struct options *options, struct err *err)
{
    int rc = 0;

    if (options->export == NULL)
        return 0;
    if (plan->who.mode == E4_SYMMETRIC)
        rc = keyfile_write(&plan->key, options->export, false, err);
    else
        rc = keyfile_write_public(plan->key.public_key, options->export, false, err);
    plan->exported = rc == 0;
    return rc;
}

/* Is this the device that was expected here? *done: it is what it is to become. */
static int judge_before(const struct plan *plan, const struct handover_answer *answer,
                        bool *done, struct err *err)
{
    char id[SHOW_HASH_SIZE];
    char print[SHOW_HASH_SIZE];

    *done = answer->kind == HANDOVER_HOLDS && handover_same(&answer->who, &plan->who);
    if (*done)
        return 0;
    (void)show_hash(id, answer->who.id);
    (void)show_hash(print, answer->who.print);
    switch (answer->kind) {
    case HANDOVER_EMPTY:
        if (strcmp(plan->replaces, "none") == 0)
            return 0;
        return err_set(err, ERR_STATE,
                       "not the device that --fresh-start means: nothing is stored on it");
    case HANDOVER_DAMAGED:
        if (strcmp(plan->replaces, "damaged") == 0)
            return 0;
        return err_set(err, ERR_STATE,
                       "the device's storage is damaged; --fresh-start damaged erases it");
    case HANDOVER_HOLDS:
        if (strcmp(plan->replaces, id) == 0)
            return 0;
        if (strcmp(plan->replaces, "none") != 0)
            return err_set(err, ERR_STATE,
                           "not the device that --fresh-start means: its id is %s", id);
        return err_set(
            err, ERR_STATE,
            "the device is provisioned already: id %s, fingerprint %s; --fresh-start "
            "%s replaces it, and its keys are lost",
            id, print, id);
    default:
        return err_set(err, ERR_INPUT, "the device speaks another version of these lines");
    }
}

/* A refusal. *certain: the device is as it was; flash that failed may hold the new identity all
 * the same, as port_flash.h says. 0: any other answer. */
static int judge_refusal(const struct handover_answer *answer, bool *certain, struct err *err)
{
    static const struct {
        const char *why;
        enum err_kind kind;
        bool certain;
        const char *words;
    } row[] = {
        {"mode", ERR_INPUT, true, "the device refused: it does not have public-key mode"},
        {"key", ERR_INPUT, true, "the device refused: it does not take this key"},
        {"taken", ERR_STATE, true,
         "the device refused: it is provisioned otherwise than it said"},
        {"check", ERR_NETWORK, true,
         "the device refused: the line changed what was sent to it"},
        {"form", ERR_NETWORK, true, "the device refused: the line changed what was sent to it"},
        {"version", ERR_PROTOCOL, true,
         "the device refused: it wants another version of these lines"},
        {"storage", ERR_STATE, false, "the device refused: its storage failed"},
    };

    if (answer->kind != HANDOVER_REFUSED)
        return 0;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (strcmp(answer->why, row[i].why) != 0)
            continue;
        *certain = row[i].certain;
        return err_set(err, row[i].kind, "%s", row[i].words);
    }
    return 0;
}

/* The device must say itself, when asked anew, that it is now who it was to become. */
static int read_back(struct serial *serial, const struct plan *plan, unsigned wait_s,
                     struct err *err)
{
    struct handover_answer answer;
    char id[SHOW_HASH_SIZE];

    if (handover_ask(serial, &answer, wait_s, err) != 0)
        return -1;
    if (answer.kind != HANDOVER_HOLDS)
        return err_set(err, ERR_PROTOCOL, "the device did not store who it is");
    if (!handover_same(&answer.who, &plan->who))
        return err_set(err, ERR_PROTOCOL,
                       "the device says that it is another than it was told to be: id %s",
                       show_hash(id, answer.who.id));
    return 0;
}

/*
 * The dialogue. *certain false with an error: what became of the device is not known. The
 * device has the last word: what it says in the end counts, whatever it answered to the
 * request.
 */
static int hand_over(struct serial *serial, struct plan *plan, const struct options *options,
                     bool *certain, struct err *err)
{
    struct handover_answer answer;
    bool answered;
    bool done;

    *certain = true;
    if (handover_ask(serial, &answer, options->wait_s, err) != 0 ||
        judge_before(plan, &answer, &done, err) != 0 || export_key(plan, options, err) != 0)
        return -1;
    if (done)
        return 0;
    *certain = false;
    if (handover_store(serial, &answer, &answered, plan->replaces, &plan->identity,
                       options->wait_s, err) != 0)
        return -1;
    if (answered && judge_refusal(&answer, certain, err) != 0)
        return -1;
    return read_back(serial, plan, options->wait_s, err);
}

/* After a failure: a key that is nobody's goes; one that the device may have stays. */
static void settle_export(const struct plan *plan, const struct options *options, bool certain,
                          struct err *err)
{
    const struct err before = *err;

    if (!plan->exported)
        return;
    if (certain)
        (void)unlink(options->export);
    else
        (void)err_set(err, before.kind,
                      "%.300s; %s is kept, for the device may have stored it all the same",
                      before.text, options->export);
}

static int over_line(struct plan *plan, const struct options *options, struct err *err)
{
    struct serial serial;
    bool certain = true;
    int rc;

    if (serial_open(&serial, options->line, options->rate, err) != 0)
        return -1;
    rc = hand_over(&serial, plan, options, &certain, err);
    if (rc != 0) {
        settle_export(plan, options, certain, err);
        if (serial_interrupted())
            (void)exit_report(err); /* closing ends the program */
    }
    serial_close(&serial);
    return rc;
}

static int write_labels(const struct plan *plan, const struct options *options, struct err *err)
{
    char label[HANDOVER_LABEL_SIZE];
    char line[HANDOVER_LINE_SIZE];
    int rc = 0;

    handover_label(label, &plan->who, options->who.name);
    if (options->label != NULL)
        rc = label_write(label, options->label, 0644, err);
    if (rc != 0 || options->secret_label == NULL)
        return rc;
    handover_store_line(line, plan->replaces, &plan->identity);
    rc = label_write(line, options->secret_label, 0600, err);
    e4_wipe(line, sizeof line);
    return rc;
}

static void tell(const struct plan *plan, const struct options *options)
{
    bool symmetric = plan->who.mode == E4_SYMMETRIC;
    char topic[E4_RECEIVING_TOPIC_SIZE];
    char text[SHOW_HASH_SIZE];

    e4_receiving_topic(topic, plan->who.id);
    if (options->line != NULL)
        (void)printf("provisioned over %s\n", options->line);
    (void)printf("id               %s\n", show_hash(text, plan->who.id));
    (void)printf("mode             %s\n", symmetric ? "symmetric-key" : "public-key");
    (void)printf("receiving topic  %s\n", topic);
    (void)printf("fingerprint      %s%s\n", show_hash(text, plan->who.print),
                 symmetric ? "" : " of the public key");
    if (options->export != NULL)
        (void)printf("for the server   %s%s\n", options->export, symmetric ? " (secret)" : "");
}

static int run(const struct options *options, struct err *err)
{
    struct plan plan = {.replaces = "none"};
    enum e4_mode mode;
    int rc = -1;

    if (mode_parse(&mode, options->mode, err) != 0 || check(options, mode, err) != 0 ||
        check_files(options, err) != 0)
        return -1;
    if (make_plan(&plan, options, mode, err) == 0)
        rc = options->line != NULL ? over_line(&plan, options, err)
                                   : export_key(&plan, options, err);
    if (rc == 0)
        tell(&plan, options);
    if (rc == 0)
        rc = write_labels(&plan, options, err);
    e4_wipe(&plan, sizeof plan);
    return rc;
}

int cmd_provision(int argc, char **argv)
{
    struct options options = {.rate = 115200, .wait_s = 10};
    struct err err = {0};
    int rc;

    rc = argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (rc != 0)
        return exit_unparsed(rc);
    return run(&options, &err) == 0 ? EXIT_DONE : exit_report(&err);
}
