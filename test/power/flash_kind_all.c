/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All kinds of chip: sectors for few records and many, every unit, and the two properties of a
 * chip. E4_LONG leaves nothing out, and E4_SEED has other things happen by chance.
 */
#include <stdlib.h>

#include "test/power/flash_kind.h"

const struct kind flash_kind[] = {
    {1024, 1, 5, false, false}, {1024, 2, 6, true, false},  {1024, 4, 4, false, false},
    {1024, 4, 6, false, false}, {1024, 8, 5, false, true},  {2048, 8, 8, true, true},
    {2048, 16, 6, false, true}, {2048, 16, 7, true, false}, {2048, 32, 5, false, true},
    {4096, 32, 8, true, false},
};
const size_t flash_kind_count = sizeof flash_kind / sizeof flash_kind[0];

struct effort flash_effort(const struct kind *kind, uint32_t capacity)
{
    const char *seed = getenv("E4_SEED");
    bool is_small = kind->unit < 4; /* and so there are many steps */
    struct effort effort = {
        .stride = is_small ? 17 : 3,
        .stores = capacity * (is_small ? 1 : 2) + 2,
        .each = 5,
        .tries = is_small ? 50 : 500,
        .life = 2000,
        .turns = 100,
        .failing = 7,
    };

    if (seed != NULL)
        effort.seed = (uint32_t)strtoul(seed, NULL, 0);
    if (getenv("E4_LONG") != NULL) {
        effort.stride = effort.each = 1;
        effort.tries *= 4;
        effort.life *= 5;
    }
    return effort;
}
