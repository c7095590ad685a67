/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/format.c. What depends on the clock is in test/scenario/mqtt_options.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "law.h"
#include "tools/e4/format.h"

static char printed[4096];

static int prints(const char *format, const struct received *received)
{
    FILE *out = tmpfile();
    struct err err = {0};
    size_t len;
    int rc;

    CHECK(out != NULL);
    rc = format_print(out, format, received, &err);
    rewind(out);
    len = fread(printed, 1, sizeof printed - 1, out);
    printed[len] = '\0';
    (void)fclose(out);
    return rc;
}

static const struct mqtt_message message = {.topic = "a/b", .qos = 2, .retained = true};

static struct received text_of(const char *text)
{
    struct received received = {.kind = RECEIVED_TEXT, .message = &message};

    received.text = (const uint8_t *)text;
    received.len = strlen(text);
    received.opened.sent_s = 1700000000;
    return received;
}

TEST(formats_are_checked_before_anything_is_printed)
{
    static const char *const good[] = {"",
                                       "%%",
                                       "%t %p %x %X %l %q %r %I %U %T %u %s %v %o %j %J",
                                       "@@ @N @Y",
                                       "\\\\ \\0 \\a \\e \\n \\r \\t \\v",
                                       "plain"};
    static const char *const bad[] = {"%", "%K", "100% ", "\\", "\\q", "@", "%10t"};

    for (size_t i = 0; i < COUNT(good); i++) {
        struct err err = {0};

        CHECK_AT(i, format_check(good[i], &err) == 0);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct err err = {0};

        CHECK_AT(i, format_check(bad[i], &err) == -1 && err.kind == ERR_USAGE);
    }
}

TEST(each_sequence_prints_what_it_stands_for)
{
    struct received received = text_of("hi\n");

    CHECK(prints("%t|%p|%x|%X|%l|%q|%r|%%|@@|\\\\|\\t|%u|%v|%s|%o", &received) == 0);
    assert_string_equal(printed,
                        "a/b|hi\n|68690a|68690A|3|2|1|%|@|\\|\t|1700000000|protected||0");
    received.opened.old_key = true;
    memset(received.opened.sender, 0xa7, E4_ID_SIZE);
    CHECK(prints("%v %s %o", &received) == 0);
    assert_string_equal(printed, "unverified a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7 1");
    received.opened.verified = true;
    CHECK(prints("%v", &received) == 0);
    assert_string_equal(printed, "signed");
    received.clear = true;
    CHECK(prints("%v[%s][%u][%T]", &received) == 0);
    assert_string_equal(printed, "clear[][][]");
}

TEST(json_tells_all_and_is_one_line)
{
    struct received received = text_of("{\"a\":\n[1, \"x\\n\"]}");

    memset(received.opened.sender, 0xa7, E4_ID_SIZE);
    received.opened.verified = true;
    CHECK(prints("%J", &received) == 0);
    CHECK(strchr(printed, '\n') == NULL);
    CHECK(strstr(printed,
                 "\"topic\":\"a/b\",\"qos\":2,\"retain\":1,\"protection\":\"signed\"") != NULL);
    CHECK(strstr(printed,
                 "\"sender\":\"a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7\",\"verified\":true") != NULL);
    CHECK(strstr(printed, "\"payload\":{\"a\": [1, \"x\\n\"]}}") != NULL);
    CHECK(prints("%j", &received) == 0);
    CHECK(strstr(printed, "\"payload\":\"{\\\"a\\\":\\u000a[1, \\\"x\\\\n\\\"]}\"}") != NULL);
    received.clear = true;
    CHECK(prints("%j", &received) == 0);
    CHECK(strstr(printed, "\"protection\":\"clear\",\"payloadlen\":17") != NULL);
    CHECK(strstr(printed, "sent") == NULL && strstr(printed, "sender") == NULL);
}

TEST(text_that_is_no_json_is_refused_before_anything_is_printed)
{
    static const char *const good[] = {"1", "null", "\"x\"", "[]", " {} ", "[[[1]]]"};
    static const char *const bad[] = {"",
                                      "x",
                                      "1 2",
                                      "{} {}",
                                      "1},{\"payload\":2",
                                      "1,\"z\":2",
                                      "1,\"zzzzzzzzz\":0},{\"\":1",
                                      "{",
                                      "[1,]",
                                      "NaN",
                                      "\"\377\"",
                                      "{\"a\":1,\"a\":2}"};

    for (size_t i = 0; i < COUNT(good); i++) {
        struct received received = text_of(good[i]);

        CHECK_AT(i, prints("%t %J", &received) == 0);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct received received = text_of(bad[i]);

        CHECK_AT(i, prints("%t %J", &received) == -1);
        CHECK_AT(i, printed[0] == '\0');
        CHECK_AT(i, prints("%%J %p", &received) == 0);
    }
}

LAWS(LAW(formats_are_checked_before_anything_is_printed),
     LAW(each_sequence_prints_what_it_stands_for), LAW(json_tells_all_and_is_one_line),
     LAW(text_that_is_no_json_is_refused_before_anything_is_printed))
