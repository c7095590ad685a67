/* SPDX-License-Identifier: Apache-2.0 */
/* See watch.h. */
#include "server/core/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "server/core/audit.h"
#include "server/core/state.h"

enum {
    EVERY_S = 2,
    LATE_S = 10,    /* a database that was last heard of before that is gone */
    FULL = 1 << 20, /* bytes: less than this is nothing */
    SIGHTS = 512
};

/* Up to which command there were some at a time. */
struct sight {
    int64_t newest;
    int64_t time_s;
};

struct watch {
    struct core *core;
    char *folder;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t stop;
    bool stopping;
    struct sight sight[SIGHTS]; /* oldest first */
    size_t sights;
    bool database; /* did it answer, the last time? */
    double answer_s;
    double answered_s; /* when that was */

    /* What the log has been told; the thread's. */
    enum watch_disk told_disk;
    bool told_database;
};

static void look_at_disk(const char *folder, struct watch_health *health)
{
    struct statvfs disk;
    uint64_t used;

    if (statvfs(folder, &disk) != 0)
        return; /* of size 0, and fine: what is wrong will show elsewhere */
    used = (uint64_t)(disk.f_blocks - disk.f_bfree) * disk.f_frsize;
    health->disk_free = (uint64_t)disk.f_bavail * disk.f_frsize;
    health->disk_size = used + health->disk_free; /* without what is reserved for root */
    if (health->disk_free < FULL)
        health->disk = WATCH_FULL;
    else if (used >= health->disk_size / 100 * 95)
        health->disk = WATCH_OVER_95;
    else if (used >= health->disk_size / 100 * 80)
        health->disk = WATCH_OVER_80;
}

/* Ask the database; only the thread does, as it may take long to hear that it is gone. */
static void look_at_database(struct watch *watch)
{
    const double begun_s = monotonic_s();
    struct err err;
    const bool answers = core_health(watch->core, &err) == 0;

    (void)pthread_mutex_lock(&watch->lock);
    watch->database = answers;
    watch->answered_s = monotonic_s();
    watch->answer_s = watch->answered_s - begun_s;
    (void)pthread_mutex_unlock(&watch->lock);
}

void watch_health(struct watch *watch, struct watch_health *health)
{
    memset(health, 0, sizeof *health);
    (void)pthread_mutex_lock(&watch->lock);
    health->database = watch->database && monotonic_s() - watch->answered_s < LATE_S;
    health->database_s = watch->answer_s;
    (void)pthread_mutex_unlock(&watch->lock);
    health->broker = atomic_load(&watch->core->tally.broker);
    health->audit_file = !audit_is_behind(watch->core);
    look_at_disk(watch->folder, health);
}

bool watch_is_ready(const struct watch_health *health)
{
    return health->database && health->broker && health->disk != WATCH_FULL;
}

const char *watch_disk_text(enum watch_disk disk)
{
    static const char *const text[] = {"fine", "over 80 % full", "over 95 % full", "full"};

    return text[disk];
}

/* Half of what is remembered goes, so that there is room for more, of any age. */
static void thin_out(struct watch *watch)
{
    size_t kept = 0;

    for (size_t i = 0; i < watch->sights; i += 2)
        watch->sight[kept++] = watch->sight[i];
    watch->sights = kept;
}

/* Remember that there are commands up to the newest; forget what is older than the oldest. */
static void see(struct watch *watch, int64_t oldest, int64_t newest)
{
    size_t gone = 0;

    while (gone < watch->sights && watch->sight[gone].newest < oldest)
        gone++;
    if (newest == 0)
        gone = watch->sights;
    memmove(watch->sight, watch->sight + gone, (watch->sights - gone) * sizeof *watch->sight);
    watch->sights -= gone;
    if (newest == 0 || (watch->sights > 0 && watch->sight[watch->sights - 1].newest >= newest))
        return;
    if (watch->sights == SIGHTS)
        thin_out(watch);
    watch->sight[watch->sights++] = (struct sight){newest, (int64_t)monotonic_s()};
}

