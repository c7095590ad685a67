/* SPDX-License-Identifier: Apache-2.0 */
/* See pages.h. */
#include "server/api/pages.h"

#include <stddef.h>
#include <string.h>

#include "base/json_out.h"
#include "server/api/metrics.h"
#include "server/api/openapi.h"
#include "server/core/watch.h"

#define JSON "application/json"

static unsigned write_openapi(FILE *out, const struct pages *pages)
{
    (void)pages;
    openapi_write(out);
    return 200;
}

static unsigned write_metrics(FILE *out, const struct pages *pages)
{
    metrics_write(pages->metrics, pages->watch, out);
    return 200;
}

/* Whoever reads this knows that it is so. */
static unsigned write_live(FILE *out, const struct pages *pages)
{
    struct json_out json;

    (void)pages;
    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_bool(&json, "live", true);
    json_out_close(&json, '}');
    return 200;
}

static unsigned write_ready(FILE *out, const struct pages *pages)
{
    struct watch_health health = {0};
    struct json_out json;
    bool ready;

    if (pages->watch != NULL)
        watch_health(pages->watch, &health);
    ready = watch_is_ready(&health);
    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_bool(&json, "ready", ready);
    json_out_bool(&json, "database", health.database);
    json_out_bool(&json, "broker", health.broker);
    json_out_bool(&json, "auditFile", health.audit_file);
    json_out_string(&json, "disk", watch_disk_text(health.disk));
    json_out_close(&json, '}');
    return ready ? 200 : 503;
}

#define PAGE(where, called, who)                                                               \
    {                                                                                          \
        .name = (called), .role = ROLE_##who, .verb = "GET", .path = (where)                   \
    }

static const struct page pages[] = {
    {PAGE(OPENAPI_PATH, "OpenAPI", ANYONE), JSON, write_openapi},
    {PAGE("/metrics", "Metrics", VIEWER), METRICS_TYPE, write_metrics},
    {PAGE("/health/live", "Live", ANYONE), JSON, write_live},
    {PAGE("/health/ready", "Ready", ANYONE), JSON, write_ready},
};

const struct page *page_find(const char *verb, const char *path)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].method.path, path) == 0 && strcmp(pages[i].method.verb, verb) == 0)
            return &pages[i];
    }
    return NULL;
}
