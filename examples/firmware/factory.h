/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The factory's line: who this device is, is told and asked in lines of text (§13 of
 * PROTOCOL.md), which e4 provision sends. It knows no board: bytes come in one by one, and the
 * answer goes out as text.
 */
#ifndef EXAMPLES_FIRMWARE_FACTORY_H
#define EXAMPLES_FIRMWARE_FACTORY_H

#include "e4/e4.h"

enum { FACTORY_LINE_MAX = 255, FACTORY_ANSWER_SIZE = 128 };

/* Zero it and fill in the first part. */
struct factory {
    struct e4_client *client;
    const struct e4_config *config;
    enum e4_result opened; /* of e4_open(): E4_OK, E4_ERR_EMPTY or another error */
    bool stored;           /* set when the device has become another; the caller clears it */
    /* Make storage that is damaged usable again, empty. */
    enum e4_result (*format)(void *ctx);
    void *ctx;

    /* Private. */
    char line[FACTORY_LINE_MAX + 1]; /* may hold a key until it is complete */
    uint16_t len;
    bool too_long;
};

/*
 * Take a byte from the line. True: a request was complete, and answer is a line to send back
 * with a line end after it. A device that was provisioned has opened == E4_OK then.
 */
bool factory_byte(struct factory *factory, char byte, char answer[FACTORY_ANSWER_SIZE]);

#endif
