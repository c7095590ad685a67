/* SPDX-License-Identifier: Apache-2.0 */
/* What a device makes of a message from the broker: a text, a command carried out, or a refusal
 * in words. */
#ifndef TOOLS_E4_RECEIVE_H
#define TOOLS_E4_RECEIVE_H

#include "base/mqtt.h"
#include "tools/e4/device.h"

struct receiver { /* start with {.device = ...} */
    struct device *device;
    bool allow_clear; /* let through what is not protected at all */
    uint8_t *memory;  /* private: the text opened last */
    size_t cap;
};

enum received_kind {
    RECEIVED_TEXT,
    RECEIVED_COMMAND, /* it was carried out */
    RECEIVED_AGAIN, /* a command of which nothing is left to do, as after a new subscription */
    RECEIVED_REFUSED
};

struct received {
    enum received_kind kind;
    const struct mqtt_message *message; /* as it came */
    const uint8_t *text;                /* RECEIVED_TEXT; until the next one */
    size_t len;
    bool clear;       /* the text was not protected */
    bool key_missing; /* RECEIVED_REFUSED: a command that is still to come may change that */
    struct e4_opened opened;
    enum e4_result result;
    bool reportable;  /* a receipt can be made of it */
    char words[1024]; /* what happened and why, for people; empty for a text */
};

/* Open a message or carry out a command. -1: no memory, and err is set. */
int receive(struct receiver *receiver, const struct mqtt_message *message,
            struct received *received, struct err *err);
void receiver_free(struct receiver *receiver);

#endif
