/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every question that core puts to its database fails once, in every function, and so does
 * every beginning and end of a transaction: then there is an error, nothing has changed, and
 * the same succeeds afterwards. By a driver in SQLite's way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "fixture.h"
#include "law.h"
#include "server/bus/memory.h"
#include "server/core/audit.h"
#include "server/core/client.h"
#include "server/core/detail.h"
#include "server/core/dispatch.h"
#include "server/core/event.h"
#include "server/core/link.h"
#include "server/core/message.h"
#include "server/core/names.h"
#include "server/core/report.h"
#include "server/core/serverkey.h"
#include "server/core/token.h"
#include "server/core/topic.h"
#include "server/store/sql.h"
#include "server/store/sqlite.h"

static char folder[64], path[96];
static struct store *store;
static struct core *core;
static struct bus *bus;
static struct dispatch *dispatch;
static struct device alice;
static uint64_t now_s = T0;
static struct err err;

static const struct sql_driver *real;
static struct sql_driver tripping;
static unsigned left; /* questions until one fails; 0: none will */

static int ask(struct sql_rows *rows, unsigned query, const struct sql_value *values,
               size_t count, struct err *error)
{
    if (left > 0 && --left == 0)
        return err_set(error, ERR_UNAVAILABLE, "the database is gone");
    return real->ask(rows, query, values, count, error);
}

/* What takes back does not count: only that it fails after something else has. And a beginning
 * is tried twice. */
static bool taking_back_fails;

static int execute(struct sql_connection *connection, const char *sql, struct err *error)
{
    if (strncmp(sql, "ROLLBACK TO", 11) == 0 && taking_back_fails)
        return err_set(error, ERR_UNAVAILABLE, "the database is gone");
    if (strncmp(sql, "ROLLBACK", 8) != 0 && strncmp(sql, "BEGIN", 5) != 0 && left > 0 &&
        --left == 0)
        return err_set(error, ERR_UNAVAILABLE, "the database is gone");
    return real->execute(connection, sql, error);
}

static void put_in_the_way(void)
{
    struct sql_store *sql = (struct sql_store *)store;

    real = sql->driver;
    tripping = *real;
    tripping.ask = ask;
    tripping.execute = execute;
    sql->writer->driver = &tripping;
    for (size_t i = 0; i < SQL_READERS; i++)
        sql->reader[i]->driver = &tripping;
}

static uint64_t the_time(void *ctx)
{
    (void)ctx;
    return now_s;
}

static int open_core(void)
{
    static const uint8_t master[CORE_MASTER_SIZE] = {1};
    const struct core_options how = {
        .store = store, .master = master, .mode = E4_PUBLIC_KEY, .now_s = the_time};

    return core_open(&core, &how, &err);
}

static int make(const char *name, unsigned n)
{
    uint8_t key[E4_KEY_SIZE];

    public_of(key, n);
    return client_new(core, "t", name, key, sizeof key, &err);
}

static int make_alice(void)
{
    return make("alice", 10);
}

static int make_bob(void)
{
    return make("bob", 11);
}

static int make_bob_anew(void)
{
    return make("bob", 12);
}

static int make_room(void)
{
    return topic_new(core, "t", "room", &err);
}

static int revoke_room(void)
{
    return topic_revoke(core, "t", "room", &err);
}

static int remove_room(void)
{
    return topic_remove(core, "t", "room", &err);
}

static int alice_joins(void)
{
    return link_topic(core, "t", "alice", "room", &err);
}

static int bob_joins(void)
{
    return link_topic(core, "t", "bob", "room", &err);
}

static int bob_leaves(void)
{
    return unlink_topic(core, "t", "bob", "room", &err);
}

static int link_them(void)
{
    return link_client(core, "t", "alice", "bob", &err);
}

static int unlink_them(void)
{
    return unlink_client(core, "t", "alice", "bob", &err);
}

static int send_key(void)
{
    return link_send_key(core, "t", "alice", "bob", &err);
}

static int send_own_key(void)
{
    return link_send_key(core, "t", "alice", MESSAGE_SIGNER, &err);
}

static int remove_key(void)
{
    return link_remove_key(core, "t", "alice", "bob", &err);
}

static int reset_keys(void)
{
    return link_reset_keys(core, "t", "alice", &err);
}

static int new_key(void)
{
    return client_new_key(core, "t", "alice", &err);
}

static int new_server_key(void)
{
    return serverkey_new(core, "t", true, &err);
}

static int reset_alice(void)
{
    return client_reset(core, "t", "alice", &err);
}

