/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a PostgreSQL database, by libpq. */
#ifndef SERVER_STORE_POSTGRES_H
#define SERVER_STORE_POSTGRES_H

struct err;
struct store;

enum { POSTGRES_TIMEOUT_S = 15 };

struct postgres_options {
    const char *where; /* libpq's: "postgresql://..." or "host=... dbname=..." */
    /* How long an answer, a lock or a connection is waited for; 0: POSTGRES_TIMEOUT_S. */
    unsigned timeout_s;
};

/*
 * Connect to a database and make its tables, or bring them up to date. ERR_UNAVAILABLE: it
 * cannot be reached; ERR_STATE: its tables are of a newer version.
 */
int postgres_open(struct store **store, const struct postgres_options *options,
                  struct err *err);

#endif
