/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a PostgreSQL database, by libpq. */
#ifndef SERVER_STORE_POSTGRES_H
#define SERVER_STORE_POSTGRES_H

struct err;
struct store;

/*
 * Connect to the database that a connection string of libpq names, "postgresql://..." or
 * "host=... dbname=...", and make its tables, or bring them up to date. ERR_UNAVAILABLE: it
 * cannot be reached; ERR_STATE: its tables are of a newer version.
 */
int postgres_open(struct store **store, const char *where, struct err *err);

#endif
