/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/err.c. */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "law.h"

TEST(an_error_says_what_it_was_told)
{
    struct err err;

    CHECK(err_set(&err, ERR_INPUT, "%s: %d bytes", "key", 31) == -1);
    CHECK(err.kind == ERR_INPUT);
    assert_string_equal(err.text, "key: 31 bytes");
}

TEST(a_failed_system_call_adds_its_reason)
{
    struct err err;

    CHECK(err_system(&err, ERR_STATE, ENOENT, "cannot open %s", "x") == -1);
    CHECK(err.kind == ERR_STATE);
    assert_string_equal(err.text, "cannot open x: No such file or directory");
}

TEST(a_prefix_keeps_kind_and_text)
{
    struct err err;

    (void)err_set(&err, ERR_TIMEOUT, "nothing came");
    CHECK(err_prefix(&err, "topic %s", "room1") == -1);
    CHECK(err.kind == ERR_TIMEOUT);
    assert_string_equal(err.text, "topic room1: nothing came");
}

TEST(what_does_not_fit_is_cut_and_still_a_string)
{
    struct err err;
    char longer[2000];

    for (size_t len = sizeof err.text - 4; len < sizeof err.text + 4; len++) {
        memset(longer, 'x', sizeof longer);
        longer[len] = '\0';
        (void)err_set(&err, ERR_INPUT, "%s", longer);
        CHECK_AT(len, strlen(err.text) == (len < sizeof err.text ? len : sizeof err.text - 1));
        (void)err_prefix(&err, "%s", longer);
        CHECK_AT(len, strlen(err.text) == sizeof err.text - 1);
        (void)err_system(&err, ERR_INPUT, EIO, "%s", longer);
        CHECK_AT(len, strlen(err.text) == sizeof err.text - 1);
    }
}

LAWS(LAW(an_error_says_what_it_was_told), LAW(a_failed_system_call_adds_its_reason),
     LAW(a_prefix_keeps_kind_and_text), LAW(what_does_not_fit_is_cut_and_still_a_string))
