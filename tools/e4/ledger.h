/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When commands were issued to one device. A device refuses a command that is older than one
 * it has carried out, and one that would undo another of the same second; so times never go
 * back here, and two commands about the same thing never share a second (PROTOCOL.md §7).
 *
 * The file is text: a line with "e4-ledger 1" and the device's id, one with the second of the
 * newest command, and one for each thing that commands of that second were about.
 */
#ifndef TOOLS_E4_LEDGER_H
#define TOOLS_E4_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "e4/wire.h"

struct err;

enum { LEDGER_THINGS = 256, LEDGER_BACK_DATE_S = 2 };

/* What a command is about: a topic, a peer, all of either, or a key of the device's own. */
struct ledger_thing {
    char kind; /* 't' 'p': one topic, one peer; 'T' 'P': all; 'i' 's': id key, server key */
    uint8_t name[E4_HASH_SIZE]; /* 't', 'p'; otherwise zero */
};

struct ledger {
    uint8_t id[E4_ID_SIZE]; /* the device */
    uint64_t newest_s;      /* 0: no command yet */
    struct ledger_thing things[LEDGER_THINGS];
    size_t count;
};

struct ledger_thing ledger_thing_of(const struct e4_command *command);

/* The earliest second, from now_s - LEDGER_BACK_DATE_S on, for a command about thing. */
uint64_t ledger_next(const struct ledger *ledger, const struct ledger_thing *thing,
                     uint64_t now_s);
/* Note that it was issued at that second, which ledger_next() gave. */
void ledger_note(struct ledger *ledger, const struct ledger_thing *thing, uint64_t at_s);

/* From a file's text. ERR_STATE: damaged, or another device's. */
int ledger_parse(struct ledger *ledger, const uint8_t id[E4_ID_SIZE], const char *text,
                 size_t len, struct err *err);

/*
 * Choose the time of a command and write it down before it is used; path NULL is
 * a file named after the device in $XDG_STATE_HOME/e4-commands or ~/.local/state/e4-commands.
 * Waits for a second where the time would otherwise be ahead of the clock. ERR_STATE: the
 * clock is further behind the newest command than that.
 */
int ledger_issue(uint64_t *at_s, const char *path, const uint8_t id[E4_ID_SIZE],
                 const struct e4_command *command, struct err *err);

#endif
