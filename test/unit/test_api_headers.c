/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/headers.c. */
#include <string.h>

#include "law.h"
#include "server/api/headers.h"

TEST(known_headers_are_noted_by_name_in_any_case_and_the_first_counts)
{
    struct headers headers = {.ends = 0};

    headers_note(&headers, "hOST", "a");
    headers_note(&headers, "Host", "b");
    headers_note(&headers, "Hos", "c");
    headers_note(&headers, "Hosts", "d");
    headers_note(&headers, "authorization", NULL);
    CHECK(strcmp(headers.host, "a") == 0 && strcmp(headers.authorization, "") == 0);
    CHECK(headers.origin == NULL && headers.site == NULL && headers.expect == NULL);
    CHECK(headers_length(&headers) == 0 && !headers_are_ambiguous(&headers));
}

TEST(where_a_body_ends_may_be_said_once)
{
    struct headers headers = {.ends = 0};

    headers_note(&headers, "content-length", "17");
    CHECK(headers_length(&headers) == 17 && !headers_are_ambiguous(&headers));
    headers_note(&headers, "Transfer-Encoding", "chunked");
    CHECK(headers_length(&headers) == 17 && headers_are_ambiguous(&headers));
}

TEST(what_a_page_of_another_site_can_send_is_known)
{
    static const struct {
        const char *name;
        const char *value;
        bool foreign;      /* whoever asks */
        bool foreign_open; /* if nobody needs a proof */
    } row[] = {
        {"Accept", "*/*", false, false},
        {"Origin", "https://localhost:8888", false, false},
        {"Origin", "http://LOCALHOST:8888", false, false},
        {"Origin", "https://localhost:8889", true, true},
        {"Origin", "https://localhost", true, true},
        {"Origin", "https://evil.example", true, true},
        {"Origin", "https://evil.example/localhost:8888", true, true},
        {"Origin", "localhost:8888", true, true},
        {"Origin", "null", true, true},
        {"Origin", "", true, true},
        {"Sec-Fetch-Site", "same-origin", false, false},
        {"Sec-Fetch-Site", "none", false, false},
        {"Sec-Fetch-Site", "same-site", true, true},
        {"Sec-Fetch-Site", "cross-site", true, true},
        {"Sec-Fetch-Site", "", true, true},
        {"Content-Type", "application/json", false, false},
        {"Content-Type", "application/x-www-form-urlencoded", false, true},
        {"Content-Type", "Text/Plain;charset=UTF-8", false, true},
        {"Content-Type", "multipart/form-data; boundary=x", false, true},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct headers headers = {.host = "localhost:8888"};

        headers_note(&headers, row[i].name, row[i].value);
        CHECK_AT(i, (headers_foreign(&headers, false) != NULL) == row[i].foreign);
        CHECK_AT(i, (headers_foreign(&headers, true) != NULL) == row[i].foreign_open);
    }
}

TEST(without_proof_the_host_is_none_that_a_stranger_named)
{
    static const struct {
        const char *host;
        bool foreign;
    } row[] = {
        {"localhost", false},   {"localhost:8888", false},   {"127.0.0.1:8888", false},
        {"127.0.1.1", false},   {"[::1]:8888", false},       {"buildhost:8888", false},
        {"evil.example", true}, {"evil.example:8888", true}, {"127.0.0.1.evil.example", true},
        {"localhost.", true}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct headers headers = {.host = row[i].host};
        char origin[64] = "https://";

        CHECK_AT(i, (headers_foreign(&headers, true) != NULL) == row[i].foreign);
        headers_note(&headers, "Origin", strcat(origin, row[i].host));
        CHECK_AT(i, (headers_foreign(&headers, true) != NULL) == row[i].foreign);
        CHECK_AT(i, headers_foreign(&headers, false) == NULL);
    }
}

LAWS(LAW(known_headers_are_noted_by_name_in_any_case_and_the_first_counts),
     LAW(where_a_body_ends_may_be_said_once),
     LAW(what_a_page_of_another_site_can_send_is_known),
     LAW(without_proof_the_host_is_none_that_a_stranger_named))
