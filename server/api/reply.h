/* SPDX-License-Identifier: Apache-2.0 */
/* What is answered over HTTP: a message, or an error, as JSON. */
#ifndef SERVER_API_REPLY_H
#define SERVER_API_REPLY_H

#include <stddef.h>
#include <stdio.h>

#include "c2.pb-c.h"
#include "server/api/status.h"

struct page;
struct pages;

struct reply {
    char *text;
    size_t len;
    const char *type; /* of the content; NULL: JSON */
    unsigned http;    /* a page's own status */
};

/* NULL: err is set. */
struct reply *reply_message(const ProtobufCMessage *message, struct err *err);
/* {"error": text, "code": number, "message": text, "details": []}. NULL: no memory. */
struct reply *reply_error(const struct status *status, const char *text);

/* A page of pages.h. NULL: no memory. */
struct reply *reply_page(const struct page *page, const struct pages *pages);

/* Wipes it; a struct reply, or NULL. */
void reply_free(void *reply);

#endif
