/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many requests a second somebody may make: a bucket for each, from which every request
 * takes one, and into which so many flow a second, up to as many. Who has not asked for long
 * may be forgotten, which is as good as a full bucket.
 */
#ifndef SERVER_API_RATE_H
#define SERVER_API_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct rate;

int rate_new(struct rate **rate, unsigned per_s, struct err *err);
void rate_free(struct rate *rate); /* NULL is fine */

/* May they make one more request at this time, of a clock that does not go back? Any thread. */
bool rate_take(struct rate *rate, const char *who, int64_t now_ms);

#endif
