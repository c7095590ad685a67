/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/conf.c. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "law.h"

struct settings {
    char *name;
    int64_t port;
    bool loud;
    int64_t colour;
};

static const char *const colours[] = {"red", "green", NULL};
static const struct conf_key keys[] = {
    {"name", CONF_TEXT, offsetof(struct settings, name), 0, 0, NULL},
    {"the-port", CONF_NUMBER, offsetof(struct settings, port), 1, 99, NULL},
    {"loud", CONF_BOOL, offsetof(struct settings, loud), 0, 0, NULL},
    {"colour", CONF_CHOICE, offsetof(struct settings, colour), 0, 0, colours},
};

static struct settings settings;
static struct err err;

static int read_text(const char *text, size_t len)
{
    conf_free(&settings, keys, COUNT(keys));
    settings = (struct settings){NULL, 7, false, 0};
    return conf_read(&settings, keys, COUNT(keys), text, len, "file", &err);
}

#define READ(text) read_text(text, sizeof(text) - 1)

/* It is refused, with this at the beginning of what is said. */
static bool refused(const char *text, const char *why)
{
    return read_text(text, strlen(text)) == -1 && err.kind == ERR_INPUT &&
           strncmp(err.text, why, strlen(why)) == 0;
}

TEST(lines_set_what_they_name_and_the_rest_stays)
{
    CHECK(READ("") == 0 && settings.name == NULL && settings.port == 7);
    CHECK(READ("# name = x\n\n  \t\r\nname =  two words \r\nloud=yes\n\tcolour = green") == 0);
    CHECK(strcmp(settings.name, "two words") == 0 && settings.loud && settings.colour == 1);
    CHECK(settings.port == 7);
    CHECK(READ("name = a = b # c\nthe-port=99\n") == 0);
    CHECK(strcmp(settings.name, "a = b # c") == 0 && settings.port == 99);
}

TEST(what_makes_no_sense_is_refused_with_its_line)
{
    CHECK(refused("\n\nnobody = 1\n", "file:3: there is no such key"));
    CHECK(refused("name\n", "file:1: not of the form"));
    CHECK(refused("= x\n", "file:1: there is no such key"));
    CHECK(refused("Name = x\n", "file:1: there is no such key"));
    CHECK(refused("name = x\nname = x\n", "file:2: name: given twice"));
    CHECK(refused("name =\n", "file:1: name: no value"));
    CHECK(refused("loud = 1\n", "file:1: loud: neither yes nor no"));
    CHECK(refused("loud = YES\n", "file:1: loud: neither"));
    CHECK(refused("colour = blue\n", "file:1: colour: none of: red, green"));
    CHECK(refused("name = \xff\n", "file:1: name: not UTF-8"));
    CHECK(READ("name = a\0b\n") == -1 && strstr(err.text, "not UTF-8") != NULL);
}

TEST(a_number_is_digits_in_its_range)
{
    static const char *const bad[] = {"",
                                      "0",
                                      "100",
                                      "-5",
                                      "+5",
                                      "5x",
                                      "0x5",
                                      "5.0",
                                      "1 2",
                                      "99999999999999999999",
                                      "111111111111111111111111111111111111"};

    for (size_t i = 0; i < COUNT(bad); i++) {
        char line[64];

        (void)snprintf(line, sizeof line, "the-port = %s\n", bad[i]);
        CHECK_AT(i, refused(line, "file:1: the-port: not a number from 1 to 99"));
    }
    CHECK(READ("the-port = 007") == 0 && settings.port == 7);
}

TEST(a_secret_in_the_wrong_place_is_not_repeated)
{
    CHECK(refused("hunter2 = hunter3\n", "file:1: "));
    CHECK(strstr(err.text, "hunter") == NULL);
}

TEST(the_environment_overrules_the_file)
{
    CHECK(READ("the-port = 5\nname = file\n") == 0);
    CHECK(setenv("T_THE_PORT", "6", 1) == 0 && setenv("T_NAME", "other", 1) == 0);
    CHECK(conf_environment(&settings, keys, COUNT(keys), "T_", &err) == 0);
    CHECK(settings.port == 6 && strcmp(settings.name, "other") == 0 && settings.colour == 0);
    CHECK(setenv("T_COLOUR", "6", 1) == 0);
    CHECK(conf_environment(&settings, keys, COUNT(keys), "T_", &err) == -1);
    CHECK(strncmp(err.text, "T_COLOUR in the environment: none of", 36) == 0);
    conf_free(&settings, keys, COUNT(keys));
    CHECK(settings.name == NULL);
}

TEST(a_file_is_read_by_name)
{
    char path[] = "/tmp/e4-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    CHECK(file != NULL && fputs("the-port = 3\nbad\n", file) >= 0 && fclose(file) == 0);
    CHECK(conf_read_file(&settings, keys, COUNT(keys), path, &err) == -1);
    CHECK(strstr(err.text, ":2: ") != NULL && strstr(err.text, path) != NULL);
    CHECK(remove(path) == 0);
    CHECK(conf_read_file(&settings, keys, COUNT(keys), path, &err) == -1);
    CHECK(err.kind == ERR_INPUT);
    conf_free(&settings, keys, COUNT(keys));
}

TEST(too_many_settings_are_an_error_not_an_overrun)
{
    CHECK(conf_read(&settings, keys, 129, "", 0, "file", &err) == -1 && err.kind == ERR_SYSTEM);
}

LAWS(LAW(lines_set_what_they_name_and_the_rest_stays),
     LAW(what_makes_no_sense_is_refused_with_its_line), LAW(a_number_is_digits_in_its_range),
     LAW(a_secret_in_the_wrong_place_is_not_repeated), LAW(the_environment_overrules_the_file),
     LAW(a_file_is_read_by_name), LAW(too_many_settings_are_an_error_not_an_overrun))
