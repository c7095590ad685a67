/* SPDX-License-Identifier: Apache-2.0 */
/* A store in one file of a folder, by SQLite. */
#ifndef SERVER_STORE_SQLITE_H
#define SERVER_STORE_SQLITE_H

struct err;
struct store;

/*
 * Open the database file at path, mode 0600, or make it; one process at a time. ERR_STATE: it
 * is no such database, or one of a newer version.
 */
int sqlite_open(struct store **store, const char *path, struct err *err);

#endif
