/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/topic.c and link.c: what they refuse, count and list. What they send is
 * in test_core_dispatch.c. */
#include <string.h>

#include "core_rig.h"
#include "law.h"

static const struct range all = {0, 100};

static int append(void *ctx, const char *name, struct err *err)
{
    char *names = ctx;

    (void)err;
    strcat(strcat(names, name), " ");
    return 0;
}

static void make_clients(struct rig *rig, enum e4_mode mode)
{
    static struct device alice, bob;

    rig_open(rig, mode);
    rig_device(rig, &alice, "alice", 1);
    rig_device(rig, &bob, "bob", 2);
}

TEST(topics_that_mqtt_does_not_publish_to_are_refused)
{
    static const char *const bad[] = {"", "+", "a/#", "$SYS/x", "\xff"};
    static const char *const good[] = {"a", "/", "a/b c", "$sys", "\xc3\xa4"};
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK_AT(i, topic_new(rig.core, "t", bad[i], &rig.err) == -1);
        CHECK_AT(i, rig.err.kind == ERR_INPUT && strstr(rig.err.text, "topic") != NULL);
    }
    for (size_t i = 0; i < COUNT(good); i++)
        CHECK_AT(i, topic_new(rig.core, "t", good[i], &rig.err) == 0);
    rig_close(&rig);
}

TEST(topics_are_counted_listed_and_removed)
{
    struct rig rig;
    char names[100] = "";
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "b", &rig.err) == 0);
    CHECK(topic_new(rig.core, "t", "a", &rig.err) == 0);
    CHECK(topic_new(rig.core, "t", "a", &rig.err) == 0); /* another key, not another topic */
    CHECK(topic_count(rig.core, &count, &rig.err) == 0 && count == 2);
    CHECK(topic_list(rig.core, &all, append, names, &rig.err) == 0);
    CHECK(strcmp(names, "a b ") == 0);
    CHECK(topic_remove(rig.core, "t", "a", &rig.err) == 0);
    CHECK(topic_remove(rig.core, "t", "a", &rig.err) == -1 && rig.err.kind == ERR_NOT_FOUND);
    CHECK(topic_revoke(rig.core, "t", "a", &rig.err) == -1 && rig.err.kind == ERR_NOT_FOUND);
    CHECK(topic_count(rig.core, &count, &rig.err) == 0 && count == 1);
    rig_close(&rig);
}

