/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of e4ctl, one row each: the words, what follows them, and what is called. */
#ifndef TOOLS_E4CTL_COMMANDS_H
#define TOOLS_E4CTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/e4ctl/http.h"

struct err;

enum { COMMAND_ARGUMENTS = 2 };

/* Options that only some commands take. */
enum command_option {
    OPTION_KEY,
    OPTION_PASSWORD_FILE,
    OPTION_OFFSET,
    OPTION_COUNT,
    OPTION_AFTER,
    OPTION_ROLE,
    OPTION_EXPIRES,
    OPTION_FORCE,
    OPTION_MESSAGE,
    OPTION_RAW,
    OPTION_CERTIFICATE,
    OPTION_SCOPE,
    COMMAND_OPTIONS
};

/* What the command line says. */
struct line {
    struct http_target target;
    bool json;                               /* -o json */
    const char *argument[COMMAND_ARGUMENTS]; /* as many as the command takes */
    const char *option[COMMAND_OPTIONS];     /* NULL: not given; "" for one without a value */
};

struct command {
    const char *words;  /* "client create" */
    const char *method; /* of methods.def */
    struct {
        const char *field; /* "client.name" */
        const char *shown; /* "NAME" */
    } argument[COMMAND_ARGUMENTS];
    const char *options; /* letters of command_letters that it takes */
    /* Of a list: the method that says how long it is, for when nobody says how much to show. */
    const char *count_method;
    /* NULL: the request's fields are the arguments and options, and the answer is shown. */
    int (*run)(const struct command *command, const struct line *line, struct err *err);
    const char *what; /* one line of help */
    const char *more; /* what else there is to say; NULL: nothing */
};

/* One letter an option, in the order of enum command_option. */
extern const char command_letters[COMMAND_OPTIONS + 1];

const struct command *command_list(size_t *count);

/* Do it, and show what comes of it on standard output. */
int command_run(const struct command *command, const struct line *line, struct err *err);

#endif
