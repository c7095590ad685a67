/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes out of hex, base64 and JSON. They live until the next case begins, in memory of
 * exactly their length, so that a sanitizer sees who reads past their end.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct bytes {
    uint8_t *data;
    size_t len;
};

uint8_t *case_alloc(size_t len);
struct bytes case_bytes(const uint8_t *data, size_t len);
struct bytes case_hex(const char *hex); /* a failure if it is no hex */
struct bytes case_base64(const char *text);
/* An object's member, in hex; a failure if there is none. */
struct bytes case_field(const json_t *object, const char *name);
/* The same, of one length. */
const uint8_t *case_fixed(const json_t *object, const char *name, size_t len);

/* Members of other kinds; a failure if missing, but for text, which gives NULL. */
const char *field_text(const json_t *object, const char *name);
uint64_t field_number(const json_t *object, const char *name);

/* The case has ended. */
void bytes_free(void);

#endif
