/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The deployed Go client in a process of its own (the program in e4go/): asked one line at a
 * time, and telling in between what it makes of the messages that it gets from the broker.
 */
#ifndef GOPEER_H
#define GOPEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { GOPEER_LINE_MAX = 1 << 17, GOPEER_BYTES_MAX = 1 << 16 };

struct gopeer {
    pid_t pid;
    int to;   /* its standard input */
    int from; /* its standard output */
    char line[GOPEER_LINE_MAX];
    size_t line_len; /* of what was read and is not used up */
    char
        message[GOPEER_LINE_MAX]; /* the "message" line that came while waiting for an answer */
    bool has_message;
    uint8_t answer[GOPEER_BYTES_MAX];
    size_t answer_len;
    char error[64]; /* the name of the error it answered with */
};

/* What it made of a message. */
struct gopeer_message {
    char topic[512];
    char result[64]; /* "ok", or the name of an error as in e4go.json */
    uint8_t text[GOPEER_BYTES_MAX];
    size_t text_len;
};

/* Bytes of a request. */
struct gopeer_bytes {
    const void *data;
    size_t len;
};

void gopeer_start(struct gopeer *peer, const char *program, unsigned broker_port);
void gopeer_stop(struct gopeer *peer);

/* Ask; true and answer, or false and error. */
bool gopeer_ask(struct gopeer *peer, const char *request, const struct gopeer_bytes *argument,
                size_t count);

/* Wait for the next message that it got. A test failure if none comes. */
void gopeer_wait(struct gopeer *peer, struct gopeer_message *message);

#endif
