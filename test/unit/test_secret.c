/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/secret.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/secret.h"
#include "law.h"

#define VARIABLE "E4_TEST_PASSWORD"

static char path[64];

/* A file with this text and these permissions. */
static void put(const char *text, unsigned mode)
{
    const struct file_options options = {mode, true};
    struct err err;

    (void)snprintf(path, sizeof path, "/tmp/e4-test-secret-%ld", (long)getpid());
    CHECK(file_write(path, text, strlen(text), &options, &err) == 0);
}

TEST(a_file_that_others_can_read_or_write_is_refused)
{
    static const unsigned bad[] = {0640, 0604, 0620, 0602, 0644, 0666, 0610};
    static const unsigned good[] = {0600, 0400, 0700};
    struct err err;
    char text[8];
    size_t len;

    for (size_t i = 0; i < COUNT(bad); i++) {
        put("secret", bad[i]);
        CHECK_AT(i, secret_read(path, text, sizeof text, &len, &err) == -1);
        CHECK_AT(i, err.kind == ERR_INPUT && strstr(err.text, "chmod 600") != NULL && len == 0);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        put("secret", good[i]);
        CHECK_AT(i, secret_read(path, text, sizeof text, &len, &err) == 0 && len == 6);
    }
    (void)remove(path);
    CHECK(secret_read(path, text, sizeof text, &len, &err) == -1);
}

TEST(a_line_end_is_no_part_of_a_password_in_a_file)
{
    static const struct {
        const char *in, *out;
    } row[] = {{"pass", "pass"},
               {"pass\n", "pass"},
               {"pass\r\n", "pass"},
               {"pass\n\n", "pass\n"},
               {" pass ", " pass "},
               {"", ""},
               {"\n", ""}};
    char password[SECRET_PASSWORD_MAX + 1];
    struct err err;
    size_t len;

    for (size_t i = 0; i < COUNT(row); i++) {
        struct secret_source source = {path, NULL, NULL};

        put(row[i].in, 0600);
        CHECK_AT(i, secret_password(password, &len, &source, &err) == 0);
        CHECK_AT(i, len == strlen(row[i].out) && strcmp(password, row[i].out) == 0);
    }
    (void)remove(path);
}

TEST(a_password_comes_from_where_it_was_said)
{
    struct secret_source variable = {NULL, NULL, VARIABLE};
    struct secret_source value = {NULL, "value\n", VARIABLE};
    struct secret_source nothing = {0};
    char password[SECRET_PASSWORD_MAX + 1];
    struct err err;
    size_t len;

    CHECK(unsetenv(VARIABLE) == 0 && !secret_is_given(&variable));
    CHECK(secret_password(password, &len, &variable, &err) == -1 && err.kind == ERR_USAGE);
    CHECK(setenv(VARIABLE, "from outside", 1) == 0 && secret_is_given(&variable));
    CHECK(secret_password(password, &len, &variable, &err) == 0 && len == 12);
    assert_string_equal(password, "from outside");
    CHECK(secret_is_given(&value) && secret_password(password, &len, &value, &err) == 0);
    assert_string_equal(password, "value\n");
    CHECK(!secret_is_given(&nothing));
    CHECK(unsetenv(VARIABLE) == 0);
}

TEST(a_password_that_is_too_long_is_refused_wherever_it_comes_from)
{
    static char longer[SECRET_PASSWORD_MAX + 2];
    struct secret_source value = {NULL, longer, NULL};
    struct secret_source file = {path, NULL, NULL};
    char password[SECRET_PASSWORD_MAX + 1];
    struct err err;
    size_t len;

    memset(longer, 'x', SECRET_PASSWORD_MAX + 1);
    put(longer, 0600);
    CHECK(secret_password(password, &len, &value, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(secret_password(password, &len, &file, &err) == -1 && err.kind == ERR_INPUT);
    longer[SECRET_PASSWORD_MAX] = '\0';
    CHECK(secret_password(password, &len, &value, &err) == 0 && len == SECRET_PASSWORD_MAX);
    (void)remove(path);
}

TEST(memory_for_secrets_starts_empty)
{
    struct err err;
    uint8_t *memory = secret_alloc(100000, &err);

    CHECK(memory != NULL);
    for (size_t i = 0; i < 100000; i++)
        CHECK_AT(i, memory[i] == 0);
    memset(memory, 1, 100000);
    secret_free(memory, 100000);
    secret_free(NULL, 0);
    CHECK(secret_alloc(SIZE_MAX / 2, &err) == NULL && err.kind == ERR_SYSTEM);
}

TEST(random_bytes_differ)
{
    uint8_t one[32] = {0}, other[32] = {0};
    struct err err;

    CHECK(secret_random(one, sizeof one, &err) == 0 &&
          secret_random(other, sizeof other, &err) == 0);
    CHECK(memcmp(one, other, sizeof one) != 0);
}

TEST(no_core_is_dumped)
{
    struct rlimit limit;
    struct err err;

    CHECK(secret_no_dumps(&err) == 0);
    CHECK(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
    CHECK(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0);
}

LAWS(LAW(a_file_that_others_can_read_or_write_is_refused),
     LAW(a_line_end_is_no_part_of_a_password_in_a_file),
     LAW(a_password_comes_from_where_it_was_said),
     LAW(a_password_that_is_too_long_is_refused_wherever_it_comes_from),
     LAW(memory_for_secrets_starts_empty), LAW(random_bytes_differ), LAW(no_core_is_dumped))
