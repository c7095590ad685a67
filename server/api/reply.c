/* SPDX-License-Identifier: Apache-2.0 */
/* See reply.h. */
#include "server/api/reply.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/json_out.h"
#include "e4/keys.h"
#include "server/api/json.h"
#include "server/api/pages.h"

/* A reply, and a stream that writes its text. */
static struct reply *reply_new(FILE **out)
{
    struct reply *reply = calloc(1, sizeof *reply);

    if (reply == NULL)
        return NULL;
    *out = open_memstream(&reply->text, &reply->len);
    if (*out == NULL) {
        free(reply);
        return NULL;
    }
    return reply;
}

/* End the text; NULL if some of it did not find room. */
static struct reply *finish(struct reply *reply, FILE *out)
{
    int failed = ferror(out);

    if (fclose(out) == 0 && failed == 0)
        return reply;
    reply_free(reply);
    return NULL;
}

struct reply *reply_message(const ProtobufCMessage *message, struct err *err)
{
    FILE *out;
    struct reply *reply = reply_new(&out);

    if (reply != NULL && json_encode(out, message, err) != 0) {
        (void)fclose(out);
        reply_free(reply);
        return NULL;
    }
    if (reply != NULL)
        reply = finish(reply, out);
    if (reply == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    return reply;
}

struct reply *reply_error(const struct status *status, const char *text)
{
    struct json_out json;
    FILE *out;
    struct reply *reply = reply_new(&out);

    if (reply == NULL)
        return NULL;
    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_string(&json, "error", text);
    json_out_number(&json, "code", status->code);
    json_out_string(&json, "message", text);
    json_out_open(&json, "details", '[');
    json_out_close(&json, ']');
    json_out_close(&json, '}');
    return finish(reply, out);
}

struct reply *reply_page(const struct page *page, const struct pages *pages)
{
    FILE *out;
    struct reply *reply = reply_new(&out);

    if (reply == NULL)
        return NULL;
    reply->type = page->type;
    reply->http = page->write(out, pages);
    return finish(reply, out);
}

void reply_free(void *reply)
{
    struct reply *made = reply;

    if (made == NULL)
        return;
    if (made->text != NULL)
        e4_wipe(made->text, made->len);
    free(made->text);
    free(made);
}
