/* SPDX-License-Identifier: Apache-2.0 */
/* See store_rig.h. */
#include "store_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "law.h"
#include "server/store/memory.h"
#include "server/store/postgres.h"
#include "server/store/sqlite.h"

struct store *store;
struct tx *tx;
const struct store_questions *ask;
char sqlite_path[96];

static char folder[64];
static struct err failed; /* for a debugger: the laws do not look at it */

int open_sqlite(struct store **opened, struct err *err)
{
    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(sqlite_path, sizeof sqlite_path, "%s/e4d.db", folder);
    return sqlite_open(opened, sqlite_path, err);
}

void clear_folder(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    char name[128];

    for (size_t i = 0; i < COUNT(endings); i++) {
        (void)snprintf(name, sizeof name, "%s%s", sqlite_path, endings[i]);
        (void)unlink(name);
    }
    if (folder[0] != '\0')
        CHECK(rmdir(folder) == 0);
    folder[0] = '\0';
}

bool has_postgres(void)
{
    return getenv("E4_TEST_POSTGRES") != NULL;
}

void empty_postgres(void)
{
    CHECK(system("psql \"$E4_TEST_POSTGRES\" -qc 'SET client_min_messages = warning; "
                 "DROP SCHEMA public CASCADE; CREATE SCHEMA public'") == 0);
}

int open_again(struct store **opened, struct err *err)
{
    const struct postgres_options how = {getenv("E4_TEST_POSTGRES"), 0};

    return postgres_open(opened, &how, err);
}

int open_postgres(struct store **opened, struct err *err)
{
    empty_postgres();
    return open_again(opened, err);
}

void on_each(void (*law)(void))
{
    static const struct {
        int (*open)(struct store **opened, struct err *err);
    } stores[] = {{memory_open}, {open_sqlite}, {open_postgres}};
    size_t count = has_postgres() ? COUNT(stores) : COUNT(stores) - 1;

    for (size_t i = 0; i < count; i++) {
        CHECK(stores[i].open(&store, &failed) == 0);
        law();
        store->close(store);
        clear_folder();
    }
}

void begin(enum store_access access)
{
    CHECK(store->begin(store, &tx, access, &failed) == 0);
    ask = tx->ask;
}

void commit(void)
{
    CHECK(store->commit(&tx, &failed) == 0 && tx == NULL);
}

void id(uint8_t out[STORE_ID_SIZE], unsigned n)
{
    memset(out, 0, STORE_ID_SIZE);
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
}

struct store_client client_of(unsigned n)
{
    struct store_client client = {.key_version = 3, .server_version = 4, .receipts = true};

    id(client.id, n);
    (void)snprintf(client.name, sizeof client.name, "client%03u", n);
    memset(client.key, (int)n, sizeof client.key);
    id(client.print, n);
    return client;
}

void add_client(unsigned n)
{
    struct store_client client = client_of(n);

    CHECK(ask->put_client(tx, &client, &failed) == 0);
}

void put_topic(unsigned n, struct store_topic topic)
{
    char name[16];

    id(topic.hash, n);
    (void)snprintf(name, sizeof name, "topic%03u", n);
    CHECK(ask->put_topic(tx, &topic, name, &failed) == 0);
}

void add_topic(unsigned n)
{
    put_topic(n, (struct store_topic){.key_version = 1, .changed_s = 5});
}

void link_both(enum store_link link, unsigned from, unsigned to)
{
    uint8_t a[STORE_ID_SIZE], b[STORE_ID_SIZE];

    id(a, from);
    id(b, to);
    CHECK(ask->add_link(tx, link, a, b, &failed) == 0);
}

int append_name(void *ctx, const char *name, struct err *err)
{
    char *all = ctx;

    if (strcmp(name, "client666") == 0)
        return err_set(err, ERR_BUSY, "stop here");
    (void)snprintf(all + strlen(all), 2000 - strlen(all), "%s ", name);
    return 0;
}

int64_t add_command(unsigned client, int64_t type, unsigned object)
{
    struct store_command command = {.type = type, .version = 6};
    struct store_command added;

    id(command.client, client);
    id(command.object, object);
    CHECK(ask->add_command(tx, &command, &failed) == 0);
    CHECK(ask->pick_command(tx, &added, command.client, type, true, &failed) == 0);
    return added.number;
}

enum { NEXT_MAX = 9 };

static void next_clients(char digits[NEXT_MAX + 1], size_t cap, int64_t now_s)
{
    struct store_command found[NEXT_MAX];
    size_t count;

    CHECK(ask->next_commands(tx, found, cap, &count, now_s, &failed) == 0);
    for (size_t i = 0; i < count; i++)
        digits[i] = (char)('0' + found[i].client[1]);
    digits[count] = '\0';
}

bool next_are(int64_t now_s, size_t cap, const char *digits)
{
    char all[NEXT_MAX + 1];

    next_clients(all, cap, now_s);
    return strcmp(all, digits) == 0;
}

static int compare(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

bool next_are_of(int64_t now_s, const char *digits)
{
    char all[NEXT_MAX + 1];

    next_clients(all, NEXT_MAX, now_s);
    qsort(all, strlen(all), 1, compare);
    return strcmp(all, digits) == 0;
}
