/* SPDX-License-Identifier: Apache-2.0 */
/* See clock.h. */
#include "examples/firmware/clock.h"

#include "examples/firmware/board.h"

enum e4_result clock_now(void *clock, uint64_t *now_s)
{
    const struct clock *from = clock;

    *now_s = from->started_s + board_uptime_s();
    return from->known ? E4_OK : E4_ERR_CLOCK;
}

void clock_set(void *clock, uint64_t now_s)
{
    struct clock *to = clock;

    to->started_s = now_s - board_uptime_s();
    to->known = true;
}
