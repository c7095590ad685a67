/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h: clients, topics, what links them, and lists of their names. */
#include <stdio.h>
#include <string.h>

#include "law.h"
#include "store_rig.h"

static struct err err;

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

LAWS(LAW(a_client_is_found_by_id_and_by_print_and_no_two_have_one_print),
     LAW(a_topic_has_a_key_and_perhaps_an_old_one),
     LAW(lists_are_in_the_order_of_names_and_have_a_beginning_and_an_end),
     LAW(a_list_ends_where_its_reader_says_so), LAW(links_go_with_what_they_link),
     LAW(links_are_listed_in_the_order_of_their_bytes_and_removed_one_by_one_or_all),
     LAW(names_within_bounds_are_counted_and_listed_in_order))