static int remove_bob(void)
{
    return client_remove(core, "t", "bob", &err);
}

static int ignore_name(void *ctx, const char *name, struct err *error)
{
    (void)ctx;
    (void)name;
    (void)error;
    return 0;
}

static int ignore_event(void *ctx, const struct event *event, struct err *error)
{
    (void)event;
    return ignore_name(ctx, NULL, error);
}

static int ignore_audit(void *ctx, const struct audit *audit, struct err *error)
{
    (void)audit;
    return ignore_name(ctx, NULL, error);
}

static int ignore_token(void *ctx, const struct token *token, struct err *error)
{
    (void)token;
    return ignore_name(ctx, NULL, error);
}

static int ignore_waiting(void *ctx, const struct waiting *waiting, struct err *error)
{
    (void)waiting;
    return ignore_name(ctx, NULL, error);
}

static int read_all(void)
{
    static const struct range all = {0, 100};
    struct client_detail client;
    struct topic_detail topic;
    uint8_t key[E4_KEY_SIZE];
    int64_t number;

    if (core_health(core, &err) != 0 || client_count(core, &number, &err) != 0 ||
        topic_count(core, &number, &err) != 0 || event_newest(core, &number, &err) != 0 ||
        link_count_topics(core, &number, "alice", &err) != 0 ||
        link_count_clients(core, &number, "room", &err) != 0 ||
        link_count_sources(core, &number, "alice", &err) != 0 ||
        serverkey_public(core, key, &err) != 0 || message_signer_public(core, key, &err) != 0)
        return -1;
    if (client_list(core, &all, ignore_name, NULL, &err) != 0 ||
        topic_list(core, &all, ignore_name, NULL, &err) != 0 ||
        link_list_topics(core, "alice", &all, ignore_name, NULL, &err) != 0 ||
        link_list_clients(core, "room", &all, ignore_name, NULL, &err) != 0 ||
        link_list_sources(core, "alice", &all, ignore_name, NULL, &err) != 0)
        return -1;
    if (names_count(core, &number, NAMES_CLIENTS, "a", &err) != 0 ||
        names_list(core, NAMES_CLIENTS, "a", &all, ignore_name, NULL, &err) != 0)
        return -1;
    if (detail_client(core, &client, "alice", &err) != 0 ||
        detail_topic(core, &topic, "room", &err) != 0 ||
        detail_waiting(core, "alice", 100, ignore_waiting, NULL, &err) != 0)
        return -1;
    if (event_read(core, 0, 100, ignore_event, NULL, &err) != 0 ||
        audit_read(core, 0, 100, ignore_audit, NULL, &err) != 0)
        return -1;
    return token_list(core, ignore_token, NULL, &err);
}

static int verify(void)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    return audit_verify(core, &count, hash, &err);
}

static int talk(void)
{
    uint8_t frame[FRAME_MAX], text[FRAME_MAX];
    size_t len, text_len;

    if (message_protect(core, "room", frame, sizeof frame, &len, (const uint8_t *)"x", 1,
                        &err) != 0)
        return -1;
    return message_unprotect(core, "room", text, sizeof text, &text_len, frame, len, &err);
}

static int hear_alice(void)
{
    uint8_t frame[FRAME_MAX], text[FRAME_MAX];
    size_t len, text_len;

    alice.memory.now_s = now_s;
    CHECK(send_text(&alice, "room", "x", frame, &len) == E4_OK);
    return message_unprotect(core, "room", text, sizeof text, &text_len, frame, len, &err);
}

/* Let the dispatcher work; a minute passes, so that nothing has to wait. */
static int send_all(void)
{
    now_s += 60;
    for (unsigned i = 0; i < 40; i++) {
        if (dispatch_step(dispatch, 0, &err) != 0)
            return -1;
    }
    return 0;
}

/* What alice says, in the form in which it arrives. */
static int take_hello(void)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    alice.memory.now_s = now_s;
    CHECK(e4_hello(&alice.client, frame, sizeof frame, &len) == E4_OK);
    return report_take(core, "e4/a7dcef9aef26202fce82a7c7d6672afb/up", frame, len, &err);
}

/* The same when it is long since anything was sent, and all is due again. */
static int send_again(void)
{
    now_s += 4000;
    return send_all();
}

