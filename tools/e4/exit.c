/* SPDX-License-Identifier: Apache-2.0 */
/* See exit.h. */
#include "tools/e4/exit.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"

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

    (void)fflush(stdout); /* so that the two keep their order on a terminal */
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
    exit_say(err->text);
    return exit_code(err);
}

int exit_unparsed(int error)
{
    if (error != ENOMEM)
        return EXIT_USAGE;
    exit_say("out of memory");
    return EXIT_FAILED;
}
