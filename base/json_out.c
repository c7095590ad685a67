/* SPDX-License-Identifier: Apache-2.0 */
/* See json_out.h; RFC 8259. */
#include "base/json_out.h"

#include <inttypes.h>
#include <string.h>

#include "e4/keys.h"

void json_out_start(struct json_out *json, FILE *out, bool pretty)
{
    json->out = out;
    json->pretty = pretty;
    json->first = true;
    json->depth = 0;
}

void json_out_end(struct json_out *json)
{
    (void)putc('\n', json->out);
}

static void new_line(struct json_out *json)
{
    if (!json->pretty)
        return;
    (void)putc('\n', json->out);
    for (unsigned i = 0; i < json->depth; i++)
        (void)fputs("  ", json->out);
}

/* Length of the sequence at text if it is UTF-8 by itself, else 0. */
static size_t sequence(const char *text, size_t len)
{
    for (size_t n = 1; n <= 4 && n <= len; n++) {
        if (e4_is_utf8(text, n))
            return n;
    }
    return 0;
}

/* How much of the text is letters that stand for themselves: most of most texts. */
static size_t plain(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] >= 0x20 && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
        n++;
    return n;
}

static void quoted(FILE *out, const char *text, size_t len)
{
    (void)putc('"', out);
    while (len > 0) {
        size_t n = plain(text, len);
        unsigned char c = (unsigned char)*text;

        if (n == 0)
            n = sequence(text, len);
        if (n == 0)
            (void)fputs("\\ufffd", out);
        else if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            (void)fprintf(out, "\\u%04x", c);
        else
            (void)fwrite(text, 1, n, out);
        n = n == 0 ? 1 : n;
        text += n;
        len -= n;
    }
    (void)putc('"', out);
}

/* What stands before every value: a comma, and the name. */
static void lead(struct json_out *json, const char *name)
{
    if (!json->first)
        (void)putc(',', json->out);
    if (json->depth > 0)
        new_line(json);
    json->first = false;
    if (name == NULL)
        return;
    quoted(json->out, name, strlen(name));
    (void)fputs(json->pretty ? ": " : ":", json->out);
}

void json_out_open(struct json_out *json, const char *name, char bracket)
{
    lead(json, name);
    (void)putc(bracket, json->out);
    json->first = true;
    json->depth++;
}

void json_out_close(struct json_out *json, char bracket)
{
    json->depth--;
    if (!json->first)
        new_line(json);
    (void)putc(bracket, json->out);
    json->first = false;
}

void json_out_text(struct json_out *json, const char *name, const char *text, size_t len)
{
    lead(json, name);
    quoted(json->out, text, len);
}

void json_out_string(struct json_out *json, const char *name, const char *text)
{
    json_out_text(json, name, text, strlen(text));
}

void json_out_hex(struct json_out *json, const char *name, const uint8_t *bytes, size_t len)
{
    lead(json, name);
    (void)putc('"', json->out);
    for (size_t i = 0; i < len; i++)
        (void)fprintf(json->out, "%02x", bytes[i]);
    (void)putc('"', json->out);
}

void json_out_number(struct json_out *json, const char *name, int64_t number)
{
    lead(json, name);
    (void)fprintf(json->out, "%" PRId64, number);
}

void json_out_bool(struct json_out *json, const char *name, bool value)
{
    lead(json, name);
    (void)fputs(value ? "true" : "false", json->out);
}

void json_out_null(struct json_out *json, const char *name)
{
    lead(json, name);
    (void)fputs("null", json->out);
}
