/* SPDX-License-Identifier: Apache-2.0 */
/* See request.h. */
#include "tools/e4ctl/request.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "e4/keys.h"

enum { ANSWER_MAX = 64 << 20, PATIENCE_S = 60 };

struct row {
    const char *name;
    const char *verb;
    const char *path;
};

#define ROW(package, service, method, who, http, where, asked, answered, called)               \
    {#method, #http, where},

static const struct row rows[] = {
#include "server/api/methods.def"
};

/* A command that calls a method that there is not would be a mistake in commands.c. */
static const struct row *find_row(const char *method)
{
    const struct row *found = NULL;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, method) == 0)
            found = &rows[i];
    }
    assert(found != NULL);
    return found;
}

void request_add(struct request *request, const char *name, const char *text)
{
    assert(request->count < REQUEST_FIELDS);
    request->field[request->count++] = (struct request_field){name, text, false};
}

static bool is_in_path(const struct row *row, const char *name)
{
    char braced[64];

    (void)snprintf(braced, sizeof braced, "{%s}", name);
    return strstr(row->path, braced) != NULL;
}

static int put_encoded(FILE *out, const char *text, struct err *err)
{
    char *encoded = http_encode(text, err);

    if (encoded == NULL)
        return -1;
    (void)fputs(encoded, out);
    http_free(encoded);
    return 0;
}

/* The field that a brace names, which every command of such a method has. */
static const char *value_of(const struct request *request, const char *name, size_t len)
{
    const char *found = NULL;

    for (size_t i = 0; i < request->count; i++) {
        if (strlen(request->field[i].name) == len &&
            memcmp(request->field[i].name, name, len) == 0)
            found = request->field[i].text;
    }
    assert(found != NULL);
    return found;
}

static int write_path(FILE *out, const struct request *request, const struct row *row,
                      struct err *err)
{
    const bool get = strcmp(row->verb, "GET") == 0;
    char before = '?';

    for (const char *at = row->path; *at != '\0'; at++) {
        size_t len = strcspn(at, "}");

        if (*at != '{') {
            (void)putc(*at, out);
            continue;
        }
        if (put_encoded(out, value_of(request, at + 1, len - 1), err) != 0)
            return -1;
        at += len;
    }
    for (size_t i = 0; get && i < request->count; i++) {
        const struct request_field *field = &request->field[i];

        if (is_in_path(row, field->name))
            continue;
        (void)fprintf(out, "%c%s=", before, field->name);
        before = '&';
        if (put_encoded(out, field->text, err) != 0)
            return -1;
    }
    return 0;
}

/* "client.name" is a member of an object "client", which has one member here. */
static void write_field(struct json_out *json, const struct request_field *field)
{
    const char *dot = strchr(field->name, '.');
    char outer[32];

    if (dot != NULL) {
        (void)snprintf(outer, sizeof outer, "%.*s", (int)(dot - field->name), field->name);
        json_out_open(json, outer, '{');
    }
    if (field->truth)
        json_out_bool(json, dot != NULL ? dot + 1 : field->name,
                      strcmp(field->text, "true") == 0);
    else
        json_out_string(json, dot != NULL ? dot + 1 : field->name, field->text);
    if (dot != NULL)
        json_out_close(json, '}');
}

static void write_body(FILE *out, const struct request *request, const struct row *row)
{
    struct json_out json;

    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    for (size_t i = 0; i < request->count; i++) {
        if (!is_in_path(row, request->field[i].name))
            write_field(&json, &request->field[i]);
    }
    json_out_close(&json, '}');
}

/* A request's texts; both are freed by its maker. */
struct texts {
    char *path;
    size_t path_len;
    char *body;
    size_t body_len;
};

