/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as text and back: hexadecimal, and base64 (RFC 4648, section 4, with padding). The
 * values may be secret: time depends on lengths alone, and on whether the text is well formed.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Lower-case digits and NUL: 2 * len + 1 bytes. */
void hex_encode(char *text, const uint8_t *bytes, size_t len);

/* Digits of either case, nothing else, exactly 2 * len of them. -1: not so; bytes are wiped. */
int hex_decode(uint8_t *bytes, size_t len, const char *text, size_t text_len);

/* Bytes of room for the text of len bytes, with its NUL. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void base64_encode(char *text, const uint8_t *bytes, size_t len);

/*
 * Strict: no blanks, full padding, unused bits zero. -1: not so, or more than cap bytes; then
 * bytes are wiped and *len is 0.
 */
int base64_decode(uint8_t *bytes, size_t cap, size_t *len, const char *text, size_t text_len);

#endif