TEST(links_are_seen_from_both_ends)
{
    struct rig rig;
    char names[100] = "";
    int64_t count;

    make_clients(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(topic_new(rig.core, "t", "hall", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0); /* again */
    CHECK(link_topic(rig.core, "t", "alice", "hall", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "bob", "room", &rig.err) == 0);
    CHECK(link_count_topics(rig.core, &count, "alice", &rig.err) == 0 && count == 2);
    CHECK(link_count_clients(rig.core, &count, "room", &rig.err) == 0 && count == 2);
    CHECK(link_list_topics(rig.core, "alice", &all, append, names, &rig.err) == 0);
    CHECK(link_list_clients(rig.core, "room", &all, append, names, &rig.err) == 0);
    CHECK(strcmp(names, "hall room alice bob ") == 0);
    CHECK(topic_remove(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_count_topics(rig.core, &count, "bob", &rig.err) == 0 && count == 0);
    rig_close(&rig);
}

TEST(links_need_both_ends)
{
    struct rig rig;
    int64_t count;
    char names[10];

    make_clients(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "eve", "room", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "client eve") != NULL);
    CHECK(link_topic(rig.core, "t", "alice", "hall", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "topic hall") != NULL);
    CHECK(unlink_topic(rig.core, "t", "eve", "room", &rig.err) == -1);
    CHECK(unlink_topic(rig.core, "t", "alice", "hall", &rig.err) == -1);
    CHECK(unlink_topic(rig.core, "t", "alice", "room", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "is not on") != NULL);
    CHECK(link_count_topics(rig.core, &count, "eve", &rig.err) == -1);
    CHECK(link_list_topics(rig.core, "eve", &all, append, names, &rig.err) == -1);
    CHECK(link_count_clients(rig.core, &count, "hall", &rig.err) == -1);
    CHECK(link_list_clients(rig.core, "hall", &all, append, names, &rig.err) == -1);
    CHECK(link_count_sources(rig.core, &count, "eve", &rig.err) == -1);
    CHECK(link_list_sources(rig.core, "eve", &all, append, names, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(rig_waiting(&rig) == 0); /* nothing of all this was half done */
    rig_close(&rig);
}

TEST(clients_are_linked_to_clients_in_both_modes_and_nothing_is_sent)
{
    static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

    for (size_t i = 0; i < COUNT(modes); i++) {
        struct rig rig;
        char names[100] = "";
        int64_t count;

        make_clients(&rig, modes[i]);
        CHECK(link_client(rig.core, "t", "bob", "alice", &rig.err) == 0);
        CHECK(link_client(rig.core, "t", "bob", "bob", &rig.err) == -1);
        CHECK(rig.err.kind == ERR_INPUT);
        CHECK(link_client(rig.core, "t", "bob", "eve", &rig.err) == -1);
        CHECK(link_client(rig.core, "t", "eve", "bob", &rig.err) == -1);
        CHECK(rig.err.kind == ERR_NOT_FOUND);
        CHECK(link_count_sources(rig.core, &count, "bob", &rig.err) == 0 && count == 1);
        CHECK(link_count_sources(rig.core, &count, "alice", &rig.err) == 0 && count == 0);
        CHECK(link_list_sources(rig.core, "bob", &all, append, names, &rig.err) == 0);
        CHECK(strcmp(names, "alice ") == 0);
        CHECK(rig_waiting(&rig) == 0);
        CHECK(unlink_client(rig.core, "t", "bob", "alice", &rig.err) == 0);
        CHECK(unlink_client(rig.core, "t", "bob", "alice", &rig.err) == -1);
        CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "not linked") != NULL);
        CHECK(unlink_client(rig.core, "t", "bob", "eve", &rig.err) == -1);
        rig_close(&rig);
    }
}

TEST(public_keys_are_sent_removed_and_reset_in_their_mode_only)
{
    struct rig rig;
    static struct device carol;

    make_clients(&rig, E4_SYMMETRIC);
    CHECK(link_send_key(rig.core, "t", "bob", "alice", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_MODE);
    CHECK(link_remove_key(rig.core, "t", "bob", "alice", &rig.err) == -1);
    CHECK(link_reset_keys(rig.core, "t", "bob", &rig.err) == -1 && rig.err.kind == ERR_MODE);
    rig_close(&rig);
    make_clients(&rig, E4_PUBLIC_KEY);
    rig_device(&rig, &carol, "carol", 3);
    CHECK(link_send_key(rig.core, "t", "carol", "alice", &rig.err) == 0);
    CHECK(link_send_key(rig.core, "t", "carol", "e4d", &rig.err) == 0); /* the server's own */
    CHECK(link_send_key(rig.core, "t", "carol", "eve", &rig.err) == -1);
    CHECK(link_send_key(rig.core, "t", "eve", "carol", &rig.err) == -1);
    CHECK(link_reset_keys(rig.core, "t", "eve", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(rig_deliver(&rig, &carol) == 2);
    CHECK(link_remove_key(rig.core, "t", "carol", "alice", &rig.err) == 0);
    rig_pass(&rig, &carol, 3);
    CHECK(rig_deliver(&rig, &carol) == 1);
    CHECK(link_reset_keys(rig.core, "t", "carol", &rig.err) == 0);
    rig_pass(&rig, &carol, 3);
    CHECK(rig_deliver(&rig, &carol) == 1);
    rig_close(&rig);
}

LAWS(LAW(topics_that_mqtt_does_not_publish_to_are_refused),
     LAW(topics_are_counted_listed_and_removed), LAW(links_are_seen_from_both_ends),
     LAW(links_need_both_ends),
     LAW(clients_are_linked_to_clients_in_both_modes_and_nothing_is_sent),
     LAW(public_keys_are_sent_removed_and_reset_in_their_mode_only))
