/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/json_out.c; what is written is read back with base/json_in.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "law.h"

/* What a function writes, as text. */
static char *written(void (*write)(struct json_out *), bool pretty)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    struct json_out json;

    json_out_start(&json, out, pretty);
    write(&json);
    json_out_end(&json);
    CHECK(fclose(out) == 0);
    return text;
}

static void write_everything(struct json_out *json)
{
    static const uint8_t bytes[] = {0, 0xab};

    json_out_open(json, NULL, '{');
    json_out_string(json, "text", "a");
    json_out_hex(json, "hex", bytes, sizeof bytes);
    json_out_number(json, "number", -5);
    json_out_bool(json, "yes", true);
    json_out_bool(json, "no", false);
    json_out_null(json, "null");
    json_out_open(json, "list", '[');
    json_out_number(json, NULL, 1);
    json_out_number(json, NULL, 2);
    json_out_close(json, ']');
    json_out_open(json, "empty", '{');
    json_out_close(json, '}');
    json_out_close(json, '}');
}

TEST(every_type_is_written_in_one_line_or_many)
{
    char *line = written(write_everything, false);
    char *lines = written(write_everything, true);

    assert_string_equal(line, "{\"text\":\"a\",\"hex\":\"00ab\",\"number\":-5,\"yes\":true,"
                              "\"no\":false,\"null\":null,\"list\":[1,2],\"empty\":{}}\n");
    assert_string_equal(lines,
                        "{\n  \"text\": \"a\",\n  \"hex\": \"00ab\",\n  \"number\": -5,\n"
                        "  \"yes\": true,\n  \"no\": false,\n  \"null\": null,\n"
                        "  \"list\": [\n    1,\n    2\n  ],\n  \"empty\": {}\n}\n");
    free(line);
    free(lines);
}

static void write_odd_text(struct json_out *json)
{
    json_out_open(json, NULL, '{');
    json_out_text(json, "\"name\"\n", "a\"b\\c\n\x01\x7f\xc3\xa9\xff\xc3", 12);
    json_out_close(json, '}');
}

TEST(text_reads_back_as_it_was_and_bytes_that_are_no_text_are_replaced)
{
    char *text = written(write_odd_text, false);
    struct err err;
    struct json_in *object = json_in_read(text, strlen(text), &err);
    size_t len;

    CHECK(object != NULL);
    assert_string_equal(json_in_text(json_in_get(object, "\"name\"\n"), &len),
                        "a\"b\\c\n\x01\x7f\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
    json_in_free(object);
    free(text);
}

LAWS(LAW(every_type_is_written_in_one_line_or_many),
     LAW(text_reads_back_as_it_was_and_bytes_that_are_no_text_are_replaced))
