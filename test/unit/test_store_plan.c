/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/sql_text.c: what a database looks at for an answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "law.h"
#include "server/store/sql_text.h"
#include "store_rig.h"

static struct err err;

/* Commands for clients that are to wait, then one that is due. */
static void fill(unsigned waiting)
{
    uint8_t client[STORE_ID_SIZE];

    begin(STORE_WRITE);
    for (unsigned n = 1; n <= waiting; n++) {
        id(client, n);
        add_client(n);
        (void)add_command(n, 3, 7);
        CHECK(ask->delay_client(tx, client, 100, &err) == 0);
    }
    add_client(waiting + 1);
    (void)add_command(waiting + 1, 3, 7);
    commit();
}

/* Steps of SQLite's machine until it has the one command that is due. */
static int steps_of_next(unsigned waiting)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    int steps;

    CHECK(open_sqlite(&store, &err) == 0);
    fill(waiting);
    CHECK(sqlite3_open(sqlite_path, &db) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, sql_text[NEXT_COMMANDS], -1, &statement, NULL) == SQLITE_OK);
    CHECK(sqlite3_bind_int64(statement, 1, 99) == SQLITE_OK &&
          sqlite3_bind_int64(statement, 2, 9) == SQLITE_OK &&
          sqlite3_bind_int64(statement, 3, 1) == SQLITE_OK);
    CHECK(sqlite3_step(statement) == SQLITE_ROW && sqlite3_step(statement) == SQLITE_DONE);
    steps = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
    CHECK(sqlite3_finalize(statement) == SQLITE_OK && sqlite3_close(db) == SQLITE_OK);
    store->close(store);
    clear_folder();
    return steps;
}

/* The same for PostgreSQL: rows that it looks at in vain. */
static void check_plan(const char *mode)
{
    char script[2048];
    char *at;

    (void)snprintf(script, sizeof script,
                   "plan=$(psql \"$E4_TEST_POSTGRES\" -qAt -c 'SET plan_cache_mode = %s' "
                   "-c 'PREPARE next (bigint, bigint, bigint) AS %s' "
                   "-c 'EXPLAIN (ANALYZE) EXECUTE next (99, 9, 1)') && "
                   "echo \"$plan\" | grep -q 'Index.* Scan .*command_waiting' && "
                   "! echo \"$plan\" | grep 'Seq Scan\\|Rows Removed'",
                   mode, sql_text[NEXT_COMMANDS]);
    while ((at = strchr(script, '?')) != NULL && at[1] >= '1' && at[1] <= '9')
        *at = '$';
    CHECK(system(script) == 0);
}

TEST(what_is_due_is_found_without_a_look_at_what_is_not)
{
    CHECK(steps_of_next(2) == steps_of_next(800));
    if (!has_postgres())
        return;
    CHECK(open_postgres(&store, &err) == 0);
    fill(800);
    check_plan("force_generic_plan");
    check_plan("force_custom_plan");
    store->close(store);
}

LAWS(LAW(what_is_due_is_found_without_a_look_at_what_is_not))
