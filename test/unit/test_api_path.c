/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/path.c. */
#include <string.h>

#include "law.h"
#include "server/api/path.h"

static bool field_is(const struct path_field *field, const char *name, const char *value)
{
    return field->name_len == strlen(name) && memcmp(field->name, name, strlen(name)) == 0 &&
           field->value_len == strlen(value) && memcmp(field->value, value, strlen(value)) == 0;
}

TEST(a_pattern_matches_whole_paths_and_says_where_its_fields_are)
{
    static const struct {
        const char *pattern;
        const char *path;
        const char *first; /* value of {a} or {topic}; NULL: no match */
        const char *second;
    } row[] = {
        {"/x", "/x", "", ""},
        {"/x", "/x/", NULL, NULL},
        {"/x", "/", NULL, NULL},
        {"/x", "", NULL, NULL},
        {"/c/{a}", "/c/alice", "alice", ""},
        {"/c/{a}", "/c/", "", ""},
        {"/c/{a}", "/c", NULL, NULL},
        {"/c/{a}", "/c/alice/", NULL, NULL},
        {"/c/{a}", "/c/al%2Fice", "al%2Fice", ""},
        {"/c/{a}/n", "/c/alice/n", "alice", ""},
        {"/c/{a}/n", "/c/a/b/n", NULL, NULL},
        {"/c/{a}/n", "/c/alice/nn", NULL, NULL},
        {"/c/{a}/l/{b}", "/c/alice/l/bob", "alice", "bob"},
        {"/c/{a}/l/{b}", "/c/alice/l/bob/x", NULL, NULL},
        {"/t/{topic}", "/t/a/b/c", "a/b/c", ""},
        {"/t/{topic}", "/t//", "/", ""},
        {"/t/{topic}/clients", "/t/a/clients", "a", ""},
        {"/t/{topic}/clients", "/t/a/clients/clients", "a/clients", ""},
        {"/t/{topic}/clients", "/t//clients", "", ""},
        {"/t/{topic}/clients", "/t/clients", NULL, NULL},
        {"/t/{topic}/clients", "/t/a/clients/count", NULL, NULL},
        {"/c/{a}/topic/{topic}", "/c/alice/topic/x/y", "alice", "x/y"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct path_match match;
        bool found = path_match(&match, row[i].pattern, row[i].path, strlen(row[i].path));

        CHECK_AT(i, found == (row[i].first != NULL));
        if (!found || strchr(row[i].pattern, '{') == NULL)
            continue;
        CHECK_AT(i,
                 field_is(&match.field[0],
                          strstr(row[i].pattern, "{a}") == NULL ? "topic" : "a", row[i].first));
        if (match.count == 2)
            CHECK_AT(i, field_is(&match.field[1],
                                 strstr(row[i].pattern, "{b}") == NULL ? "topic" : "b",
                                 row[i].second));
    }
}

TEST(percent_signs_are_undone_or_refused)
{
    static const struct {
        const char *text;
        const char *want; /* NULL: refused */
        size_t len;
    } row[] = {
        {"", "", 0},       {"abc", "abc", 3}, {"a%2Fb", "a/b", 3}, {"%c3%A9", "\xc3\xa9", 2},
        {"a+b", "a+b", 3}, {"%00", "\0", 1},  {"%25%32", "%2", 2}, {"%", NULL, 0},
        {"a%2", NULL, 0},  {"%zz", NULL, 0},  {"%2", NULL, 0},     {"%%41", NULL, 0},
    };
    char out[16];
    size_t len;

    for (size_t i = 0; i < COUNT(row); i++) {
        int rc = path_decode(out, &len, row[i].text, strlen(row[i].text));

        CHECK_AT(i, (rc == 0) == (row[i].want != NULL));
        CHECK_AT(i, len == row[i].len);
        CHECK_AT(i, rc != 0 || memcmp(out, row[i].want, len) == 0);
    }
}

LAWS(LAW(a_pattern_matches_whole_paths_and_says_where_its_fields_are),
     LAW(percent_signs_are_undone_or_refused))
