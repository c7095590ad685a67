/* SPDX-License-Identifier: Apache-2.0 */
/* e4 shell: a device to talk to. On a terminal lines are edited; otherwise each line of input
 * is a command. */
#include "tools/e4/shell.h"

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tools/e4/commands.h"
#include "tools/e4/exit.h"
#include "tools/e4/line.h"
#include "tools/e4/lines.h"
#include "tools/e4/typed.h"

enum { LINE_LENGTH_MAX = 1 << 20 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct shell *shell = state->input;

    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &shell->options;
    return 0;
}

static const struct argp_child children[] = {{&session_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .doc =
        "Be a device, interactively: carry out the key server's commands, show messages that "
        "arrive, and send some.\v"
        "Type help for its commands; tab completes. Standard input may also be a file or a "
        "pipe: "
        "then each line is a command, and the end of input ends it, when all is sent; the exit "
        "code is that of the first command that failed.",
};

/* Output, which leaves alone what is being typed */

/* Nothing that somebody else sent gets to move the cursor. */
static void print_safely(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        (void)putchar((c < 0x20 && c != '\t') || c == 0x7f ? '?' : c);
    }
}

/* Without anybody who reads there is nothing left to do. */
static void flush(struct shell *shell)
{
    if (shell->end.kind == ERR_NONE && exit_flush(&shell->end) != 0)
        shell->quit = true;
}

void shell_say(struct shell *shell, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (shell->line != NULL)
        line_hide(shell->line);
    print_safely(text, strlen(text));
    (void)putchar('\n');
    flush(shell);
    if (shell->line != NULL)
        line_show(shell->line);
}

/* Events */

static void print_text(const struct received *received)
{
    static const uint8_t nobody[E4_ID_SIZE];
    const struct e4_opened *opened = &received->opened;

    (void)putchar('[');
    print_safely(received->message->topic, strlen(received->message->topic));
    (void)putchar(']');
    if (received->clear)
        (void)fputs(" (clear)", stdout);
    if (memcmp(opened->sender, nobody, sizeof nobody) != 0) {
        (void)fputs(opened->verified ? " from " : " unverified, from ", stdout);
        for (size_t i = 0; i < E4_ID_SIZE; i++)
            (void)printf("%02x", opened->sender[i]);
    }
    if (opened->repeated)
        (void)fputs(" (again)", stdout);
    (void)putchar(' ');
    print_safely((const char *)received->text, received->len);
    (void)putchar('\n');
}

static int on_text(void *ctx, const struct received *received, struct err *err)
{
    struct shell *shell = ctx;

    if (shell->line != NULL)
        line_hide(shell->line);
    print_text(received);
    if (exit_flush(err) != 0)
        return -1;
    if (shell->line != NULL)
        line_show(shell->line);
    return 0;
}

static void on_news(void *ctx, enum session_news news, const char *line)
{
    struct shell *shell = ctx;

    if ((news == SESSION_DETAIL && !shell->options.net.debug) || shell->options.net.quiet)
        return;
    shell_say(shell, "%s%s", news == SESSION_WARNING ? "! " : "- ", line);
}

static void on_published(void *ctx, uint64_t ticket, const char *refused)
{
    struct shell *shell = ctx;

    (void)ticket;
    if (refused != NULL) {
        shell_say(shell, "! not published: %s", refused);
        shell_failed(shell, ERR_NETWORK);
    } else if (!shell->options.net.quiet) {
        shell_say(shell, "- published");
    }
}

/* Running */

void shell_failed(struct shell *shell, enum err_kind kind)
{
    if (shell->failed == ERR_NONE)
        shell->failed = kind;
}

/* A turn of the session: 1: there is input; 0: not; -1: the end, and shell->end says which. */
static int turn(struct shell *shell, int fd)
{
    int happened = session_turn(&shell->session, fd, &shell->end);

    if (happened < 0)
        return -1;
    if ((happened & NET_LATE) != 0)
        return net_late(&shell->session.net, &shell->end);
    if ((happened & NET_STOP) != 0)
        return -1;
    return (happened & NET_INPUT) != 0 ? 1 : 0;
}

static int wait_for_input(void *ctx)
{
    return turn(ctx, STDIN_FILENO);
}

