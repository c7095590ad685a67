/* SPDX-License-Identifier: Apache-2.0 */
/* How e4 ends: its exit codes, which scripts may rely on (e4(1) lists them), and its errors. */
#ifndef TOOLS_E4_EXIT_H
#define TOOLS_E4_EXIT_H

#include <stdbool.h>
#include <stdio.h>

struct err;

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,   /* the system: memory, disk, a write that did not go through */
    EXIT_USAGE = 2,    /* the command line does not make sense */
    EXIT_INPUT = 3,    /* a file, name, key or frame that was given is no good */
    EXIT_STATE = 4,    /* a stored device is missing, damaged, in use or not writable */
    EXIT_NETWORK = 5,  /* broker or line: cannot be reached, refused, or went away */
    EXIT_PROTOCOL = 6, /* a frame, or a device that is another than it should be */
    EXIT_TIMEOUT = 27  /* as mosquitto_sub -W: what was waited for did not come */
};

/* The exit code for an error. */
int exit_code(const struct err *err);

/* Print "e4: " and the error on standard error, and return its exit code. One without words is
 * told elsewhere. */
int exit_report(const struct err *err);

/* Flush standard output. -1: it cannot be written to; exit_finish() tells, so err has no words.
 */
int exit_flush(struct err *err);
/* For the end of the program: what was printed must have arrived. Ends it otherwise, with
 * EXIT_FAILED, and says why unless whoever read it has seen enough. */
void exit_finish(void);

/* The exit code after argp_parse() failed, which says why itself, but for want of memory. */
int exit_unparsed(int error);

/* Print "e4: " and a warning or a note, one line, on standard error. */
void exit_say(const char *text);

/* May this stream be coloured: a terminal, and NO_COLOR unset? */
bool exit_colour(FILE *stream);

#endif
