/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request's headers over HTTP say: who asks, where its body ends, and whether a page of
 * another site made somebody's browser send it. Pure.
 */
#ifndef SERVER_API_HEADERS_H
#define SERVER_API_HEADERS_H

#include <stdbool.h>

/* Of each the first; NULL: there is none. They are the caller's, and live as long as this. */
struct headers {
    const char *authorization;
    const char *content_type;
    const char *encoding; /* Transfer-Encoding */
    const char *expect;
    const char *host;
    const char *length; /* Content-Length */
    const char *origin;
    const char *site; /* Sec-Fetch-Site */
    unsigned ends;    /* how often it is said where the body ends */
};

/* One header, of those that are known here, into those of zeros. */
void headers_note(struct headers *headers, const char *name, const char *value);

/* How long the body is said to be; 0: that is not said. */
unsigned long long headers_length(const struct headers *headers);

/* Is it said more than once where the body ends? Then a proxy may have read it otherwise. */
bool headers_are_ambiguous(const struct headers *headers);

/*
 * In words, what shows that the request may come from a page of another site: browsers send
 * such requests, and with them whatever is proof without being asked for. NULL: nothing does.
 * is_open: they need no proof. Then the host must also be one that no stranger can have given a
 * name to, and the body not what a form sends.
 */
const char *headers_foreign(const struct headers *headers, bool is_open);

#endif
