/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the server is: its database, the broker, the disk, and what waits to be sent. A thread
 * looks every now and then and writes to the log what has changed; others ask.
 */
#ifndef SERVER_CORE_WATCH_H
#define SERVER_CORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "server/core/tally.h"

struct core;
struct err;
struct watch;

/* How full the disk with the state is. Of WATCH_FULL nothing can be written any more. */
enum watch_disk { WATCH_FINE, WATCH_OVER_80, WATCH_OVER_95, WATCH_FULL };

struct watch_health {
    bool database;     /* did it answer, a few seconds ago? */
    double database_s; /* how long that took */
    bool broker;
    bool audit_file; /* has it all records? */
    enum watch_disk disk;
    uint64_t disk_size; /* bytes, of those that the server may use */
    uint64_t disk_free;
};

/* What only the database knows. */
struct watch_counts {
    int64_t clients;
    int64_t topics;
    int64_t commands; /* that are on their way */
    int64_t oldest_s; /* for how long one of them has been, as far as this server has seen */
};

/* folder is the state's. The core outlives it. */
int watch_start(struct watch **watch, struct core *core, const char *folder, struct err *err);
void watch_stop(struct watch *watch); /* NULL is fine */

void watch_health(struct watch *watch, struct watch_health *health);
/* Can it do what it is for? */
bool watch_is_ready(const struct watch_health *health);
/* "fine", "over 80 %" and so on. */
const char *watch_disk_text(enum watch_disk disk);

int watch_count(struct watch *watch, struct watch_counts *counts, struct err *err);
uint64_t watch_tally(struct watch *watch, enum tally_of what);

#endif
