/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/names.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/names.h"

static int append(void *ctx, const char *name, struct err *err)
{
    char *all = ctx;

    (void)err;
    strcat(strcat(all, name), " ");
    return 0;
}

TEST(names_that_begin_alike_are_told_and_without_a_prefix_all_of_them)
{
    static const char *const topics[] = {"a",    "zone/1", "zone/2",
                                         "zone", "zone0",  "\xc3\xa9/1"};
    static const struct {
        const char *prefix;
        const char *wanted;
        int64_t count;
    } row[] = {{"", "a zone zone/1 zone/2 zone0 \xc3\xa9/1 ", 6},
               {"zone/", "zone/1 zone/2 ", 2},
               {"zone", "zone zone/1 zone/2 zone0 ", 4},
               {"\xc3\xa9/", "\xc3\xa9/1 ", 1},
               {"zone/3", "", 0}};
    static const struct range all = {0, 100}, bad[] = {{-1, 1}, {1, -1}};
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(topics); i++)
        CHECK(topic_new(rig.core, "t", topics[i], &rig.err) == 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        char names[200] = "";
        int64_t count;

        CHECK(names_list(rig.core, NAMES_TOPICS, row[i].prefix, &all, append, names,
                         &rig.err) == 0);
        CHECK_AT(i, strcmp(names, row[i].wanted) == 0);
        CHECK(names_count(rig.core, &count, NAMES_TOPICS, row[i].prefix, &rig.err) == 0);
        CHECK_AT(i, count == row[i].count);
        CHECK(names_count(rig.core, &count, NAMES_CLIENTS, row[i].prefix, &rig.err) == 0);
        CHECK_AT(i, count == 0);
        for (size_t j = 0; j < COUNT(bad); j++) {
            CHECK(names_list(rig.core, NAMES_TOPICS, row[i].prefix, &bad[j], append, names,
                             &rig.err) == -1);
            CHECK_AT(i, rig.err.kind == ERR_INPUT);
        }
    }
    rig_close(&rig);
}

/* Prefixes that end with the last character of each length in UTF-8, and with the last of all.
 */
TEST(names_follow_a_prefix_whatever_its_last_character_is)
{
    static const char *const prefixes[] = {"a",
                                           "\x7f",
                                           "\xdf\xbf",
                                           "\xed\x9f\xbf",
                                           "\xef\xbf\xbf",
                                           "\xf4\x8f\xbf\xbf",
                                           "b\xf4\x8f\xbf\xbf"};
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        char name[16];

        CHECK(topic_new(rig.core, "t", prefixes[i], &rig.err) == 0);
        (void)snprintf(name, sizeof name, "%s/x", prefixes[i]);
        CHECK(topic_new(rig.core, "t", name, &rig.err) == 0);
    }
    CHECK(topic_new(rig.core, "t", "\xee\x80\x80", &rig.err) == 0);
    CHECK(topic_new(rig.core, "t", "\xf4\x8f\xbf\xbe", &rig.err) == 0);
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        int64_t count;

        CHECK(names_count(rig.core, &count, NAMES_TOPICS, prefixes[i], &rig.err) == 0);
        CHECK_AT(i, count == 2);
    }
    rig_close(&rig);
}

TEST(a_list_goes_on_after_a_name_that_may_be_gone)
{
    static const char *const topics[] = {"a", "b/1", "b/2", "b/3", "c"};
    static const struct {
        const char *prefix;
        const char *after;
        int64_t count;
        const char *wanted;
    } row[] = {{"", "", 9, "a b/1 b/2 b/3 c "},
               {"", "", 2, "a b/1 "},
               {"", "b/1", 2, "b/2 b/3 "},
               {"", "b/11", 1, "b/2 "},
               {"", "c", 9, ""},
               {"b/", "", 2, "b/1 b/2 "},
               {"b/", "b/2", 2, "b/3 "},
               {"b/", "a", 1, "b/1 "},
               {"b/", "c", 9, ""},
               {"b/", "b/0", INT64_MAX, "b/1 b/2 b/3 "},
               {"b/", "b/1", 0, ""},
               {"x", "", 9, ""}};
    char names[200];
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(topics); i++)
        CHECK(topic_new(rig.core, "t", topics[i], &rig.err) == 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        names[0] = '\0';
        CHECK(names_after(rig.core, NAMES_TOPICS, row[i].prefix, row[i].after, row[i].count,
                          append, names, &rig.err) == 0);
        CHECK_AT(i, strcmp(names, row[i].wanted) == 0);
    }
    CHECK(names_after(rig.core, NAMES_TOPICS, "\xff", "", 1, append, names, &rig.err) == -1);
    CHECK(names_after(rig.core, NAMES_TOPICS, "", "\xff", 1, append, names, &rig.err) == -1);
    CHECK(names_after(rig.core, NAMES_TOPICS, "", "", -1, append, names, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT);
    rig_close(&rig);
}

LAWS(LAW(names_follow_a_prefix_whatever_its_last_character_is),
     LAW(a_list_goes_on_after_a_name_that_may_be_gone),
     LAW(names_that_begin_alike_are_told_and_without_a_prefix_all_of_them))
