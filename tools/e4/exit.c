/* SPDX-License-Identifier: Apache-2.0 */
/* See exit.h. */
#include "tools/e4/exit.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"

static int output_error; /* why standard output was not written; 0: not so, or not known */

/* false: standard output cannot be written to, now or at an earlier time. */
static bool flush(void)
{
    bool fine = ferror(stdout) == 0;

    if (fflush(stdout) == 0)
        return fine;
    if (output_error == 0)
        output_error = errno;
    return false;
}

int exit_code(const struct err *err)
{
    static const int code[ERR_KINDS] = {
        [ERR_NONE] = EXIT_DONE,       [ERR_USAGE] = EXIT_USAGE,
        [ERR_INPUT] = EXIT_INPUT,     [ERR_STATE] = EXIT_STATE,
        [ERR_NETWORK] = EXIT_NETWORK, [ERR_PROTOCOL] = EXIT_PROTOCOL,
        [ERR_TIMEOUT] = EXIT_TIMEOUT, [ERR_SYSTEM] = EXIT_FAILED,
    };

    assert(err->kind < ERR_NOT_FOUND); /* what follows is the key server's */
    return code[err->kind];
}

bool exit_colour(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return (no_colour == NULL || *no_colour == '\0') && terminal != NULL &&
           isatty(fileno(stream)) == 1;
}

void exit_say(const char *text)
{
    bool colour = exit_colour(stderr);

    (void)flush(); /* so that the two keep their order on a terminal */
    (void)fprintf(stderr, "%se4:%s ", colour ? "\033[1;31m" : "", colour ? "\033[0m" : "");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        /* Texts quote names and file names; none of them gets to move the cursor. */
        (void)putc(c < 0x20 || c == 0x7f ? '?' : c, stderr);
    }
    (void)putc('\n', stderr);
}

int exit_report(const struct err *err)
{
    if (err->text[0] != '\0')
        exit_say(err->text);
    return exit_code(err);
}

int exit_flush(struct err *err)
{
    if (flush())
        return 0;
    *err = (struct err){.kind = ERR_SYSTEM};
    return -1;
}

/* Is there nobody any more to read the pipe that standard output is? */
static bool reader_is_gone(void)
{
    struct pollfd pollfd = {STDOUT_FILENO, POLLOUT, 0};

    return poll(&pollfd, 1, 0) == 1 && (pollfd.revents & POLLERR) != 0;
}

void exit_finish(void)
{
    static const char what[] = "cannot write standard output";
    struct err err;

    if (flush()) {
        if (close(STDOUT_FILENO) == 0)
            return;
        output_error = errno;
    } else if (reader_is_gone()) {
        _exit(EXIT_FAILED);
    }
    if (output_error != 0)
        (void)err_system(&err, ERR_SYSTEM, output_error, what);
    else
        (void)err_set(&err, ERR_SYSTEM, what);
    exit_say(err.text);
    _exit(EXIT_FAILED);
}

int exit_unparsed(int error)
{
    if (error != ENOMEM)
        return EXIT_USAGE;
    exit_say("out of memory");
    return EXIT_FAILED;
}
