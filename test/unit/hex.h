/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes written as lower-case hex digits, for tests. */
#ifndef HEX_H
#define HEX_H

#include <string.h>

#include "law.h"

static inline uint8_t hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = strchr(digits, digit);

    CHECK(digit != '\0' && found != NULL);
    return (uint8_t)(found - digits);
}

/* Exactly len bytes. */
static inline void from_hex(uint8_t *out, size_t len, const char *hex)
{
    CHECK(strlen(hex) == 2 * len);
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
}

/* Up to 256 bytes are those that hex says. */
static inline bool is_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    uint8_t wanted[256];

    CHECK(len <= sizeof wanted);
    from_hex(wanted, len, hex);
    return memcmp(bytes, wanted, len) == 0;
}

#endif
