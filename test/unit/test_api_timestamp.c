/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/timestamp.c. */
#include <string.h>
#include <time.h>

#include "law.h"
#include "server/api/timestamp.h"

TEST(what_is_written_is_read_as_the_same)
{
    static const struct {
        int64_t seconds;
        int32_t nanoseconds;
        const char *text;
    } row[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {-1, 999999999, "1969-12-31T23:59:59.999999999Z"},
        {1, 500000000, "1970-01-01T00:00:01.500Z"},
        {1, 500000, "1970-01-01T00:00:01.000500Z"},
        {951782400, 1, "2000-02-29T00:00:00.000000001Z"},
        {1795985197, 0, "2026-11-29T20:46:37Z"},
        {4107542399, 0, "2100-02-28T23:59:59Z"},
        {-62135596800, 0, "0001-01-01T00:00:00Z"},
        {253402300799, 999999999, "9999-12-31T23:59:59.999999999Z"},
    };
    char text[TIMESTAMP_SIZE];
    int64_t seconds;
    int32_t nanoseconds;

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, timestamp_encode(text, row[i].seconds, row[i].nanoseconds) == 0);
        assert_string_equal(text, row[i].text);
        CHECK_AT(i, timestamp_decode(&seconds, &nanoseconds, text, strlen(text)) == 0);
        CHECK_AT(i, seconds == row[i].seconds && nanoseconds == row[i].nanoseconds);
    }
}

/* Every 1st to 28th of four hundred years, against the C library. */
TEST(days_are_those_of_the_c_library)
{
    for (int64_t day = -200 * 365; day < 200 * 365; day += 3) {
        const time_t seconds = (time_t)(day * 86400 + 12345);
        struct tm tm;
        char want[40];
        char text[TIMESTAMP_SIZE];

        CHECK(gmtime_r(&seconds, &tm) != NULL);
        CHECK(strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
        CHECK(timestamp_encode(text, seconds, 0) == 0);
        assert_string_equal(text, want);
    }
}

TEST(offsets_and_small_letters_are_taken)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
    } row[] = {
        {"1970-01-01t00:00:00z", 0, 0},
        {"1970-01-01T01:00:00+01:00", 0, 0},
        {"1969-12-31T18:30:00-05:30", 0, 0},
        {"1970-01-01T00:00:00.1Z", 0, 100000000},
        {"1970-01-01T00:00:00.123456789+00:00", 0, 123456789},
    };
    int64_t seconds;
    int32_t nanoseconds;

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(
            i, timestamp_decode(&seconds, &nanoseconds, row[i].text, strlen(row[i].text)) == 0);
        CHECK_AT(i, seconds == row[i].seconds && nanoseconds == row[i].nanoseconds);
    }
}

TEST(anything_else_is_refused)
{
    static const char *const row[] = {
        "",
        "now",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01T00:00Z",
        "1970-1-01T00:00:00Z",
        "1970-01-01 00:00:00Z",
        "0000-01-01T00:00:00Z",
        "1970-00-01T00:00:00Z",
        "1970-13-01T00:00:00Z",
        "1970-01-32T00:00:00Z",
        "1970-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:60Z",
        "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.1234567890Z",
        "1970-01-01T00:00:00+24:00",
        "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00Zx",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "1970-01-01T00:00:00.123456789+00:000000000000000",
    };
    char text[TIMESTAMP_SIZE];
    int64_t seconds;
    int32_t nanoseconds;

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, timestamp_decode(&seconds, &nanoseconds, row[i], strlen(row[i])) == -1);
    CHECK(timestamp_decode(&seconds, &nanoseconds, "1970-01-01T00:00:00Z\0", 21) == -1);
    CHECK(timestamp_encode(text, 253402300800, 0) == -1);
    CHECK(timestamp_encode(text, -62135596801, 0) == -1);
    CHECK(timestamp_encode(text, 0, -1) == -1 && timestamp_encode(text, 0, 1000000000) == -1);
}

LAWS(LAW(what_is_written_is_read_as_the_same), LAW(days_are_those_of_the_c_library),
     LAW(offsets_and_small_letters_are_taken), LAW(anything_else_is_refused))
