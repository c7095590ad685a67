/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/hex.c; the base64 values are those of RFC 4648, section 10. */
#include <string.h>

#include "base/hex.h"
#include "law.h"

TEST(hexadecimal_goes_there_and_back_for_every_byte)
{
    uint8_t in[256], out[256];
    char text[2 * sizeof in + 1];

    for (unsigned i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)i;
    hex_encode(text, in, sizeof in);
    CHECK(strlen(text) == 2 * sizeof in);
    CHECK(memcmp(text, "000102", 6) == 0 && memcmp(text + 2 * 0xab, "ab", 2) == 0);
    CHECK(hex_decode(out, sizeof out, text, strlen(text)) == 0);
    CHECK(memcmp(in, out, sizeof in) == 0);
    CHECK(hex_decode(out, 2, "aBCd", 4) == 0 && out[0] == 0xab && out[1] == 0xcd);
}

TEST(only_the_22_digits_are_hexadecimal)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    uint8_t out;

    for (unsigned c = 0; c < 256; c++) {
        const char text[2] = {(char)c, '0'};
        bool is_digit = c != 0 && strchr(digits, (int)c) != NULL;

        CHECK_AT(c, (hex_decode(&out, 1, text, 2) == 0) == is_digit);
    }
}

TEST(hexadecimal_of_another_length_is_refused_and_nothing_stays)
{
    uint8_t out[2] = {7, 7};

    CHECK(hex_decode(out, 2, "abc", 3) == -1);
    CHECK(hex_decode(out, 2, "ab", 2) == -1);
    CHECK(hex_decode(out, 2, "abcdef", 6) == -1);
    CHECK(hex_decode(out, 2, "abxx", 4) == -1 && out[0] == 0 && out[1] == 0);
    CHECK(hex_decode(out, 0, "", 0) == 0);
}

TEST(base64_gives_the_published_values)
{
    static const char *const row[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        size_t len = strlen(row[i][0]);
        char text[BASE64_SIZE(6)];
        uint8_t bytes[6];
        size_t got;

        base64_encode(text, (const uint8_t *)row[i][0], len);
        CHECK_AT(i, strcmp(text, row[i][1]) == 0);
        CHECK_AT(i, base64_decode(bytes, sizeof bytes, &got, text, strlen(text)) == 0);
        CHECK_AT(i, got == len && memcmp(bytes, row[i][0], len) == 0);
    }
}

TEST(base64_goes_there_and_back_for_every_value)
{
    uint8_t in[3], out[3];
    char text[BASE64_SIZE(3)];
    size_t len;

    for (unsigned i = 0; i < 64; i++) {
        in[0] = (uint8_t)(i << 2);
        in[1] = (uint8_t)(i * 5);
        in[2] = (uint8_t)(0xff - i);
        base64_encode(text, in, sizeof in);
        CHECK_AT(i, strlen(text) == 4 && base64_decode(out, 3, &len, text, 4) == 0);
        CHECK_AT(i, len == 3 && memcmp(in, out, 3) == 0);
    }
}

TEST(base64_that_is_not_strict_is_refused_and_nothing_stays)
{
    static const char *const row[] = {
        "Z",     "Zg",   "Zg=",  "Z===", "====", "Zg==Zg==", "Zm9 ",
        "Zm\n9", "Zh==", "Zm9=", "Zm-_", "Zg=v", "=g==",     "Zm9v\n"};
    uint8_t bytes[16];
    size_t len;

    for (size_t i = 0; i < COUNT(row); i++) {
        memset(bytes, 7, sizeof bytes);
        CHECK_AT(i, base64_decode(bytes, sizeof bytes, &len, row[i], strlen(row[i])) == -1);
        CHECK_AT(i, len == 0 && bytes[0] != 'f');
    }
}

TEST(base64_of_more_than_there_is_room_for_is_refused)
{
    uint8_t bytes[4] = {0};
    size_t len;

    CHECK(base64_decode(bytes, 3, &len, "Zm9vYg==", 8) == -1 && len == 0);
    CHECK(base64_decode(bytes, 4, &len, "Zm9vYg==", 8) == 0 && len == 4);
}

LAWS(LAW(hexadecimal_goes_there_and_back_for_every_byte),
     LAW(only_the_22_digits_are_hexadecimal),
     LAW(hexadecimal_of_another_length_is_refused_and_nothing_stays),
     LAW(base64_gives_the_published_values), LAW(base64_goes_there_and_back_for_every_value),
     LAW(base64_that_is_not_strict_is_refused_and_nothing_stays),
     LAW(base64_of_more_than_there_is_room_for_is_refused))
