/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4: a device on the command line, and what goes with it. START HERE: this file picks the
 * subcommand; each has a file of its own.
 */
#include <argp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/e4.h"
#include "tools/e4/commands.h"
#include "tools/e4/exit.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"keygen", cmd_keygen, "make a fresh random key"},
    {"init", cmd_init, "make a device, or take over one from a deployed Go client"},
    {"provision", cmd_provision, "tell a device at the factory who it is, over a serial line"},
    {"key", cmd_key, "show what may be known of a device or a key; a key from a password"},
    {"pub", cmd_pub, "protect messages and publish them"},
    {"sub", cmd_sub, "receive messages and commands, and open them"},
    {"shell", cmd_shell, "be a device, interactively"},
    {"command", cmd_command, "send a device its keys, as a key server does"},
    {"inspect", cmd_inspect, "take a frame apart, and say in words why it does not open"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *out)
{
    (void)fputs(
        "Usage: e4 COMMAND [OPTION...]\n"
        "End-to-end protection of MQTT messages, over any broker, with keys managed from "
        "afar.\n\n",
        out);
    for (size_t i = 0; i < COMMANDS; i++)
        (void)fprintf(out, "  %-9s  %s\n", commands[i].name, commands[i].what);
    (void)fputs("\n"
                "A device is a folder: $E4_STATE or ~/.local/state/e4, unless --state says "
                "otherwise. The first\n"
                "steps, on a machine with a broker:\n\n"
                "  e4 init --name alice --export-key alice.key\n"
                "  e4 keygen -t symmetric -o room1.key\n"
                "  e4 command alice set-topic-key room1 room1.key \\\n"
                "      --device-key alice.key -h localhost\n"
                "  e4 sub -t room1 &\n"
                "  e4 pub -t room1 -m 'hello'\n\n"
                "e4 help COMMAND says more of each, e4(1) all of it.\n",
                out);
}

/* How many letters to change, add or leave out to get from a to b. Short words only. */
static size_t distance(const char *a, const char *b)
{
    enum { WORD = 16 };
    size_t row[WORD + 1];
    size_t len = strlen(b);

    if (len > WORD || strlen(a) > WORD)
        return WORD;
    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[len];
}

static int unknown(const char *name)
{
    struct err err;
    size_t nearest = 0;

    for (size_t i = 1; i < COMMANDS; i++) {
        if (distance(name, commands[i].name) < distance(name, commands[nearest].name))
            nearest = i;
    }
    if (distance(name, commands[nearest].name) <= 2)
        (void)err_set(&err, ERR_USAGE, "%s: no such command; did you mean e4 %s?", name,
                      commands[nearest].name);
    else
        (void)err_set(&err, ERR_USAGE, "%s: no such command; e4 --help lists them", name);
    return exit_report(&err);
}

static int run(const char *name, int argc, char **argv)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        char full[32];

        if (strcmp(name, commands[i].name) != 0)
            continue;
        (void)snprintf(full, sizeof full, "e4 %s", name);
        argv[0] = full;
        return commands[i].run(argc, argv);
    }
    return unknown(name);
}

static int run_help(int argc, char **argv)
{
    char option[] = "--help";
    char *args[] = {argv[0], option, NULL};

    if (argc > 2)
        return run(argv[2], 2, args);
    help(stdout);
    return EXIT_DONE;
}

/*
 * A standard stream that is closed would be taken by the next file that is opened, perhaps a
 * key. What stands in for it fails on use, as a closed one does.
 */
static void occupy_standard_streams(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd)
            _exit(EXIT_FAILED);
    }
}

int main(int argc, char **argv)
{
    static const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct err err;

    occupy_standard_streams();
    (void)sigaction(SIGPIPE, &ignore, NULL);
    if (secret_no_dumps(&err) != 0)
        return exit_report(&err);
    if (atexit(exit_finish) != 0)
        return EXIT_FAILED;
    argp_err_exit_status = EXIT_USAGE;
    (void)setenv("ARGP_HELP_FMT", "no-dup-args-note", 0); /* which says little to anybody */
    if (argc < 2) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return run_help(argc, argv);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("e4 %s\n", e4_version());
        return EXIT_DONE;
    }
    return run(argv[1], argc - 1, argv + 1);
}
