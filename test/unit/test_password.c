/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/password.c: keys from passwords. */
#include <stdlib.h>
#include <string.h>

#include "e4/password.h"
#include "fixture.h"
#include "law.h"

static const uint8_t known[E4_KEY_SIZE] = {0xae, 0x15, 0x3a, 0xa9, 0xda, 0xd7, 0xa1, 0x0b,
                                           0x0a, 0xed, 0x6d, 0x5b, 0xcf, 0xb4, 0x07, 0xc7,
                                           0x70, 0x66, 0xac, 0xfb, 0xb2, 0xea, 0xa7, 0x02,
                                           0xa6, 0xa8, 0x8b, 0x6c, 0xf1, 0xb8, 0x8c, 0x33};

static uint8_t *work_new(void)
{
    uint8_t *work = malloc(E4_PASSWORD_WORK + 8);

    assert_non_null(work);
    return work;
}

TEST(the_published_password_gives_the_published_key_and_the_work_is_wiped)
{
    uint8_t key[E4_KEY_SIZE], *work = work_new();

    memset(work, 0xA5, E4_PASSWORD_WORK);
    CHECK(e4_key_from_password(key, "testRandomPassword", 18, work, E4_PASSWORD_WORK) == E4_OK);
    CHECK(memcmp(key, known, sizeof key) == 0);
    CHECK(all_zero(work, E4_PASSWORD_WORK));
    free(work);
}

TEST(passwords_have_16_bytes_of_utf8_or_more)
{
    static const struct {
        const char *password;
        size_t len;
        enum e4_result want;
    } row[] = {
        {"", 0, E4_ERR_ARGUMENT},
        {"123456789012345", 15, E4_ERR_ARGUMENT},
        {"1234567890123456", 16, E4_OK},
        {"123456789012345\xFF", 16, E4_ERR_ARGUMENT},
        {"12345678901234\xC3\xA4", 16, E4_OK},
        {"123456789012345\xC3\xA4", 16, E4_ERR_ARGUMENT},
    };
    uint8_t key[E4_KEY_SIZE], before[E4_KEY_SIZE], *work = work_new();

    memset(before, 0xEE, sizeof before);
    for (size_t i = 0; i < COUNT(row); i++) {
        memset(key, 0xEE, sizeof key);
        CHECK_AT(i, e4_key_from_password(key, row[i].password, row[i].len, work,
                                         E4_PASSWORD_WORK) == row[i].want);
        CHECK_AT(i, (memcmp(key, before, sizeof key) == 0) == (row[i].want != E4_OK));
    }
    free(work);
}

TEST(work_memory_is_whole_and_aligned_or_refused)
{
    uint8_t key[E4_KEY_SIZE], before[E4_KEY_SIZE], *work = work_new();

    memset(key, 0xEE, sizeof key);
    memset(before, 0xEE, sizeof before);
    CHECK(e4_key_from_password(key, "testRandomPassword", 18, work, E4_PASSWORD_WORK - 1) ==
          E4_ERR_SPACE);
    CHECK(e4_key_from_password(key, "testRandomPassword", 18, NULL, 0) == E4_ERR_SPACE);
    CHECK(e4_key_from_password(key, "testRandomPassword", 18, work + 1, E4_PASSWORD_WORK) ==
          E4_ERR_ARGUMENT);
    CHECK(memcmp(key, before, sizeof key) == 0);
    free(work);
}

LAWS(LAW(the_published_password_gives_the_published_key_and_the_work_is_wiped),
     LAW(passwords_have_16_bytes_of_utf8_or_more),
     LAW(work_memory_is_whole_and_aligned_or_refused))
