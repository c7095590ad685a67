/* SPDX-License-Identifier: Apache-2.0 */
/* Two pipes to the Go program, and lines in hex on them. */
#include "gopeer.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"

enum { PATIENCE_MS = 20000 };

static void become(const char *program, unsigned broker_port, const int in[2], const int out[2])
{
    char address[32];

    snprintf(address, sizeof address, "127.0.0.1:%u", broker_port);
    if (dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0) {
        close(in[1]);
        close(out[0]);
        execl(program, program, "peer", "-broker", address, (char *)NULL);
    }
    _exit(127);
}

/* The next line, without its end, in peer->line; what came after it stays behind it. */
static char *read_line(struct gopeer *peer)
{
    static char whole[GOPEER_LINE_MAX];
    char *end;
    size_t len;

    while ((end = memchr(peer->line, '\n', peer->line_len)) == NULL) {
        struct pollfd ready = {.fd = peer->from, .events = POLLIN};
        ssize_t got;

        if (peer->line_len == sizeof peer->line)
            fail_msg("the Go client says too much in a line");
        if (poll(&ready, 1, PATIENCE_MS) <= 0)
            fail_msg("the Go client says nothing");
        got = read(peer->from, peer->line + peer->line_len, sizeof peer->line - peer->line_len);
        if (got <= 0)
            fail_msg("the Go client has ended");
        peer->line_len += (size_t)got;
    }
    len = (size_t)(end - peer->line);
    memcpy(whole, peer->line, len);
    whole[len] = '\0';
    peer->line_len -= len + 1;
    memmove(peer->line, end + 1, peer->line_len);
    return whole;
}

static bool starts_with(const char *line, const char *word)
{
    size_t len = strlen(word);

    return strncmp(line, word, len) == 0 && (line[len] == ' ' || line[len] == '\0');
}

/* The next line that answers; a message on the way is put aside. */
static char *read_answer(struct gopeer *peer)
{
    char *line = read_line(peer);

    while (starts_with(line, "message")) {
        if (peer->has_message)
            fail_msg("the Go client got a second message");
        memcpy(peer->message, line, strlen(line) + 1);
        peer->has_message = true;
        line = read_line(peer);
    }
    return line;
}

void gopeer_start(struct gopeer *peer, const char *program, unsigned broker_port)
{
    int in[2];
    int out[2];

    memset(peer, 0, sizeof *peer);
    if (pipe(in) != 0 || pipe(out) != 0)
        fail_msg("no pipe: %s", strerror(errno));
    peer->pid = fork();
    if (peer->pid < 0)
        fail_msg("no process: %s", strerror(errno));
    if (peer->pid == 0)
        become(program, broker_port, in, out);
    close(in[0]);
    close(out[1]);
    peer->to = in[1];
    peer->from = out[0];
    if (strcmp(read_line(peer), "ready") != 0)
        fail_msg("the Go client does not get ready");
}

void gopeer_stop(struct gopeer *peer)
{
    if (peer->pid <= 0)
        return;
    close(peer->to); /* it ends with its input */
    close(peer->from);
    waitpid(peer->pid, NULL, 0);
    peer->pid = 0;
}

/* Hex to bytes; "-" stands for none. */
static size_t decode(uint8_t *bytes, size_t cap, const char *word)
{
    size_t len = strlen(word);

    if (strcmp(word, "-") == 0 || len == 0)
        return 0;
    if (len % 2 != 0 || len / 2 > cap || hex_decode(bytes, len / 2, word, len) != 0)
        fail_msg("the Go client does not say hex: %.60s", word);
    return len / 2;
}

static void send_all(const struct gopeer *peer, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(peer->to, data, len);

        if (sent <= 0)
            fail_msg("the Go client does not listen: %s", strerror(errno));
        data += sent;
        len -= (size_t)sent;
    }
}

static void send_request(const struct gopeer *peer, const char *request,
                         const struct gopeer_bytes *argument, size_t count)
{
    static char line[GOPEER_LINE_MAX];
    size_t len = (size_t)snprintf(line, sizeof line, "%s", request);

    for (size_t i = 0; i < count; i++) {
        if (len + 2 * argument[i].len + 4 > sizeof line)
            fail_msg("too much to ask for");
        line[len++] = ' ';
        if (argument[i].len == 0)
            line[len++] = '-';
        for (size_t k = 0; k < argument[i].len; k++)
            len +=
                (size_t)snprintf(line + len, 3, "%02x", ((const uint8_t *)argument[i].data)[k]);
    }
    line[len++] = '\n';
    send_all(peer, line, len);
}

bool gopeer_ask(struct gopeer *peer, const char *request, const struct gopeer_bytes *argument,
                size_t count)
{
    char *line;

    send_request(peer, request, argument, count);
    line = read_answer(peer);
    peer->answer_len = 0;
    peer->error[0] = '\0';
    if (starts_with(line, "ok")) {
        peer->answer_len = decode(peer->answer, sizeof peer->answer, line + strlen("ok "));
        return true;
    }
    if (sscanf(line, "error %63s", peer->error) != 1)
        fail_msg("the Go client answers %.60s", line);
    return false;
}

void gopeer_wait(struct gopeer *peer, struct gopeer_message *message)
{
    static char topic[1100];
    static char text[GOPEER_LINE_MAX];
    const char *line = peer->has_message ? peer->message : read_line(peer);
    size_t len;

    peer->has_message = false;
    if (sscanf(line, "message %1099s %63s %131071s", topic, message->result, text) != 3)
        fail_msg("the Go client tells %.60s", line);
    len = decode((uint8_t *)message->topic, sizeof message->topic - 1, topic);
    message->topic[len] = '\0';
    message->text_len = decode(message->text, sizeof message->text, text);
}
