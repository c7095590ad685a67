/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kind of chip that an emulated board could have, given when this is compiled, with sectors
 * of a few records: power is cut at every step, but of few stores.
 */
#include "test/power/flash_kind.h"

const struct kind flash_kind[] = {
    {CHIP_SECTOR_MAX, BOARD_UNIT, BOARD_PLACES, BOARD_ZERO_OVER, BOARD_CHECKS}};
const size_t flash_kind_count = 1;

struct effort flash_effort(const struct kind *kind, uint32_t capacity)
{
    struct effort effort = {
        .stride = 1,
        .stores = capacity + 1, /* the first one, some that append, and a turn */
        .each = 1,
        .tries = 5 * BOARD_EFFORT,
        .life = 100 * BOARD_EFFORT,
        .turns = 2 * BOARD_EFFORT,
        .failing = 310 / BOARD_EFFORT,
    };

    (void)kind;
    return effort;
}
