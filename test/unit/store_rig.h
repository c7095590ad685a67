/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stores that there are, for tests of server/store: one is open at a time, and one
 * transaction. Clients, topics and what is about them have a number each, which their ids and
 * names are made of. What must not fail here is checked here.
 */
#ifndef STORE_RIG_H
#define STORE_RIG_H

#include "base/err.h"
#include "server/store/store.h"

extern struct store *store;
extern struct tx *tx;
extern const struct store_questions *ask; /* tx's */

/* Try a law on each store, empty: on PostgreSQL where there is one. */
void on_each(void (*law)(void));
void begin(enum store_access access);
void commit(void);

/* A new database, and the file that it is, until its folder is cleared. */
extern char sqlite_path[96];
int open_sqlite(struct store **opened, struct err *err);
void clear_folder(void);

/* Is there the one of test/unit/with_postgres.sh? Then it can be emptied, opened empty, and
 * opened as it is, by one more server. */
bool has_postgres(void);
void empty_postgres(void);
int open_postgres(struct store **opened, struct err *err);
int open_again(struct store **opened, struct err *err);

void id(uint8_t out[STORE_ID_SIZE], unsigned n);
struct store_client client_of(unsigned n);
void add_client(unsigned n);
/* This topic, with the hash and the name of number n; and any one. */
void put_topic(unsigned n, struct store_topic topic);
void add_topic(unsigned n);
void link_both(enum store_link link, unsigned from, unsigned to);

/* A store_name_each: each name and a blank, to a text with room for 2000 bytes. It says stop at
 * client666. */
int append_name(void *ctx, const char *name, struct err *err);

/* The number of the command that was added. */
int64_t add_command(unsigned client, int64_t type, unsigned object);
/* Are these digits the clients that have the first cap of the next commands, 9 at most? And,
 * in any order of clients, those of the first 9? */
bool next_are(int64_t now_s, size_t cap, const char *digits);
bool next_are_of(int64_t now_s, const char *digits);

#endif