static int close_text(FILE *out, struct err *err)
{
    int failed = ferror(out);

    return fclose(out) == 0 && failed == 0 ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

static int write_texts(struct texts *texts, const struct request *request,
                       const struct row *row, struct err *err)
{
    FILE *out = open_memstream(&texts->path, &texts->path_len);
    int rc;

    if (out == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    rc = write_path(out, request, row, err);
    if (close_text(out, err) != 0 || rc != 0)
        return -1;
    if (strcmp(row->verb, "GET") == 0)
        return 0;
    out = open_memstream(&texts->body, &texts->body_len);
    if (out == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    write_body(out, request, row);
    return close_text(out, err);
}

static int send_to(const struct request *request, const struct http_target *target,
                   long seconds, http_piece piece, void *ctx, long *status, struct err *err)
{
    const struct row *row = find_row(request->method);
    struct texts texts = {0};
    int rc = write_texts(&texts, request, row, err);

    if (rc == 0) {
        const struct http_request what = {row->verb, texts.path, texts.body, texts.body_len};

        rc = http_do(target, &what, seconds, piece, ctx, status, err);
    }
    if (texts.body != NULL)
        e4_wipe(texts.body, texts.body_len);
    free(texts.body);
    free(texts.path);
    return rc;
}

struct gathered {
    char *text;
    size_t len;
    size_t cap;
};

static int gather(void *ctx, const char *data, size_t len, struct err *err)
{
    struct gathered *gathered = ctx;

    if (len > ANSWER_MAX - gathered->len)
        return err_set(err, ERR_SYSTEM, "the server's answer is too long");
    if (len >= gathered->cap - gathered->len) {
        size_t cap = (gathered->len + len) * 2 + 1;
        char *more = malloc(cap);

        if (more == NULL)
            return err_set(err, ERR_SYSTEM, "out of memory");
        if (gathered->len > 0)
            memcpy(more, gathered->text, gathered->len);
        request_free(gathered->text, gathered->len);
        gathered->text = more;
        gathered->cap = cap;
    }
    memcpy(gathered->text + gathered->len, data, len);
    gathered->len += len;
    gathered->text[gathered->len] = '\0';
    return 0;
}

/* What the server says instead of an answer. */
static int refused(long status, const struct gathered *gathered, struct err *err)
{
    static const struct {
        long status;
        enum err_kind kind;
    } kinds[] = {{400, ERR_INPUT},      {401, ERR_STRANGER}, {403, ERR_DENIED},
                 {404, ERR_NOT_FOUND},  {413, ERR_INPUT},    {429, ERR_BUSY},
                 {503, ERR_UNAVAILABLE}};
    enum err_kind kind = ERR_SYSTEM;
    struct json_in *json =
        json_in_read_whole(gathered->text != NULL ? gathered->text : "", gathered->len, err);
    size_t len = 0;
    const char *text = json_in_text(json_in_get(json, "message"), &len);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].status == status)
            kind = kinds[i].kind;
    }
    if (text != NULL)
        (void)err_set(err, kind, "%s", text);
    else
        (void)err_set(err, kind, "the server answers with status %ld; is it an e4d?", status);
    json_in_free(json);
    return -1;
}

int request_call(const struct request *request, const struct http_target *target, char **answer,
                 size_t *len, struct err *err)
{
    struct gathered gathered = {0};
    long status;
    int rc = send_to(request, target, PATIENCE_S, gather, &gathered, &status, err);

    if (rc == 0 && status != 200)
        rc = refused(status, &gathered, err);
    if (rc == 0 && gathered.text == NULL)
        rc = err_set(err, ERR_SYSTEM, "the server's answer is empty");
    if (rc != 0) {
        request_free(gathered.text, gathered.len);
        return -1;
    }
    *answer = gathered.text;
    *len = gathered.len;
    return 0;
}

void request_free(char *answer, size_t len)
{
    if (answer != NULL)
        e4_wipe(answer, len);
    free(answer);
}

/* What comes of a stream, or, in its place, of an error: the beginning says which. */
struct streaming {
    http_piece piece;
    void *ctx;
    struct gathered error;
};

static int stream_piece(void *ctx, const char *data, size_t len, struct err *err)
{
    struct streaming *streaming = ctx;

    if (streaming->error.len > 0 || (len > 0 && data[0] == '{'))
        return gather(&streaming->error, data, len, err);
    return streaming->piece(streaming->ctx, data, len, err);
}

int request_stream(const struct request *request, const struct http_target *target,
                   http_piece piece, void *ctx, struct err *err)
{
    struct streaming streaming = {.piece = piece, .ctx = ctx};
    long status;
    int rc = send_to(request, target, 0, stream_piece, &streaming, &status, err);

    if (rc == 0 && status != 200)
        rc = refused(status, &streaming.error, err);
    request_free(streaming.error.text, streaming.error.len);
    return rc;
}
