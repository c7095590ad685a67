/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/result.c: results in words, and the version. */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "fixture.h"
#include "law.h"

TEST(each_result_has_a_phrase_of_its_own)
{
    for (int i = 0; i >= E4_ERR_VERSION; i--) {
        const char *phrase = e4_strerror((enum e4_result)i);

        CHECK_AT(-i, islower((unsigned char)phrase[0]) && strlen(phrase) < 60);
        CHECK_AT(-i, strcmp(phrase, e4_strerror((enum e4_result)1)) != 0);
        for (int j = 0; j > i; j--)
            CHECK_AT(-i, strcmp(phrase, e4_strerror((enum e4_result)j)) != 0);
    }
}

TEST(what_is_no_result_has_a_phrase_too)
{
    static const int other[] = {1, 2, 1000, INT_MAX, E4_ERR_VERSION - 1, -1000, INT_MIN};

    for (size_t i = 0; i < COUNT(other); i++) {
        enum e4_result result = (enum e4_result)other[i];

        if ((int)result != other[i])
            continue; /* an enum has one byte on some processors */
        CHECK_AT(i, strcmp(e4_strerror(result), "unknown result") == 0);
    }
}

TEST(the_version_at_run_time_is_that_of_the_header)
{
    CHECK(strcmp(e4_version(), E4_VERSION) == 0);
}

LAWS(LAW(each_result_has_a_phrase_of_its_own), LAW(what_is_no_result_has_a_phrase_too),
     LAW(the_version_at_run_time_is_that_of_the_header))
