/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/log.c, whose standard error is a file here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json_in.h"
#include "base/log.h"
#include "law.h"

static char said[9000];

/* Standard error goes to a file from here to listen_end(), which reads it. */
static int before;
static FILE *file;

static void listen_begin(void)
{
    file = tmpfile();
    before = dup(STDERR_FILENO);
    CHECK(file != NULL && before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
}

static void listen_end(void)
{
    ssize_t len;

    CHECK(dup2(before, STDERR_FILENO) >= 0);
    (void)close(before);
    CHECK(lseek(fileno(file), 0, SEEK_SET) == 0);
    len = read(fileno(file), said, sizeof said - 1);
    CHECK(len >= 0);
    said[len] = '\0';
    (void)fclose(file);
}

TEST(a_line_has_time_level_part_and_words)
{
    listen_begin();
    log_setup(LOG_LEVEL_INFO, false);
    errno = 5;
    log_warning("outbox", "%d of %s", 3, "four");
    CHECK(errno == 5);
    listen_end();
    CHECK(strlen(said) == 24 + strlen(" warning outbox: 3 of four\n"));
    CHECK(strcmp(said + 24, " warning outbox: 3 of four\n") == 0 && said[23] == 'Z');
}

TEST(what_is_less_important_than_asked_for_is_not_said)
{
    static const struct {
        enum log_level level;
        const char *said;
    } row[] = {{LOG_LEVEL_ERROR, "e"},
               {LOG_LEVEL_WARNING, "ew"},
               {LOG_LEVEL_INFO, "ewi"},
               {LOG_LEVEL_DEBUG, "ewid"}};

    for (size_t i = 0; i < COUNT(row); i++) {
        char words[8] = "";

        listen_begin();
        log_setup(row[i].level, false);
        log_error("x", "e");
        log_warning("x", "w");
        log_info("x", "i");
        log_debug("x", "d");
        listen_end();
        for (const char *line = strstr(said, "x: "); line != NULL;
             line = strstr(line + 1, "x: "))
            strncat(words, line + 3, 1);
        CHECK_AT(i, strcmp(words, row[i].said) == 0);
    }
}

TEST(nobody_gets_to_begin_a_line_of_their_own)
{
    listen_begin();
    log_setup(LOG_LEVEL_INFO, false);
    log_info("x", "a\nb\x1b[2J\x7f");
    listen_end();
    CHECK(strstr(said, "x: a?b?[2J?\n") != NULL);
    CHECK(strchr(said, '\n') == said + strlen(said) - 1);
}

TEST(json_is_json_whatever_is_said)
{
    struct json_in *json;
    struct err err;
    const char *text;
    size_t len;

    listen_begin();
    log_setup(LOG_LEVEL_INFO, true);
    log_info("x", "\"quoted\"\n\xff");
    listen_end();
    log_setup(LOG_LEVEL_INFO, false);
    json = json_in_read(said, strlen(said), &err);
    CHECK(json != NULL);
    text = json_in_text(json_in_get(json, "message"), &len);
    CHECK(text != NULL && strcmp(text, "\"quoted\"\n\xef\xbf\xbd") == 0);
    CHECK(json_in_get(json, "time") != NULL && json_in_get(json, "level") != NULL);
    json_in_free(json);
}

TEST(a_long_line_is_cut)
{
    char words[5000];

    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    listen_begin();
    log_info("x", "%s", words);
    listen_end();
    CHECK(strlen(said) < 1100 && said[strlen(said) - 1] == '\n');
}

TEST(levels_have_names)
{
    enum log_level level;

    CHECK(log_level_of(&level, "debug") == 0 && level == LOG_LEVEL_DEBUG);
    CHECK(log_level_of(&level, "error") == 0 && level == LOG_LEVEL_ERROR);
    CHECK(log_level_of(&level, "Debug") == -1 && log_level_of(&level, "") == -1);
}

LAWS(LAW(a_line_has_time_level_part_and_words),
     LAW(what_is_less_important_than_asked_for_is_not_said),
     LAW(nobody_gets_to_begin_a_line_of_their_own), LAW(json_is_json_whatever_is_said),
     LAW(a_long_line_is_cut), LAW(levels_have_names))
