/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/metrics.c and pages.c. That the whole is OpenMetrics text is checked with
 * a parser in test/scenario/server_metrics.sh. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "law.h"
#include "base/monotonic.h"
#include "server/api/metrics.h"
#include "server/api/pages.h"
#include "server/api/status.h"

static struct metrics *metrics;
static char *text;

/* What they say by now. */
static bool says(const char *line)
{
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const char *found;

    CHECK(out != NULL);
    metrics_write(metrics, NULL, out);
    CHECK(fclose(out) == 0);
    found = strstr(text, line);
    CHECK(strcmp(text + len - 6, "# EOF\n") == 0);
    free(text);
    return found != NULL;
}

static const struct method *method(const char *grpc)
{
    const struct method *found = method_by_grpc(grpc, strlen(grpc));

    CHECK(found != NULL);
    return found;
}

static void open_metrics(void)
{
    struct err err;

    CHECK(metrics_open(&metrics, &err) == 0);
}

TEST(requests_are_counted_by_protocol_method_and_code)
{
    const struct method *make = method("/pb.C2/NewTopic");
    const double now_s = monotonic_s();

    open_metrics();
    CHECK(!says("NewTopic"));
    metrics_count(metrics, METRICS_HTTP, make, 200, now_s);
    metrics_count(metrics, METRICS_HTTP, make, 200, now_s);
    metrics_count(metrics, METRICS_HTTP, make, 418, now_s);
    metrics_count(metrics, METRICS_HTTP, NULL, 404, now_s);
    metrics_count(metrics, METRICS_GRPC, make, STATUS_OK, now_s);
    metrics_count(metrics, METRICS_GRPC, make, 99, now_s);
    CHECK(says("{protocol=\"http\",method=\"NewTopic\",code=\"200\"} 2\n"));
    CHECK(says("{protocol=\"http\",method=\"NewTopic\",code=\"other\"} 1\n"));
    CHECK(says("{protocol=\"http\",method=\"none\",code=\"404\"} 1\n"));
    CHECK(says("{protocol=\"grpc\",method=\"NewTopic\",code=\"0\"} 1\n"));
    CHECK(says("{protocol=\"grpc\",method=\"NewTopic\",code=\"other\"} 1\n"));
    CHECK(says("e4d_request_seconds_count{method=\"NewTopic\"} 5\n"));
    metrics_close(metrics);
}

TEST(a_time_counts_for_all_bounds_above_it)
{
    const struct method *make = method("/pb.C2/NewTopic");

    open_metrics();
    metrics_count(metrics, METRICS_HTTP, make, 200, monotonic_s() - 0.3);
    metrics_count(metrics, METRICS_HTTP, make, 200, monotonic_s() - 60);
    metrics_count(metrics, METRICS_HTTP, make, 200,
                  monotonic_s() + 60); /* no clock does this */
    CHECK(says("{method=\"NewTopic\",le=\"0.001\"} 1\n"));
    CHECK(says("{method=\"NewTopic\",le=\"0.25\"} 1\n"));
    CHECK(says("{method=\"NewTopic\",le=\"10\"} 2\n"));
    CHECK(says("{method=\"NewTopic\",le=\"+Inf\"} 3\n"));
    metrics_close(metrics);
}

TEST(streams_are_counted_and_not_timed)
{
    open_metrics();
    metrics_count(metrics, METRICS_HTTP, method("/pb.C2/SubscribeToEventStream"), 200, 0);
    CHECK(says("{protocol=\"http\",method=\"SubscribeToEventStream\",code=\"200\"} 1\n"));
    CHECK(!says("seconds_count{method=\"SubscribeToEventStream\"}"));
    metrics_close(metrics);
}

TEST(refusals_are_counted_by_their_reason)
{
    static const unsigned codes[][2] = {{401, STATUS_UNAUTHENTICATED},
                                        {403, STATUS_PERMISSION_DENIED},
                                        {429, STATUS_RESOURCE_EXHAUSTED}};
    const double now_s = monotonic_s();

    open_metrics();
    for (size_t i = 0; i < COUNT(codes); i++) {
        metrics_count(metrics, METRICS_HTTP, NULL, codes[i][METRICS_HTTP], now_s);
        metrics_count(metrics, METRICS_GRPC, NULL, codes[i][METRICS_GRPC], now_s);
    }
    metrics_count(metrics, METRICS_HTTP, NULL, 500, now_s);
    CHECK(says("{reason=\"unauthenticated\"} 2\n"));
    CHECK(says("{reason=\"denied\"} 2\n"));
    CHECK(says("{reason=\"busy\"} 2\n"));
    metrics_close(metrics);
}

TEST(methods_beyond_all_places_are_counted_as_none)
{
    static struct method many[100];

    open_metrics();
    for (size_t i = 0; i < COUNT(many); i++) {
        many[i].name = "Many";
        metrics_count(metrics, METRICS_HTTP, &many[i], 200, 0);
    }
    CHECK(says("{protocol=\"http\",method=\"none\",code=\"200\"} 36\n"));
    metrics_close(metrics);
    metrics = NULL;
    metrics_count(NULL, METRICS_HTTP, NULL, 200, 0);
    CHECK(says("e4d_server_info"));
    metrics_close(NULL);
}

TEST(pages_are_found_by_verb_and_path_and_say_who_may)
{
    static const struct {
        const char *path;
        enum role role;
    } row[] = {{"/metrics", ROLE_VIEWER},
               {"/health/live", ROLE_ANYONE},
               {"/health/ready", ROLE_ANYONE},
               {"/v1/openapi.json", ROLE_ANYONE}};

    for (size_t i = 0; i < COUNT(row); i++) {
        const struct page *page = page_find("GET", row[i].path);

        CHECK_AT(i, page != NULL && page->method.role == row[i].role);
        CHECK_AT(i, page_find("POST", row[i].path) == NULL);
    }
    CHECK(page_find("GET", "/metrics/") == NULL);
}

TEST(a_server_that_nobody_watches_is_alive_and_not_ready)
{
    static const struct pages nobody = {NULL, NULL};
    FILE *out = fopen("/dev/null", "w");

    CHECK(out != NULL);
    CHECK(page_find("GET", "/health/live")->write(out, &nobody) == 200);
    CHECK(page_find("GET", "/health/ready")->write(out, &nobody) == 503);
    CHECK(fclose(out) == 0);
}

LAWS(LAW(requests_are_counted_by_protocol_method_and_code),
     LAW(a_time_counts_for_all_bounds_above_it), LAW(streams_are_counted_and_not_timed),
     LAW(refusals_are_counted_by_their_reason),
     LAW(methods_beyond_all_places_are_counted_as_none),
     LAW(pages_are_found_by_verb_and_path_and_say_who_may),
     LAW(a_server_that_nobody_watches_is_alive_and_not_ready))
