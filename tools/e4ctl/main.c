/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4ctl: the key server on the command line. START HERE: this file reads the command line;
 * commands.c has a row for each command, run.c and special.c do them.
 *
 * It speaks HTTP with JSON, not gRPC: one small library, the same table of methods, and what
 * -o json prints is what the server said.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "tools/e4ctl/commands.h"
#include "tools/e4ctl/complete.h"
#include "tools/e4ctl/exit.h"

enum { WORDS = 8, SPECIFIC = 512 /* keys of options that only some commands take */ };

struct arguments {
    const char *server;
    const char *ca;
    const char *token_file;
    const char *cert;
    const char *key;
    const char *state;
    const char *output;
    const char *word[WORDS];
    size_t words;
    const char *option[COMMAND_OPTIONS];
};

const char *argp_program_version = "e4ctl " E4_VERSION;

static const struct argp_option option_list[] = {
    {"server", 'S', "URL", 0,
     "The server; otherwise $E4_SERVER, otherwise https://127.0.0.1:8888", 1},
    {"ca", 'C', "FILE", 0,
     "Trust the server's certificate if it is this one, or if this one vouches for it (PEM); "
     "otherwise $E4_CA, otherwise the system's authorities",
     1},
    {"token-file", 'T', "FILE", 0,
     "The token by which the server knows us; otherwise the token in $E4_TOKEN, or the file in "
     "$E4_TOKEN_FILE",
     1},
    {"cert", 'E', "FILE", 0, "Our own certificate (PEM), where the server takes those", 1},
    {"cert-key", 'K', "FILE", 0, "Its key", 1},
    {"state", 's', "DIR", 0,
     "On the server's machine, its folder: take certificate and token from there; otherwise "
     "$E4D_STATE",
     1},
    {"output", 'o', "FORMAT", 0, "table, for people, or json, as the server said it", 1},
    {"key", SPECIFIC + OPTION_KEY, "FILE", 0, "A client's key, 32 bytes", 2},
    {"password-file", SPECIFIC + OPTION_PASSWORD_FILE, "FILE", 0,
     "The password that a client's key is made of; - is standard input", 2},
    {"offset", SPECIFIC + OPTION_OFFSET, "N", 0, "How many entries of a list to pass over", 2},
    {"count", SPECIFIC + OPTION_COUNT, "N", 0, "How many entries to show; otherwise all", 2},
    {"after", SPECIFIC + OPTION_AFTER, "N", 0,
     "Number of the audit record, or the name, before the first", 2},
    {"role", SPECIFIC + OPTION_ROLE, "ROLE", 0, "viewer, operator or admin", 2},
    {"expires", SPECIFIC + OPTION_EXPIRES, "TIME", 0, "A time, or 90d, 12h, 30m from now on",
     2},
    {"force", SPECIFIC + OPTION_FORCE, NULL, 0, "Do it although it concerns every client", 2},
    {"message", SPECIFIC + OPTION_MESSAGE, "TEXT", 0, "The message to protect", 2},
    {"certificate", SPECIFIC + OPTION_CERTIFICATE, "NAME", 0,
     "The common name of a certificate, in place of a token", 2},
    {"scope", SPECIFIC + OPTION_SCOPE, "PREFIX", 0,
     "What the names that a token is for begin with", 2},
    {"raw", SPECIFIC + OPTION_RAW, NULL, 0, "Protected messages are bytes, not base64", 2},
    {0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;

    if (key >= SPECIFIC && key < SPECIFIC + COMMAND_OPTIONS) {
        arguments->option[key - SPECIFIC] = argument != NULL ? argument : "";
        return 0;
    }
    switch (key) {
    case 'S':
        arguments->server = argument;
        return 0;
    case 'C':
        arguments->ca = argument;
        return 0;
    case 'T':
        arguments->token_file = argument;
        return 0;
    case 'E':
        arguments->cert = argument;
        return 0;
    case 'K':
        arguments->key = argument;
        return 0;
    case 's':
        arguments->state = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->words == WORDS)
            argp_error(state, "too many words");
        arguments->word[arguments->words++] = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The commands, for --help. argp frees it. */
static char *list_commands(int key, const char *text, void *input)
{
    size_t count;
    const struct command *command = command_list(&count);
    char *list = NULL;
    size_t len;
    FILE *out;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC || (out = open_memstream(&list, &len)) == NULL)
        return text == NULL ? NULL : strdup(text);
    (void)fputs("Commands:\n", out);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "  %-27s %s\n", command[i].words, command[i].what);
    (void)fputs("  completion bash             print what has bash complete all this\n\n"
                "e4ctl help COMMAND says more of each, e4ctl(1) all of it.",
                out);
    (void)fclose(out);
    return list;
}

