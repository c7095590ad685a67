/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times compared. By address and in one place: to a small processor 64 bits are many
 * instructions.
 */
#ifndef E4_CLIENT_TIME_H
#define E4_CLIENT_TIME_H

#include <stdbool.h>
#include <stdint.h>

bool e4_before(const uint64_t *a_s, const uint64_t *b_s);

/* Is now_s more than limit_s after since_s? */
bool e4_passed(const uint64_t *since_s, const uint64_t *now_s, uint32_t limit_s);

/* Make a time at least as late as another. */
void e4_raise(uint64_t *time_s, const uint64_t *least_s);

#endif
