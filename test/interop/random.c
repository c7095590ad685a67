/* SPDX-License-Identifier: Apache-2.0 */
/* SplitMix64: good enough to make up scripts, and no more than that. */
#include "random.h"

uint64_t random_next(struct random *random)
{
    uint64_t mixed = random->state += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

unsigned random_below(struct random *random, unsigned limit)
{
    return (unsigned)(random_next(random) % limit);
}

bool random_chance(struct random *random, unsigned percent)
{
    return random_below(random, 100) < percent;
}

void random_bytes(uint8_t *out, size_t len, uint64_t seed, uint64_t kind, uint64_t number)
{
    struct random random = {seed};

    random.state ^= random_next(&random) + kind;
    random.state ^= random_next(&random) + number;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(random_next(&random) >> 32);
}
