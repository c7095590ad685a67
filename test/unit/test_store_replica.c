/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/postgres.c: several servers share a database, and may lose it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "law.h"
#include "server/store/postgres.h"
#include "server/store/sql_text.h"
#include "store_rig.h"

static struct err err;

TEST(a_database_that_is_not_there_cannot_be_reached)
{
    const struct postgres_options nowhere = {"host=/nowhere", 0};

    CHECK(postgres_open(&store, &nowhere, &err) == -1 && err.kind == ERR_UNAVAILABLE);
}

/* Let the database drop all connections but psql's. */
static void drop_connections(void)
{
    CHECK(system("psql \"$E4_TEST_POSTGRES\" -qc 'SELECT pg_terminate_backend(pid) FROM "
                 "pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL' "
                 "> /dev/null") == 0);
}

/* Go on in a transaction of this server. */
static void act_as(struct store *server)
{
    store_rollback(&tx);
    CHECK(server->begin(server, &tx, STORE_WRITE, &err) == 0);
    ask = tx->ask;
}

static void commit_as(struct store *server)
{
    CHECK(server->commit(&tx, &err) == 0);
    act_as(server);
}

/* The database finds out in its own time that a server has gone: its lock goes. */
static void close_and_wait(struct store *server)
{
    char command[256];
    int64_t number;

    act_as(server);
    CHECK(ask->owner(tx, &number, &err) == 0);
    store_rollback(&tx);
    server->close(server);
    (void)snprintf(command, sizeof command,
                   "turns=600; while psql \"$E4_TEST_POSTGRES\" -Atc \"SELECT 'held' FROM "
                   "pg_locks WHERE classid = " SQL_SERVERS
                   " AND objid = %d\" | grep -q held; do "
                   "turns=$((turns - 1)); [ $turns -gt 0 ] || exit 1; sleep 0.05; done",
                   (int)number);
    CHECK(system(command) == 0);
}

TEST(what_one_server_has_claimed_is_no_other_servers_until_it_is_gone)
{
    struct store *other = NULL;
    int64_t first, mine, others;

    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0 && open_again(&other, &err) == 0);
    act_as(store);
    add_client(1);
    add_client(2);
    first = add_command(1, 3, 7);
    (void)add_command(1, 3, 8);
    (void)add_command(2, 3, 7);
    CHECK(ask->owner(tx, &mine, &err) == 0);
    CHECK(ask->claim_command(tx, first, &err) == 0);
    commit_as(store);
    CHECK(next_are(0, 9, "12")); /* what follows is this server's to send */
    act_as(other);
    CHECK(ask->owner(tx, &others, &err) == 0 && others != mine);
    CHECK(next_are(0, 9, "2"));
    CHECK(ask->unclaim_command(tx, first, &err) == 0 && ask->unclaim_command(tx, 0, &err) == 0);
    CHECK(ask->take_back(tx, &err) == 0 && next_are(0, 9, "2"));
    store_rollback(&tx);
    close_and_wait(store);
    act_as(other);
    CHECK(next_are(0, 9, "2") && ask->take_back(tx, &err) == 0 && next_are(0, 9, "112"));
    store_rollback(&tx);
    other->close(other);
}

TEST(one_server_leads_and_another_does_when_it_is_gone_or_does_not_want_to)
{
    struct store *other;
    bool leads;

    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0 && open_again(&other, &err) == 0);
    for (unsigned i = 0; i < 2; i++) { /* twice is once */
        act_as(store);
        CHECK(ask->lead(tx, true, &leads, &err) == 0 && leads);
        act_as(other);
        CHECK(ask->lead(tx, true, &leads, &err) == 0 && !leads);
    }
    act_as(store);
    CHECK(ask->lead(tx, false, &leads, &err) == 0 && !leads);
    act_as(other);
    CHECK(ask->lead(tx, true, &leads, &err) == 0 && leads);
    store_rollback(&tx);
    close_and_wait(other);
    act_as(store);
    CHECK(ask->lead(tx, true, &leads, &err) == 0 && leads);
    store_rollback(&tx);
    store->close(store);
}

TEST(a_server_that_had_to_connect_again_is_another_one_and_has_claimed_nothing)
{
    int64_t number, before, after;
    bool leads;

    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0);
    act_as(store);
    add_client(1);
    number = add_command(1, 3, 7);
    CHECK(ask->owner(tx, &before, &err) == 0 && ask->lead(tx, true, &leads, &err) == 0);
    CHECK(ask->claim_command(tx, number, &err) == 0);
    commit_as(store);
    CHECK(next_are(0, 9, ""));
    store_rollback(&tx);
    drop_connections();
    act_as(store);
    CHECK(ask->owner(tx, &after, &err) == 0 && after != before);
    CHECK(ask->take_back(tx, &err) == 0 && next_are(0, 9, "1"));
    CHECK(ask->lead(tx, true, &leads, &err) == 0 && leads);
    store_rollback(&tx);
    store->close(store);
}

static void *open_one(void *out)
{
    struct err error = {.kind = ERR_NONE};

    return open_again(out, &error) == 0 ? out : NULL;
}

TEST(servers_that_start_at_once_make_the_tables_once)
{
    struct store *servers[4];
    pthread_t threads[COUNT(servers)];

    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0);
    store->close(store);
    empty_postgres();
    for (size_t i = 0; i < COUNT(servers); i++)
        CHECK(pthread_create(&threads[i], NULL, open_one, &servers[i]) == 0);
    for (size_t i = 0; i < COUNT(servers); i++) {
        void *opened;

        CHECK(pthread_join(threads[i], &opened) == 0 && opened != NULL);
    }
    for (size_t i = 0; i < COUNT(servers); i++) {
        int64_t count;

        store = servers[i];
        begin(STORE_READ);
        CHECK(ask->count(tx, &count, STORE_CLIENTS, NULL, &err) == 0 && count == 0);
        store_rollback(&tx);
        store->close(store);
    }
}

TEST(a_lost_connection_is_made_again_and_what_was_not_committed_is_gone)
{
    struct store_client found;

    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0);
    begin(STORE_WRITE);
    add_client(1);
    commit();
    begin(STORE_WRITE);
    add_client(2);
    drop_connections();
    CHECK(store->commit(&tx, &err) == -1 && tx == NULL && err.kind == ERR_UNAVAILABLE);
    begin(STORE_WRITE);
    CHECK(ask->find_client(tx, &found, client_of(1).id, &err) == 0);
    CHECK(ask->find_client(tx, &found, client_of(2).id, &err) == -1);
    CHECK(err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
    drop_connections(); /* which nobody notices before the next transaction */
    begin(STORE_READ);
    CHECK(ask->find_client(tx, &found, client_of(1).id, &err) == 0);
    store_rollback(&tx);
    begin(STORE_WRITE);
    CHECK(ask->find_client(tx, &found, client_of(1).id, &err) == 0);
    store_rollback(&tx);
    store->close(store);
}

LAWS(LAW(a_database_that_is_not_there_cannot_be_reached),
     LAW(what_one_server_has_claimed_is_no_other_servers_until_it_is_gone),
     LAW(one_server_leads_and_another_does_when_it_is_gone_or_does_not_want_to),
     LAW(a_server_that_had_to_connect_again_is_another_one_and_has_claimed_nothing),
     LAW(servers_that_start_at_once_make_the_tables_once),
     LAW(a_lost_connection_is_made_again_and_what_was_not_committed_is_gone))
