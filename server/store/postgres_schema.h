/* SPDX-License-Identifier: Apache-2.0 */
/* The tables in a PostgreSQL database: the files of schema/, in its words. */
#ifndef SERVER_STORE_POSTGRES_SCHEMA_H
#define SERVER_STORE_POSTGRES_SCHEMA_H

#include "server/store/sql.h"

/* Bring the tables to the newest schema, in one transaction, one server at a time, however long
 * it takes. ERR_STATE: they are of a newer version. */
int postgres_migrate(struct sql_connection *writer, struct err *err);

#endif
