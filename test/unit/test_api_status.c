/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/status.c and reply.c. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "law.h"
#include "server/api/pages.h"
#include "server/api/reply.h"
#include "server/api/status.h"

TEST(whoever_asked_hears_of_their_own_mistakes_and_not_of_the_servers)
{
    static const struct {
        enum err_kind kind;
        enum status_code code;
        unsigned http;
        bool told;
    } row[] = {
        {ERR_INPUT, STATUS_INVALID_ARGUMENT, 400, true},
        {ERR_CONFLICT, STATUS_INVALID_ARGUMENT, 400, true},
        {ERR_NOT_FOUND, STATUS_NOT_FOUND, 404, true},
        {ERR_MODE, STATUS_FAILED_PRECONDITION, 400, true},
        {ERR_STRANGER, STATUS_UNAUTHENTICATED, 401, true},
        {ERR_DENIED, STATUS_PERMISSION_DENIED, 403, true},
        {ERR_BUSY, STATUS_RESOURCE_EXHAUSTED, 429, true},
        {ERR_TAMPERED, STATUS_DATA_LOSS, 500, true},
        {ERR_UNAVAILABLE, STATUS_UNAVAILABLE, 503, false},
        {ERR_STATE, STATUS_INTERNAL, 500, false},
        {ERR_SYSTEM, STATUS_INTERNAL, 500, false},
        {ERR_NETWORK, STATUS_INTERNAL, 500, false},
        {ERR_PROTOCOL, STATUS_INTERNAL, 500, false},
        {ERR_NONE, STATUS_INTERNAL, 500, false},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        const struct err err = {row[i].kind, "/var/lib/secret"};
        const struct status status = status_of(&err);

        CHECK_AT(i, status.code == row[i].code && status.http == row[i].http);
        CHECK_AT(i, (strstr(status_text(&status, &err), "secret") != NULL) == row[i].told);
        CHECK_AT(i, (status.words == NULL) == row[i].told);
    }
}

static unsigned write_x(FILE *out, const struct pages *pages)
{
    (void)pages;
    (void)fputs("x", out);
    return 404;
}

TEST(errors_and_messages_are_json)
{
    static const struct status status = {STATUS_NOT_FOUND, 404, NULL};
    static const struct page x = {.type = "text/x", .write = write_x};
    Pb__CountReply count = PB__COUNT_REPLY__INIT;
    struct err err;
    struct reply *reply = reply_error(&status, "no \"x\"");

    assert_string_equal(reply->text, "{\"error\":\"no \\\"x\\\"\",\"code\":5,"
                                     "\"message\":\"no \\\"x\\\"\",\"details\":[]}");
    CHECK(reply->len == strlen(reply->text));
    reply_free(reply);
    count.count = 3;
    reply = reply_message(&count.base, &err);
    assert_string_equal(reply->text, "{\"count\":\"3\"}");
    reply_free(reply);
    reply = reply_page(&x, NULL);
    assert_string_equal(reply->text, "x");
    CHECK(reply->http == 404 && strcmp(reply->type, "text/x") == 0);
    reply_free(reply);
    reply_free(NULL);
}

LAWS(LAW(whoever_asked_hears_of_their_own_mistakes_and_not_of_the_servers),
     LAW(errors_and_messages_are_json))
