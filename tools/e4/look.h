/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a frame is found to be: from its bytes alone, and with keys. Nothing here prints, asks
 * or fails; e4 inspect tells it.
 */
#ifndef TOOLS_E4_LOOK_H
#define TOOLS_E4_LOOK_H

#include <stdbool.h>

#include "e4/wire.h"

/* How a frame was written down. */
enum look_coding { LOOK_RAW, LOOK_HEX, LOOK_BASE64 };
const char *look_coding_name(enum look_coding coding);

/*
 * Make bytes of a frame that was written in hexadecimal or base64, in place; blanks and line
 * ends around and between them do not count. What is neither is raw and stays as it is.
 */
enum look_coding look_decode(uint8_t *bytes, size_t *len);

/* The keys that there are. Each may be NULL. */
struct look_keys {
    const uint8_t *key;     /* of the topic, or of commands */
    const uint8_t *command; /* of commands alone, as worked out from other keys */
    const uint8_t *signer;  /* Ed25519 public key */
};

enum look_verdict {
    LOOK_NO_FRAME,     /* too short for any */
    LOOK_CLOSED,       /* no key was given */
    LOOK_OPEN,         /* opened; the signature, if there is one, was checked */
    LOOK_UNSIGNED,     /* opened as a signed frame; the signer's key was not given */
    LOOK_WRONG_KEY,    /* none of the keys opens it */
    LOOK_SIGNED,       /* none of the keys opens it, but the signature is right */
    LOOK_BAD_SIGNATURE /* not signed with the signer's key, or changed since */
};

struct look {
    const uint8_t *bytes;
    size_t len;
    uint64_t now_s;
    uint64_t sent_s;
    bool has_time;         /* 8 bytes or more */
    bool plausible;        /* sent between the year 2015 and ten years from now */
    bool can_be_symmetric; /* what the length allows */
    bool can_be_signed;
    struct e4_frame symmetric;
    struct e4_frame is_signed;

    bool has_key; /* there was one to open it with */
    enum look_verdict verdict;
    enum e4_mode mode; /* LOOK_OPEN and on: which of the two layouts it has */
    uint8_t *text;     /* opened; the caller's memory */
    size_t text_len;
    bool is_command; /* the text is a well-formed command or report */
    bool is_report;
    enum e4_mode command_mode; /* of a command */
    struct e4_command command;
    struct e4_report report;
};

/* Look at bytes alone. */
void look_outside(struct look *look, const uint8_t *bytes, size_t len, uint64_t now_s);

/* Try the keys. text: room for len bytes. */
void look_inside(struct look *look, const struct look_keys *keys, uint8_t *text);

/* The commands whose protected form has this length: their number in types; 0: none. */
size_t look_commands(enum e4_command_type types[8], size_t frame_len);
/* "receipt", "hello", or NULL: the report whose protected form has this length. */
const char *look_report(size_t frame_len);

#endif
