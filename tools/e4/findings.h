/* SPDX-License-Identifier: Apache-2.0 */
/* What e4 inspect found out about a frame, and printing it. */
#ifndef TOOLS_E4_FINDINGS_H
#define TOOLS_E4_FINDINGS_H

#include "tools/e4/look.h"
#include "tools/e4/show.h"

struct device;
struct err;

struct findings {
    enum look_coding coding;
    struct look look;

    /* What a stored device makes of it. */
    bool asked;
    enum e4_result result;
    struct e4_opened opened;
    bool apart_from_time; /* refused for its time; otherwise it would have been accepted */
    uint8_t *text;        /* the caller's */
    char *words;          /* freed by findings_free() */
};

/*
 * Ask a device, opened for reading, what it makes of the frame on a topic (NULL: its receiving
 * topic). text: room for the frame's length.
 */
int findings_ask(struct findings *findings, struct device *device, const char *topic,
                 uint8_t *text, struct err *err);

void findings_print(const struct findings *findings, enum show_format format);

/* The exit code: 0 when there is nothing wrong with the frame as far as it was asked. */
int findings_status(const struct findings *findings);

void findings_free(struct findings *findings);

#endif
