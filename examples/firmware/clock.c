/* SPDX-License-Identifier: Apache-2.0 */
/* See clock.h. */
#include "examples/firmware/clock.h"

#include "examples/firmware/board.h"

#define PLAUSIBLE_S (24 * 60 * 60UL)

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

enum e4_result clock_save(struct clock *clock, struct e4_client *client)
{
    uint64_t known_s = e4_client_command_time(client);
    uint64_t now_s;
    enum e4_result result = clock_now(clock, &now_s);

    if (known_s < clock->saved_s)
        known_s = clock->saved_s;
    if (result == E4_OK && now_s > known_s && now_s - known_s > PLAUSIBLE_S)
        result = E4_ERR_FUTURE;
    if (result == E4_OK)
        result = e4_save(client);
    if (result == E4_OK)
        clock->saved_s = now_s;
    return result;
}
