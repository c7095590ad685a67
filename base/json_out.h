/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON on its way out, member by member, with no memory but this struct. Output errors are the
 * stream's: ask ferror() at the end. Between json_out_open() and json_out_close() of a list,
 * name is NULL.
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json_out { /* private */
    FILE *out;
    bool pretty;
    bool first;
    unsigned depth;
};

/* Pretty: a member a line, as for reading; otherwise all in one line. */
void json_out_start(struct json_out *json, FILE *out, bool pretty);
/* End the line after the outermost value. */
void json_out_end(struct json_out *json);

void json_out_open(struct json_out *json, const char *name, char bracket); /* '{' or '[' */
void json_out_close(struct json_out *json, char bracket);                  /* '}' or ']' */

/* Bytes that are not UTF-8 come out as U+FFFD, one each. */
void json_out_text(struct json_out *json, const char *name, const char *text, size_t len);
void json_out_string(struct json_out *json, const char *name, const char *text);
void json_out_hex(struct json_out *json, const char *name, const uint8_t *bytes, size_t len);
void json_out_number(struct json_out *json, const char *name, int64_t number);
void json_out_bool(struct json_out *json, const char *name, bool value);
void json_out_null(struct json_out *json, const char *name);

#endif
