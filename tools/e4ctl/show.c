/* SPDX-License-Identifier: Apache-2.0 */
/* See show.h. */
#include "tools/e4ctl/show.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/json_in.h"
#include "tools/e4ctl/exit.h"

enum { COLUMNS = 12, NUMBER = sizeof "-9223372036854775808" };

/* A value as text, which may be in number. */
static const char *text_of(const struct json_in *value, size_t *len, char number[NUMBER])
{
    const char *text = json_in_text(value, len);
    int64_t whole;
    bool truth;

    if (text != NULL)
        return text;
    if (json_in_number(value, &whole))
        (void)snprintf(number, NUMBER, "%" PRId64, whole);
    else if (json_in_bool(value, &truth))
        (void)snprintf(number, NUMBER, "%s", truth ? "true" : "false");
    else
        (void)snprintf(number, NUMBER, "-");
    *len = strlen(number);
    return number;
}

/* How many places a text takes in a terminal: about as many as it has characters. */
static size_t places(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static void put(FILE *out, const char *text, size_t len, size_t width)
{
    exit_print(out, text, len);
    for (size_t used = places(text, len); used < width; used++)
        (void)putc(' ', out);
}

static void put_value(FILE *out, const struct json_in *value, size_t width)
{
    char number[NUMBER];
    size_t len;
    const char *text = text_of(value, &len, number);

    put(out, text, len, width);
}

static void widen(size_t *width, const char *text, size_t len)
{
    size_t count = places(text, len);

    if (count > *width)
        *width = count;
}

/* How wide each column of a table is. All records have the same members, in the same order. */
static size_t measure(size_t width[COLUMNS], const struct json_in *list)
{
    size_t columns = 0;

    for (size_t i = 0; i < json_in_length(list); i++) {
        const struct json_in_member *member = NULL;

        columns = 0;
        while ((member = json_in_next(json_in_at(list, i), member)) != NULL &&
               columns < COLUMNS) {
            char number[NUMBER];
            size_t len;
            const char *text = text_of(json_in_value(member), &len, number);

            if (i == 0) {
                width[columns] = 0;
                widen(&width[columns], json_in_name(member), strlen(json_in_name(member)));
            }
            widen(&width[columns++], text, len);
        }
    }
    return columns;
}

static void put_heading(FILE *out, const char *name, size_t width)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        (void)putc(toupper((unsigned char)name[i]), out);
    for (size_t used = len; used < width; used++)
        (void)putc(' ', out);
}

static void heading(FILE *out, const struct json_in *record, const size_t width[COLUMNS])
{
    const struct json_in_member *member = NULL;

    for (size_t i = 0; (member = json_in_next(record, member)) != NULL && i < COLUMNS; i++) {
        if (i > 0)
            (void)fputs("  ", out);
        put_heading(out, json_in_name(member), width[i]);
    }
    (void)putc('\n', out);
}

static void table(FILE *out, const struct json_in *list)
{
    size_t width[COLUMNS];
    size_t columns = measure(width, list);

    if (columns > 1)
        heading(out, json_in_at(list, 0), width);
    for (size_t i = 0; i < json_in_length(list); i++) {
        const struct json_in_member *member = NULL;

        for (size_t j = 0; j < columns; j++) {
            member = json_in_next(json_in_at(list, i), member);
            if (j > 0)
                (void)fputs("  ", out);
            put_value(out, json_in_value(member), j + 1 < columns ? width[j] : 0);
        }
        (void)putc('\n', out);
    }
}

static void show_list(FILE *out, const struct json_in *list)
{
    if (json_in_is_object(json_in_at(list, 0))) {
        table(out, list);
        return;
    }
    for (size_t i = 0; i < json_in_length(list); i++) {
        put_value(out, json_in_at(list, i), 0);
        (void)putc('\n', out);
    }
}

static void show_values(FILE *out, const struct json_in *object)
{
    const struct json_in_member *member = NULL;
    size_t width = 0;

    while ((member = json_in_next(object, member)) != NULL)
        widen(&width, json_in_name(member), strlen(json_in_name(member)));
    while ((member = json_in_next(object, member)) != NULL) {
        if (json_in_size(object) > 1)
            put(out, json_in_name(member), strlen(json_in_name(member)), width + 2);
        put_value(out, json_in_value(member), 0);
        (void)putc('\n', out);
    }
}

int show_answer(FILE *out, const char *answer, size_t len, struct err *err)
{
    struct json_in *object = json_in_read_whole(answer, len, err);
    const struct json_in *first = NULL;

    if (object == NULL || !json_in_is_object(object)) {
        json_in_free(object);
        return err_set(err, ERR_SYSTEM, "the server's answer is not what it should be");
    }
    if (json_in_size(object) == 1)
        first = json_in_value(json_in_next(object, NULL));
    if (json_in_is_list(first) && json_in_length(first) > 0)
        show_list(out, first);
    else if (!json_in_is_list(first))
        show_values(out, object);
    json_in_free(object);
    return 0;
}