static int talk(struct shell *shell, struct typed *typed, struct err *err)
{
    const struct line_hooks hooks = {shell, wait_for_input, shell_complete};
    const char *text;
    int rc = 0;

    if (line_open(&shell->line, "e4> ", &hooks, err) != 0)
        return -1;
    for (size_t i = 0; i < typed->count; i++)
        line_remember(shell->line, typed->lines[i]);
    while (rc == 0 && !shell->quit && (text = line_read(shell->line)) != NULL) {
        if (text[strspn(text, " ")] == '\0')
            continue;
        line_remember(shell->line, text);
        rc = typed_add(typed, text, err);
        shell_run(shell, text);
    }
    if (!shell->quit)
        (void)putchar('\n');
    line_close(shell->line);
    shell->line = NULL;
    return rc;
}

/* With the history of earlier times, which is kept beside the device. */
static int talk_with_history(struct shell *shell, struct err *err)
{
    struct typed typed = {{0}, 0};
    char *path = file_join(shell->session.device.folder, "history", err);
    int rc = -1;

    if (path != NULL && typed_load(&typed, path, err) == 0 && talk(shell, &typed, err) == 0)
        rc = typed_save(&typed, path, err);
    typed_free(&typed);
    free(path);
    return rc;
}

static int obey_lines(struct shell *shell, struct lines *lines, struct err *err)
{
    const char *line;
    size_t len;
    int rc = 0;

    while (!shell->quit && (rc = lines_take(lines, &line, &len, err)) == 1) {
        char *text = strndup(line, len);

        if (text == NULL)
            return err_set(err, ERR_SYSTEM, "not enough memory");
        shell_run(shell, text);
        free(text);
    }
    return rc < 0 ? -1 : 0;
}

/* Can a command be obeyed? Not before the broker has answered what came before it. Nobody waits
 * for a connection that was lost. */
static bool is_ready(const struct session *session)
{
    if (!mqtt_is_online(session->net.mqtt))
        return session->lost > 0;
    return mqtt_unanswered(session->net.mqtt) == 0;
}

/* Commands from a file or a pipe: as soon as there is a connection, so that none is too early.
 */
static int obey(struct shell *shell, struct err *err)
{
    struct lines lines = {.fd = STDIN_FILENO, .max = LINE_LENGTH_MAX};
    int waited = 0;
    int rc = 0;

    while (rc == 0 && waited >= 0 && !shell->quit && !lines.ended) {
        waited = turn(shell, is_ready(&shell->session) ? STDIN_FILENO : -1);
        if (waited == 1)
            rc = lines_read(&lines, err);
        if (waited >= 0 && rc == 0)
            rc = obey_lines(shell, &lines, err);
    }
    while (rc == 0 && waited >= 0 && mqtt_unpublished(shell->session.net.mqtt) > 0)
        waited = turn(shell, -1);
    lines_free(&lines);
    return rc;
}

static int run(struct shell *shell, struct err *err)
{
    const struct session_view view = {shell, on_text, on_news, on_published};
    bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    struct err close_err = {0};
    int rc;

    shell->interactive = terminal;
    if (session_open(&shell->session, &shell->options, &view, err) != 0)
        return -1;
    if (terminal)
        shell_say(shell, "- connecting to %s; help says what can be done here",
                  mqtt_where(shell->session.net.mqtt));
    rc = terminal ? talk_with_history(shell, err) : obey(shell, err);
    if (rc == 0 && shell->end.kind != ERR_NONE) {
        *err = shell->end;
        rc = -1;
    }
    if (session_close(&shell->session, &close_err) != 0 && rc == 0) {
        *err = close_err;
        rc = -1;
    }
    return rc;
}

int cmd_shell(int argc, char **argv)
{
    struct shell *shell = calloc(1, sizeof *shell);
    struct err err = {0};
    int code;

    if (shell == NULL) {
        (void)err_set(&err, ERR_SYSTEM, "not enough memory");
        return exit_report(&err);
    }
    shell->options.qos = 1;
    code = argp_parse(&argp, argc, argv, 0, NULL, shell);
    if (code != 0) {
        code = exit_unparsed(code);
    } else if (run(shell, &err) != 0) {
        code = exit_report(&err);
    } else if (!shell->interactive && shell->failed != ERR_NONE) {
        err.kind = shell->failed;
        code = exit_code(&err);
    }
    net_options_free(&shell->options.net);
    shell_forget(shell);
    free(shell);
    return code;
}
