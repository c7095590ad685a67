/* SPDX-License-Identifier: Apache-2.0 */
/* e4 key: what may be known of a stored device or of a key file, and a key from a password. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/json_out.h"
#include "tools/e4/device.h"
#include "tools/e4/exit.h"
#include "tools/e4/keyfile.h"
#include "tools/e4/password.h"
#include "tools/e4/show.h"

enum { OPTION_FORCE = 256, OPTION_OUT, OPTION_PUBLIC, OPTION_STATE, OPTION_TOPICS };

struct options {
    struct password_options password;
    const char *file; /* a key file to look at */
    const char *state;
    const char *type;
    const char *out;
    const char *public_out;
    const char *format;
    bool topics;
    bool force;
};

static const struct argp_option option_list[] = {
    {"state", OPTION_STATE, "FOLDER", 0, "Look at the device that is stored there", 1},
    {"topics", OPTION_TOPICS, NULL, 0, "List the topics and public keys that it holds", 1},
    {"output", 'o', "FORMAT", 0, "text (default) or json", 1},
    {"type", 't', "TYPE", 0,
     "Type of the key: symmetric, ed25519 or curve25519. Of a file it is told by its length "
     "and "
     "by what lies beside it; a password makes a symmetric key unless this says ed25519",
     2},
    {"public", OPTION_PUBLIC, "FILE", 0, "Write the public half to FILE as well", 3},
    {"out", OPTION_OUT, "FILE", 0, "Write the key made from a password to FILE", 3},
    {"force", OPTION_FORCE, NULL, 0, "Replace files that are there already", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->password;
        return 0;
    case 't':
        options->type = arg;
        return 0;
    case 'o':
        options->format = arg;
        return 0;
    case OPTION_FORCE:
        options->force = true;
        return 0;
    case OPTION_OUT:
        options->out = arg;
        return 0;
    case OPTION_PUBLIC:
        options->public_out = arg;
        return 0;
    case OPTION_STATE:
        options->state = arg;
        return 0;
    case OPTION_TOPICS:
        options->topics = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one file at a time");
        options->file = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&password_argp, 0, "A key from a password:", 4},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[FILE]",
    .doc =
        "Show what may be known of a key: never the key itself.\v"
        "Without FILE it is about the stored device: its id and name, the topic on which its "
        "commands arrive, its public half, and with --topics the fingerprints of what it "
        "holds. With FILE it is about a key file. A fingerprint is the first half of the "
        "key's SHA3-256: two who compare it know that they have the same key.\n"
        "\n"
        "Examples:\n"
        "  e4 key --topics\n"
        "  e4 key --public alice.pub\n"
        "  e4 key alice.key\n"
        "  e4 key --from-password --out alice.key",
    .children = children,
};

static void print_topics(const struct device *device)
{
    char hash[SHOW_HASH_SIZE];
    char print[SHOW_HASH_SIZE];
    char time[SHOW_TIME_SIZE];
    struct e4_held held;
    uint16_t at = 0;

    while (e4_next_topic(&device->client, &at, &held))
        (void)printf("  topic %s  key %s  set %s%s\n", show_hash(hash, held.name),
                     show_hash(print, held.fingerprint), show_time(time, held.command_s),
                     held.has_old ? "  (the key before it still opens messages)" : "");
    at = 0;
    while (e4_next_peer(&device->client, &at, &held))
        (void)printf("  peer  %s  key %s  set %s\n", show_hash(hash, held.name),
                     show_hash(print, held.fingerprint), show_time(time, held.command_s));
}

static unsigned count(const struct device *device,
                      bool (*next)(const struct e4_client *, uint16_t *, struct e4_held *))
{
    struct e4_held held;
    uint16_t at = 0;
    unsigned n = 0;

    while (next(&device->client, &at, &held))
        n++;
    return n;
}

static void print_device(const struct device *device, bool topics)
{
    const uint8_t *public_key = e4_client_public_key(&device->client);
    uint64_t newest_s = e4_client_command_time(&device->client);
    char text[SHOW_HASH_SIZE];
    char time[SHOW_TIME_SIZE];

    if (device->settings.name != NULL) {
        (void)printf("name             ");
        show_text(stdout, device->settings.name, strlen(device->settings.name));
        (void)putchar('\n');
    }
    (void)printf("id               %s\n", show_hash(text, e4_client_id(&device->client)));
    (void)printf("mode             %s\n", public_key != NULL ? "public-key" : "symmetric-key");
    (void)printf("receiving topic  ");
    show_text(stdout, device->receiving_topic, strlen(device->receiving_topic));
    if (public_key != NULL) {
        (void)printf("\npublic key       ");
        show_hex(stdout, public_key, E4_KEY_SIZE);
        (void)printf("\nfingerprint      %s", show_fingerprint(text, public_key));
    }
    (void)printf("\nnewest command   %s\n",
                 newest_s == 0 ? "none yet" : show_time(time, newest_s));
    (void)printf("topics           %u\n", count(device, e4_next_topic));
    if (public_key != NULL)
        (void)printf("peers            %u\n", count(device, e4_next_peer));
    (void)printf("state            %s\n", device->folder);
    if (topics)
        print_topics(device);
}

static void json_held(struct json_out *json, const struct device *device, const char *list,
                      const char *name,
                      bool (*next)(const struct e4_client *, uint16_t *, struct e4_held *))
{
    struct e4_held held;
    uint16_t at = 0;

    json_out_open(json, list, '[');
    while (next(&device->client, &at, &held)) {
        json_out_open(json, NULL, '{');
        json_out_hex(json, name, held.name, sizeof held.name);
        json_out_hex(json, "fingerprint", held.fingerprint, sizeof held.fingerprint);
        json_out_number(json, "set", (int64_t)held.command_s);
        if (next == e4_next_topic)
            json_out_bool(json, "old_key", held.has_old);
        json_out_close(json, '}');
    }
    json_out_close(json, ']');
}

