/* SPDX-License-Identifier: Apache-2.0 */
/* e4 keygen: fresh random keys, in files as the deployed E4 key generator writes them. */
#include "tools/e4/commands.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/secret.h"
#include "tools/e4/exit.h"
#include "tools/e4/keyfile.h"

enum { OPTION_FORCE = 256 };

struct options {
    const char *type;
    const char *out;
    bool force;
};

static const struct argp_option option_list[] = {
    {"type", 't', "TYPE", 0, "symmetric, ed25519 or curve25519 (needed)", 0},
    {"out", 'o', "FILE", 0,
     "Write the key to FILE and its public half to FILE.pub. Without it the key goes to "
     "standard output, if that is no terminal",
     0},
    {"force", OPTION_FORCE, NULL, 0, "Replace files that are there already", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 't':
        options->type = arg;
        return 0;
    case 'o':
        options->out = arg;
        return 0;
    case OPTION_FORCE:
        options->force = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc = "Make a fresh random key.\v"
           "TYPE says what the key is for:\n"
           "  symmetric   a device in symmetric mode, or a topic (32 bytes)\n"
           "  ed25519     a device in public-key mode (64 bytes, and FILE.pub)\n"
           "  curve25519  the key server of public-key devices (32 bytes, and FILE.pub)\n"
           "\n"
           "Keys are raw bytes. A private file has mode 0600 from its first byte.\n"
           "\n"
           "Examples:\n"
           "  e4 keygen -t symmetric -o room1.key\n"
           "  e4 keygen -t ed25519 -o alice.key      (makes alice.key and alice.key.pub)",
};

/* What was made, without giving it away. */
static void tell(const struct keyfile *key, const char *path)
{
    bool pair = key->kind != KEYFILE_SYMMETRIC;
    uint8_t print[16];
    char text[2 * sizeof print + 1];

    e4_fingerprint(print, pair ? key->public_key : key->secret);
    hex_encode(text, print, sizeof print);
    (void)printf("%s: %s\n", path, keyfile_kind_words(key->kind));
    if (pair)
        (void)printf("%s.pub: its public half\n", path);
    (void)printf("fingerprint%s: %s\n", pair ? " of the public half" : "", text);
}

static int write_key(const struct keyfile *key, const struct options *options, struct err *err)
{
    uint8_t bytes[E4_PRIVATE_KEY_SIZE];
    size_t len;
    int rc;

    if (options->out != NULL && strcmp(options->out, "-") != 0) {
        if (keyfile_write(key, options->out, options->force, err) != 0)
            return -1;
        tell(key, options->out);
        return 0;
    }
    if (isatty(STDOUT_FILENO))
        return err_set(err, ERR_USAGE,
                       "a key is not shown on a terminal; say where to write it with -o FILE");
    keyfile_bytes(bytes, &len, key);
    rc = file_write_fd(STDOUT_FILENO, bytes, len, "standard output", err);
    e4_wipe(bytes, sizeof bytes);
    return rc;
}

static int run(const struct options *options, struct err *err)
{
    struct keyfile key = {.kind = KEYFILE_SYMMETRIC};
    int rc = -1;

    if (options->type == NULL)
        return err_set(err, ERR_USAGE,
                       "which type of key: say -t symmetric, -t ed25519 or -t curve25519");
    if (keyfile_kind_parse(&key.kind, options->type, err) != 0)
        return -1;
    if (secret_random(key.secret, sizeof key.secret, err) == 0 &&
        keyfile_complete(&key, err) == 0)
        rc = write_key(&key, options, err);
    e4_wipe(&key, sizeof key);
    return rc;
}

int cmd_keygen(int argc, char **argv)
{
    struct options options = {0};
    struct err err = {0};
    int rc;

    /* The deployed generator spells its options -type, -out and -force. */
    rc = argp_parse(&argp, argc, argv, ARGP_LONG_ONLY, NULL, &options);
    if (rc != 0)
        return exit_unparsed(rc);
    return run(&options, &err) == 0 ? EXIT_DONE : exit_report(&err);
}
