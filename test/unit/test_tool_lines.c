/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/lines.c. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "law.h"
#include "tools/e4/lines.h"

static int ends[2];

static struct lines begins(size_t max)
{
    CHECK(pipe(ends) == 0);
    return (struct lines){.fd = ends[0], .max = max};
}

static void says(const char *text)
{
    size_t len = strlen(text);

    CHECK(write(ends[1], text, len) == (ssize_t)len);
}

static void closes(struct lines *lines)
{
    lines_free(lines);
    close(ends[0]);
}

static bool gets(struct lines *lines, const char *expected)
{
    struct err err = {0};
    const char *line;
    size_t len;

    return lines_take(lines, &line, &len, &err) == 1 && len == strlen(expected) &&
           memcmp(line, expected, len) == 0;
}

static bool gets_nothing(struct lines *lines)
{
    struct err err = {0};
    const char *line;
    size_t len;

    return lines_take(lines, &line, &len, &err) == 0;
}

TEST(lines_come_whole_however_they_were_written)
{
    struct lines lines = begins(100);
    struct err err = {0};

    CHECK(gets_nothing(&lines));
    says("on");
    CHECK(lines_read(&lines, &err) == 0 && gets_nothing(&lines) && gets_nothing(&lines));
    says("e\n\ntwo\nthr");
    CHECK(lines_read(&lines, &err) == 0);
    CHECK(gets(&lines, "one") && gets(&lines, "") && gets(&lines, "two"));
    CHECK(lines.number == 3 && gets_nothing(&lines));
    says("ee\nno end");
    CHECK(lines_read(&lines, &err) == 0 && gets(&lines, "three") && gets_nothing(&lines));
    close(ends[1]);
    CHECK(lines_read(&lines, &err) == 0 && lines.ended);
    CHECK(gets(&lines, "no end") && lines.number == 5 && gets_nothing(&lines));
    closes(&lines);
}

TEST(a_line_may_be_as_long_as_allowed_and_no_longer)
{
    struct err err = {0};
    const char *line;
    size_t len;

    for (size_t more = 0; more < 2; more++) {
        struct lines lines = begins(5);

        says(more == 0 ? "12345\n" : "123456");
        CHECK(lines_read(&lines, &err) == 0);
        CHECK(lines_take(&lines, &line, &len, &err) == (more == 0 ? 1 : -1));
        closes(&lines);
        close(ends[1]);
    }
    CHECK(err.kind == ERR_INPUT && strstr(err.text, "line 1 is longer than 5 bytes") != NULL);
}

TEST(lines_longer_than_the_buffer_come_too)
{
    enum { LONG = 1000000, PART = 50000 };
    struct lines lines = begins(LONG);
    struct err err = {0};
    char part[PART];
    const char *line;
    size_t len = 0;
    int rc = 0;

    memset(part, 'x', sizeof part);
    for (size_t written = 0; written < LONG; written += PART) {
        CHECK(write(ends[1], part, PART) == PART);
        CHECK(lines_read(&lines, &err) == 0);
        CHECK(written + PART == LONG || gets_nothing(&lines));
    }
    says("\n");
    while (rc == 0 && lines_read(&lines, &err) == 0)
        rc = lines_take(&lines, &line, &len, &err);
    CHECK(rc == 1 && len == LONG && line[0] == 'x' && line[LONG - 1] == 'x');
    closes(&lines);
    close(ends[1]);
}

TEST(a_descriptor_that_cannot_be_read_is_an_error)
{
    struct lines lines = {.fd = -1, .max = 10};
    struct err err = {0};

    CHECK(lines_read(&lines, &err) == -1 && err.kind == ERR_SYSTEM);
    lines_free(&lines);
}

LAWS(LAW(lines_come_whole_however_they_were_written),
     LAW(a_line_may_be_as_long_as_allowed_and_no_longer),
     LAW(lines_longer_than_the_buffer_come_too),
     LAW(a_descriptor_that_cannot_be_read_is_an_error))