/* Let alice carry out all that was sent, each when it was: failures take hours in all. */
static int deliver(void)
{
    static size_t read;
    char topic[E4_RECEIVING_TOPIC_SIZE];
    struct e4_opened opened;
    struct e4_frame frame;

    e4_receiving_topic(topic, alice.identity.id);
    for (; read < bus_memory_count(bus); read++) {
        const struct bus_message *message = bus_memory_sent(bus, read);

        if (strcmp(message->topic, topic) != 0 || message->len == 0)
            continue;
        CHECK(e4_frame_parse(&frame, E4_SYMMETRIC, message->payload, message->len) == E4_OK);
        alice.memory.now_s = frame.sent_s;
        (void)take_command(&alice, &opened, message->payload, message->len);
    }
    alice.memory.now_s = now_s;
    return 0;
}

static int64_t changes(void)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    CHECK(audit_verify(core, &count, hash, &err) == 0);
    return count;
}

static const struct {
    const char *name;
    int (*run)(void);
    bool is_change;
} operations[] = {
    {"make alice", make_alice, true},
    {"make bob", make_bob, true},
    {"make room", make_room, true},
    {"alice joins", alice_joins, true},
    {"bob joins", bob_joins, true},
    {"link", link_them, true},
    {"send key", send_key, true},
    {"send own key", send_own_key, true},
    {"send", send_all, false},
    {"deliver", deliver, false},
    {"hear alice", hear_alice, false},
    {"talk", talk, false},
    {"hello", take_hello, false},
    {"read", read_all, false},
    {"verify", verify, false},
    {"rotate", make_room, true},
    {"send", send_all, false},
    {"hello without", take_hello, false},
    {"hello without", take_hello, false},
    {"send", send_all, false},
    {"deliver", deliver, false},
    {"new key", new_key, true},
    {"new server key", new_server_key, true},
    {"send", send_all, false},
    {"hello", take_hello, false},
    {"deliver", deliver, false},
    {"send", send_all, false},
    {"hello", take_hello, false},
    {"deliver", deliver, false},
    {"hello", take_hello, false},
    {"send again", send_again, false},
    {"make bob anew", make_bob_anew, true},
    {"revoke", revoke_room, true},
    {"bob leaves", bob_leaves, true},
    {"send", send_all, false},
    {"send again", send_again, false},
    {"remove key", remove_key, true},
    {"reset keys", reset_keys, true},
    {"unlink", unlink_them, true},
    {"reset", reset_alice, true},
    {"send", send_all, false},
    {"remove bob", remove_bob, true},
    {"alice joins", alice_joins, true},
    {"remove room", remove_room, true},
    {"send", send_all, false},
};

/* Make each question of an operation fail, the first, the second and so on. */
static void trip_each(size_t at)
{
    unsigned n = 0;

    for (;;) {
        int64_t before = changes();
        int rc;

        left = ++n;
        rc = operations[at].run();
        if (left > 0) { /* it had fewer */
            left = 0;
            CHECK_AT(at, rc == 0);
            CHECK_AT(at, changes() == before + (operations[at].is_change ? 1 : 0));
            return;
        }
        if (rc == 0 || err.kind != ERR_UNAVAILABLE)
            fail_msg("%s, question %u: %s", operations[at].name, n,
                     rc == 0 ? "succeeded" : err.text);
        CHECK_AT(at, changes() == before);
    }
}

static void start(void)
{
    const struct dispatch_options how = {.not_retained = false};

    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/e4d.db", folder);
    CHECK(sqlite_open(&store, path, &err) == 0);
    put_in_the_way();
    for (unsigned n = 1; n > 0; n++) { /* opening a state is tripped as well */
        left = n;
        if (open_core() == 0)
            break;
        CHECK(err.kind == ERR_UNAVAILABLE);
    }
    left = 0;
    CHECK(bus_memory_open(&bus, &err) == 0);
    CHECK(dispatch_new(&dispatch, core, bus, &how, &err) == 0);
    device_init(&alice, E4_PUBLIC_KEY, "alice");
    device_rekey(&alice, 10);
    CHECK(serverkey_public(core, alice.identity.server_key, &err) == 0);
    CHECK(e4_create(&alice.client, &alice.config, &alice.identity) == E4_OK);
}

static void stop(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};

    dispatch_free(dispatch);
    bus->close(bus);
    core_close(core);
    store->close(store);
    for (size_t i = 0; i < COUNT(endings); i++) {
        char name[128];

        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    CHECK(rmdir(folder) == 0);
}

TEST(whichever_question_fails_there_is_an_error_and_no_change)
{
    start();
    for (size_t at = 0; at < COUNT(operations); at++) {
        taking_back_fails = at % 2 == 1;
        trip_each(at);
    }
    taking_back_fails = false;
    stop();
}

LAWS(LAW(whichever_question_fails_there_is_an_error_and_no_change))
