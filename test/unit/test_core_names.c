/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/names.c. */
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

LAWS(LAW(names_that_begin_alike_are_told_and_without_a_prefix_all_of_them))
