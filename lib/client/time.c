/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons of times; see time.h. */
#include "client/time.h"

bool e4_before(const uint64_t *a_s, const uint64_t *b_s)
{
    return *a_s < *b_s;
}

bool e4_passed(const uint64_t *since_s, const uint64_t *now_s, uint32_t limit_s)
{
    return e4_before(since_s, now_s) && *now_s - *since_s > limit_s;
}

void e4_raise(uint64_t *time_s, const uint64_t *least_s)
{
    if (e4_before(time_s, least_s))
        *time_s = *least_s;
}
