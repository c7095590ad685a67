/* SPDX-License-Identifier: Apache-2.0 */
/* The interactive device: shell.c runs it, shell_commands.c has what can be typed. */
#ifndef TOOLS_E4_SHELL_H
#define TOOLS_E4_SHELL_H

#include "base/err.h"
#include "tools/e4/session.h"

struct line;

struct shell_topic { /* one that was named here */
    struct shell_topic *next;
    uint8_t hash[E4_HASH_SIZE];
    bool subscribed;
    char name[];
};

struct shell {
    struct session_options options;
    struct session session;
    struct line *line;          /* NULL: not on a terminal */
    struct shell_topic *topics; /* by name */
    bool interactive;
    bool quit;
    enum err_kind failed; /* the first command that failed */
    struct err end;       /* why it ended, if not by command */
};

/* Print a line. */
void shell_say(struct shell *shell, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A command failed. */
void shell_failed(struct shell *shell, enum err_kind kind);

/* Do what a line says. It prints its own errors. */
void shell_run(struct shell *shell, const char *text);
/* As line_hooks.complete; ctx is the shell. */
const char *shell_complete(void *ctx, const char *before, size_t word, size_t n);
/* Free the topics. */
void shell_forget(struct shell *shell);

#endif
