/* SPDX-License-Identifier: Apache-2.0 */
/* See password.h. */
#include "tools/e4/password.h"

#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "tools/e4/exit.h"

#define VARIABLE "E4_PASSWORD"

enum { OPTION_FROM = 512, OPTION_FILE, OPTION_VALUE };

static const struct argp_option option_list[] = {
    {"from-password", OPTION_FROM, NULL, 0,
     "Make the key from the password in the environment's " VARIABLE
     ", or else from standard input. It has at least 16 bytes",
     0},
    {"password-file", OPTION_FILE, "FILE", 0, "Take the password from FILE", 0},
    {"password", OPTION_VALUE, "TEXT", 0,
     "Take this password. Everybody on this machine can see it: prefer the others", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct password_options *options = state->input;

    switch (key) {
    case OPTION_FROM:
        options->wanted = true;
        return 0;
    case OPTION_FILE:
        options->wanted = true;
        options->file = arg;
        return 0;
    case OPTION_VALUE:
        options->wanted = true;
        options->value = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp password_argp = {.options = option_list, .parser = parse};

bool password_is_given(const struct password_options *options)
{
    return options->wanted;
}

int password_key(struct keyfile *key, enum keyfile_kind kind,
                 const struct password_options *options, struct err *err)
{
    struct secret_source source = {options->file, options->value, VARIABLE};
    char password[SECRET_PASSWORD_MAX + 1];
    size_t len;
    int rc;

    if (kind == KEYFILE_CURVE25519)
        return err_set(err, ERR_USAGE, "a password makes a symmetric or an ed25519 key");
    if (options->file != NULL && options->value != NULL)
        return err_set(err, ERR_USAGE, "--password or --password-file: not both");
    if (options->value != NULL)
        exit_say("warning: --password shows the password to everybody on this machine; "
                 "use --password-file FILE, or --from-password with " VARIABLE
                 " or standard input");
    if (!secret_is_given(&source))
        source.file = "-";
    rc = secret_password(password, &len, &source, err);
    if (options->value != NULL)
        memset(options->value, '*', strlen(options->value));
    if (rc == 0)
        rc = keyfile_from_password(key, kind, password, len, err);
    e4_wipe(password, sizeof password);
    return rc;
}
