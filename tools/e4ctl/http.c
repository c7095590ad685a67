/* SPDX-License-Identifier: Apache-2.0 */
/* See http.h. */
#include "tools/e4ctl/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/err.h"
#include "e4/keys.h"

enum { CONNECT_S = 10 };

struct taking {
    http_piece piece;
    void *ctx;
    struct err *err;
    int rc;
};

static size_t take(char *data, size_t size, size_t count, void *ctx)
{
    struct taking *taking = ctx;

    taking->rc = taking->piece(taking->ctx, data, size * count, taking->err);
    return taking->rc == 0 ? size * count : 0;
}

/* With a token, its header; it is wiped by headers_free(). */
static int headers_new(struct curl_slist **headers, const char *token, struct err *err)
{
    char line[512];
    struct curl_slist *more;
    int len =
        token == NULL ? 0 : snprintf(line, sizeof line, "Authorization: Bearer %s", token);

    if (len >= (int)sizeof line) {
        e4_wipe(line, sizeof line);
        return err_set(err, ERR_INPUT, "the token is too long to be one");
    }
    *headers = curl_slist_append(NULL, "Content-Type: application/json");
    more = *headers;
    if (more != NULL && token != NULL)
        more = curl_slist_append(more, line);
    e4_wipe(line, sizeof line);
    return more != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

static void headers_free(struct curl_slist *headers)
{
    for (struct curl_slist *one = headers; one != NULL; one = one->next)
        e4_wipe(one->data, strlen(one->data));
    curl_slist_free_all(headers);
}

static int failed(CURLcode code, const char *words, const struct http_target *target,
                  struct err *err)
{
    const char *hint = "";

    if (code == CURLE_PEER_FAILED_VERIFICATION)
        hint = "; say whom to trust with --ca FILE or --state DIR";
    if (code == CURLE_SSL_CACERT_BADFILE)
        hint = "; see --ca and --state";
    return err_set(err, ERR_NETWORK, "%s: %s%s", target->server,
                   words[0] != '\0' ? words : curl_easy_strerror(code), hint);
}

/* Everything that can be wrong with an option shows when the request is made. */
static void set_up(CURL *curl, const struct http_target *target,
                   const struct http_request *request, struct curl_slist *headers)
{
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->verb);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (target->ca != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, target->ca);
    if (target->cert != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_SSLCERT, target->cert);
    if (target->key != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_SSLKEY, target->key);
    if (request->body != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                               (curl_off_t)request->body_len);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
}

static int perform(CURL *curl, const struct http_target *target, struct taking *taking,
                   long *status, struct err *err)
{
    char words[CURL_ERROR_SIZE] = "";
    CURLcode code;

    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, taking);
    code = curl_easy_perform(curl);
    if (taking->rc != 0)
        return -1;
    if (code != CURLE_OK)
        return failed(code, words, target, err);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    return 0;
}

int http_do(const struct http_target *target, const struct http_request *request, long seconds,
            http_piece piece, void *ctx, long *status, struct err *err)
{
    struct taking taking = {piece, ctx, err, 0};
    struct curl_slist *headers = NULL;
    CURL *curl = curl_easy_init();
    size_t size = strlen(target->server) + strlen(request->path) + 1;
    char *url = malloc(size);
    int rc = -1;

    if (curl == NULL || url == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        goto done;
    }
    (void)snprintf(url, size, "%s%s", target->server, request->path);
    if (headers_new(&headers, target->token, err) != 0)
        goto done;
    set_up(curl, target, request, headers);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    if (curl_easy_setopt(curl, CURLOPT_URL, url) != CURLE_OK)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    else
        rc = perform(curl, target, &taking, status, err);

done:
    headers_free(headers);
    curl_easy_cleanup(curl);
    free(url);
    return rc;
}

char *http_encode(const char *text, struct err *err)
{
    /* An empty text with a length of 0 would have curl measure it, which is as well. */
    char *encoded = curl_easy_escape(NULL, text, (int)strlen(text));

    if (encoded == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    return encoded;
}

void http_free(char *text)
{
    curl_free(text);
}
