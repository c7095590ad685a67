/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h, for every store that there is. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"
#include "law.h"
#include "server/store/memory.h"
#include "server/store/postgres.h"
#include "server/store/schema.h"
#include "server/store/sql_text.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

static char folder[64];
static char path[96];

static int open_sqlite(struct store **store, struct err *err)
{
    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/e4d.db", folder);
    return sqlite_open(store, path, err);
}

static void clear_folder(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    char name[128];

    for (size_t i = 0; i < COUNT(endings); i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    if (folder[0] != '\0')
        CHECK(rmdir(folder) == 0);
    folder[0] = '\0';
}

static int open_again(struct store **store, struct err *err)
{
    const struct postgres_options how = {getenv("E4_TEST_POSTGRES"), 0};

    return postgres_open(store, &how, err);
}

/* An empty database of test/unit/with_postgres.sh. */
static int open_postgres(struct store **store, struct err *err)
{
    CHECK(system("psql \"$E4_TEST_POSTGRES\" -qc 'SET client_min_messages = warning; "
                 "DROP SCHEMA public CASCADE; CREATE SCHEMA public'") == 0);
    return open_again(store, err);
}

static const struct {
    int (*open)(struct store **store, struct err *err);
} stores[] = {{memory_open}, {open_sqlite}, {open_postgres}};

static struct err err;
static struct store *store;
static struct tx *tx;
static const struct store_questions *ask;

static void begin(enum store_access access)
{
    CHECK(store->begin(store, &tx, access, &err) == 0);
    ask = tx->ask;
}

static void commit(void)
{
    CHECK(store->commit(&tx, &err) == 0 && tx == NULL);
}

/* Try a law on each store: on PostgreSQL where there is one. */
static void on_each(void (*law)(void))
{
    size_t count = getenv("E4_TEST_POSTGRES") != NULL ? COUNT(stores) : COUNT(stores) - 1;

    for (size_t i = 0; i < count; i++) {
        CHECK(stores[i].open(&store, &err) == 0);
        law();
        store->close(store);
        clear_folder();
    }
}

static void id(uint8_t out[STORE_ID_SIZE], unsigned n)
{
    memset(out, 0, STORE_ID_SIZE);
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
}

static struct store_client client_of(unsigned n)
{
    struct store_client client = {.key_version = 3, .server_version = 4, .receipts = true};

    id(client.id, n);
    (void)snprintf(client.name, sizeof client.name, "client%03u", n);
    memset(client.key, (int)n, sizeof client.key);
    id(client.print, n);
    return client;
}

static void add_client(unsigned n)
{
    struct store_client client = client_of(n);

    CHECK(ask->put_client(tx, &client, &err) == 0);
}

static void add_topic(unsigned n)
{
    struct store_topic topic = {.key_version = 1, .changed_s = 5};
    char name[16];

    id(topic.hash, n);
    (void)snprintf(name, sizeof name, "topic%03u", n);
    CHECK(ask->put_topic(tx, &topic, name, &err) == 0);
}

static void link_both(enum store_link link, unsigned from, unsigned to)
{
    uint8_t a[STORE_ID_SIZE], b[STORE_ID_SIZE];

    id(a, from);
    id(b, to);
    CHECK(ask->add_link(tx, link, a, b, &err) == 0);
}

static int append_name(void *ctx, const char *name, struct err *error)
{
    char *all = ctx;

    (void)error;
    if (strcmp(name, "client666") == 0)
        return err_set(error, ERR_BUSY, "stop here");
    (void)snprintf(all + strlen(all), 2000 - strlen(all), "%s ", name);
    return 0;
}

static bool list_is(enum store_list list, unsigned of, int64_t offset, int64_t count,
                    const char *names)
{
    uint8_t whom[STORE_ID_SIZE];
    char all[2000] = "";

    id(whom, of);
    CHECK(ask->list(tx, list, whom, offset, count, append_name, all, &err) == 0);
    return strcmp(all, names) == 0;
}

static bool count_is(enum store_list list, unsigned of, int64_t number)
{
    uint8_t whom[STORE_ID_SIZE];
    int64_t count;

    id(whom, of);
    CHECK(ask->count(tx, &count, list, whom, &err) == 0);
    return count == number;
}

static void settings(void)
{
    uint8_t value[8];
    size_t len;

    begin(STORE_WRITE);
    CHECK(ask->get(tx, "mode", value, sizeof value, &len, &err) == -1);
    CHECK(err.kind == ERR_NOT_FOUND);
    CHECK(ask->put(tx, "mode", (const uint8_t *)"abc", 3, &err) == 0);
    CHECK(ask->put(tx, "mode", (const uint8_t *)"de", 2, &err) == 0);
    commit();
    begin(STORE_READ);
    CHECK(ask->get(tx, "mode", value, sizeof value, &len, &err) == 0);
    CHECK(len == 2 && memcmp(value, "de", 2) == 0);
    CHECK(ask->get(tx, "mode", value, 1, &len, &err) == -1 && err.kind == ERR_STATE);
    store_rollback(&tx);
}

TEST(a_setting_is_what_was_put_last)
{
    on_each(settings);
}

static void rolled_back(void)
{
    struct store_client client;
    uint8_t one[STORE_ID_SIZE];

    id(one, 1);
    begin(STORE_WRITE);
    add_client(1);
    CHECK(ask->find_client(tx, &client, one, &err) == 0);
    store_rollback(&tx);
    CHECK(tx == NULL);
    store_rollback(&tx); /* once more does no harm */
    begin(STORE_READ);
    CHECK(ask->find_client(tx, &client, one, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(what_was_not_committed_was_never_there)
{
    on_each(rolled_back);
}

static void clients(void)
{
    struct store_client client = client_of(1), found, other = client_of(2);

    begin(STORE_WRITE);
    CHECK(ask->put_client(tx, &client, &err) == 0);
    CHECK(ask->find_client(tx, &found, client.id, &err) == 0);
    CHECK(strcmp(found.name, client.name) == 0 && found.key_version == 3);
    CHECK(found.server_version == 4 && found.receipts);
    CHECK(memcmp(found.key, client.key, sizeof found.key) == 0);
    CHECK(ask->find_print(tx, &found, client.print, &err) == 0);
    CHECK(memcmp(found.id, client.id, sizeof found.id) == 0);
    CHECK(ask->find_print(tx, &found, other.print, &err) == -1 && err.kind == ERR_NOT_FOUND);
    client.key_version = 9;
    client.receipts = false;
    CHECK(ask->put_client(tx, &client, &err) == 0); /* in its own place */
    CHECK(ask->find_client(tx, &found, client.id, &err) == 0);
    CHECK(found.key_version == 9 && !found.receipts);
    memcpy(other.print, client.print, sizeof other.print);
    CHECK(ask->put_client(tx, &other, &err) == -1 || store->commit(&tx, &err) == -1);
    CHECK(err.kind == ERR_CONFLICT);
    store_rollback(&tx);
}

TEST(a_client_is_found_by_id_and_by_print_and_no_two_have_one_print)
{
    on_each(clients);
}

static void topics(void)
{
    struct store_topic topic = {.key_version = 7, .changed_s = 8}, found;

    id(topic.hash, 1);
    memset(topic.key, 5, sizeof topic.key);
    begin(STORE_WRITE);
    CHECK(ask->put_topic(tx, &topic, "room", &err) == 0);
    CHECK(ask->find_topic(tx, &found, topic.hash, &err) == 0);
    CHECK(found.key_version == 7 && found.changed_s == 8 && !found.has_old_key);
    CHECK(memcmp(found.key, topic.key, sizeof found.key) == 0);
    topic.has_old_key = true;
    memset(topic.old_key, 4, sizeof topic.old_key);
    CHECK(ask->put_topic(tx, &topic, "room", &err) == 0);
    CHECK(ask->find_topic(tx, &found, topic.hash, &err) == 0 && found.has_old_key);
    CHECK(memcmp(found.old_key, topic.old_key, sizeof found.old_key) == 0);
    CHECK(ask->remove_topic(tx, topic.hash, &err) == 0);
    CHECK(ask->remove_topic(tx, topic.hash, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(ask->find_topic(tx, &found, topic.hash, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(a_topic_has_a_key_and_perhaps_an_old_one)
{
    on_each(topics);
}

static void lists(void)
{
    begin(STORE_WRITE);
    for (unsigned i = 5; i > 0; i--) {
        add_client(i);
        add_topic(i);
    }
    link_both(STORE_CLIENT_TOPIC, 1, 3);
    link_both(STORE_CLIENT_TOPIC, 1, 2);
    link_both(STORE_CLIENT_TOPIC, 1, 2); /* twice is once */
    link_both(STORE_CLIENT_TOPIC, 4, 2);
    link_both(STORE_TARGET_SOURCE, 2, 5);
    link_both(STORE_TARGET_SOURCE, 3, 5);
    link_both(STORE_HELD, 1, 5);
    link_both(STORE_HELD, 3, 5);
    CHECK(
        list_is(STORE_CLIENTS, 0, 0, 9, "client001 client002 client003 client004 client005 "));
    CHECK(list_is(STORE_CLIENTS, 0, 1, 2, "client002 client003 "));
    CHECK(list_is(STORE_CLIENTS, 0, 9, 2, "") && list_is(STORE_CLIENTS, 0, 0, 0, ""));
    CHECK(list_is(STORE_TOPICS, 0, 4, INT64_MAX, "topic005 "));
    CHECK(list_is(STORE_TOPICS_OF_CLIENT, 1, 0, 9, "topic002 topic003 "));
    CHECK(list_is(STORE_CLIENTS_OF_TOPIC, 2, 0, 9, "client001 client004 "));
    CHECK(list_is(STORE_SOURCES_OF_TARGET, 2, 0, 9, "client005 "));
    CHECK(list_is(STORE_HOLDERS_OF_SOURCE, 5, 0, 9, "client001 client002 client003 "));
    CHECK(count_is(STORE_CLIENTS, 0, 5) && count_is(STORE_TOPICS, 0, 5));
    CHECK(count_is(STORE_TOPICS_OF_CLIENT, 1, 2) && count_is(STORE_CLIENTS_OF_TOPIC, 2, 2));
    CHECK(count_is(STORE_SOURCES_OF_TARGET, 3, 1) && count_is(STORE_HOLDERS_OF_SOURCE, 5, 3));
    CHECK(count_is(STORE_TOPICS_OF_CLIENT, 2, 0));
    store_rollback(&tx);
}

TEST(lists_are_in_the_order_of_names_and_have_a_beginning_and_an_end)
{
    on_each(lists);
}

static void stopped(void)
{
    char all[2000] = "";

    begin(STORE_WRITE);
    add_client(665);
    add_client(666);
    add_client(667);
    CHECK(ask->list(tx, STORE_CLIENTS, NULL, 0, 9, append_name, all, &err) == -1);
    CHECK(err.kind == ERR_BUSY && strcmp(all, "client665 ") == 0);
    store_rollback(&tx);
}

TEST(a_list_ends_where_its_reader_says_so)
{
    on_each(stopped);
}

static void cascades(void)
{
    uint8_t one[STORE_ID_SIZE], two[STORE_ID_SIZE];

    id(one, 1);
    id(two, 2);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    add_topic(1);
    link_both(STORE_CLIENT_TOPIC, 1, 1);
    link_both(STORE_CLIENT_TOPIC, 2, 1);
    link_both(STORE_TARGET_SOURCE, 1, 2);
    CHECK(ask->remove_client(tx, one, &err) == 0);
    CHECK(ask->remove_client(tx, one, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(list_is(STORE_CLIENTS_OF_TOPIC, 1, 0, 9, "client002 "));
    CHECK(count_is(STORE_HOLDERS_OF_SOURCE, 2, 0));
    CHECK(ask->remove_topic(tx, one, &err) == 0);
    CHECK(count_is(STORE_TOPICS_OF_CLIENT, 2, 0));
    store_rollback(&tx);
}

TEST(links_go_with_what_they_link)
{
    on_each(cascades);
}

static int append_id(void *ctx, const uint8_t *found, struct err *error)
{
    char *all = ctx;

    (void)error;
    (void)snprintf(all + strlen(all), 200 - strlen(all), "%u ", found[1]);
    return 0;
}

static bool links_are(enum store_link link, unsigned from, const char *ids)
{
    uint8_t whom[STORE_ID_SIZE];
    char all[200] = "";

    id(whom, from);
    CHECK(ask->list_links(tx, link, whom, append_id, all, &err) == 0);
    return strcmp(all, ids) == 0;
}

static void links(void)
{
    uint8_t one[STORE_ID_SIZE], nine[STORE_ID_SIZE];

    id(one, 1);
    id(nine, 9);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    add_client(9);
    add_topic(9);
    for (int link = STORE_HELD; link <= STORE_UNCONFIRMED; link++) {
        link_both((enum store_link)link, 1, 9);
        link_both((enum store_link)link, 1, 5);
        link_both((enum store_link)link, 2, 9);
        CHECK(links_are((enum store_link)link, 1, "5 9 "));
        CHECK(ask->find_link(tx, (enum store_link)link, one, nine, &err) == 0);
        CHECK(ask->remove_link(tx, (enum store_link)link, one, nine, &err) == 0);
        CHECK(ask->remove_link(tx, (enum store_link)link, one, nine, &err) == -1);
        CHECK(err.kind == ERR_NOT_FOUND);
        CHECK(ask->find_link(tx, (enum store_link)link, one, nine, &err) == -1);
        CHECK(err.kind == ERR_NOT_FOUND);
        CHECK(links_are((enum store_link)link, 1, "5 "));
        CHECK(ask->drop_links(tx, (enum store_link)link, one, &err) == 0);
        CHECK(links_are((enum store_link)link, 1, ""));
        CHECK(links_are((enum store_link)link, 2, "9 "));
    }
    CHECK(ask->drop_links(tx, STORE_FORGOTTEN, client_of(2).id, &err) == 0);
    link_both(STORE_TARGET_SOURCE, 1, 9);
    CHECK(ask->find_link(tx, STORE_TARGET_SOURCE, one, nine, &err) == 0);
    CHECK(ask->find_link(tx, STORE_CLIENT_TOPIC, one, nine, &err) == -1);
    CHECK(ask->bury_source(tx, nine, &err) == 0);
    CHECK(ask->bury_source(tx, nine, &err) == 0);
    CHECK(links_are(STORE_FORGOTTEN, 1, "9 ") && links_are(STORE_FORGOTTEN, 2, "9 "));
    CHECK(ask->drop_holders(tx, nine, &err) == 0 && links_are(STORE_HELD, 2, ""));
    CHECK(ask->drop_links(tx, STORE_GONE, client_of(2).id, &err) == 0);
    link_both(STORE_CLIENT_TOPIC, 2, 9);
    CHECK(ask->bury_topic(tx, nine, &err) == 0);
    CHECK(ask->bury_topic(tx, nine, &err) == 0);
    CHECK(links_are(STORE_GONE, 2, "9 ") && links_are(STORE_GONE, 1, ""));
    store_rollback(&tx);
}

TEST(links_are_listed_in_the_order_of_their_bytes_and_removed_one_by_one_or_all)
{
    on_each(links);
}

static void server_keys(void)
{
    struct store_server_key key = {.made_s = 5}, found;

    begin(STORE_WRITE);
    CHECK(ask->find_server_key(tx, &found, 0, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (key.version = 1; key.version <= 3; key.version++) {
        memset(key.secret, (int)key.version, sizeof key.secret);
        memset(key.public_key, (int)key.version, sizeof key.public_key);
        CHECK(ask->add_server_key(tx, &key, &err) == 0);
    }
    CHECK(ask->find_server_key(tx, &found, 0, &err) == 0 && found.version == 3);
    CHECK(ask->find_server_key(tx, &found, 2, &err) == 0 && found.version == 2);
    CHECK(found.secret[0] == 2 && found.public_key[31] == 2 && found.made_s == 5);
    CHECK(ask->find_server_key(tx, &found, 4, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(server_keys_of_all_versions_stay)
{
    on_each(server_keys);
}

static void add_former(unsigned client, int64_t version, bool has_next_key)
{
    struct store_former former = {.key_version = version,
                                  .server_version = version + 1,
                                  .type = version + 2,
                                  .has_next_key = has_next_key,
                                  .next_version = version + 3};

    id(former.client, client);
    memset(former.key, (int)version, sizeof former.key);
    memset(former.next_key, (int)version + 1, sizeof former.next_key);
    CHECK(ask->add_former(tx, &former, &err) == 0);
}

static int append_version(void *ctx, const struct store_former *former, struct err *error)
{
    char *out = ctx;

    (void)error;
    (void)snprintf(out + strlen(out), 64 - strlen(out), "%d ", (int)former->key_version);
    return 0;
}

static bool formers_are(unsigned client, const char *versions)
{
    uint8_t of[STORE_ID_SIZE];
    char found[64] = "";

    id(of, client);
    CHECK(ask->read_formers(tx, of, append_version, found, &err) == 0);
    return strcmp(found, versions) == 0;
}

static void formers(void)
{
    struct store_former found;
    uint8_t first[STORE_ID_SIZE];
    uint8_t sealed[STORE_SEALED_SIZE];
    int64_t oldest;

    id(first, 1);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    CHECK(ask->find_former(tx, &found, first, 0, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (int version = 1; version <= 4; version++)
        add_former(1, version, version % 2 == 0);
    add_former(2, 7, true);
    commit();
    begin(STORE_WRITE);
    CHECK(formers_are(1, "1 2 3 4 ") && formers_are(2, "7 ") && formers_are(3, ""));
    CHECK(ask->find_former(tx, &found, first, 0, &err) == 0);
    CHECK(found.key_version == 4 && found.server_version == 5 && found.type == 6);
    memset(sealed, 4, sizeof sealed);
    CHECK(memcmp(found.client, first, sizeof first) == 0);
    CHECK(memcmp(found.key, sealed, sizeof sealed) == 0);
    memset(sealed, 5, sizeof sealed);
    CHECK(found.has_next_key && memcmp(found.next_key, sealed, sizeof sealed) == 0);
    oldest = found.number - 3;
    CHECK(ask->find_former(tx, &found, first, oldest, &err) == 0);
    CHECK(found.number == oldest && found.key_version == 1 && !found.has_next_key);
    CHECK(found.next_version == 4);
    CHECK(ask->find_former(tx, &found, first, oldest + 4, &err) == -1); /* another's */
    CHECK(ask->drop_formers(tx, first, 3, &err) == 0 && formers_are(1, "2 3 4 "));
    CHECK(ask->drop_formers(tx, first, 3, &err) == 0 && formers_are(1, "2 3 4 "));
    CHECK(ask->drop_formers(tx, first, 0, &err) == 0 && formers_are(1, ""));
    CHECK(formers_are(2, "7 "));
    id(first, 2);
    CHECK(ask->remove_client(tx, first, &err) == 0 && formers_are(2, ""));
    commit();
}

TEST(keys_that_a_client_may_still_have_are_kept_until_dropped)
{
    on_each(formers);
}

static int64_t add_command(unsigned client, int64_t type, unsigned object)
{
    struct store_command command = {.type = type, .version = 6};
    struct store_command added;

    id(command.client, client);
    id(command.object, object);
    CHECK(ask->add_command(tx, &command, &err) == 0);
    CHECK(ask->pick_command(tx, &added, command.client, type, true, &err) == 0);
    return added.number;
}

/* Which clients have the next commands, as digits. */
static bool next_are(int64_t now_s, size_t cap, const char *digits)
{
    struct store_command found[9];
    char all[10] = "";
    size_t count;

    CHECK(ask->next_commands(tx, found, cap, &count, now_s, &err) == 0);
    for (size_t i = 0; i < count; i++)
        all[i] = (char)('0' + found[i].client[1]);
    return strcmp(all, digits) == 0;
}

/* The same in any order of clients. */
static bool next_are_of(int64_t now_s, const char *digits)
{
    struct store_command found[9];
    char all[10] = "";
    size_t count;

    CHECK(ask->next_commands(tx, found, 9, &count, now_s, &err) == 0);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;

        for (; at > 0 && all[at - 1] > (char)('0' + found[i].client[1]); at--)
            all[at] = all[at - 1];
        all[at] = (char)('0' + found[i].client[1]);
    }
    return strcmp(all, digits) == 0;
}

static void commands(void)
{
    struct store_command found;
    uint8_t one[STORE_ID_SIZE];
    int64_t first, second, count, oldest, newest;

    id(one, 1);
    begin(STORE_WRITE);
    CHECK(ask->span_commands(tx, &oldest, &newest, &err) == 0 && oldest == 0 && newest == 0);
    add_client(1);
    add_client(2);
    first = add_command(1, 3, 8);
    second = add_command(2, 3, 8);
    (void)add_command(1, 3, 9);
    (void)add_command(7, 0x100, 0); /* of nobody */
    CHECK(second > first && next_are(0, 9, "1217") && next_are(0, 2, "12"));
    CHECK(ask->claim_command(tx, first, &err) == 0 && next_are(0, 9, "217"));
    CHECK(ask->unclaim_command(tx, second, &err) == 0 && next_are(0, 9, "217"));
    CHECK(ask->unclaim_command(tx, first, &err) == 0 && next_are(0, 9, "1217"));
    CHECK(ask->claim_command(tx, first, &err) == 0 &&
          ask->claim_command(tx, second, &err) == 0);
    CHECK(ask->unclaim_command(tx, 0, &err) == 0 && next_are(0, 9, "1217"));
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    CHECK(next_are(99, 9, "27") && next_are_of(100, "1127"));
    CHECK(ask->find_command(tx, &found, second, &err) == 0 && found.version == 6);
    CHECK(found.type == 3 && found.object[1] == 8 && !found.has_key && !found.again);
    CHECK(ask->count_commands(tx, &count, NULL, &err) == 0 && count == 4);
    CHECK(ask->span_commands(tx, &oldest, &newest, &err) == 0);
    CHECK(oldest == first && newest >= second + 2);
    CHECK(ask->count_commands(tx, &count, one, &err) == 0 && count == 2);
    CHECK(ask->remove_command(tx, first, &err) == 0);
    CHECK(ask->remove_command(tx, first, &err) == 0); /* gone is fine */
    CHECK(ask->find_command(tx, &found, first, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(next_are_of(100, "127"));
    store_rollback(&tx);
}

TEST(commands_come_in_order_unless_they_are_claimed_or_their_client_is_delayed)
{
    on_each(commands);
}

static void delayed(void)
{
    struct store_command command = {.type = 4};
    uint8_t one[STORE_ID_SIZE], three[STORE_ID_SIZE];
    int64_t first;

    id(one, 1);
    id(three, 3);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    first = add_command(1, 3, 8);
    CHECK(ask->claim_command(tx, first, &err) == 0);
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    (void)add_command(1, 3, 9);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS, NULL, &err) == 0);
    CHECK(next_are_of(99, "2") && next_are_of(100, "112"));
    CHECK(ask->unclaim_command(tx, first, &err) == 0);
    CHECK(next_are_of(99, "2") && next_are_of(100, "1112"));
    CHECK(ask->claim_command(tx, first, &err) == 0 && ask->unclaim_command(tx, 0, &err) == 0);
    CHECK(next_are_of(99, "2"));
    CHECK(ask->delay_client(tx, one, 0, &err) == 0 && next_are_of(0, "1112"));
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    CHECK(ask->remove_client(tx, one, &err) == 0 && next_are_of(0, "1112"));
    add_client(3); /* and of a topic, of a target and so on */
    add_topic(5);
    CHECK(ask->delay_client(tx, three, 100, &err) == 0);
    link_both(STORE_CLIENT_TOPIC, 3, 5);
    link_both(STORE_TARGET_SOURCE, 3, 2);
    link_both(STORE_TARGET_SOURCE, 2, 3);
    id(one, 5);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS_OF_TOPIC, one, &err) == 0);
    id(one, 2);
    CHECK(ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, one, &err) == 0);
    CHECK(ask->add_commands(tx, &command, STORE_SOURCES_OF_TARGET, one, &err) == 0);
    CHECK(next_are_of(99, "1112") && next_are_of(100, "1112333"));
    store_rollback(&tx);
}

static void recipient(void)
{
    struct store_client client = client_of(1), found;
    struct store_former former = {.key_version = 2};
    struct store_pace pace = {.issued_s = 5, .touched = {7, 8}, .touched_len = 2};
    struct store_pace read;
    bool has_former;

    pace.refresh_s = 6;
    pace.refresh_wait_s = 9;
    pace.misses = 1;
    begin(STORE_WRITE);
    add_client(1);
    CHECK(ask->put_pace(tx, client.id, &pace, &err) == 0);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client.id, &err) == 0);
    CHECK(!has_former && strcmp(found.name, client.name) == 0);
    CHECK(memcmp(found.key, client.key, sizeof found.key) == 0 && found.key_version == 3);
    CHECK(read.issued_s == 5 && read.touched_len == 2 && read.touched[1] == 8);
    CHECK(read.refresh_s == 6 && read.refresh_wait_s == 9 && read.misses == 1);
    memcpy(former.client, client.id, sizeof former.client);
    CHECK(ask->add_former(tx, &former, &err) == 0);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client.id, &err) == 0);
    CHECK(has_former);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client_of(2).id, &err) == -1);
    CHECK(err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(a_recipient_is_a_client_and_its_pace_and_whether_it_has_former_keys)
{
    on_each(recipient);
}

TEST(all_commands_of_a_delayed_client_wait_whenever_they_were_added)
{
    on_each(delayed);
}

static void key_changes(void)
{
    static const int64_t types[] = {STORE_KEY_CHANGE, STORE_SERVER_KEY_CHANGE};

    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    for (size_t i = 0; i < COUNT(types); i++) {
        int64_t change = add_command(1, types[i], 0);
        int64_t after = add_command(1, 3, 8);
        int64_t other = add_command(2, 3, 8);

        CHECK(next_are(0, 9, "112"));
        CHECK(ask->claim_command(tx, change, &err) == 0 && next_are(0, 9, "2"));
        CHECK(ask->remove_command(tx, change, &err) == 0 && next_are(0, 9, "12"));
        CHECK(ask->remove_command(tx, after, &err) == 0);
        CHECK(ask->remove_command(tx, other, &err) == 0);
    }
    store_rollback(&tx);
}

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
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
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
    if (getenv("E4_TEST_POSTGRES") == NULL)
        return;
    CHECK(open_postgres(&store, &err) == 0);
    fill(800);
    check_plan("force_generic_plan");
    check_plan("force_custom_plan");
    store->close(store);
}

TEST(nothing_comes_for_a_client_whose_key_is_being_changed)
{
    on_each(key_changes);
}

static void many_commands(void)
{
    struct store_command command = {.type = 3, .again = true, .has_key = true};
    struct store_command found;
    uint8_t eight[STORE_ID_SIZE], one[STORE_ID_SIZE];
    int64_t number;

    id(eight, 8);
    id(one, 1);
    id(command.object, 8);
    memset(command.key, 3, sizeof command.key);
    begin(STORE_WRITE);
    for (unsigned i = 1; i < 6; i++)
        add_client(i);
    add_topic(8);
    link_both(STORE_CLIENT_TOPIC, 4, 8);
    link_both(STORE_CLIENT_TOPIC, 2, 8);
    link_both(STORE_TARGET_SOURCE, 3, 1);
    link_both(STORE_HELD, 5, 1);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS_OF_TOPIC, eight, &err) == 0);
    CHECK(next_are(0, 9, "24") || next_are(0, 9, "42"));
    CHECK(ask->pick_command(tx, &found, client_of(2).id, 3, false, &err) == 0);
    CHECK(found.again && found.has_key && found.key[71] == 3 && found.object[1] == 8);
    CHECK(ask->drop_commands(tx, NULL, 3, eight, &err) == 0 && next_are(0, 9, ""));
    CHECK(ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, one, &err) == 0);
    CHECK(next_are(0, 9, "35") || next_are(0, 9, "53"));
    CHECK(ask->drop_commands(tx, client_of(3).id, 3, one, &err) == 0);   /* another object */
    CHECK(ask->drop_commands(tx, client_of(3).id, 2, eight, &err) == 0); /* another type */
    CHECK(ask->drop_commands(tx, client_of(3).id, 3, eight, &err) == 0 && next_are(0, 9, "5"));
    CHECK(ask->drop_type(tx, client_of(5).id, 2, &err) == 0 && next_are(0, 9, "5"));
    CHECK(ask->drop_type(tx, client_of(5).id, 3, &err) == 0 && next_are(0, 9, ""));
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS, NULL, &err) == 0);
    CHECK(ask->count_commands(tx, &number, NULL, &err) == 0 && number == 5);
    CHECK(ask->pick_command(tx, &found, one, 2, true, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(commands_to_many_are_added_and_dropped_at_once)
{
    on_each(many_commands);
}

static void numbers_go_on(void)
{
    int64_t first, second;

    begin(STORE_WRITE);
    first = add_command(1, 3, 8);
    CHECK(ask->remove_command(tx, first, &err) == 0);
    second = add_command(1, 3, 8);
    CHECK(second > first); /* what is acknowledged late must not be taken for another */
    store_rollback(&tx);
}

TEST(a_commands_number_is_never_given_again)
{
    on_each(numbers_go_on);
}

static bool within(enum store_list list, const char *from, const char *before, int64_t offset,
                   int64_t most, int64_t wanted, const char *names)
{
    const struct store_bounds bounds = {from, before};
    char all[2000] = "";
    int64_t count;

    CHECK(ask->count_within(tx, &count, list, &bounds, &err) == 0);
    CHECK(ask->list_within(tx, list, &bounds, offset, most, append_name, all, &err) == 0);
    return count == wanted && strcmp(all, names) == 0;
}

static void bounds(void)
{
    begin(STORE_WRITE);
    for (unsigned n = 98; n < 103; n++) {
        add_client(n);
        add_topic(n);
    }
    CHECK(within(STORE_CLIENTS, "client10", "client11", 1, 9, 3, "client101 client102 "));
    CHECK(within(STORE_TOPICS, "topic09", "topic0:", 0, 9, 2, "topic098 topic099 "));
    CHECK(within(STORE_TOPICS, "topic", NULL, 1, 2, 5, "topic099 topic100 "));
    CHECK(within(STORE_TOPICS, "topic101", NULL, 0, 9, 2, "topic101 topic102 "));
    CHECK(within(STORE_TOPICS, "topic101", "topic102", 0, 9, 1, "topic101 "));
    CHECK(within(STORE_TOPICS, "\xc3\xa9", "\xc3\xaa", 0, 9, 0, ""));
    CHECK(within(STORE_CLIENTS, "", "client099", 0, 9, 1, "client098 "));
    store_rollback(&tx);
}

TEST(names_within_bounds_are_counted_and_listed_in_order)
{
    on_each(bounds);
}

static int append_waiting(void *ctx, const struct store_waiting *waiting, struct err *error)
{
    char *all = ctx;

    (void)error;
    if (waiting->type == 666)
        return err_set(error, ERR_BUSY, "stop here");
    (void)snprintf(all + strlen(all), 2000 - strlen(all), "%d%s%d:%s ", (int)waiting->type,
                   waiting->claimed ? "!" : "-", (int)waiting->attempts, waiting->about);
    return 0;
}

static void on_their_way(void)
{
    static const int64_t types[] = {3, 6, 2, 666};
    struct store_command command = {.type = 0};
    struct store_pace pace = {.refresh_s = 5};
    uint8_t nine[STORE_ID_SIZE];
    int64_t count;
    char all[2000] = "";

    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    add_topic(9);
    id(nine, 9);
    link_both(STORE_CLIENT_TOPIC, 1, 9);
    link_both(STORE_CLIENT_TOPIC, 2, 9);
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 2);
    CHECK(ask->put_pace(tx, client_of(2).id, &pace, &err) == 0);
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 1);
    id(command.client, 1);
    for (size_t i = 0; i < COUNT(types); i++) {
        static const unsigned objects[] = {9, 2, 0, 0};

        command.type = types[i];
        id(command.object, objects[i]);
        CHECK(ask->add_command(tx, &command, &err) == 0);
    }
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 0);
    CHECK(ask->count_about(tx, &count, nine, &err) == 0 && count == 1);
    CHECK(ask->pick_command(tx, &command, client_of(1).id, 6, false, &err) == 0);
    CHECK(ask->claim_command(tx, command.number, &err) == 0);
    CHECK(ask->read_waiting(tx, client_of(1).id, 3, append_waiting, all, &err) == 0);
    CHECK(strcmp(all, "3-0:topic009 6!1:client002 2-0: ") == 0);
    CHECK(ask->read_waiting(tx, client_of(1).id, 9, append_waiting, all, &err) == -1);
    CHECK(err.kind == ERR_BUSY);
    CHECK(ask->read_waiting(tx, client_of(2).id, 9, append_waiting, all, &err) == 0);
    store_rollback(&tx);
}

TEST(what_is_on_its_way_is_told_with_names_and_who_waits_for_nothing_is_counted)
{
    on_each(on_their_way);
}

static void retired_keys(void)
{
    uint8_t print[STORE_PRINT_SIZE] = {1, 2}, other[STORE_PRINT_SIZE] = {1, 3};
    int64_t issued_s;

    begin(STORE_WRITE);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(ask->retire_key(tx, print, 7, &err) == 0 && ask->retire_key(tx, other, 8, &err) == 0);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == 0 && issued_s == 7);
    CHECK(ask->retire_key(tx, print, 9, &err) == 0);
    commit();
    begin(STORE_READ);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == 0 && issued_s == 9);
    CHECK(ask->retired_key(tx, &issued_s, other, &err) == 0 && issued_s == 8);
    store_rollback(&tx);
}

TEST(a_retired_key_keeps_the_newest_time_that_it_was_given)
{
    on_each(retired_keys);
}

static void paces(void)
{
    struct store_pace pace = {.issued_s = 0}, found;
    uint8_t ids[3][STORE_ID_SIZE];
    size_t count;

    begin(STORE_WRITE);
    CHECK(ask->find_pace(tx, &pace, client_of(1).id, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (unsigned i = 1; i < 5; i++) {
        add_client(i);
        CHECK(ask->find_pace(tx, &pace, client_of(i).id, &err) == 0);
        CHECK(pace.issued_s == 0 && pace.touched_len == 0 && pace.refresh_s == 0);
        pace = (struct store_pace){7, {1, 2, 3}, 3, 100 - 10 * i, 5, 2, 77, 78, 79, 80};
        if (i < 4)
            CHECK(ask->put_pace(tx, client_of(i).id, &pace, &err) == 0);
    }
    add_client(1); /* put again, which leaves the pace */
    CHECK(ask->find_pace(tx, &found, client_of(1).id, &err) == 0);
    CHECK(found.issued_s == 7 && found.touched_len == 3 && found.touched[2] == 3);
    CHECK(found.refresh_s == 90 && found.refresh_wait_s == 5 && found.misses == 2);
    CHECK(found.forgot_s == 77 && found.heard_s == 78);
    CHECK(found.hello_s == 79 && found.answered_s == 80);
    CHECK(ask->due_clients(tx, ids, 3, &count, 69, &err) == 0 && count == 0);
    CHECK(ask->due_clients(tx, ids, 3, &count, 80, &err) == 0 && count == 2);
    CHECK(ids[0][1] == 3 && ids[1][1] == 2);
    CHECK(ask->due_clients(tx, ids, 1, &count, 99, &err) == 0 && count == 1 && ids[0][1] == 3);
    store_rollback(&tx);
}

TEST(a_pace_is_kept_and_says_who_is_due)
{
    on_each(paces);
}

static int append_event(void *ctx, const struct store_event *event, struct err *error)
{
    char *all = ctx;

    (void)error;
    (void)snprintf(all + strlen(all), 200 - strlen(all), "%d%s%s%d ", (int)event->type,
                   event->source, event->target, (int)event->time_s);
    return 0;
}

static void events(void)
{
    struct store_event event = {0, 1, "a", "b", 5};
    char all[200] = "";
    int64_t first, newest;

    begin(STORE_WRITE);
    CHECK(ask->newest_event(tx, &first, &err) == 0 && first == 0);
    CHECK(ask->add_event(tx, &event, &err) == 0);
    CHECK(ask->newest_event(tx, &first, &err) == 0 && first > 0);
    event = (struct store_event){0, 2, "c", "", 6};
    CHECK(ask->add_event(tx, &event, &err) == 0 && ask->add_event(tx, &event, &err) == 0);
    CHECK(ask->read_events(tx, 0, 2, append_event, all, &err) == 0);
    CHECK(strcmp(all, "1ab5 2c6 ") == 0);
    all[0] = '\0';
    CHECK(ask->read_events(tx, first, 9, append_event, all, &err) == 0);
    CHECK(strcmp(all, "2c6 2c6 ") == 0);
    CHECK(ask->newest_event(tx, &newest, &err) == 0);
    CHECK(ask->drop_events(tx, newest - 1, &err) == 0);
    all[0] = '\0';
    CHECK(ask->read_events(tx, 0, 9, append_event, all, &err) == 0 && strcmp(all, "2c6 ") == 0);
    store_rollback(&tx);
}

TEST(events_are_read_from_a_number_on)
{
    on_each(events);
}

static int append_audit(void *ctx, const struct store_audit *audit, struct err *error)
{
    char *all = ctx;

    (void)error;
    (void)snprintf(all + strlen(all), 200 - strlen(all), "%d%d%s%s%s%s%u ", (int)audit->number,
                   (int)audit->time_s, audit->who, audit->what, audit->first, audit->second,
                   audit->hash[31]);
    return 0;
}

static void audits(void)
{
    struct store_audit audit = {1, 5, "w", "x", "f", "s", {0}};
    uint8_t hash[STORE_HASH_SIZE];
    char all[200] = "";
    int64_t number;

    begin(STORE_WRITE);
    CHECK(ask->newest_audit(tx, &number, hash, &err) == 0 && number == 0 && hash[31] == 0);
    audit.hash[31] = 8;
    CHECK(ask->add_audit(tx, &audit, &err) == 0);
    audit.number = 2;
    audit.hash[31] = 9;
    CHECK(ask->add_audit(tx, &audit, &err) == 0);
    CHECK(ask->newest_audit(tx, &number, hash, &err) == 0 && number == 2 && hash[31] == 9);
    CHECK(ask->read_audit(tx, 0, 9, append_audit, all, &err) == 0);
    CHECK(strcmp(all, "15wxfs8 25wxfs9 ") == 0);
    all[0] = '\0';
    CHECK(ask->read_audit(tx, 1, 1, append_audit, all, &err) == 0);
    CHECK(strcmp(all, "25wxfs9 ") == 0);
    CHECK(ask->add_audit(tx, &audit, &err) == -1 && err.kind == ERR_CONFLICT);
    store_rollback(&tx);
}

TEST(audit_records_are_read_from_a_number_on)
{
    on_each(audits);
}

static int append_token(void *ctx, const struct store_token *token, struct err *error)
{
    return append_name(ctx, token->name, error);
}

static void tokens(void)
{
    struct store_token token = {
        .name = "zoe", .scope = "a/", .role = 2, .made_s = 3, .expires_s = 4};
    struct store_token found;
    char all[2000] = "";

    id(token.hash, 1);
    begin(STORE_WRITE);
    CHECK(ask->add_token(tx, &token, &err) == 0);
    id(token.hash, 2);
    memcpy(token.name, "amy", 4);
    CHECK(ask->add_token(tx, &token, &err) == 0);
    commit();
    begin(STORE_WRITE);
    CHECK(ask->add_token(tx, &token, &err) == -1 && err.kind == ERR_CONFLICT);
    store_rollback(&tx);
    begin(STORE_WRITE);
    CHECK(ask->find_token(tx, &found, token.hash, &err) == 0);
    CHECK(strcmp(found.name, "amy") == 0 && found.role == 2 && found.expires_s == 4);
    CHECK(strcmp(found.scope, "a/") == 0);
    CHECK(ask->read_tokens(tx, append_token, all, &err) == 0 && strcmp(all, "amy zoe ") == 0);
    CHECK(ask->remove_token(tx, "amy", &err) == 0);
    CHECK(ask->remove_token(tx, "amy", &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(ask->find_token(tx, &found, token.hash, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(tokens_have_names_of_their_own)
{
    on_each(tokens);
}

enum { WRITERS = 4, ROUNDS = 50 };

/* Add one to a setting, again and again. */
static void *count_up(void *ctx)
{
    struct store *shared = ctx;
    struct err error = {.kind = ERR_NONE};

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct tx *mine = NULL;
        uint8_t value = 0;
        size_t len;

        if (shared->begin(shared, &mine, STORE_WRITE, &error) != 0)
            return shared; /* not NULL */
        (void)mine->ask->get(mine, "count", &value, 1, &len, &error);
        value++;
        if (mine->ask->put(mine, "count", &value, 1, &error) != 0 ||
            shared->commit(&mine, &error) != 0)
            return shared;
    }
    return NULL;
}

static void many_writers(void)
{
    pthread_t threads[WRITERS];
    uint8_t value;
    size_t len;

    for (size_t i = 0; i < WRITERS; i++)
        CHECK(pthread_create(&threads[i], NULL, count_up, store) == 0);
    for (size_t i = 0; i < WRITERS; i++) {
        void *failed;

        CHECK(pthread_join(threads[i], &failed) == 0 && failed == NULL);
    }
    begin(STORE_READ);
    CHECK(ask->get(tx, "count", &value, 1, &len, &err) == 0 && value == WRITERS * ROUNDS);
    store_rollback(&tx);
}

TEST(writers_take_turns)
{
    on_each(many_writers);
}

TEST(a_database_is_private_and_survives_being_closed)
{
    struct store_client found;
    struct stat status;

    CHECK(open_sqlite(&store, &err) == 0);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    begin(STORE_WRITE);
    add_client(1);
    commit();
    store->close(store);
    CHECK(sqlite_open(&store, path, &err) == 0);
    begin(STORE_READ);
    CHECK(ask->find_client(tx, &found, client_of(1).id, &err) == 0);
    store_rollback(&tx);
    store->close(store);
    CHECK(chmod(path, 0640) == 0);
    CHECK(sqlite_open(&store, path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "chmod 600") != NULL);
    clear_folder();
}

TEST(a_database_is_used_by_one_at_a_time)
{
    struct store *second;

    CHECK(open_sqlite(&store, &err) == 0);
    CHECK(sqlite_open(&second, path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "another server") != NULL);
    store->close(store);
    CHECK(sqlite_open(&store, path, &err) == 0);
    store->close(store);
    clear_folder();
}

/* The schema's version lies in bytes 60 to 63 of the file, the highest byte first. */
static void set_version(uint8_t version)
{
    const uint8_t bytes[4] = {0, 0, 0, version};
    int fd = open(path, O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, bytes, sizeof bytes, 60) == sizeof bytes);
    (void)close(fd);
}

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

    if (getenv("E4_TEST_POSTGRES") == NULL)
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

    if (getenv("E4_TEST_POSTGRES") == NULL)
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

    if (getenv("E4_TEST_POSTGRES") == NULL)
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

    if (getenv("E4_TEST_POSTGRES") == NULL)
        return;
    CHECK(open_postgres(&store, &err) == 0);
    store->close(store);
    CHECK(system("psql \"$E4_TEST_POSTGRES\" -qc 'SET client_min_messages = warning; "
                 "DROP SCHEMA public CASCADE; CREATE SCHEMA public'") == 0);
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

    if (getenv("E4_TEST_POSTGRES") == NULL)
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

TEST(a_database_of_a_newer_version_is_left_alone)
{
    CHECK(open_sqlite(&store, &err) == 0);
    store->close(store);
    set_version(SCHEMA_VERSION + 1);
    CHECK(sqlite_open(&store, path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "newer version") != NULL);
    set_version(SCHEMA_VERSION);
    CHECK(sqlite_open(&store, path, &err) == 0);
    store->close(store);
    clear_folder();
}

TEST(what_is_no_database_is_said_to_be_none)
{
    int fd;

    CHECK(open_sqlite(&store, &err) == 0);
    store->close(store);
    fd = open(path, O_WRONLY | O_TRUNC);
    CHECK(fd >= 0 && write(fd, folder, 64) == 64 && ftruncate(fd, 9000) == 0);
    (void)close(fd);
    CHECK(sqlite_open(&store, path, &err) == -1 && err.kind == ERR_STATE);
    CHECK(sqlite_open(&store, "/nowhere/e4d.db", &err) == -1 && err.kind == ERR_STATE);
    clear_folder();
}

/* Rows with sealed keys of each kind, three in all, of which the first and the last have one
 * where there may be none. */
static void add_sealed(void)
{
    for (unsigned n = 1; n <= 3; n++) {
        const bool has = n != 2;
        struct store_topic topic = {.key_version = n + 10, .has_old_key = has};
        struct store_server_key server = {.version = n};
        struct store_command command = {.type = 2, .version = n + 20, .has_key = has};
        char name[16];

        add_client(n);
        id(topic.hash, n);
        (void)snprintf(name, sizeof name, "topic%03u", n);
        CHECK(ask->put_topic(tx, &topic, name, &err) == 0);
        CHECK(ask->add_server_key(tx, &server, &err) == 0);
        id(command.client, n);
        CHECK(ask->add_command(tx, &command, &err) == 0);
        add_former(n, n + 30, has);
    }
}

/* All sealed keys of a kind, some at a time: how many there are, and the last one. */
static unsigned read_sealed(enum store_sealed kind, struct store_sealed_key *last)
{
    struct store_sealed_key found[2];
    struct store_sealed_key after = {.number = 0};
    unsigned all = 0;
    size_t count;

    do {
        CHECK(ask->next_sealed(tx, kind, &after, found, COUNT(found), &count, &err) == 0);
        for (size_t i = 0; i < count; i++) {
            CHECK(memcmp(&found[i], &after, offsetof(struct store_sealed_key, version)) != 0);
            after = found[i];
        }
        all += (unsigned)count;
    } while (count > 0);
    *last = after;
    return all;
}

static void sealed_keys(void)
{
    static const struct {
        unsigned count;
        int64_t version; /* of the last */
        bool has_id;
    } row[STORE_SEALED_KINDS] = {
        [STORE_SEALED_CLIENT] = {3, 3, true},      [STORE_SEALED_TOPIC] = {3, 13, true},
        [STORE_SEALED_TOPIC_OLD] = {2, 12, true},  [STORE_SEALED_SERVER_KEY] = {3, 3, false},
        [STORE_SEALED_COMMAND] = {2, 23, true},    [STORE_SEALED_FORMER] = {3, 33, true},
        [STORE_SEALED_FORMER_NEXT] = {2, 0, true},
    };
    struct store_sealed_key last, again;

    begin(STORE_WRITE);
    for (unsigned kind = 0; kind < STORE_SEALED_KINDS; kind++)
        CHECK_AT(kind, read_sealed((enum store_sealed)kind, &last) == 0);
    add_sealed();
    for (unsigned i = 0; i < STORE_SEALED_KINDS; i++) {
        const enum store_sealed kind = (enum store_sealed)i;

        CHECK_AT(i, read_sealed(kind, &last) == row[i].count);
        CHECK_AT(i, row[i].version == 0 || last.version == row[i].version);
        CHECK_AT(i, last.id[1] == (row[i].has_id ? 3 : 0));
        memset(last.key, (int)i + 100, sizeof last.key);
        CHECK_AT(i, ask->put_sealed(tx, kind, &last, &err) == 0);
        CHECK_AT(i, read_sealed(kind, &again) == row[i].count);
        CHECK_AT(i, memcmp(&again, &last, sizeof last) == 0);
    }
    for (unsigned i = 0; i < STORE_SEALED_KINDS; i++) { /* each in its own place */
        (void)read_sealed((enum store_sealed)i, &last);
        CHECK_AT(i, last.key[0] == i + 100 && last.key[71] == i + 100);
    }
    store_rollback(&tx);
}

TEST(sealed_keys_of_each_kind_are_read_some_at_a_time_and_put_back_in_their_place)
{
    on_each(sealed_keys);
}

LAWS(LAW(a_setting_is_what_was_put_last), LAW(what_was_not_committed_was_never_there),
     LAW(a_client_is_found_by_id_and_by_print_and_no_two_have_one_print),
     LAW(a_topic_has_a_key_and_perhaps_an_old_one),
     LAW(lists_are_in_the_order_of_names_and_have_a_beginning_and_an_end),
     LAW(a_list_ends_where_its_reader_says_so), LAW(links_go_with_what_they_link),
     LAW(links_are_listed_in_the_order_of_their_bytes_and_removed_one_by_one_or_all),
     LAW(server_keys_of_all_versions_stay),
     LAW(keys_that_a_client_may_still_have_are_kept_until_dropped),
     LAW(commands_come_in_order_unless_they_are_claimed_or_their_client_is_delayed),
     LAW(a_recipient_is_a_client_and_its_pace_and_whether_it_has_former_keys),
     LAW(all_commands_of_a_delayed_client_wait_whenever_they_were_added),
     LAW(what_is_due_is_found_without_a_look_at_what_is_not),
     LAW(nothing_comes_for_a_client_whose_key_is_being_changed),
     LAW(commands_to_many_are_added_and_dropped_at_once),
     LAW(a_commands_number_is_never_given_again),
     LAW(a_retired_key_keeps_the_newest_time_that_it_was_given),
     LAW(names_within_bounds_are_counted_and_listed_in_order),
     LAW(what_is_on_its_way_is_told_with_names_and_who_waits_for_nothing_is_counted),
     LAW(a_pace_is_kept_and_says_who_is_due), LAW(events_are_read_from_a_number_on),
     LAW(audit_records_are_read_from_a_number_on),
     LAW(sealed_keys_of_each_kind_are_read_some_at_a_time_and_put_back_in_their_place),
     LAW(tokens_have_names_of_their_own), LAW(writers_take_turns),
     LAW(a_database_is_private_and_survives_being_closed),
     LAW(a_database_is_used_by_one_at_a_time),
     LAW(a_database_that_is_not_there_cannot_be_reached),
     LAW(what_one_server_has_claimed_is_no_other_servers_until_it_is_gone),
     LAW(one_server_leads_and_another_does_when_it_is_gone_or_does_not_want_to),
     LAW(a_server_that_had_to_connect_again_is_another_one_and_has_claimed_nothing),
     LAW(servers_that_start_at_once_make_the_tables_once),
     LAW(a_lost_connection_is_made_again_and_what_was_not_committed_is_gone),
     LAW(a_database_of_a_newer_version_is_left_alone),
     LAW(what_is_no_database_is_said_to_be_none))