/* How many of the words a command's name is; 0: it is another command. */
static size_t matches(const struct command *command, const struct arguments *arguments,
                      size_t from)
{
    const char *words = command->words;
    size_t used = 0;

    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        const char *word = from + used < arguments->words ? arguments->word[from + used] : NULL;

        if (word == NULL || strlen(word) != len || memcmp(word, words, len) != 0)
            return 0;
        used++;
        words += len + (words[len] == ' ');
    }
    return used;
}

static const struct command *find_command(size_t *used, const struct arguments *arguments,
                                          size_t from, struct err *err)
{
    size_t count;
    const struct command *command = command_list(&count);

    for (size_t i = 0; i < count; i++) {
        *used = matches(&command[i], arguments, from);
        if (*used > 0)
            return &command[i];
    }
    if (from == arguments->words)
        (void)err_set(err, ERR_USAGE, "which command? e4ctl --help lists them");
    else
        (void)err_set(err, ERR_USAGE, "%s%s%s: no such command; e4ctl --help lists them",
                      arguments->word[from], from + 1 < arguments->words ? " " : "",
                      from + 1 < arguments->words ? arguments->word[from + 1] : "");
    return NULL;
}

static const struct argp_option *option_of(enum command_option option)
{
    const struct argp_option *found = option_list;

    while (found->key != SPECIFIC + (int)option)
        found++;
    return found;
}

static int help(const struct command *command)
{
    (void)printf("Usage: e4ctl [OPTION...] %s", command->words);
    for (size_t i = 0; i < COMMAND_ARGUMENTS && command->argument[i].field != NULL; i++)
        (void)printf(" %s", command->argument[i].shown);
    (void)printf("\n\n%c%s.\n", command->what[0] - 'a' + 'A', command->what + 1);
    if (command->more != NULL)
        (void)printf("\n%s\n", command->more);
    for (const char *at = command->options; *at != '\0'; at++) {
        const size_t number = (size_t)(strchr(command_letters, *at) - command_letters);
        const struct argp_option *option = option_of((enum command_option)number);

        (void)printf("%s  --%s%s%-*s %s\n", at == command->options ? "\n" : "", option->name,
                     option->arg != NULL ? "=" : "",
                     (int)(22 - strlen(option->name) - (option->arg != NULL)),
                     option->arg != NULL ? option->arg : "", option->doc);
    }
    return EXIT_DONE;
}

/* Words that are left are the command's arguments, and its options are those it takes. */
static int fit(struct line *line, const struct command *command,
               const struct arguments *arguments, size_t used, struct err *err)
{
    size_t wanted = 0;

    while (wanted < COMMAND_ARGUMENTS && command->argument[wanted].field != NULL)
        wanted++;
    if (arguments->words - used != wanted)
        return err_set(err, ERR_USAGE, "%s takes %zu argument%s, not %zu; e4ctl help %s",
                       command->words, wanted, wanted == 1 ? "" : "s", arguments->words - used,
                       command->words);
    for (size_t i = 0; i < wanted; i++) {
        line->argument[i] = arguments->word[used + i];
        if (line->argument[i][0] == '\0')
            return err_set(err, ERR_INPUT, "%s: empty", command->argument[i].shown);
    }
    for (size_t i = 0; i < COMMAND_OPTIONS; i++) {
        line->option[i] = arguments->option[i];
        if (line->option[i] != NULL && strchr(command->options, command_letters[i]) == NULL)
            return err_set(err, ERR_USAGE, "%s does not take --%s", command->words,
                           option_of((enum command_option)i)->name);
    }
    return 0;
}

