/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time as text (RFC 3339), from year 1 to 9999, as protocol buffers have them. */
#ifndef SERVER_API_TIMESTAMP_H
#define SERVER_API_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

enum { TIMESTAMP_SIZE = sizeof "2026-11-29T20:46:37.123456789Z" };

/* In UTC, with as many of 0, 3, 6 and 9 digits of a second as it takes. -1: out of range. */
int timestamp_encode(char text[TIMESTAMP_SIZE], int64_t seconds, int32_t nanoseconds);

/* -1: not a point in time. Any offset from UTC is taken; a leap second is not. */
int timestamp_decode(int64_t *seconds, int32_t *nanoseconds, const char *text, size_t len);

#endif
