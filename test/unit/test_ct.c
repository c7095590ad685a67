/* SPDX-License-Identifier: Apache-2.0 */
/* Wiping and comparing; and numbers from bytes, of which those consist. */
#include "hex.h"

#include "crypto/ct.h"
#include "crypto/load.h"

enum { LONGEST = 40 };

TEST(wiping_leaves_zeros_there_and_nowhere_else)
{
    for (size_t len = 0; len <= LONGEST; len++) {
        uint8_t memory[LONGEST + 2];

        memset(memory, 0xa5, sizeof memory);
        e4_wipe(memory + 1, len);
        for (size_t i = 0; i < sizeof memory; i++)
            CHECK(memory[i] == (i >= 1 && i < 1 + len ? 0 : 0xa5));
    }
}

TEST(nothing_can_be_wiped_and_equals_nothing)
{
    e4_wipe(NULL, 0);
    CHECK(e4_equal(NULL, NULL, 0));
}

/* a and b are len equal bytes. */
static void check_every_bit(uint8_t *a, const uint8_t *b, size_t len)
{
    CHECK_AT(len, e4_equal(a, b, len));
    for (size_t bit = 0; bit < 8 * len; bit++) {
        uint8_t mask = (uint8_t)(1 << bit % 8);

        a[bit / 8] ^= mask;
        CHECK_AT(len, !e4_equal(a, b, len));
        CHECK_AT(len, e4_equal(a, b, bit / 8));
        a[bit / 8] ^= mask;
    }
}

TEST(equal_bytes_are_equal_and_any_other_bit_is_not)
{
    for (size_t len = 1; len <= LONGEST; len++) {
        uint8_t a[LONGEST], b[LONGEST + 1];

        for (size_t i = 0; i < len; i++)
            a[i] = b[i + 1] = (uint8_t)(i * 13);
        check_every_bit(a, b + 1, len);
    }
}

TEST(only_zeros_are_zero)
{
    uint8_t bytes[40] = {0};

    bytes[0] = bytes[39] = 0xFF;
    CHECK(e4_is_zero(bytes, 0));
    for (size_t len = 1; len <= 38; len++) {
        CHECK_AT(len, e4_is_zero(bytes + 1, len));
        for (size_t bit = 0; bit < 8 * len; bit++) {
            bytes[1 + bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_AT(bit, !e4_is_zero(bytes + 1, len));
            bytes[1 + bit / 8] = 0;
        }
    }
}

TEST(numbers_come_from_bytes_in_the_order_that_is_named)
{
    uint8_t bytes[9];

    from_hex(bytes, sizeof bytes, "ff0123456789abcdef");
    CHECK(e4_load_le32(bytes + 1) == 0x67452301);
    CHECK(e4_load_le64(bytes + 1) == 0xefcdab8967452301);
    CHECK(e4_load_be64(bytes + 1) == 0x0123456789abcdef);
}

TEST(numbers_go_to_bytes_in_the_order_that_is_named)
{
    uint8_t bytes[10] = {0};

    e4_store_le32(bytes + 1, 0x67452301);
    CHECK(is_hex(bytes, sizeof bytes, "00012345670000000000"));
    e4_store_le64(bytes + 1, 0xefcdab8967452301);
    CHECK(is_hex(bytes, sizeof bytes, "000123456789abcdef00"));
    e4_store_be64(bytes + 1, 0xefcdab8967452301);
    CHECK(is_hex(bytes, sizeof bytes, "00efcdab896745230100"));
}

LAWS(LAW(wiping_leaves_zeros_there_and_nowhere_else),
     LAW(nothing_can_be_wiped_and_equals_nothing),
     LAW(equal_bytes_are_equal_and_any_other_bit_is_not), LAW(only_zeros_are_zero),
     LAW(numbers_come_from_bytes_in_the_order_that_is_named),
     LAW(numbers_go_to_bytes_in_the_order_that_is_named))
