/* SPDX-License-Identifier: Apache-2.0 */
/* See metrics.h. Counting takes no lock: each method has a place, which its first request
 * takes. */
#include "server/api/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/monotonic.h"
#include "e4/e4.h"
#include "server/api/methods.h"
#include "server/api/status.h"
#include "server/core/watch.h"

enum { PLACES = 64, PROTOCOLS = 2, CODES = 20, BOUNDS = 12, REFUSALS = 3 };

/* What HTTP is answered with here; the others are the last. gRPC's codes are their own places.
 */
static const unsigned http_codes[] = {200, 400, 401, 403, 404, 405, 413, 429, 500, 503};
enum { HTTP_CODES = sizeof http_codes / sizeof *http_codes, OTHER = CODES - 1 };

static const double bound_s[BOUNDS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                       0.1,   0.25,   0.5,   1,    2.5,   10};

struct place {
    _Atomic(const struct method *) method; /* NULL: free */
    atomic_uint_fast64_t codes[PROTOCOLS][CODES];
    atomic_uint_fast64_t within[BOUNDS + 1]; /* above the bound before, up to this one */
    atomic_uint_fast64_t total_ns;
};

struct metrics {
    struct place place[PLACES];
    struct place none; /* for requests without a method, and for methods without a place */
    atomic_uint_fast64_t refused[REFUSALS];
};

static const char *const protocols[] = {[METRICS_HTTP] = "http", [METRICS_GRPC] = "grpc"};

int metrics_open(struct metrics **metrics, struct err *err)
{
    *metrics = calloc(1, sizeof **metrics);
    return *metrics != NULL ? 0 : err_set(err, ERR_SYSTEM, "out of memory");
}

void metrics_close(struct metrics *metrics)
{
    free(metrics);
}

static void add(atomic_uint_fast64_t *count, uint64_t more)
{
    (void)atomic_fetch_add_explicit(count, more, memory_order_relaxed);
}