/* What of the target was made here, and goes at the end. */
struct made {
    char *ca;
    char token[256];
};

static int read_token(struct made *made, const char *path, struct err *err)
{
    size_t len;

    if (secret_read(path, made->token, sizeof made->token - 1, &len, err) != 0)
        return -1;
    while (len > 0 && (made->token[len - 1] == '\n' || made->token[len - 1] == '\r'))
        len--;
    made->token[len] = '\0';
    return 0;
}

static const char *or_environment(const char *given, const char *variable)
{
    const char *value = given != NULL ? given : getenv(variable);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The token, by what is said first: an option, the environment, the server's folder. */
static int find_token(struct http_target *target, struct made *made,
                      const struct arguments *arguments, const char *state, struct err *err)
{
    const char *file = or_environment(arguments->token_file, "E4_TOKEN_FILE");
    const char *value = getenv("E4_TOKEN");
    char *path = NULL;
    int rc = 0;

    if (arguments->token_file == NULL && value != NULL && value[0] != '\0') {
        target->token = value;
        return 0;
    }
    if (file == NULL && state != NULL && arguments->cert == NULL) {
        path = file_join(state, "admin.token", err);
        if (path == NULL)
            return -1;
        file = path;
    }
    if (file != NULL) {
        rc = read_token(made, file, err);
        target->token = made->token;
    }
    free(path);
    return rc;
}

static int find_target(struct http_target *target, struct made *made,
                       const struct arguments *arguments, struct err *err)
{
    const char *state = or_environment(arguments->state, "E4D_STATE");

    target->cert = arguments->cert;
    target->key = arguments->key;
    target->server = or_environment(arguments->server, "E4_SERVER");
    if (target->server == NULL)
        target->server = "https://127.0.0.1:8888";
    target->ca = or_environment(arguments->ca, "E4_CA");
    if (target->ca == NULL && state != NULL) {
        made->ca = file_join(state, "server.crt", err);
        if (made->ca == NULL)
            return -1;
        target->ca = made->ca;
    }
    return find_token(target, made, arguments, state, err);
}

static int run(const struct arguments *arguments, struct err *err)
{
    struct line line = {0};
    struct made made = {0};
    const struct command *command;
    size_t used;
    int rc;

    command = find_command(&used, arguments, 0, err);
    if (command == NULL || fit(&line, command, arguments, used, err) != 0)
        return -1;
    if (arguments->output != NULL && strcmp(arguments->output, "json") == 0)
        line.json = true;
    else if (arguments->output != NULL && strcmp(arguments->output, "table") != 0)
        return err_set(err, ERR_USAGE, "--output: table or json");
    rc = find_target(&line.target, &made, arguments, err);
    if (rc == 0)
        rc = command_run(command, &line, err);
    e4_wipe(made.token, sizeof made.token);
    free(made.ca);
    return rc;
}

static int run_help(const struct arguments *arguments, struct err *err)
{
    size_t used;
    const struct command *command = find_command(&used, arguments, 1, err);

    return command == NULL ? -1 : help(command);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_list,
        .parser = parse,
        .args_doc = "COMMAND [ARGUMENT...]",
        .doc = "Ask a key server (e4d) to do something.\v",
        .help_filter = list_commands,
    };
    struct arguments arguments = {0};
    struct err err = {.kind = ERR_NONE};
    int rc;

    (void)signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = EXIT_USAGE;
    (void)setenv("ARGP_HELP_FMT", "no-dup-args-note,rmargin=96", 0);
    if (argp_parse(&argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE;
    if (arguments.words > 1 && strcmp(arguments.word[0], "help") == 0)
        rc = run_help(&arguments, &err);
    else if (arguments.words == 2 && strcmp(arguments.word[0], "completion") == 0)
        rc = complete_print(arguments.word[1], &err);
    else
        rc = secret_no_dumps(&err) != 0 ? -1 : run(&arguments, &err);
    if (rc != 0)
        return exit_report(&err);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)err_system(&err, ERR_SYSTEM, errno, "cannot write standard output");
        return exit_report(&err);
    }
    return EXIT_DONE;
}
