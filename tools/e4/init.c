/* SPDX-License-Identifier: Apache-2.0 */
/* e4 init: make a device, or take over one from a deployed Go client. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/import.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/mode.h"
#include "tools/e4/password.h"
#include "tools/e4/show.h"
#include "tools/e4/who.h"

#define IMPORT_MAX (16UL * 1024 * 1024) /* bytes; 32,767 topics and as many peers take 8 MB */

enum {
    OPTION_EXPORT = 256,
    OPTION_FORCE,
    OPTION_IMPORT,
    OPTION_KEY,
    OPTION_MODE,
    OPTION_RECEIVING,
    OPTION_SERVER_KEY,
    OPTION_STATE
};

struct options {
    struct who_options who;
    struct password_options password;
    const char *state;
    const char *mode;
    const char *key;
    const char *server_key;
    const char *export;
    const char *import;
    char *receiving_topic;
    bool force;
};

static const struct argp_option option_list[] = {
    {"state", OPTION_STATE, "FOLDER", 0, "Where to keep the device", 1},
    {"mode", OPTION_MODE, "MODE", 0,
     "symmetric (default): whoever holds a topic's key can send on it. public-key: each sender "
     "signs as well",
     1},
    {"force", OPTION_FORCE, NULL, 0, "Replace a device that is stored there; its keys are lost",
     1},
    {"key", OPTION_KEY, "FILE", 0,
     "The device's key, from e4 keygen: symmetric, or ed25519 in public-key mode. Without it "
     "and "
     "without a password the key is fresh and random",
     2},
    {"server-key", OPTION_SERVER_KEY, "FILE", 0,
     "Public-key mode: the key server's public half, the FILE.pub of a curve25519 key (needed)",
     2},
    {"export-key", OPTION_EXPORT, "FILE", 0,
     "Write for the key server what it has to know: the key itself (symmetric mode, keep it "
     "secret), or the device's public half. A fresh symmetric key needs it",
     2},
    {"receiving-topic", OPTION_RECEIVING, "TOPIC", 0,
     "Where commands arrive, if not on e4/ID; the key server must know", 2},
    {"import", OPTION_IMPORT, "FILE", 0,
     "Take over the state file of a deployed Go client (e4go), with id, mode and all keys", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->who;
        state->child_inputs[1] = &options->password;
        return 0;
    case OPTION_EXPORT:
        options->export = arg;
        return 0;
    case OPTION_FORCE:
        options->force = true;
        return 0;
    case OPTION_IMPORT:
        options->import = arg;
        return 0;
    case OPTION_KEY:
        options->key = arg;
        return 0;
    case OPTION_MODE:
        options->mode = arg;
        return 0;
    case OPTION_RECEIVING:
        options->receiving_topic = arg;
        return 0;
    case OPTION_SERVER_KEY:
        options->server_key = arg;
        return 0;
    case OPTION_STATE:
        options->state = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&who_argp, 0, "Who the device is, one of:", 0},
    {&password_argp, 0, "A key from a password, for getting along with what exists:", 4},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc = "Make a device: an id and a key of its own. All other keys reach it by commands.\v"
           "Examples:\n"
           "  e4 init --name alice --export-key alice.key\n"
           "  e4 init --name alice --mode public-key --server-key server.key.pub \\\n"
           "      --export-key alice.pub\n"
           "  e4 init --state /var/lib/pump7 --import pump7.json",
    .children = children,
};

/* Options that do not go together, before anything is read or asked for. */
static int check(const struct options *options, enum e4_mode mode, struct err *err)
{
    bool password = password_is_given(&options->password);

    if (options->import != NULL &&
        (who_is_given(&options->who) || options->mode != NULL || options->key != NULL ||
         options->server_key != NULL || options->receiving_topic != NULL || password))
        return err_set(
            err, ERR_USAGE,
            "--import brings id, mode and keys along; give --state, --export-key and "
            "--force alone with it");
    if (options->import != NULL)
        return 0;
    if (!who_is_given(&options->who))
        return err_set(err, ERR_USAGE, "who is the device: say --name NAME, or --id HEX");
    if (options->key != NULL && password)
        return err_set(err, ERR_USAGE, "--key or a password: not both");
    if (mode == E4_PUBLIC_KEY && options->server_key == NULL)
        return err_set(
            err, ERR_USAGE,
            "public-key mode needs the key server's public half: --server-key FILE.pub");
    if (mode == E4_SYMMETRIC && options->server_key != NULL)
        return err_set(err, ERR_USAGE,
                       "--server-key is for public-key mode (--mode public-key)");
    if (mode == E4_SYMMETRIC && options->key == NULL && !password && options->export == NULL)
        return err_set(err, ERR_USAGE,
                       "a fresh key that nobody else has is of no use: write it for the key "
                       "server with --export-key FILE, or give one with --key FILE");
    return 0;
}

/* The device's own key: from a file, from a password, or fresh. */
static int own_key(struct keyfile *key, const struct options *options, enum e4_mode mode,
                   struct err *err)
{
    enum keyfile_kind kind = mode == E4_SYMMETRIC ? KEYFILE_SYMMETRIC : KEYFILE_ED25519;

    if (options->key != NULL)
        return keyfile_read(key, kind, options->key, err);
    if (password_is_given(&options->password))
        return password_key(key, kind, &options->password, err);
    memset(key, 0, sizeof *key);
    key->kind = kind;
    if (secret_random(key->secret, sizeof key->secret, err) != 0)
        return -1;
    return keyfile_complete(key, err);
}