static uint64_t get(atomic_uint_fast64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

static struct place *place_of(struct metrics *metrics, const struct method *method)
{
    for (size_t i = 0; i < PLACES && method != NULL; i++) {
        struct place *place = &metrics->place[i];
        const struct method *found = atomic_load(&place->method);

        if (found == method ||
            (found == NULL && (atomic_compare_exchange_strong(&place->method, &found, method) ||
                               found == method)))
            return place;
    }
    return &metrics->none;
}

static unsigned code_place(enum metrics_protocol protocol, unsigned code)
{
    unsigned at = 0;

    if (protocol == METRICS_GRPC)
        return code < OTHER ? code : OTHER;
    while (at < HTTP_CODES && http_codes[at] != code)
        at++;
    return at < HTTP_CODES ? at : OTHER;
}

/* Which kind of refusal is it? REFUSALS: none. */
static unsigned refusal(enum metrics_protocol protocol, unsigned code)
{
    static const unsigned codes[PROTOCOLS][REFUSALS] = {
        {401, 403, 429},
        {STATUS_UNAUTHENTICATED, STATUS_PERMISSION_DENIED, STATUS_RESOURCE_EXHAUSTED}};
    unsigned at = 0;

    while (at < REFUSALS && codes[protocol][at] != code)
        at++;
    return at;
}

void metrics_count(struct metrics *metrics, enum metrics_protocol protocol,
                   const struct method *method, unsigned code, double begun_s)
{
    const unsigned kind = refusal(protocol, code);
    const double took_s = monotonic_s() - begun_s;
    struct place *place;
    size_t bound = 0;

    if (metrics == NULL)
        return;
    place = place_of(metrics, method);
    add(&place->codes[protocol][code_place(protocol, code)], 1);
    if (kind < REFUSALS)
        add(&metrics->refused[kind], 1);
    if (method != NULL && method->function == NULL && method->grpc != NULL)
        return;
    while (bound < BOUNDS && took_s > bound_s[bound])
        bound++;
    add(&place->within[bound], 1);
    add(&place->total_ns, took_s > 0 ? (uint64_t)(took_s * 1e9) : 0);
}

/* The head of a metric. unit NULL: none. */
static void head(FILE *out, const char *name, const char *type, const char *unit,
                 const char *help)
{
    (void)fprintf(out, "# TYPE e4d_%s %s\n", name, type);
    if (unit != NULL)
        (void)fprintf(out, "# UNIT e4d_%s %s\n", name, unit);
    (void)fprintf(out, "# HELP e4d_%s %s\n", name, help);
}

static const char *name_of(struct place *place)
{
    const struct method *method = atomic_load(&place->method);

    return method != NULL ? method->name : "none";
}

static void write_codes(FILE *out, struct place *place)
{
    for (unsigned protocol = 0; protocol < PROTOCOLS; protocol++) {
        for (unsigned at = 0; at < CODES; at++) {
            const uint64_t count = get(&place->codes[protocol][at]);
            const unsigned code =
                protocol == METRICS_HTTP && at < HTTP_CODES ? http_codes[at] : at;

            if (count == 0)
                continue;
            (void)fprintf(out, "e4d_requests_total{protocol=\"%s\",method=\"%s\",code=\"",
                          protocols[protocol], name_of(place));
            if (at == OTHER)
                (void)fprintf(out, "other");
            else
                (void)fprintf(out, "%u", code);
            (void)fprintf(out, "\"} %" PRIu64 "\n", count);
        }
    }
}

static void write_times(FILE *out, struct place *place)
{
    const char *name = name_of(place);
    const double total_s = (double)get(&place->total_ns) / 1e9;
    uint64_t count = 0;

    for (size_t i = 0; i <= BOUNDS; i++)
        count += get(&place->within[i]);
    if (count == 0)
        return;
    count = 0;
    for (size_t i = 0; i < BOUNDS; i++) {
        count += get(&place->within[i]);
        (void)fprintf(out, "e4d_request_seconds_bucket{method=\"%s\",le=\"%g\"} %" PRIu64 "\n",
                      name, bound_s[i], count);
    }
    count += get(&place->within[BOUNDS]);
    (void)fprintf(out, "e4d_request_seconds_bucket{method=\"%s\",le=\"+Inf\"} %" PRIu64 "\n",
                  name, count);
    (void)fprintf(out, "e4d_request_seconds_count{method=\"%s\"} %" PRIu64 "\n", name, count);
    (void)fprintf(out, "e4d_request_seconds_sum{method=\"%s\"} %.9f\n", name, total_s);
}

static void for_each_place(struct metrics *metrics, FILE *out,
                           void (*write)(FILE *out, struct place *place))
{
    for (size_t i = 0; i < PLACES; i++) {
        if (atomic_load(&metrics->place[i].method) != NULL)
            write(out, &metrics->place[i]);
    }
    write(out, &metrics->none);
}

static void write_requests(struct metrics *metrics, FILE *out)
{
    static const char *const reasons[] = {"unauthenticated", "denied", "busy"};

    head(out, "requests", "counter", NULL, "Requests that were answered.");
    for_each_place(metrics, out, write_codes);
    head(out, "request_seconds", "histogram", "seconds",
         "How long it took to answer, from the end of a request's headers on.");
    for_each_place(metrics, out, write_times);
    head(out, "refusals", "counter", NULL,
         "Requests that were refused because of who asked, or because there were too many.");
    for (unsigned i = 0; i < REFUSALS; i++)
        (void)fprintf(out, "e4d_refusals_total{reason=\"%s\"} %" PRIu64 "\n", reasons[i],
                      get(&metrics->refused[i]));
}

static void write_tallies(struct watch *watch, FILE *out)
{
    static const struct {
        const char *name;
        const char *help;
    } tallies[TALLIES] = {
        [TALLY_CHANGES] = {"changes", "Changes, each with its audit record."},
        [TALLY_SENT] = {"commands_sent", "Commands handed to the broker."},
        [TALLY_ACKNOWLEDGED] = {"commands_acknowledged", "Commands that the broker has taken."},
        [TALLY_REFUSED] = {"commands_refused", "Commands that the broker has refused."},
        [TALLY_CONFIRMED] = {"confirmations", "Receipts of commands that were carried out."},
        [TALLY_FAILED] = {"failures", "Receipts of commands that could not be carried out."},
        [TALLY_HELLOS] = {"hellos", "Devices that said what they hold."},
    };

    for (unsigned i = 0; i < TALLIES; i++) {
        head(out, tallies[i].name, "counter", NULL, tallies[i].help);
        (void)fprintf(out, "e4d_%s_total %" PRIu64 "\n", tallies[i].name,
                      watch_tally(watch, (enum tally_of)i));
    }
}

static void write_number(FILE *out, const char *name, const char *unit, const char *help,
                         double number)
{
    head(out, name, "gauge", unit, help);
    (void)fprintf(out, "e4d_%s %.17g\n", name, number);
}

static void write_health(const struct watch_health *health, FILE *out)
{
    write_number(out, "ready", NULL, "Whether the server can do what it is for.",
                 watch_is_ready(health) ? 1 : 0);
    write_number(out, "database_up", NULL, "Whether the database answers.", health->database);
    write_number(out, "database_answer_seconds", "seconds", "How long it took to answer.",
                 health->database_s);
    write_number(out, "broker_up", NULL, "Whether the broker is connected.", health->broker);
    write_number(out, "audit_file_up", NULL, "Whether the audit file has all records.",
                 health->audit_file);
    write_number(out, "disk_size_bytes", "bytes", "Of the disk with the state.",
                 (double)health->disk_size);
    write_number(out, "disk_free_bytes", "bytes", "What is left of it.",
                 (double)health->disk_free);
    write_number(out, "disk_level", NULL, "0, 1 over 80 % full, 2 over 95 %, 3 full.",
                 health->disk);
}

/* Without a database there is nothing to say. */
static void write_counts(struct watch *watch, FILE *out)
{
    struct watch_counts counts;
    struct err err;

    if (watch_count(watch, &counts, &err) != 0)
        return;
    write_number(out, "clients", NULL, "Clients that there are.", (double)counts.clients);
    write_number(out, "topics", NULL, "Topics that there are.", (double)counts.topics);
    write_number(out, "outbox_commands", NULL, "Commands on their way.",
                 (double)counts.commands);
    write_number(out, "outbox_oldest_seconds", "seconds",
                 "For how long the oldest has been, as far as this server has seen.",
                 (double)counts.oldest_s);
}

void metrics_write(struct metrics *metrics, struct watch *watch, FILE *out)
{
    head(out, "server", "info", NULL, "Which server this is.");
    (void)fprintf(out, "e4d_server_info{version=\"%s\"} 1\n", E4_VERSION);
    if (metrics != NULL)
        write_requests(metrics, out);
    if (watch != NULL) {
        struct watch_health health;

        watch_health(watch, &health);
        write_tallies(watch, out);
        write_health(&health, out);
        if (health.database)
            write_counts(watch, out);
    }
    (void)fprintf(out, "# EOF\n");
}
