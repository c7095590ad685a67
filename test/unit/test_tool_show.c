/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/show.c, who.c and exit.c: words out and words in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "law.h"
#include "tools/e4/exit.h"
#include "tools/e4/show.h"
#include "tools/e4/who.h"

TEST(spans_and_times_are_in_words)
{
    static const struct {
        uint64_t span_s;
        const char *want;
    } row[] = {{0, "0 s"},
               {59, "59 s"},
               {60, "1 min 0 s"},
               {3599, "59 min 59 s"},
               {3600, "1 h 0 min"},
               {86399, "23 h 59 min"},
               {86400, "1 day"},
               {172800, "2 days"},
               {UINT64_MAX, "213503982334601 days"}};
    char text[SHOW_SPAN_SIZE];
    char time[SHOW_TIME_SIZE];

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, strcmp(show_span(text, row[i].span_s), row[i].want) == 0);
    assert_string_equal(show_time(time, 0), "1970-01-01T00:00:00Z");
    assert_string_equal(show_time(time, 1700000000), "2023-11-14T22:13:20Z");
    assert_string_equal(show_time(time, UINT64_MAX), "18446744073709551615 s");
}

TEST(no_text_from_outside_moves_the_cursor)
{
    static const struct {
        const char *in, *out;
    } row[] = {
        {"plain \xc3\xa9 \xe2\x82\xac", "plain \xc3\xa9 \xe2\x82\xac"},
        {"\033[2J", "\\x1b[2J"},
        {"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
        {"\xff\xc3", "\\xff\\xc3"},
        {"\xc2\x9b", "\\xc2\\x9b"},
        {"\x7f\\", "\\x7f\\x5c"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        char *text = NULL;
        size_t len;
        FILE *out = open_memstream(&text, &len);

        show_text(out, row[i].in, strlen(row[i].in));
        CHECK_AT(i, fclose(out) == 0 && strcmp(text, row[i].out) == 0);
        free(text);
    }
}

TEST(output_formats_are_text_and_json)
{
    enum show_format format;
    struct err err;

    CHECK(show_format_parse(&format, NULL, &err) == 0 && format == SHOW_TEXT);
    CHECK(show_format_parse(&format, "text", &err) == 0 && format == SHOW_TEXT);
    CHECK(show_format_parse(&format, "json", &err) == 0 && format == SHOW_JSON);
    CHECK(show_format_parse(&format, "xml", &err) == -1 && err.kind == ERR_USAGE);
}

TEST(a_device_is_a_name_or_an_id)
{
    static const char hex[] = "a7dcef9aef26202fce82a7c7d6672afb";
    char name[] = "alice";
    char empty[] = "";
    char broken[] = "caf\xe9";
    struct who_options by_name = {.name = name}, by_id = {.id = hex}, both = {name, hex};
    struct who_options nobody = {0}, bad_id = {.id = "a7dc"}, no_name = {.name = empty};
    struct who_options no_text = {.name = broken};
    uint8_t one[E4_ID_SIZE], other[E4_ID_SIZE];
    struct err err;

    CHECK(who_id(one, &by_name, &err) == 0 && who_id(other, &by_id, &err) == 0);
    CHECK(memcmp(one, other, E4_ID_SIZE) == 0);
    CHECK(who_id(one, &both, &err) == -1 && err.kind == ERR_USAGE);
    CHECK(who_id(one, &nobody, &err) == -1 && err.kind == ERR_USAGE);
    CHECK(who_id(one, &bad_id, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(who_id(one, &no_name, &err) == -1 && strstr(err.text, "empty") != NULL);
    CHECK(who_id(one, &no_text, &err) == -1 && strstr(err.text, "UTF-8") != NULL);
    CHECK(who_parse(one, "id:a7dcef9aef26202fce82a7c7d6672afb", &err) == 0);
    CHECK(memcmp(one, other, E4_ID_SIZE) == 0);
    CHECK(who_parse(one, "alice", &err) == 0 && memcmp(one, other, E4_ID_SIZE) == 0);
}

TEST(a_mistyped_id_or_hash_is_not_taken_for_a_name)
{
    static const char *const wrong[] = {"id:", "id:00", "id:a7dcef9aef26202fce82a7c7d6672af",
                                        "id:a7dcef9aef26202fce82a7c7d6672afbb",
                                        "id:a7dcef9aef26202fce82a7c7d6672afg"};
    char topic[64];
    uint8_t bytes[E4_ID_SIZE];
    struct err err;

    for (size_t i = 0; i < COUNT(wrong); i++) {
        snprintf(topic, sizeof topic, "hash%s", wrong[i] + 2);
        CHECK_AT(i, who_parse(bytes, wrong[i], &err) == -1 && err.kind == ERR_INPUT);
        CHECK_AT(i, strstr(err.text, "32 hexadecimal digits") != NULL);
        CHECK_AT(i, who_parse_topic(bytes, topic, &err) == -1 && err.kind == ERR_INPUT);
        CHECK_AT(i, strstr(err.text, "32 hexadecimal digits") != NULL);
    }
    CHECK(who_parse(bytes, "id", &err) == 0 && who_parse_topic(bytes, "hash", &err) == 0);
}

TEST(names_have_up_to_255_bytes_and_topics_up_to_65535)
{
    static char text[70000];
    uint8_t hash[E4_HASH_SIZE];
    struct err err;

    memset(text, 'x', sizeof text - 1);
    text[255] = '\0';
    CHECK(who_parse(hash, text, &err) == 0);
    text[255] = 'x';
    text[256] = '\0';
    CHECK(who_parse(hash, text, &err) == -1 && strstr(err.text, "256 bytes") != NULL);
    text[256] = 'x';
    text[65535] = '\0';
    CHECK(who_parse_topic(hash, text, &err) == 0);
    text[65535] = 'x';
    text[65536] = '\0';
    CHECK(who_parse_topic(hash, text, &err) == -1 && strstr(err.text, "65536 bytes") != NULL);
}

TEST(a_topic_is_no_pattern_and_none_of_the_brokers_own)
{
    static const struct {
        const char *topic, *word;
    } row[] = {{"", "empty"}, {"a/+", "+ and #"}, {"#", "+ and #"}, {"$SYS/x", "$SYS"}};
    uint8_t one[E4_HASH_SIZE], other[E4_HASH_SIZE];
    struct err err;

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, who_parse_topic(one, row[i].topic, &err) == -1 && err.kind == ERR_INPUT);
        CHECK_AT(i, strstr(err.text, row[i].word) != NULL);
    }
    CHECK(who_parse_topic(one, "room1", &err) == 0);
    CHECK(who_parse_topic(other, "hash:7b14956ac0ce085073681c881bcf3e92", &err) == 0);
    CHECK(memcmp(one, other, sizeof one) == 0);
}

TEST(every_kind_of_error_has_its_exit_code)
{
    static const struct {
        enum err_kind kind;
        int code;
    } row[] = {{ERR_NONE, 0},  {ERR_SYSTEM, 1},  {ERR_USAGE, 2},    {ERR_INPUT, 3},
               {ERR_STATE, 4}, {ERR_NETWORK, 5}, {ERR_PROTOCOL, 6}, {ERR_TIMEOUT, 27}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct err err = {.kind = row[i].kind};

        CHECK_AT(i, exit_code(&err) == row[i].code);
    }
}

LAWS(LAW(spans_and_times_are_in_words), LAW(no_text_from_outside_moves_the_cursor),
     LAW(output_formats_are_text_and_json), LAW(a_device_is_a_name_or_an_id),
     LAW(a_mistyped_id_or_hash_is_not_taken_for_a_name),
     LAW(names_have_up_to_255_bytes_and_topics_up_to_65535),
     LAW(a_topic_is_no_pattern_and_none_of_the_brokers_own),
     LAW(every_kind_of_error_has_its_exit_code))
