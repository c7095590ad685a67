/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time of a device that has no clock but a counter since power-on: the key server's
 * commands bring it (PROTOCOL.md §6). For struct e4_port.
 */
#ifndef EXAMPLES_FIRMWARE_CLOCK_H
#define EXAMPLES_FIRMWARE_CLOCK_H

#include "e4/e4.h"

struct clock {
    uint64_t started_s; /* what the time was at power-on */
    uint64_t saved_s;   /* the time that clock_save() stored last; 0: none since power-on */
    bool known;
};

enum e4_result clock_now(void *clock, uint64_t *now_s);
void clock_set(void *clock, uint64_t now_s);

/*
 * e4_save(), for a clock that may be wrong. A time that was stored is believed for good, since
 * the client takes none below it any more: so none is stored that is more than a day past the
 * newest command and what was stored last. E4_ERR_FUTURE: that is how it was, and nothing was
 * stored.
 */
enum e4_result clock_save(struct clock *clock, struct e4_client *client);

#endif