static void json_public(struct json_out *json, const uint8_t public_key[E4_KEY_SIZE])
{
    char text[SHOW_HASH_SIZE];

    json_out_hex(json, "public_key", public_key, E4_KEY_SIZE);
    json_out_string(json, "fingerprint", show_fingerprint(text, public_key));
}

static void json_device(const struct device *device)
{
    const uint8_t *public_key = e4_client_public_key(&device->client);
    struct json_out json;

    json_out_start(&json, stdout, true);
    json_out_open(&json, NULL, '{');
    if (device->settings.name != NULL)
        json_out_string(&json, "name", device->settings.name);
    json_out_hex(&json, "id", e4_client_id(&device->client), E4_ID_SIZE);
    json_out_string(&json, "mode", public_key != NULL ? "public-key" : "symmetric-key");
    json_out_string(&json, "receiving_topic", device->receiving_topic);
    if (public_key != NULL)
        json_public(&json, public_key);
    json_out_number(&json, "newest_command", (int64_t)e4_client_command_time(&device->client));
    json_held(&json, device, "topics", "hash", e4_next_topic);
    json_held(&json, device, "peers", "id", e4_next_peer);
    json_out_string(&json, "state", device->folder);
    json_out_close(&json, '}');
    json_out_end(&json);
}

static int write_public(const struct options *options, const uint8_t *public_key,
                        struct err *err)
{
    if (options->public_out == NULL)
        return 0;
    if (public_key == NULL)
        return err_set(err, ERR_INPUT, "a symmetric key has no public half to write");
    return keyfile_write_public(public_key, options->public_out, options->force, err);
}

static int about_device(const struct options *options, enum show_format format, struct err *err)
{
    struct device device;
    int rc;

    if (device_open(&device, options->state, DEVICE_READ, err) != 0)
        return -1;
    rc = write_public(options, e4_client_public_key(&device.client), err);
    if (rc == 0 && format == SHOW_JSON)
        json_device(&device);
    else if (rc == 0)
        print_device(&device, options->topics);
    device_close(&device);
    return rc;
}

static void print_key(const struct keyfile *key, const char *file, enum show_format format)
{
    bool pair = key->kind != KEYFILE_SYMMETRIC;
    char text[SHOW_HASH_SIZE];
    struct json_out json;

    (void)show_fingerprint(text, pair ? key->public_key : key->secret);
    if (format == SHOW_TEXT) {
        (void)printf("kind         %s\n", keyfile_kind_words(key->kind));
        if (pair) {
            (void)printf("public key   ");
            show_hex(stdout, key->public_key, E4_KEY_SIZE);
            (void)putchar('\n');
        }
        (void)printf("fingerprint  %s\n", text);
        return;
    }
    json_out_start(&json, stdout, true);
    json_out_open(&json, NULL, '{');
    if (file != NULL)
        json_out_string(&json, "file", file);
    json_out_string(&json, "kind", keyfile_kind_name(key->kind));
    if (pair)
        json_out_hex(&json, "public_key", key->public_key, E4_KEY_SIZE);
    json_out_string(&json, "fingerprint", text);
    json_out_close(&json, '}');
    json_out_end(&json);
}

static int about_key(const struct options *options, enum show_format format, struct err *err)
{
    struct keyfile key = {.kind = KEYFILE_SYMMETRIC};
    bool made = options->file == NULL; /* from a password */
    int rc = -1;

    if (options->type != NULL && keyfile_kind_parse(&key.kind, options->type, err) != 0)
        return -1;
    if (made)
        rc = password_key(&key, key.kind, &options->password, err);
    else if (options->type != NULL)
        rc = keyfile_read(&key, key.kind, options->file, err);
    else
        rc = keyfile_read_any(&key, options->file, err);
    if (rc == 0 && options->out != NULL)
        rc = keyfile_write(&key, options->out, options->force, err);
    if (rc == 0)
        rc = write_public(options, key.kind == KEYFILE_SYMMETRIC ? NULL : key.public_key, err);
    if (rc == 0)
        print_key(&key, made ? options->out : options->file, format);
    e4_wipe(&key, sizeof key);
    return rc;
}

/* Options that do not go together. */
static int check(const struct options *options, struct err *err)
{
    bool password = password_is_given(&options->password);

    if (options->file != NULL && password)
        return err_set(err, ERR_USAGE, "a key file or a password: not both");
    if ((options->file != NULL || password) && (options->state != NULL || options->topics))
        return err_set(err, ERR_USAGE, "a stored device or a key: not both");
    if (options->out != NULL && !password)
        return err_set(err, ERR_USAGE,
                       "--out is for a key from a password; a stored key cannot be taken out");
    if (options->type != NULL && options->file == NULL && !password)
        return err_set(err, ERR_USAGE, "--type is for a key file or a password");
    return 0;
}

int cmd_key(int argc, char **argv)
{
    struct options options = {0};
    enum show_format format;
    struct err err = {0};
    int rc;

    rc = argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (rc != 0)
        return exit_unparsed(rc);
    if (check(&options, &err) != 0 || show_format_parse(&format, options.format, &err) != 0)
        return exit_report(&err);
    if (options.file != NULL || password_is_given(&options.password))
        rc = about_key(&options, format, &err);
    else
        rc = about_device(&options, format, &err);
    return rc == 0 ? EXIT_DONE : exit_report(&err);
}
