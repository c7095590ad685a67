/* SPDX-License-Identifier: Apache-2.0 */
/* Counting cases, leaving some out for a stated reason, and telling what became of them. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "list.h"
#include "text.h"

enum { FAILURES_SHOWN = 20 };

static struct {
    const char *file;
    char name[256];
    bool in_case;
    bool case_failed;
    unsigned run;
    unsigned skipped;
    unsigned failed;
} suite;

static struct list skipped;

static const char *source_folder(void)
{
    const char *folder = getenv("E4_SOURCE_DIR");

    return folder != NULL ? folder : ".";
}

const char *suite_public_folder(void)
{
    static char folder[4096];
    const char *named = getenv("E4_VECTORS");

    if (named != NULL)
        snprintf(folder, sizeof folder, "%s", named);
    else
        snprintf(folder, sizeof folder, "%s/../shared/vectors", source_folder());
    return access(folder, R_OK | X_OK) == 0 ? folder : NULL;
}

void suite_path(char *path, size_t cap, const char *file)
{
    const char *folder = suite_public_folder();

    if (strncmp(file, "e4go", 4) == 0 || strncmp(file, "rfc/", 4) == 0 ||
        strchr(file, '/') == NULL)
        snprintf(path, cap, "%s/test/vectors/%s", source_folder(), file);
    else
        snprintf(path, cap, "%s/%s", folder != NULL ? folder : "", file);
}

json_t *suite_load(const char *file)
{
    char path[4400];
    json_error_t error;
    json_t *json;

    suite_path(path, sizeof path, file);
    json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        fail_msg("%s, line %d: %s", path, error.line, error.text);
    return json;
}

char *suite_load_text(const char *file)
{
    char path[4400];

    suite_path(path, sizeof path, file);
    return text_read(path, NULL);
}

static struct list *skip_list(void)
{
    char path[4400];

    if (skipped.text == NULL) {
        suite_path(path, sizeof path, "skipped.list");
        list_read(&skipped, path, 3);
    }
    return &skipped;
}

void suite_begin(const char *file)
{
    memset(&suite, 0, sizeof suite);
    suite.file = file;
}

static void case_end(void)
{
    if (suite.in_case && suite.case_failed)
        suite.failed++;
    suite.in_case = false;
    suite.case_failed = false;
    bytes_free();
}

bool case_begin(const char *format, ...)
{
    va_list arguments;

    case_end();
    va_start(arguments, format);
    vsnprintf(suite.name, sizeof suite.name, format, arguments);
    va_end(arguments);
    if (list_find(skip_list(), suite.file, suite.name) != NULL) {
        suite.skipped++;
        return false;
    }
    suite.run++;
    suite.in_case = true;
    return true;
}

const char *case_name(void)
{
    return suite.name;
}

void expect(bool holds, const char *format, ...)
{
    va_list arguments;
    char what[512];

    if (holds)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (!suite.in_case)
        fail_msg("%s: %s", suite.file != NULL ? suite.file : "?", what);
    if (suite.failed < FAILURES_SHOWN)
        print_error("%s: %s: %s\n", suite.file, suite.name, what);
    suite.case_failed = true;
}

void expect_result(enum e4_result got, enum e4_result want, const char *call)
{
    expect(got == want, "%s gave %d (%s), not %d (%s)", call, got, e4_strerror(got), want,
           e4_strerror(want));
}

void expect_bytes(const uint8_t *got, size_t got_len, struct bytes want, const char *what)
{
    size_t at = 0;

    if (got_len != want.len) {
        expect(false, "%s has %zu bytes, not %zu", what, got_len, want.len);
        return;
    }
    while (at < got_len && got[at] == want.data[at])
        at++;
    expect(at == got_len, "%s differs from byte %zu of %zu on", what, at, got_len);
}

void suite_end(void)
{
    case_end();
    print_message("%s: %u run, %u skipped\n", suite.file, suite.run, suite.skipped);
    if (suite.failed > 0)
        fail_msg("%s: %u of %u cases failed", suite.file, suite.failed, suite.run);
    if (suite.run + suite.skipped == 0)
        fail_msg("%s: no case at all", suite.file);
}

bool suite_is_left_out(const char *file)
{
    struct list_line *line = list_find(skip_list(), file, "*");

    return line != NULL && strcmp(line->field[1], "*") == 0;
}

void suite_leave_out(const char *file, unsigned cases)
{
    struct list_line *line = list_find(skip_list(), file, "*");

    if (line == NULL || strcmp(line->field[1], "*") != 0)
        fail_msg("%s has no runner, and skipped.list does not say why", file);
    print_message("%s: 0 run, %u skipped: %s\n", file, cases, line->field[2]);
}

void suite_check_lists(const char *prefix)
{
    size_t unused = list_unused(skip_list(), prefix);

    if (unused > 0)
        fail_msg("skipped.list has %zu lines that match no case", unused);
}
