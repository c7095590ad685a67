/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a device is told who it is: the lines of PROTOCOL.md §13, as texts and as a dialogue over
 * a line.
 */
#ifndef TOOLS_E4_HANDOVER_H
#define TOOLS_E4_HANDOVER_H

#include <stdbool.h>

#include "e4/keys.h"

struct err;
struct serial;

/* What a device says. */
enum handover_kind {
    HANDOVER_EMPTY,   /* nothing is stored on it */
    HANDOVER_DAMAGED, /* what is stored cannot be read */
    HANDOVER_HOLDS,   /* it is someone */
    HANDOVER_STORED,  /* now it is */
    HANDOVER_REFUSED,
    HANDOVER_OTHER /* something, in another version of these lines */
};

/* Who a device is, as far as it may be known. */
struct handover_who {
    enum e4_mode mode;
    uint8_t id[E4_ID_SIZE];
    uint8_t print[16]; /* of its key, or in public-key mode of its public key */
};

struct handover_answer {
    enum handover_kind kind;
    struct handover_who who; /* HOLDS, STORED */
    char why[16];            /* REFUSED: one word */
};

/* Is this line an answer, and which? */
bool handover_parse(struct handover_answer *answer, const char *line);

/* Are the two the same device with the same key? */
bool handover_same(const struct handover_who *a, const struct handover_who *b);

/* Room for a request with its line end and NUL, and for the name on a label, each byte of which
 * may take three. */
enum { HANDOVER_LINE_SIZE = 257, HANDOVER_LABEL_SIZE = 128 + 3 * E4_NAME_MAX };

/* The request that hands an identity over, without line end. replaces is "none", "damaged" or
 * an id in digits. The caller wipes it. */
void handover_store_line(char line[HANDOVER_LINE_SIZE], const char *replaces,
                         const struct e4_identity *identity);

/* What a label says: who, and if it is not NULL the name. */
void handover_label(char text[HANDOVER_LABEL_SIZE], const struct handover_who *who,
                    const char *name);

/*
 * Ask again and again what is stored, until there is an answer: EMPTY, DAMAGED or HOLDS, or
 * REFUSED "version". ERR_TIMEOUT: none came; ERR_INPUT: none but OTHER.
 */
int handover_ask(struct serial *serial, struct handover_answer *answer, unsigned wait_s,
                 struct err *err);

/*
 * Hand over, and wait for what the device says to it; *answered false: nothing. An error too
 * leaves unknown what the device did.
 */
int handover_store(struct serial *serial, struct handover_answer *answer, bool *answered,
                   const char *replaces, const struct e4_identity *identity, unsigned wait_s,
                   struct err *err);

#endif