int watch_count(struct watch *watch, struct watch_counts *counts, struct err *err)
{
    struct tx *tx = NULL;
    int64_t oldest;
    int64_t newest;
    int rc = -1;

    *counts = (struct watch_counts){0};
    if (state_begin_read(watch->core, &tx, err) != 0)
        return -1;
    if (tx->ask->count(tx, &counts->clients, STORE_CLIENTS, NULL, err) == 0 &&
        tx->ask->count(tx, &counts->topics, STORE_TOPICS, NULL, err) == 0 &&
        tx->ask->count_commands(tx, &counts->commands, NULL, err) == 0)
        rc = tx->ask->span_commands(tx, &oldest, &newest, err);
    store_rollback(&tx);
    if (rc != 0)
        return -1;
    (void)pthread_mutex_lock(&watch->lock);
    see(watch, oldest, newest);
    if (watch->sights > 0)
        counts->oldest_s = (int64_t)monotonic_s() - watch->sight[0].time_s;
    (void)pthread_mutex_unlock(&watch->lock);
    return 0;
}

uint64_t watch_tally(struct watch *watch, enum tally_of what)
{
    return tally_get(&watch->core->tally, what);
}

static void look_at_outbox(struct watch *watch)
{
    struct tx *tx = NULL;
    int64_t oldest;
    int64_t newest;
    struct err err;

    if (state_begin_read(watch->core, &tx, &err) != 0)
        return; /* which the log has been told */
    if (tx->ask->span_commands(tx, &oldest, &newest, &err) == 0) {
        (void)pthread_mutex_lock(&watch->lock);
        see(watch, oldest, newest);
        (void)pthread_mutex_unlock(&watch->lock);
    }
    store_rollback(&tx);
}

/* Tell the log what is not as it was. */
static void tell(struct watch *watch, const struct watch_health *health)
{
    const unsigned free_mib = (unsigned)(health->disk_free >> 20);

    if (health->disk > WATCH_OVER_80 && health->disk > watch->told_disk)
        log_error("disk", "%s: %s, %u MiB are left", watch->folder,
                  watch_disk_text(health->disk), free_mib);
    else if (health->disk != watch->told_disk && health->disk != WATCH_FINE)
        log_warning("disk", "%s: %s, %u MiB are left", watch->folder,
                    watch_disk_text(health->disk), free_mib);
    else if (health->disk != watch->told_disk)
        log_info("disk", "%s: there is room again, %u MiB", watch->folder, free_mib);
    if (health->database != watch->told_database && !health->database)
        log_error("database", "it does not answer");
    else if (health->database != watch->told_database)
        log_info("database", "it answers again");
    watch->told_disk = health->disk;
    watch->told_database = health->database;
}

/* Wait until the next time. false: there is none. */
static bool wait_a_little(struct watch *watch)
{
    const struct timespec until = monotonic_in(EVERY_S * 1000);
    bool stopping;
    int rc = 0;

    (void)pthread_mutex_lock(&watch->lock);
    while (!watch->stopping && rc == 0)
        rc = pthread_cond_timedwait(&watch->stop, &watch->lock, &until);
    stopping = watch->stopping;
    (void)pthread_mutex_unlock(&watch->lock);
    return !stopping;
}

static void *run(void *ctx)
{
    struct watch *watch = ctx;

    do {
        struct watch_health health;

        look_at_database(watch);
        watch_health(watch, &health);
        tell(watch, &health);
        if (health.database)
            look_at_outbox(watch);
    } while (wait_a_little(watch));
    return NULL;
}

int watch_start(struct watch **watch, struct core *core, const char *folder, struct err *err)
{
    struct watch *made = calloc(1, sizeof *made);
    int error;

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    made->core = core;
    made->told_database = true;
    (void)pthread_mutex_init(&made->lock, NULL);
    monotonic_cond(&made->stop);
    made->folder = strdup(folder);
    look_at_database(made);
    error = made->folder == NULL ? ENOMEM : pthread_create(&made->thread, NULL, run, made);
    made->is_running = error == 0;
    if (error != 0) {
        watch_stop(made);
        return err_system(err, ERR_SYSTEM, error, "cannot start a thread");
    }
    *watch = made;
    return 0;
}

void watch_stop(struct watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->is_running) {
        (void)pthread_mutex_lock(&watch->lock);
        watch->stopping = true;
        (void)pthread_cond_signal(&watch->stop);
        (void)pthread_mutex_unlock(&watch->lock);
        (void)pthread_join(watch->thread, NULL);
    }
    (void)pthread_cond_destroy(&watch->stop);
    (void)pthread_mutex_destroy(&watch->lock);
    free(watch->folder);
    free(watch);
}
