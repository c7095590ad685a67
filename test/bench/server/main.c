/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the key server's core is, with its database and a broker beside it on this machine:
 *
 *     e4_bench_server PORT DATABASE CLIENTS
 *
 * DATABASE is a file that does not exist, for SQLite, or a connection string of PostgreSQL. A
 * table comes out; the last column is the target. Somebody listens to all commands, as
 * devices would. Let nothing else run meanwhile.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mqtt.h"
#include "base/secret.h"
#include "server/bus/bus.h"
#include "server/bus/mqtt.h"
#include "server/core/client.h"
#include "server/core/dispatch.h"
#include "server/core/link.h"
#include "server/core/topic.h"
#include "server/store/postgres.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

enum { THREADS = 16, ROUNDS = 5, SINGLES = 100, WINDOW = 1024, FRAME = 89 };

static struct store *store;
static struct core *core;
static struct dispatch *dispatch;
static unsigned port;
static long clients;
static atomic_long arrived; /* commands, at the listener */
static atomic_bool listening;
static atomic_bool over;

static void need(int rc, const struct err *err)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
    (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void name_of(char name[32], long n)
{
    (void)snprintf(name, 32, "client-%07ld", n);
}

/* One thread's share of all clients. */
static void *create_share(void *share)
{
    struct err err = {.kind = ERR_NONE};

    for (long n = (long)(intptr_t)share; n < clients; n += THREADS) {
        char name[32];
        uint8_t key[32];

        name_of(name, n);
        need(secret_random(key, sizeof key, &err), &err);
        need(client_new(core, "bench", name, key, sizeof key, &err), &err);
    }
    return NULL;
}

static void *link_share(void *share)
{
    struct err err = {.kind = ERR_NONE};

    for (long n = (long)(intptr_t)share; n < clients; n += THREADS) {
        char name[32];

        name_of(name, n);
        need(link_topic(core, "bench", name, "room", &err), &err);
    }
    return NULL;
}

/* Changes a second, asked for by many threads. */
static double by_threads(void *(*share)(void *))
{
    pthread_t threads[THREADS];
    double start = now();

    for (size_t i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, share, (void *)(intptr_t)i) != 0)
            exit(1);
    }
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    return (double)clients / (now() - start);
}

static void on_command(void *ctx, const struct mqtt_message *message)
{
    (void)ctx;
    (void)message;
    arrived++;
}

static void on_subscribed(void *ctx, const char *topic, int qos, const char *refused)
{
    (void)ctx;
    (void)topic;
    (void)qos;
    listening = refused == NULL;
}

/* Stands for the devices. */
static void *listen_to_all(void *ctx)
{
    const struct mqtt_options how = {.port = port, .version = MQTT_5};
    const struct mqtt_events events = {.message = on_command, .subscribed = on_subscribed};
    struct mqtt *mqtt;
    struct err err = {.kind = ERR_NONE};

    (void)ctx;
    need(mqtt_open(&mqtt, &how, &events, &err), &err);
    need(mqtt_subscribe(mqtt, "e4/+", 1, &err), &err);
    while (!over)
        need(mqtt_wait(mqtt, 100, &err), &err);
    mqtt_close(mqtt);
    return NULL;
}

/* Wait until the broker has handed over what it had. */
static void wait_for_quiet(void)
{
    long before;

    do {
        before = arrived;
        pause_ms(500);
    } while (arrived != before);
}

static long acknowledged;

static void on_sent(void *ctx, uint64_t ticket, const char *refused)
{
    (void)ctx;
    (void)ticket;
    acknowledged += refused == NULL;
}

static void on_received(void *ctx, const char *topic, const uint8_t *payload, size_t len)
{
    (void)ctx;
    (void)topic;
    (void)payload;
    (void)len;
}

static void on_lost(void *ctx)
{
    (void)ctx;
}

static struct bus *connect_to_broker(void)
{
    const struct mqtt_options how = {.port = port, .version = MQTT_5, .queue_count = 4096};
    struct bus *bus;
    struct err err = {.kind = ERR_NONE};

    need(bus_mqtt_open(&bus, &how, 0, &err), &err);
    return bus;
}

/* Acknowledged publishes a second of a client that does nothing else. */
static double bare_rate(void)
{
    struct bus *bus = connect_to_broker();
    struct err err = {.kind = ERR_NONE};
    uint8_t frame[FRAME] = {1};
    long sent = 0;
    double start;

    acknowledged = 0;
    bus->events = (struct bus_events){NULL, on_sent, on_received, on_lost};
    while (!bus->is_online(bus))
        need(bus->wait(bus, -1, 100, &err), &err);
    start = now();
    while (acknowledged < clients) {
        for (; sent < clients && sent - acknowledged < WINDOW; sent++) {
            char topic[40];
            struct bus_message message = {topic, frame, sizeof frame, true};
            uint64_t ticket;

            (void)snprintf(topic, sizeof topic, "e4/%032lx", (unsigned long)sent);
            need(bus->send(bus, &message, &ticket, &err), &err);
        }
        need(bus->wait(bus, -1, 100, &err), &err);
    }
    start = now() - start;
    bus->close(bus);
    return (double)clients / start;
}

