/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/mqtt_topic.c. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mqtt_topic.h"
#include "law.h"

TEST(a_message_goes_to_one_topic)
{
    static const struct {
        const char *name;
        const char *words; /* NULL: fine */
    } row[] = {
        {"a", NULL},
        {"/", NULL},
        {"a/b c/\303\244", NULL},
        {"$SYS/x", NULL},
        {"", "it is empty"},
        {"a/+", "+ and #"},
        {"a#b", "+ and #"},
        {"#", "+ and #"},
        {"\377", "not UTF-8"},
        {"a\300\200", "UTF-8"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct err err = {0};
        int rc = mqtt_topic_check(row[i].name, &err);

        CHECK_AT(i, rc == (row[i].words == NULL ? 0 : -1));
        CHECK_AT(i, row[i].words == NULL ||
                        (err.kind == ERR_INPUT && strstr(err.text, row[i].words)));
    }
}

TEST(wildcards_are_whole_levels)
{
    static const struct {
        const char *filter;
        bool good;
    } row[] = {
        {"#", true},     {"+", true},     {"a/#", true}, {"a/+/b", true}, {"+/+", true},
        {"/+", true},    {"+/#", true},   {"a/b", true}, {"", false},     {"a#", false},
        {"#/a", false},  {"a/#/", false}, {"a+", false}, {"+a", false},   {"a/+b", false},
        {"a/b+", false}, {"##", false},   {"++", false}, {"\377", false},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct err err = {0};

        CHECK_AT(i, mqtt_filter_check(row[i].filter, &err) == (row[i].good ? 0 : -1));
        CHECK_AT(i, row[i].good || err.kind == ERR_INPUT);
    }
}

TEST(a_topic_has_65535_bytes_at_most)
{
    char *name = malloc(65537);
    struct err err = {0};

    CHECK(name != NULL);
    memset(name, 't', 65536);
    name[65536] = '\0';
    CHECK(mqtt_topic_check(name, &err) == -1);
    CHECK(strstr(err.text, "65536") != NULL);
    CHECK(mqtt_filter_check(name, &err) == -1);
    name[65535] = '\0';
    CHECK(mqtt_topic_check(name, &err) == 0);
    CHECK(mqtt_filter_check(name, &err) == 0);
    free(name);
}

/* The examples of the standard, and the corners. */
TEST(a_filter_covers_what_the_standard_says)
{
    static const struct {
        const char *filter;
        const char *topic;
        bool covers;
    } row[] = {
        {"sport/tennis/player1/#", "sport/tennis/player1", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
        {"sport/tennis/player1/#", "sport/tennis/player10", false},
        {"sport/#", "sport", true},
        {"#", "anything/at/all", true},
        {"sport/tennis/+", "sport/tennis/player1", true},
        {"sport/tennis/+", "sport/tennis/player1/ranking", false},
        {"sport/+", "sport", false},
        {"sport/+", "sport/", true},
        {"+/+", "/finance", true},
        {"/+", "/finance", true},
        {"+", "/finance", false},
        {"+", "finance", true},
        {"+/b/#", "a/b", true},
        {"+/b/#", "a/c/b", false},
        {"a/b", "a/b", true},
        {"a/b", "a/b/", false},
        {"a/b/", "a/b", false},
        {"a/b", "a/bc", false},
        {"a/bc", "a/b", false},
        {"A", "a", false},
        {"#", "$SYS/uptime", false},
        {"+/uptime", "$SYS/uptime", false},
        {"$SYS/#", "$SYS/uptime", true},
        {"$SYS/+", "$SYS/uptime", true},
        {"a//b", "a//b", true},
        {"a/+/b", "a//b", true},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, mqtt_filter_matches(row[i].filter, row[i].topic) == row[i].covers);
}

LAWS(LAW(a_message_goes_to_one_topic), LAW(wildcards_are_whole_levels),
     LAW(a_topic_has_65535_bytes_at_most), LAW(a_filter_covers_what_the_standard_says))
