/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers on one PostgreSQL database. Each has a number, and its writer's connection holds a
 * lock on that: what a server has claimed is its own as long as the lock is held. One of them
 * holds the leader's lock. All locks of a server go with its connection.
 */
#ifndef SERVER_STORE_POSTGRES_REPLICA_H
#define SERVER_STORE_POSTGRES_REPLICA_H

#include "server/store/sql.h"

/* Become a server of a number that no other has, for as long as this connection lasts: the
 * database ends it when nothing is said for so long, because a server that is frozen does not
 * let go by itself. */
int replica_begin(struct sql_connection *writer, unsigned idle_s, struct err *err);

/* As lead of struct sql_driver. */
int replica_lead(struct sql_connection *writer, bool *leads, struct err *err);

/* SQL: claims of servers that are gone. */
extern const char replica_take_back[];

#endif
