/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/sqlite.c: a database is a file. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "law.h"
#include "server/store/schema.h"
#include "server/store/sqlite.h"
#include "store_rig.h"

static struct err err;

TEST(a_database_is_private_and_survives_being_closed)
{
    struct store_client found;
    struct stat status;

    CHECK(open_sqlite(&store, &err) == 0);
    CHECK(stat(sqlite_path, &status) == 0 && (status.st_mode & 0777) == 0600);
    begin(STORE_WRITE);
    add_client(1);
    commit();
    store->close(store);
    CHECK(sqlite_open(&store, sqlite_path, &err) == 0);
    begin(STORE_READ);
    CHECK(ask->find_client(tx, &found, client_of(1).id, &err) == 0);
    store_rollback(&tx);
    store->close(store);
    CHECK(chmod(sqlite_path, 0640) == 0);
    CHECK(sqlite_open(&store, sqlite_path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "chmod 600") != NULL);
    clear_folder();
}

TEST(a_database_is_used_by_one_at_a_time)
{
    struct store *second;

    CHECK(open_sqlite(&store, &err) == 0);
    CHECK(sqlite_open(&second, sqlite_path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "another server") != NULL);
    store->close(store);
    CHECK(sqlite_open(&store, sqlite_path, &err) == 0);
    store->close(store);
    clear_folder();
}

/* The schema's version lies in bytes 60 to 63 of the file, the highest byte first. */
static void set_version(uint8_t version)
{
    const uint8_t bytes[4] = {0, 0, 0, version};
    int fd = open(sqlite_path, O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, bytes, sizeof bytes, 60) == sizeof bytes);
    (void)close(fd);
}

TEST(a_database_of_a_newer_version_is_left_alone)
{
    CHECK(open_sqlite(&store, &err) == 0);
    store->close(store);
    set_version(SCHEMA_VERSION + 1);
    CHECK(sqlite_open(&store, sqlite_path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "newer version") != NULL);
    set_version(SCHEMA_VERSION);
    CHECK(sqlite_open(&store, sqlite_path, &err) == 0);
    store->close(store);
    clear_folder();
}

TEST(what_is_no_database_is_said_to_be_none)
{
    int fd;

    CHECK(open_sqlite(&store, &err) == 0);
    store->close(store);
    fd = open(sqlite_path, O_WRONLY | O_TRUNC);
    CHECK(fd >= 0 && write(fd, sqlite_path, 64) == 64 && ftruncate(fd, 9000) == 0);
    (void)close(fd);
    CHECK(sqlite_open(&store, sqlite_path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(sqlite_open(&store, "/nowhere/e4d.db", &err) == -1 && err.kind == ERR_STATE);
    clear_folder();
}

LAWS(LAW(a_database_is_private_and_survives_being_closed),
     LAW(a_database_is_used_by_one_at_a_time), LAW(a_database_of_a_newer_version_is_left_alone),
     LAW(what_is_no_database_is_said_to_be_none))
