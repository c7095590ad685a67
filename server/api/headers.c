/* SPDX-License-Identifier: Apache-2.0 */
/* See headers.h. */
#include "server/api/headers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void headers_note(struct headers *headers, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"Authorization", &headers->authorization},
        {"Content-Length", &headers->length},
        {"Content-Type", &headers->content_type},
        {"Expect", &headers->expect},
        {"Host", &headers->host},
        {"Origin", &headers->origin},
        {"Sec-Fetch-Site", &headers->site},
        {"Transfer-Encoding", &headers->encoding},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(name, known[i].name) != 0)
            continue;
        if (*known[i].value == NULL)
            *known[i].value = value != NULL ? value : "";
        if (known[i].value == &headers->length || known[i].value == &headers->encoding)
            headers->ends++;
    }
}

unsigned long long headers_length(const struct headers *headers)
{
    return headers->length != NULL ? strtoull(headers->length, NULL, 10) : 0;
}

bool headers_are_ambiguous(const struct headers *headers)
{
    return headers->ends > 1;
}

/* Is this origin, "https://localhost:8888", the host that was asked? */
static bool is_own(const char *origin, const char *host)
{
    const char *after = strstr(origin, "://");

    return after != NULL && host != NULL && strcasecmp(after + 3, host) == 0;
}

/* Is it an address, or a name without a dot? Others are for the whole world to give, and to let
 * lead to this machine. */
static bool is_local(const char *host)
{
    size_t len = strcspn(host, ":");
    size_t digits = strspn(host, "0123456789.");

    return host[0] == '[' || digits == len || memchr(host, '.', len) == NULL;
}

/* Is it a type that a form of a page can have without the browser asking first? */
static bool is_form(const char *type)
{
    static const char *const types[] = {"application/x-www-form-urlencoded",
                                        "multipart/form-data", "text/plain"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strncasecmp(type, types[i], strlen(types[i])) == 0)
            return true;
    }
    return false;
}

const char *headers_foreign(const struct headers *headers, bool is_open)
{
    if (headers->origin != NULL && !is_own(headers->origin, headers->host))
        return "Origin: a page of another site";
    if (headers->site != NULL && strcasecmp(headers->site, "same-origin") != 0 &&
        strcasecmp(headers->site, "none") != 0)
        return "Sec-Fetch-Site: a page of another site";
    if (!is_open)
        return NULL;
    if (headers->host != NULL && !is_local(headers->host))
        return "Host: neither an address nor a name of this machine";
    if (headers->content_type != NULL && is_form(headers->content_type))
        return "Content-Type: a form's; without authentication it is to be application/json";
    return NULL;
}
