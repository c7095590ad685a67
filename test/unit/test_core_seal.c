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

TEST(a_key_is_sealed_anew_only_if_it_is_not_under_the_master_key_of_now)
{
    static const struct seal_place place = {"client", id_a, 7};
    static const uint8_t others[E4_KEY_SIZE] = {2};
    struct seal *seal, *next = NULL, *alone = NULL;
    uint8_t key[E4_KEY_SIZE], got[E4_KEY_SIZE], sealed[STORE_SEALED_SIZE];
    uint8_t one[STORE_PRINT_SIZE], two[STORE_PRINT_SIZE];
    bool renewed;

    key_of(key, 5);
    CHECK(seal_new(&seal, master, &err) == 0 && seal_new(&alone, others, &err) == 0);
    CHECK(seal_key(seal, sealed, &place, key, &err) == 0);
    CHECK(seal_next(&next, seal, others, &err) == 0);
    CHECK(seal_is_under(next, others) && !seal_is_under(next, master));
    seal_print(seal, one, key);
    seal_print(next, two, key);
    CHECK(memcmp(one, two, sizeof one) == 0);
    CHECK(seal_open(next, got, &place, sealed, &err) == 0 && memcmp(got, key, 32) == 0);
    CHECK(seal_open(alone, got, &place, sealed, &err) == -1);
    CHECK(seal_renew(next, sealed, &renewed, &place, &err) == 0 && renewed);
    CHECK(seal_renew(next, sealed, &renewed, &place, &err) == 0 && !renewed);
    CHECK(seal_open(alone, got, &place, sealed, &err) == 0 && memcmp(got, key, 32) == 0);
    CHECK(seal_open(seal, got, &place, sealed, &err) == -1);
    seal_add(seal, others); /* opens under both; then the other seals; then it alone opens */
    CHECK(seal_open(seal, got, &place, sealed, &err) == 0 && seal_is_under(seal, master));
    seal_swap(seal);
    CHECK(seal_is_under(seal, others));
    CHECK(seal_renew(seal, sealed, &renewed, &place, &err) == 0 && !renewed);
    seal_swap(seal);
    seal_forget(seal);
    CHECK(seal_open(seal, got, &place, sealed, &err) == -1 && all_zero(got, sizeof got));
    CHECK(seal_renew(seal, sealed, &renewed, &place, &err) == -1 && err.kind == ERR_STATE);
    seal_free(seal);
    seal_free(next);
    seal_free(alone);
}

TEST(the_other_master_key_and_the_prints_key_come_back_from_what_was_kept)
{
    static const struct seal_place place = {"rekey", id_a, 1}, prints = {"print", id_a, 1};
    static const uint8_t others[E4_KEY_SIZE] = {2};
    struct seal *seal, *next = NULL, *later = NULL;
    uint8_t key[E4_KEY_SIZE], got[E4_KEY_SIZE];
    uint8_t sealed[STORE_SEALED_SIZE], kept[STORE_SEALED_SIZE], print_key[STORE_SEALED_SIZE];
    uint8_t one[STORE_PRINT_SIZE], two[STORE_PRINT_SIZE];

    key_of(key, 5);
    CHECK(seal_new(&seal, master, &err) == 0 && seal_next(&next, seal, others, &err) == 0);
    CHECK(seal_key(seal, sealed, &place, key, &err) == 0);
    CHECK(seal_keep(next, kept, SEAL_OTHER_MASTER, &place, &err) == 0);
    CHECK(seal_keep(next, print_key, SEAL_PRINTING, &prints, &err) == 0);
    CHECK(seal_new(&later, others, &err) == 0);
    CHECK(seal_open(later, got, &place, sealed, &err) == -1);
    CHECK(seal_take(later, SEAL_OTHER_MASTER, &prints, kept, &err) == -1);
    CHECK(seal_take(later, SEAL_OTHER_MASTER, &place, kept, &err) == 0);
    CHECK(seal_open(later, got, &place, sealed, &err) == 0 && memcmp(got, key, 32) == 0);
    CHECK(seal_take(later, SEAL_PRINTING, &prints, print_key, &err) == 0);
    seal_print(seal, one, key);
    seal_print(later, two, key);
    CHECK(memcmp(one, two, sizeof one) == 0);
    seal_free(seal);
    seal_free(next);
    seal_free(later);
}

TEST(a_passphrases_key_depends_on_all_of_it_its_salt_and_its_cost)
{
    static const struct {
        struct seal_stretch how;
        const char *passphrase;
        size_t len;
    } row[] = {{{{1}, 64, 1}, "passphrase", 10}, {{{2}, 64, 1}, "passphrase", 10},
               {{{1}, 65, 1}, "passphrase", 10}, {{{1}, 64, 2}, "passphrase", 10},
               {{{1}, 64, 1}, "passphrasf", 10}, {{{1}, 64, 1}, "passphrase", 9}};
    uint8_t key[COUNT(row)][E4_KEY_SIZE];
    uint8_t again[E4_KEY_SIZE];

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i,
                 seal_stretch(key[i], &row[i].how, row[i].passphrase, row[i].len, &err) == 0);
        for (size_t j = 0; j < i; j++)
            CHECK_AT(i, memcmp(key[i], key[j], E4_KEY_SIZE) != 0);
    }
    CHECK(seal_stretch(again, &row[0].how, "passphrase", 10, &err) == 0);
    CHECK(memcmp(again, key[0], sizeof again) == 0);
}

TEST(how_a_passphrase_is_stretched_is_read_as_it_was_written_or_not_at_all)
{
    static const struct seal_stretch bad[] = {
        {{0}, 7, 1}, {{0}, 4 * 1024 * 1024 + 1, 1}, {{0}, 8, 0}, {{0}, 8, 101}};
    struct seal_stretch how, other, read;
    uint8_t bytes[SEAL_STRETCH_SIZE];

    CHECK(seal_stretch_new(&how, &err) == 0 && seal_stretch_new(&other, &err) == 0);
    CHECK(memcmp(how.salt, other.salt, sizeof how.salt) != 0);
    CHECK(how.memory_kib == 64 * 1024 && how.passes == 3);
    seal_stretch_write(bytes, &how);
    CHECK(seal_stretch_read(&read, bytes, sizeof bytes, &err) == 0);
    CHECK(memcmp(read.salt, how.salt, sizeof how.salt) == 0);
    CHECK(read.memory_kib == how.memory_kib && read.passes == how.passes);
    CHECK(seal_stretch_read(&read, bytes, sizeof bytes - 1, &err) == -1);
    for (size_t i = 0; i < COUNT(bad); i++) {
        seal_stretch_write(bytes, &bad[i]);
        CHECK_AT(i, seal_stretch_read(&read, bytes, sizeof bytes, &err) == -1);
        CHECK_AT(i, err.kind == ERR_STATE);
    }
}

LAWS(LAW(what_was_sealed_opens_in_its_place_and_in_no_other),
     LAW(one_flipped_bit_anywhere_and_it_does_not_open),
     LAW(sealed_twice_is_sealed_differently_and_another_master_opens_neither),
     LAW(prints_are_equal_for_equal_keys_under_one_master_only),
     LAW(a_key_is_sealed_anew_only_if_it_is_not_under_the_master_key_of_now),
     LAW(the_other_master_key_and_the_prints_key_come_back_from_what_was_kept),
     LAW(a_passphrases_key_depends_on_all_of_it_its_salt_and_its_cost),
     LAW(how_a_passphrase_is_stretched_is_read_as_it_was_written_or_not_at_all))
