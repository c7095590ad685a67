/* SPDX-License-Identifier: Apache-2.0 */
/* The options that make a key from a password, for e4 key and e4 init. */
#ifndef TOOLS_E4_PASSWORD_H
#define TOOLS_E4_PASSWORD_H

#include <argp.h>
#include <stdbool.h>

#include "tools/e4/keyfile.h"

struct password_options {
    const char *file;
    char *value; /* from the command line, where others can see it until it is taken */
    bool wanted;
};

/* --from-password, --password-file and --password; its input is a struct password_options. */
extern const struct argp password_argp;

bool password_is_given(const struct password_options *options);

/*
 * Make a symmetric or Ed25519 key: from the file, else from $E4_PASSWORD, else from standard
 * input. A password from the command line is taken with a warning. The caller wipes key.
 */
int password_key(struct keyfile *key, enum keyfile_kind kind,
                 const struct password_options *options, struct err *err);

#endif