static int64_t waiting(void)
{
    struct tx *tx = NULL;
    struct err err = {.kind = ERR_NONE};
    int64_t count;

    need(store->begin(store, &tx, STORE_READ, &err), &err);
    need(tx->ask->count_commands(tx, &count, NULL, &err), &err);
    store_rollback(&tx);
    return count;
}

static void *run(void *ctx)
{
    dispatch_run(ctx);
    return NULL;
}

static void on_change(void *ctx)
{
    dispatch_wake(ctx);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof values[0], by_value);
    return values[count / 2];
}

static void rotate_all(double bare)
{
    double answer[ROUNDS], rate[ROUNDS];
    struct err err = {.kind = ERR_NONE};

    for (size_t i = 0; i < ROUNDS; i++) {
        double start;

        pause_ms(3000); /* no two keys in a second */
        start = now();
        need(topic_new(core, "bench", "room", &err), &err);
        answer[i] = now() - start;
        while (waiting() > 0)
            pause_ms(1);
        rate[i] = (double)clients / (now() - start);
    }
    (void)printf("rotate a topic of %ld clients: answer         %8.3f s    0.5\n", clients,
                 median(answer, ROUNDS));
    (void)printf("  commands the broker has                     %8.0f /s\n",
                 median(rate, ROUNDS));
    (void)printf("  of what a bare client is acknowledged       %8.0f %%     80\n",
                 100 * median(rate, ROUNDS) / bare);
}

static void link_singly(void)
{
    double took[SINGLES];
    struct err err = {.kind = ERR_NONE};

    need(topic_new(core, "bench", "hall", &err), &err);
    for (long i = 0; i < SINGLES; i++) {
        long before = arrived;
        char name[32];
        double start = now();

        name_of(name, i);
        need(link_topic(core, "bench", name, "hall", &err), &err);
        while (arrived == before)
            (void)sched_yield();
        took[i] = now() - start;
    }
    (void)printf("NewTopicClient to command at the device, p50  %8.1f ms    20\n",
                 1000 * median(took, SINGLES));
}

static void measure_delivery(void)
{
    const struct dispatch_options how = {.not_retained = false};
    struct bus *bus;
    pthread_t listener, sender;
    struct err err = {.kind = ERR_NONE};
    double bare[3];

    if (pthread_create(&listener, NULL, listen_to_all, NULL) != 0)
        exit(1);
    while (!listening)
        pause_ms(1);
    for (size_t i = 0; i < 3; i++)
        bare[i] = bare_rate();
    wait_for_quiet();
    bus = connect_to_broker();
    need(dispatch_new(&dispatch, core, bus, &how, &err), &err);
    core_on_change(core, on_change, dispatch);
    if (pthread_create(&sender, NULL, run, dispatch) != 0)
        exit(1);
    while (waiting() > 0)
        pause_ms(1);
    rotate_all(median(bare, 3));
    wait_for_quiet();
    link_singly();
    dispatch_stop(dispatch);
    (void)pthread_join(sender, NULL);
    bus->close(bus);
    dispatch_free(dispatch);
    over = true;
    (void)pthread_join(listener, NULL);
}

int main(int argc, char **argv)
{
    static const uint8_t master[CORE_MASTER_SIZE] = {1};
    struct core_options how = {.master = master};
    struct err err = {.kind = ERR_NONE};
    const struct postgres_options where = {.where = argc == 4 ? argv[2] : NULL};
    bool is_postgres = argc == 4 && strchr(argv[2], '=') != NULL;

    if (argc != 4) {
        (void)fputs("usage: e4_bench_server PORT DATABASE CLIENTS\n", stderr);
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    log_setup(LOG_LEVEL_WARNING, false);
    port = (unsigned)strtoul(argv[1], NULL, 10);
    clients = strtol(argv[3], NULL, 10);
    if (clients < SINGLES)
        return 2;
    need(is_postgres ? postgres_open(&store, &where, &err) : sqlite_open(&store, argv[2], &err),
         &err);
    how.store = store;
    need(core_open(&core, &how, &err), &err);
    (void)printf("%-46s%8s     target\n", is_postgres ? "PostgreSQL" : "SQLite", "");
    (void)printf("NewClient, durable, 16 at a time              %8.0f /s  %s\n",
                 by_threads(create_share), is_postgres ? "2000" : "3000");
    need(topic_new(core, "bench", "room", &err), &err);
    (void)printf("NewTopicClient, durable, 16 at a time         %8.0f /s\n",
                 by_threads(link_share));
    measure_delivery();
    core_close(core);
    store->close(store);
    return 0;
}
