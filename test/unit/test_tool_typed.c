/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/typed.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "law.h"
#include "tools/e4/typed.h"

TEST(of_what_is_sent_only_the_topic_is_kept)
{
    static const char *const row[][2] = {
        {"send room a secret", "send room"},
        {"send-clear room a secret", "send-clear room"},
        {"  ", "  "},
        {"send", "send"},
        {"send ", "send "},
        {"send  room  two", "send  room"},
        {"send \"a room\" a secret", "send \"a room\""},
        {"send \"no end", "send \"no end"},
        {"keys", "keys"},
        {"subscribe a b", "subscribe a b"},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct typed typed = {{0}, 0};
        struct err err = {0};

        CHECK_AT(i, typed_add(&typed, row[i][0], &err) == 0 && typed.count == 1);
        CHECK_AT(i, strcmp(typed.lines[0], row[i][1]) == 0);
        typed_free(&typed);
    }
}

TEST(a_file_gives_back_what_was_written_and_is_the_owners_alone)
{
    char folder[] = "/tmp/e4-typed-XXXXXX";
    char path[64];
    struct typed typed = {{0}, 0};
    struct typed again = {{0}, 0};
    struct err err = {0};
    struct stat status;

    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/history", folder);
    CHECK(typed_load(&again, path, &err) == 0 && again.count == 0);
    CHECK(typed_add(&typed, "keys", &err) == 0);
    CHECK(typed_add(&typed, "keys", &err) == 0); /* once is enough */
    CHECK(typed_add(&typed, "", &err) == 0);
    CHECK(typed_add(&typed, "send room x", &err) == 0);
    CHECK(typed_add(&typed, "keys", &err) == 0);
    CHECK(typed_save(&typed, path, &err) == 0);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600 && status.st_size == 20);
    CHECK(typed_load(&again, path, &err) == 0 && again.count == 3);
    assert_string_equal(again.lines[0], "keys");
    assert_string_equal(again.lines[1], "send room");
    assert_string_equal(again.lines[2], "keys");
    typed_free(&typed);
    typed_free(&again);
    CHECK(typed_save(&typed, "/nonexistent/history", &err) == -1);
    CHECK(typed_load(&typed, folder, &err) == -1);
    (void)unlink(path);
    (void)rmdir(folder);
}

TEST(it_keeps_the_newest_and_nothing_long)
{
    struct typed typed = {{0}, 0};
    struct err err = {0};
    char line[2000];

    for (int i = 0; i < TYPED_MAX + 10; i++) {
        (void)snprintf(line, sizeof line, "subscribe %d", i);
        CHECK(typed_add(&typed, line, &err) == 0);
    }
    CHECK(typed.count == TYPED_MAX);
    assert_string_equal(typed.lines[0], "subscribe 10");
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    CHECK(typed_add(&typed, line, &err) == 0);
    assert_string_equal(typed.lines[TYPED_MAX - 1], "subscribe 509");
    typed_free(&typed);
}

LAWS(LAW(of_what_is_sent_only_the_topic_is_kept),
     LAW(a_file_gives_back_what_was_written_and_is_the_owners_alone),
     LAW(it_keeps_the_newest_and_nothing_long))
