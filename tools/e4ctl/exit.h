/* SPDX-License-Identifier: Apache-2.0 */
/* How e4ctl ends: its exit codes, which scripts may rely on (e4ctl(1)), and its errors. */
#ifndef TOOLS_E4CTL_EXIT_H
#define TOOLS_E4CTL_EXIT_H

#include <stdio.h>

struct err;

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,    /* the server failed, or this machine: memory, disk, a write */
    EXIT_USAGE = 2,     /* the command line does not make sense */
    EXIT_INPUT = 3,     /* a name, key, file or message that was given is no good */
    EXIT_NOT_FOUND = 4, /* there is no such client, topic, link or token */
    EXIT_NETWORK = 5,   /* the server, or its database, cannot be reached or trusted */
    EXIT_DENIED = 6,    /* the token is none, or does not allow this */
    EXIT_BUSY = 7       /* too much at once */
};

/* Print "e4ctl: " and the error on standard error, and return its exit code. */
int exit_report(const struct err *err);

/* A text from elsewhere; control characters, which could move a cursor, come out as '?'. */
void exit_print(FILE *out, const char *text, size_t len);

#endif
