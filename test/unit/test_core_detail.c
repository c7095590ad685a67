/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/detail.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/detail.h"

static struct client_detail detail_of(struct rig *rig, const char *client)
{
    struct client_detail detail;

    CHECK(detail_client(rig->core, &detail, client, &rig->err) == 0);
    return detail;
}

static struct topic_detail topic_detail_of(struct rig *rig, const char *topic)
{
    struct topic_detail detail;

    CHECK(detail_topic(rig->core, &detail, topic, &rig->err) == 0);
    return detail;
}

/* "SetTopicKey room 0 waits, " for each. */
static int append(void *ctx, const struct waiting *waiting, struct err *err)
{
    char *all = ctx;

    (void)err;
    (void)snprintf(all + strlen(all), 400 - strlen(all), "%s %s %d %s, ", waiting->what,
                   waiting->about, (int)waiting->attempts, waiting->sent ? "sent" : "waits");
    return 0;
}

static bool waiting_is(struct rig *rig, int64_t count, const char *wanted)
{
    char all[400] = "";

    CHECK(detail_waiting(rig->core, "alice", count, append, all, &rig->err) == 0);
    return strcmp(all, wanted) == 0;
}

TEST(a_client_goes_from_waiting_to_sent_to_confirmed)
{
    static struct device alice, bob;
    struct client_detail detail;
    struct rig rig;
    size_t read = 0;

    rig_open(&rig, E4_PUBLIC_KEY);
    rig_device(&rig, &alice, "alice", 10);
    rig_device(&rig, &bob, "bob", 11);
    detail = detail_of(&rig, "alice");
    CHECK(detail.state == DETAIL_CONFIRMED && detail.commanded_s == 0 && detail.heard_s == 0);
    CHECK(strcmp(detail.receiving, "e4/a7dcef9aef26202fce82a7c7d6672afb") == 0);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(link_send_key(rig.core, "t", "alice", "bob", &rig.err) == 0);
    CHECK(waiting_is(&rig, 9, "SetTopicKey room 0 waits, SetPubKey bob 0 waits, "));
    CHECK(waiting_is(&rig, 1, "SetTopicKey room 0 waits, ") && waiting_is(&rig, 0, ""));
    detail = detail_of(&rig, "alice");
    CHECK(detail.state == DETAIL_WAITING && detail.waiting == 2 && detail.topics == 1);
    CHECK(detail.public_keys == 1 && topic_detail_of(&rig, "room").waiting == 1);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    CHECK(waiting_is(&rig, 9, "SetTopicKey room 1 sent, SetPubKey bob 1 sent, "));
    bus_memory_lose(rig.bus);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    (void)rig_converse(&rig, &alice, &read);
    detail = detail_of(&rig, "alice");
    CHECK(detail.state == DETAIL_SENT && detail.waiting == 0 && detail.repeats_s > 0);
    CHECK(detail.commanded_s > 0 && topic_detail_of(&rig, "room").confirmed == 0);
    rig_pass(&rig, &alice, 5);
    rig_hello(&rig, &alice);
    (void)rig_converse(&rig, &alice, &read);
    detail = detail_of(&rig, "alice");
    CHECK(detail.state == DETAIL_CONFIRMED && detail.receipts && detail.repeats_s == 0);
    CHECK(detail.heard_s == (int64_t)rig.now_s - 2 && detail.unconfirmed == 0);
    CHECK(topic_detail_of(&rig, "room").confirmed == 1);
    rig_close(&rig);
}

TEST(what_a_client_is_to_forget_and_what_differs_is_told)
{
    static struct device alice;
    struct e4_command extra = set_topic("another", 77);
    struct client_detail detail;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 10);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    (void)rig_deliver(&rig, &alice);
    rig_hello(&rig, &alice);
    (void)rig_deliver(&rig, &alice);
    CHECK(topic_revoke(rig.core, "t", "room", &rig.err) == 0);
    CHECK(client_new_key(rig.core, "t", "alice", &rig.err) == 0);
    rig_pass(&rig, &alice, 20);
    CHECK(waiting_is(
        &rig, 9, "RemoveTopic room 0 waits, SetTopicKey room 0 waits, SetIDKey  0 waits, "));
    rig_send(&rig);
    detail = detail_of(&rig, "alice");
    CHECK(detail.forgetting == 1 && detail.unconfirmed == 3 && detail.waiting == 1);
    rig_close(&rig);

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 10);
    CHECK(order(&alice, &extra) == E4_OK);
    rig_hello(&rig, &alice);
    rig_send(&rig);
    CHECK(detail_of(&rig, "alice").state == DETAIL_DIFFERS);
    rig_close(&rig);
}

TEST(of_a_topic_it_is_told_how_many_keys_it_had_and_who_has_the_newest)
{
    static struct device alice, bob;
    struct topic_detail detail;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 10);
    rig_device(&rig, &bob, "bob", 11);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    detail = topic_detail_of(&rig, "room");
    CHECK(detail.clients == 0 && detail.confirmed == 0 && detail.waiting == 0);
    CHECK(detail.keys == 1 && detail.changed_s == (int64_t)rig.now_s);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "bob", "room", &rig.err) == 0);
    (void)rig_deliver(&rig, &alice);
    rig_hello(&rig, &alice);
    (void)rig_deliver(&rig, &alice);
    detail = topic_detail_of(&rig, "room");
    CHECK(detail.clients == 2 && detail.confirmed == 1 && detail.waiting == 0);
    rig_pass(&rig, &alice, 7);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    detail = topic_detail_of(&rig, "room");
    CHECK(detail.confirmed == 0 && detail.waiting == 2 && detail.keys == 2);
    CHECK(detail.changed_s == (int64_t)rig.now_s);
    rig_close(&rig);
}

TEST(of_what_there_is_not_nothing_is_told)
{
    struct client_detail client;
    struct topic_detail topic;
    struct rig rig;
    char all[400] = "";

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(detail_client(rig.core, &client, "alice", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(detail_topic(rig.core, &topic, "room", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(detail_waiting(rig.core, "alice", 1, append, all, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(detail_waiting(rig.core, "alice", -1, append, all, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT);
    CHECK(detail_client(rig.core, &client, "", &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(detail_topic(rig.core, &topic, "+", &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    rig_close(&rig);
}

LAWS(LAW(a_client_goes_from_waiting_to_sent_to_confirmed),
     LAW(what_a_client_is_to_forget_and_what_differs_is_told),
     LAW(of_a_topic_it_is_told_how_many_keys_it_had_and_who_has_the_newest),
     LAW(of_what_there_is_not_nothing_is_told))