/* Who the new device is and what keys it starts with. */
static int plan_device(struct device_plan *plan, struct keyfile *key,
                       const struct options *options, enum e4_mode mode, struct err *err)
{
    uint8_t hash[E4_HASH_SIZE];
    const char *topic = options->receiving_topic;

    plan->identity.mode = mode;
    if (who_id(plan->identity.id, &options->who, err) != 0)
        return -1;
    if (topic != NULL && e4_topic_hash(hash, topic, strlen(topic)) != E4_OK)
        return err_set(err, ERR_INPUT, "--receiving-topic: no topic that a device can have");
    if (mode == E4_PUBLIC_KEY &&
        keyfile_read_public(plan->identity.server_key, KEYFILE_CURVE25519, options->server_key,
                            err) != 0)
        return -1;
    if (own_key(key, options, mode, err) != 0)
        return -1;
    memcpy(plan->identity.key, key->secret, E4_KEY_SIZE);
    plan->settings.name = options->who.name;
    plan->settings.receiving_topic = options->receiving_topic;
    return 0;
}

/* Read and parse an imported state. */
static int read_import(struct import *import, const char *path, struct err *err)
{
    char *text = secret_alloc(IMPORT_MAX, err);
    size_t len;
    int rc = -1;

    memset(import, 0, sizeof *import);
    if (text == NULL)
        return -1;
    if (secret_read(path, text, IMPORT_MAX, &len, err) == 0) {
        rc = import_parse(text, len, import, err);
        if (rc != 0)
            (void)err_prefix(err, "%s", path);
    }
    secret_free(text, IMPORT_MAX);
    return rc;
}

static int plan_import(struct device_plan *plan, struct keyfile *key,
                       const struct import *import, struct err *err)
{
    plan->identity = import->identity;
    plan->settings.receiving_topic = import->receiving_topic;
    plan->topics = import->topic_count;
    plan->peers = import->peer_count;
    key->kind = import->identity.mode == E4_SYMMETRIC ? KEYFILE_SYMMETRIC : KEYFILE_ED25519;
    memcpy(key->secret, import->identity.key, E4_KEY_SIZE);
    return keyfile_complete(key, err);
}

/* What the key server has to know. */
static int export_key(const struct keyfile *key, const struct options *options, struct err *err)
{
    if (options->export == NULL)
        return 0;
    if (key->kind == KEYFILE_SYMMETRIC)
        return keyfile_write(key, options->export, options->force, err);
    return keyfile_write_public(key->public_key, options->export, options->force, err);
}

static void tell(const struct device *device, const struct options *options)
{
    const uint8_t *public_key = e4_client_public_key(&device->client);
    char text[SHOW_HASH_SIZE];

    (void)printf("made a device in %s\n", device->folder);
    (void)printf("id               %s\n", show_hash(text, e4_client_id(&device->client)));
    (void)printf("mode             %s\n", public_key != NULL ? "public-key" : "symmetric-key");
    (void)printf("receiving topic  ");
    show_text(stdout, device->receiving_topic, strlen(device->receiving_topic));
    if (public_key != NULL) {
        (void)printf("\npublic key       ");
        show_hex(stdout, public_key, E4_KEY_SIZE);
    }
    (void)putchar('\n');
    if (options->export != NULL)
        (void)printf("for the server   %s%s\n", options->export,
                     public_key != NULL ? "" : " (secret)");
}

static void tell_import(const struct import *import, const struct import_outcome *outcome)
{
    (void)printf("imported         topics %zu, peers %zu, previous keys %zu\n", outcome->topics,
                 outcome->peers, outcome->old_keys);
    if (outcome->left_out + import->strays > 0)
        (void)printf("left out         previous keys that are of no use any more: %zu\n",
                     outcome->left_out + import->strays);
    if (outcome->bad_peers > 0)
        (void)printf("left out         peers whose public key is none: %zu\n",
                     outcome->bad_peers);
}

static int make(const struct device_plan *plan, const struct keyfile *key,
                const struct import *import, const struct options *options, struct err *err)
{
    struct device device;
    struct import_outcome outcome;
    int rc = -1;

    if (options->export != NULL && !options->force && access(options->export, F_OK) == 0)
        return err_set(err, ERR_INPUT, "%s is there already; --force replaces it",
                       options->export);
    if (device_create(&device, options->state, plan, err) != 0)
        return -1;
    if (import_apply(&device, import, &outcome, err) == 0 &&
        export_key(key, options, err) == 0 && device_ready(&device, err) == 0)
        rc = 0;
    if (rc == 0) {
        tell(&device, options);
        if (options->import != NULL)
            tell_import(import, &outcome);
    }
    device_close(&device);
    return rc;
}

static int run(const struct options *options, struct err *err)
{
    struct device_plan plan = {.replace = options->force};
    struct import import = {0};
    struct keyfile key = {0};
    enum e4_mode mode;
    int rc = -1;

    if (mode_parse(&mode, options->mode, err) != 0 || check(options, mode, err) != 0)
        return -1;
    if (options->import != NULL) {
        if (read_import(&import, options->import, err) == 0)
            rc = plan_import(&plan, &key, &import, err);
    } else {
        rc = plan_device(&plan, &key, options, mode, err);
    }
    if (rc == 0)
        rc = make(&plan, &key, &import, options, err);
    import_free(&import);
    e4_wipe(&plan, sizeof plan);
    e4_wipe(&key, sizeof key);
    return rc;
}

int cmd_init(int argc, char **argv)
{
    struct options options = {0};
    struct err err = {0};
    int rc;

    rc = argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (rc != 0)
        return exit_unparsed(rc);
    return run(&options, &err) == 0 ? EXIT_DONE : exit_report(&err);
}
