/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See hex.h. Digits are computed, not looked up, because a table's cache lines would tell of
 * the keys that pass through here. Masks are 0 or all ones.
 */
#include "base/hex.h"

#include "e4/keys.h"

/* All ones if low <= c <= high, else 0; every argument is below 256. */
static unsigned in_range(unsigned c, unsigned low, unsigned high)
{
    return 0U - (((low - c - 1) & (c - high - 1)) >> 31);
}

static char hex_digit(unsigned value)
{
    return (char)('0' + value + (in_range(value, 10, 15) & ('a' - '0' - 10)));
}

/* The value of a digit; *bad is no longer 0 if it is none. */
static unsigned hex_value(char digit, unsigned *bad)
{
    unsigned c = (unsigned char)digit;
    unsigned decimal = in_range(c, '0', '9');
    unsigned lower = in_range(c, 'a', 'f');
    unsigned upper = in_range(c, 'A', 'F');

    *bad |= ~(decimal | lower | upper);
    return (decimal & (c - '0')) | (lower & (c - 'a' + 10)) | (upper & (c - 'A' + 10));
}

void hex_encode(char *text, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        *text++ = hex_digit(bytes[i] >> 4);
        *text++ = hex_digit(bytes[i] & 15U);
    }
    *text = '\0';
}

int hex_decode(uint8_t *bytes, size_t len, const char *text, size_t text_len)
{
    unsigned bad = 0;

    if (text_len % 2 != 0 || text_len / 2 != len)
        return -1;
    for (size_t i = 0; i < len; i++) {
        unsigned high = hex_value(text[2 * i], &bad);

        bytes[i] = (uint8_t)(high << 4 | hex_value(text[2 * i + 1], &bad));
    }
    if (bad == 0)
        return 0;
    e4_wipe(bytes, len);
    return -1;
}

static char base64_digit(unsigned value)
{
    unsigned c = (in_range(value, 0, 25) & (value + 'A')) |
                 (in_range(value, 26, 51) & (value - 26 + 'a')) |
                 (in_range(value, 52, 61) & (value - 52 + '0')) |
                 (in_range(value, 62, 62) & '+') | (in_range(value, 63, 63) & '/');

    return (char)c;
}

static unsigned base64_value(char digit, unsigned *bad)
{
    unsigned c = (unsigned char)digit;
    unsigned upper = in_range(c, 'A', 'Z');
    unsigned lower = in_range(c, 'a', 'z');
    unsigned decimal = in_range(c, '0', '9');
    unsigned plus = in_range(c, '+', '+');
    unsigned slash = in_range(c, '/', '/');

    *bad |= ~(upper | lower | decimal | plus | slash);
    return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) | (decimal & (c - '0' + 52)) |
           (plus & 62U) | (slash & 63U);
}

void base64_encode(char *text, const uint8_t *bytes, size_t len)
{
    while (len >= 3) {
        *text++ = base64_digit(bytes[0] >> 2);
        *text++ = base64_digit((bytes[0] & 3U) << 4 | bytes[1] >> 4);
        *text++ = base64_digit((bytes[1] & 15U) << 2 | bytes[2] >> 6);
        *text++ = base64_digit(bytes[2] & 63U);
        bytes += 3;
        len -= 3;
    }
    if (len > 0) {
        unsigned second = len == 2 ? bytes[1] : 0;

        *text++ = base64_digit(bytes[0] >> 2);
        *text++ = base64_digit((bytes[0] & 3U) << 4 | second >> 4);
        *text++ = len == 2 ? base64_digit((second & 15U) << 2) : '=';
        *text++ = '=';
    }
    *text = '\0';
}

/* Three bytes as one number, from two to four digits; what is absent counts as 0. */
static unsigned base64_group(const char *text, unsigned digits, unsigned *bad)
{
    unsigned bits = 0;

    for (unsigned i = 0; i < 4; i++)
        bits = bits << 6 | (i < digits ? base64_value(text[i], bad) : 0);
    return bits;
}

int base64_decode(uint8_t *bytes, size_t cap, size_t *len, const char *text, size_t text_len)
{
    size_t padding = 0;
    size_t used = 0;
    unsigned bad = 0;

    *len = 0;
    if (text_len % 4 != 0)
        return -1;
    if (text_len > 0)
        padding = text[text_len - 1] != '=' ? 0 : text[text_len - 2] != '=' ? 1 : 2;
    if (text_len / 4 * 3 - padding > cap)
        return -1;
    for (size_t i = 0; i < text_len; i += 4) {
        unsigned absent = i + 4 == text_len ? (unsigned)padding : 0;
        unsigned bits = base64_group(text + i, 4 - absent, &bad);

        bad |= bits & ((1U << (8 * absent)) - 1);
        for (unsigned j = 0; j < 3 - absent; j++)
            bytes[used++] = (uint8_t)(bits >> (16 - 8 * j));
    }
    if (bad != 0) {
        e4_wipe(bytes, used);
        return -1;
    }
    *len = used;
    return 0;
}
