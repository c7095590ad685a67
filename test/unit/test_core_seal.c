/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/seal.c. */
#include <string.h>

#include "base/err.h"
#include "fixture.h"
#include "law.h"
#include "server/core/seal.h"

static const uint8_t master[E4_KEY_SIZE] = {1};
static const uint8_t id_a[STORE_ID_SIZE] = {1}, id_b[STORE_ID_SIZE] = {2};
static struct err err;

TEST(what_was_sealed_opens_in_its_place_and_in_no_other)
{
    static const struct seal_place place = {"client", id_a, 7};
    static const struct seal_place other[] = {
        {"topic", id_a, 7}, {"client", id_b, 7}, {"client", id_a, 8}, {"clien", id_a, 7}};
    struct seal *seal;
    uint8_t key[E4_KEY_SIZE], got[E4_KEY_SIZE], sealed[STORE_SEALED_SIZE];

    key_of(key, 5);
    CHECK(seal_new(&seal, master, &err) == 0);
    CHECK(seal_key(seal, sealed, &place, key, &err) == 0);
    CHECK(seal_open(seal, got, &place, sealed, &err) == 0 && memcmp(got, key, 32) == 0);
    for (size_t i = 0; i < COUNT(other); i++) {
        CHECK_AT(i, seal_open(seal, got, &other[i], sealed, &err) == -1);
        CHECK_AT(i, err.kind == ERR_STATE && all_zero(got, sizeof got));
    }
    seal_free(seal);
}

TEST(one_flipped_bit_anywhere_and_it_does_not_open)
{
    static const struct seal_place place = {"client", id_a, 7};
    struct seal *seal;
    uint8_t key[E4_KEY_SIZE], sealed[STORE_SEALED_SIZE];

    key_of(key, 5);
    CHECK(seal_new(&seal, master, &err) == 0);
    CHECK(seal_key(seal, sealed, &place, key, &err) == 0);
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 0x40;
        CHECK_AT(i, seal_open(seal, key, &place, sealed, &err) == -1);
        sealed[i] ^= 0x40;
    }
    seal_free(seal);
}

TEST(sealed_twice_is_sealed_differently_and_another_master_opens_neither)
{
    static const struct seal_place place = {"client", id_a, 7};
    static const uint8_t others[E4_KEY_SIZE] = {2};
    struct seal *seal, *other = NULL;
    uint8_t key[E4_KEY_SIZE], one[STORE_SEALED_SIZE], two[STORE_SEALED_SIZE];

    key_of(key, 5);
    CHECK(seal_new(&seal, master, &err) == 0 && seal_new(&other, others, &err) == 0);
    CHECK(seal_key(seal, one, &place, key, &err) == 0);
    CHECK(seal_key(seal, two, &place, key, &err) == 0);
    for (size_t i = 0; i + 8 <= sizeof one; i += 8)
        CHECK_AT(i, memcmp(one + i, two + i, 8) != 0);
    CHECK(seal_open(other, key, &place, one, &err) == -1);
    seal_free(seal);
    seal_free(other);
    seal_free(NULL);
}

TEST(prints_are_equal_for_equal_keys_under_one_master_only)
{
    static const uint8_t others[E4_KEY_SIZE] = {2};
    struct seal *seal, *other = NULL;
    uint8_t key[E4_KEY_SIZE], one[STORE_PRINT_SIZE], two[STORE_PRINT_SIZE];

    CHECK(seal_new(&seal, master, &err) == 0 && seal_new(&other, others, &err) == 0);
    key_of(key, 5);
    seal_print(seal, one, key);
    seal_print(seal, two, key);
    CHECK(memcmp(one, two, sizeof one) == 0);
    seal_print(other, two, key);
    CHECK(memcmp(one, two, sizeof one) != 0);
    key_of(key, 6);
    seal_print(seal, two, key);
    CHECK(memcmp(one, two, sizeof one) != 0);
    seal_free(seal);
    seal_free(other);
}

LAWS(LAW(what_was_sealed_opens_in_its_place_and_in_no_other),
     LAW(one_flipped_bit_anywhere_and_it_does_not_open),
     LAW(sealed_twice_is_sealed_differently_and_another_master_opens_neither),
     LAW(prints_are_equal_for_equal_keys_under_one_master_only))
