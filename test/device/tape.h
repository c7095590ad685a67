/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tape of recorded vectors, made by tape.py: steps, each an operation, the length of what
 * follows, and that. What is read is used up. All numbers are little-endian.
 */
#ifndef DEVICE_TAPE_H
#define DEVICE_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TAPE_MEMORY: where a board keeps constants that are not to take RAM. */
extern const uint8_t tape[];
extern const uint32_t tape_len;

/* A byte of it, wherever that lies: tape_plain.c or tape_avr.c. */
uint8_t tape_byte(uint32_t at);

/* Go to the next step. False: there is none. */
bool tape_next(char *operation);

uint8_t tape_u8(void);
uint64_t tape_u64(void);
void tape_take(void *out, size_t len);
/* Bytes after their length; what does not fit is a tape that is no use, and ends the program.
 */
size_t tape_take_varied(void *out, size_t cap);

/* Are the next bytes of the tape these? The second: after their length. */
bool tape_is(const void *data, size_t len);
bool tape_is_varied(const void *data, size_t len);

#endif
