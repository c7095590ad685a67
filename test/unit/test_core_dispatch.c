/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/dispatch.c and of what it stands on: commands arrive, whatever happens.
 */
#include <string.h>

#include "core_rig.h"
#include "e4/wire.h"
#include "law.h"
#include "server/core/event.h"
#include "server/core/serverkey.h"

static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* Alice and bob on topic room, and what they need of each other. */
static void meet(struct rig *rig, struct device *alice, struct device *bob, enum e4_mode mode)
{
    rig_open(rig, mode);
    rig_device(rig, alice, "alice", 10);
    rig_device(rig, bob, "bob", 11);
    CHECK(topic_new(rig->core, "test", "room", &rig->err) == 0);
    CHECK(link_topic(rig->core, "test", "alice", "room", &rig->err) == 0);
    CHECK(link_topic(rig->core, "test", "bob", "room", &rig->err) == 0);
    if (mode == E4_PUBLIC_KEY) {
        CHECK(link_client(rig->core, "test", "bob", "alice", &rig->err) == 0);
        CHECK(link_send_key(rig->core, "test", "bob", "alice", &rig->err) == 0);
    }
}

/* Deliver to two devices: the second gets it all from the bus once more. */
static void deliver_both(struct rig *rig, struct device *a, struct device *b)
{
    size_t from = rig->read;

    (void)rig_deliver(rig, a);
    rig->read = from;
    (void)rig_deliver(rig, b);
}

TEST(two_devices_on_a_topic_talk)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;

        meet(&rig, &alice, &bob, modes[i]);
        CHECK(!rig_talk(&alice, &bob, "room"));
        deliver_both(&rig, &alice, &bob);
        CHECK(rig_talk(&alice, &bob, "room"));
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_rotated_topic_is_talked_on_with_the_old_key_for_an_hour)
{
    static struct device alice, bob;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    (void)rig_deliver(&rig, &bob); /* and not alice */
    CHECK(rig_talk(&alice, &bob, "room"));
    CHECK(send_text(&bob, "room", "x", frame, &len) == E4_OK);
    CHECK(receive(&alice, "room", frame, len) == E4_ERR_FORGED);
    rig_close(&rig);
}

TEST(a_revoked_key_opens_nothing_more)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    CHECK(topic_revoke(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 3);
    bob.memory.now_s = rig.now_s;
    CHECK(rig_deliver(&rig, &bob) == 2); /* RemoveTopic, then a second later SetTopicKey */
    CHECK(!rig_talk(&alice, &bob, "room"));
    rig_close(&rig);
}

TEST(who_left_a_topic_can_not_read_it)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    rig_pass(&rig, &bob, 3);
    CHECK(unlink_topic(rig.core, "test", "bob", "room", &rig.err) == 0);
    (void)rig_deliver(&rig, &bob);
    alice.memory.now_s = rig.now_s;
    CHECK(!rig_talk(&alice, &bob, "room"));
    CHECK(unlink_topic(rig.core, "test", "bob", "room", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    rig_close(&rig);
}

TEST(a_new_key_of_a_client_arrives_and_all_that_follows_does_too)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;

        meet(&rig, &alice, &bob, modes[i]);
        deliver_both(&rig, &alice, &bob);
        CHECK(client_new_key(rig.core, "test", "alice", &rig.err) == 0);
        CHECK(client_new_key(rig.core, "test", "alice", &rig.err) == 0);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        rig_pass(&rig, &alice, 10);
        bob.memory.now_s = rig.now_s;
        deliver_both(&rig, &alice, &bob);
        CHECK(rig_talk(&alice, &bob, "room")); /* bob has alice's new public key as well */
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_new_server_key_reaches_everybody_and_is_used_after_that)
{
    static struct device alice, bob;
    struct rig rig;
    uint8_t before[E4_KEY_SIZE], after[E4_KEY_SIZE];

    meet(&rig, &alice, &bob, E4_PUBLIC_KEY);
    deliver_both(&rig, &alice, &bob);
    CHECK(serverkey_public(rig.core, before, &rig.err) == 0);
    CHECK(serverkey_new(rig.core, "test", false, &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(serverkey_new(rig.core, "test", true, &rig.err) == 0);
    CHECK(serverkey_new(rig.core, "test", true, &rig.err) == 0);
    CHECK(serverkey_public(rig.core, after, &rig.err) == 0);
    CHECK(memcmp(before, after, sizeof before) != 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 10);
    bob.memory.now_s = rig.now_s;
    deliver_both(&rig, &alice, &bob);
    CHECK(rig_talk(&alice, &bob, "room"));
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

TEST(what_was_not_acknowledged_before_a_crash_is_sent_again)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig); /* into the void */
    CHECK(rig_waiting(&rig) == 2);
    rig_restart(&rig);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    deliver_both(&rig, &alice, &bob);
    CHECK(rig_talk(&alice, &bob, "room"));
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

TEST(a_crash_between_a_new_key_and_its_acknowledgement_loses_nobody)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;

        meet(&rig, &alice, &bob, modes[i]);
        deliver_both(&rig, &alice, &bob);
        rig_pass(&rig, &alice, 10);
        bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
        CHECK(client_new_key(rig.core, "test", "alice", &rig.err) == 0);
        CHECK(rig_deliver(&rig, &alice) == 1); /* she has it, and the server does not know */
        rig_restart(&rig);
        bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        CHECK(rig_deliver(&rig, &alice) == 1);
        rig_close(&rig);
    }
}

/* Change all keys of which commands to alice are made, some more than once. */
static void change_all_keys(struct rig *rig, enum e4_mode mode)
{
    CHECK(client_new_key(rig->core, "test", "alice", &rig->err) == 0);
    if (mode == E4_PUBLIC_KEY)
        CHECK(serverkey_new(rig->core, "test", true, &rig->err) == 0);
    CHECK(client_new_key(rig->core, "test", "alice", &rig->err) == 0);
    rig_send(rig);
    CHECK(topic_revoke(rig->core, "test", "room", &rig->err) == 0);
    rig->now_s += 10;
    rig_send(rig);
    CHECK(rig_waiting(rig) == 0);
}

TEST(a_device_that_missed_its_new_keys_has_them_within_a_period)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;
        uint64_t waited = 0;

        meet(&rig, &alice, &bob, modes[i]);
        deliver_both(&rig, &alice, &bob);
        rig_pass(&rig, &alice, 10);
        change_all_keys(&rig, modes[i]);
        rig_restart(&rig);
        rig.read = 0;
        bob.memory.now_s = rig.now_s;
        (void)rig_deliver(&rig, &bob); /* alice is away */
        CHECK_AT(i, !rig_talk(&alice, &bob, "room"));
        while (!rig_talk(&alice, &bob, "room") && waited <= 3600) {
            rig_pass(&rig, &alice, 60);
            bob.memory.now_s = rig.now_s;
            waited += 60;
            deliver_both(&rig, &alice, &bob);
        }
        CHECK_AT(i, waited <= 3600);
        CHECK(topic_new(rig.core, "test", "another", &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
        rig_pass(&rig, &alice, 3);
        CHECK_AT(i, rig_deliver(&rig, &alice) > 0); /* under the newest keys, at once */
        rig_close(&rig);
    }
}

TEST(a_device_that_has_its_new_keys_is_not_held_up_by_what_is_for_those_that_missed_them)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;

        meet(&rig, &alice, &bob, modes[i]);
        deliver_both(&rig, &alice, &bob);
        rig_pass(&rig, &alice, 10);
        change_all_keys(&rig, modes[i]);
        rig.read = 0;
        rig_pass(&rig, &alice, 0);
        (void)rig_deliver(&rig, &alice);
        rig_pass(&rig, &alice, 4000);
        CHECK_AT(i, rig_deliver(&rig, &alice) > 0);
        rig_close(&rig);
    }
}

TEST(what_the_broker_retains_after_a_key_change_is_the_key_change)
{
    static struct device alice, bob;
    struct rig rig;
    const struct bus_message *last;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    CHECK(client_new_key(rig.core, "test", "alice", &rig.err) == 0);
    CHECK(unlink_topic(rig.core, "test", "bob", "room", &rig.err) == 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 10);
    rig_send(&rig);
    last = bus_memory_sent(rig.bus, bus_memory_count(rig.bus) - 1);
    CHECK(memcmp(last->topic, "e4/a7dcef9a", 11) == 0 && !last->retained);
    last = bus_memory_retained(rig.bus, last->topic);
    CHECK(last->len == 24 + 1 + E4_KEY_SIZE); /* SetIDKey */
    rig_close(&rig);
}

TEST(while_the_broker_is_away_nothing_is_sent_and_nothing_lost)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_set_online(rig.bus, false);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == 0 && rig_waiting(&rig) == 2);
    bus_memory_set_online(rig.bus, true);
    deliver_both(&rig, &alice, &bob);
    CHECK(rig_talk(&alice, &bob, "room"));
    rig_close(&rig);
}

TEST(what_a_broker_refuses_is_tried_again_later)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_REFUSES);
    rig_send(&rig);
    CHECK(rig_waiting(&rig) == 2);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    rig_send(&rig);
    CHECK(rig_waiting(&rig) == 2);
    rig_pass(&rig, &alice, 31);
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

TEST(what_a_lost_connection_took_along_is_sent_again)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    bus_memory_lose(rig.bus);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    deliver_both(&rig, &alice, &bob);
    CHECK(rig_talk(&alice, &bob, "room"));
    rig_close(&rig);
}

TEST(what_a_broker_that_is_gone_for_long_has_not_acknowledged_is_free_for_other_servers)
{
    static struct device alice, bob;
    struct store_command found[4];
    struct tx *tx = NULL;
    struct rig rig;
    size_t count;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    bus_memory_set_online(rig.bus, false);
    for (unsigned i = 0; i < 12; i++) {
        rig_send(&rig);
        CHECK(rig.store->begin(rig.store, &tx, STORE_READ, &rig.err) == 0);
        CHECK(tx->ask->next_commands(tx, found, COUNT(found), &count, (int64_t)rig.now_s,
                                     &rig.err) == 0);
        store_rollback(&tx);
        CHECK_AT(i, count == (i > 10 ? 2 : 0));
        rig.now_s++;
    }
    bus_memory_set_online(rig.bus, true);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    rig.read = 0;
    rig_pass(&rig, &alice, 3);
    bob.memory.now_s = rig.now_s;
    deliver_both(&rig, &alice, &bob);
    CHECK(rig_talk(&alice, &bob, "room") && rig_waiting(&rig) == 0);
    rig_close(&rig);
}

/* A database that says that it was asked by another server, and that who leads is another. */
static const struct store_questions *really;
static int64_t owner_now;
static bool may_lead;

static int say_owner(struct tx *tx, int64_t *owner, struct err *error)
{
    (void)tx;
    (void)error;
    *owner = owner_now;
    return 0;
}

static int say_leads(struct tx *tx, bool wanted, bool *leads, struct err *error)
{
    (void)tx;
    (void)error;
    *leads = wanted && may_lead;
    return 0;
}

static int (*begin_really)(struct store *store, struct tx **tx, enum store_access access,
                           struct err *err);

static int begin_as_told(struct store *store, struct tx **tx, enum store_access access,
                         struct err *error)
{
    static struct store_questions questions;

    if (begin_really(store, tx, access, error) != 0)
        return -1;
    if (really == NULL)
        really = (*tx)->ask;
    questions = *really;
    questions.owner = say_owner;
    questions.lead = say_leads;
    (*tx)->ask = &questions;
    return 0;
}

static void meet_as_one_of_many(struct rig *rig, struct device *alice, struct device *bob,
                                bool leads)
{
    meet(rig, alice, bob, E4_SYMMETRIC);
    begin_really = rig->store->begin;
    rig->store->begin = begin_as_told;
    really = NULL;
    owner_now = 7;
    may_lead = leads;
}

TEST(a_server_that_became_another_one_sends_again_what_was_not_acknowledged)
{
    static struct device alice, bob;
    struct rig rig;

    meet_as_one_of_many(&rig, &alice, &bob, true);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == 2);
    owner_now = 8;
    rig_pass(&rig, &alice, 3);
    bob.memory.now_s = rig.now_s;
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == 4);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    rig_send(&rig);
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

TEST(only_the_server_that_leads_repeats_what_is_due)
{
    static struct device alice, bob;
    struct rig rig;
    size_t before;

    meet_as_one_of_many(&rig, &alice, &bob, false);
    rig_send(&rig);
    before = bus_memory_count(rig.bus);
    rig_pass(&rig, &alice, 1000);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == before);
    may_lead = true;
    rig_pass(&rig, &alice, 3);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) > before);
    rig_close(&rig);
}

TEST(what_was_acknowledged_too_late_is_sent_again)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
    rig_pass(&rig, &alice, 700); /* the commands lay in the queue; devices find them too old */
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

/* Alice left her topic and has it again, and the broker has answered none of that. */
static void leave_and_come(struct rig *rig, struct device *alice)
{
    static struct device bob;

    meet(rig, alice, &bob, E4_SYMMETRIC);
    (void)rig_deliver(rig, alice);
    rig_pass(rig, alice, 10);
    bus_memory_answer(rig->bus, BUS_MEMORY_IS_SILENT);
    CHECK(unlink_topic(rig->core, "test", "alice", "room", &rig->err) == 0);
    CHECK(rig_deliver(rig, alice) == 1);
    CHECK(link_topic(rig->core, "test", "alice", "room", &rig->err) == 0);
    CHECK(rig_deliver(rig, alice) == 1);
}

static void check_came_back(struct rig *rig, struct device *alice)
{
    bus_memory_answer(rig->bus, BUS_MEMORY_ACKNOWLEDGES);
    for (unsigned i = 0; i < 10; i++) {
        (void)rig_deliver(rig, alice);
        rig_pass(rig, alice, 10);
    }
    CHECK(rig_waiting(rig) == 0);
    CHECK(rig_talk(alice, alice, "room"));
    rig_close(rig);
}

TEST(what_is_sent_again_does_not_undo_what_was_sent_after_it)
{
    static struct device alice;
    struct rig rig;

    leave_and_come(&rig, &alice); /* the second is acknowledged, and the first is lost */
    bus_memory_acknowledge(rig.bus, bus_memory_count(rig.bus) - 1);
    rig_send(&rig);
    bus_memory_lose(rig.bus);
    check_came_back(&rig, &alice);

    leave_and_come(&rig, &alice); /* the same, and a crash */
    bus_memory_acknowledge(rig.bus, bus_memory_count(rig.bus) - 1);
    rig_send(&rig);
    rig_restart(&rig);
    check_came_back(&rig, &alice);

    leave_and_come(&rig, &alice); /* the first is acknowledged too late, then the second */
    rig_pass(&rig, &alice, 301);
    bus_memory_acknowledge(rig.bus, bus_memory_count(rig.bus) - 2);
    rig_send(&rig);
    check_came_back(&rig, &alice);

    leave_and_come(&rig, &alice); /* the second in time, the first too late */
    bus_memory_acknowledge(rig.bus, bus_memory_count(rig.bus) - 1);
    rig_send(&rig);
    rig_pass(&rig, &alice, 301);
    check_came_back(&rig, &alice);
}

static int (*commit_really)(struct tx **tx, struct err *err);

/* It was done, and the answer was lost with the connection. */
static int commit_and_fail(struct tx **tx, struct err *err)
{
    CHECK(commit_really(tx, err) == 0);
    return err_set(err, ERR_UNAVAILABLE, "database: the connection was lost");
}

TEST(what_was_claimed_by_a_commit_of_which_nobody_heard_is_sent_nevertheless)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    rig_send(&rig);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 3);
    commit_really = rig.store->commit;
    rig.store->commit = commit_and_fail;
    CHECK(dispatch_step(rig.dispatch, 0, &rig.err) == -1);
    rig.store->commit = commit_really;
    rig_pass(&rig, &alice, 3);
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

static unsigned commits;

static int commit_and_count(struct tx **tx, struct err *err)
{
    commits++;
    return commit_really(tx, err);
}

static int (*wait_really)(struct bus *bus, int wake_fd, int timeout_ms, struct err *err);
static size_t acknowledged;

/* A broker that says one thing at a time. */
static int wait_for_one(struct bus *bus, int wake_fd, int timeout_ms, struct err *err)
{
    if (acknowledged < bus_memory_count(bus))
        bus_memory_acknowledge(bus, acknowledged++);
    return wait_really(bus, wake_fd, timeout_ms, err);
}

TEST(acknowledgements_that_follow_each_other_are_settled_together)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    rig_send(&rig);
    for (char topic[] = "a"; topic[0] <= 'j'; topic[0]++) {
        CHECK(topic_new(rig.core, "test", topic, &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "alice", topic, &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "bob", topic, &rig.err) == 0);
    }
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    acknowledged = bus_memory_count(rig.bus);
    wait_really = rig.bus->wait;
    rig.bus->wait = wait_for_one;
    commit_really = rig.store->commit;
    rig.store->commit = commit_and_count;
    commits = 0;
    rig_send(&rig);
    CHECK(acknowledged == bus_memory_count(rig.bus) && rig_waiting(&rig) == 0);
    CHECK(commits <= 3); /* for 20 commands: they are claimed, and settled */
    rig_close(&rig);
}

TEST(what_is_never_acknowledged_is_sent_again)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
    rig_send(&rig);
    CHECK(rig_waiting(&rig) == 2);
    rig_pass(&rig, &alice, 601);
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(rig_waiting(&rig) == 2); /* the broker is as silent as before */
    rig_close(&rig);
}

/* When the frames of a receiving topic were sent, in order. */
static size_t times_of(struct rig *rig, const char *name, uint64_t *times, size_t cap)
{
    uint8_t id[E4_ID_SIZE];
    char topic[E4_RECEIVING_TOPIC_SIZE];
    size_t count = 0;

    id_of(id, name);
    e4_receiving_topic(topic, id);
    for (size_t i = 0; i < bus_memory_count(rig->bus) && count < cap; i++) {
        const struct bus_message *message = bus_memory_sent(rig->bus, i);
        struct e4_frame frame;

        if (strcmp(message->topic, topic) == 0 &&
            e4_frame_parse(&frame, E4_SYMMETRIC, message->payload, message->len) == E4_OK)
            times[count++] = frame.sent_s;
    }
    return count;
}

TEST(times_never_go_back_even_if_the_clock_does)
{
    static struct device alice, bob;
    struct rig rig;
    uint64_t times[16];
    size_t count;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    rig_send(&rig);
    rig.now_s -= 1000;
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_restart(&rig);
    rig_send(&rig);
    CHECK(times_of(&rig, "alice", times, COUNT(times)) == 1); /* none from the future */
    rig.now_s += 1000;
    rig_send(&rig);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    rig.now_s += 2;
    rig_send(&rig);
    count = times_of(&rig, "alice", times, COUNT(times));
    CHECK(count == 3);
    for (size_t i = 1; i < count; i++) /* and no two about the topic in one second */
        CHECK_AT(i, times[i] > times[i - 1]);
    rig_close(&rig);
}

/* Ways of a client's key to become free for another. */
static int remove_alice(struct rig *rig)
{
    return client_remove(rig->core, "test", "alice", &rig->err);
}

static int give_alice_another_key(struct rig *rig)
{
    uint8_t key[E4_KEY_SIZE];

    public_of(key, 77);
    return client_new(rig->core, "test", "alice", key, sizeof key, &rig->err);
}

static int renew_alice(struct rig *rig)
{
    if (client_new_key(rig->core, "test", "alice", &rig->err) != 0)
        return -1;
    rig_send(rig);
    return 0;
}

TEST(times_do_not_go_back_for_a_key_that_another_client_had)
{
    static int (*const frees[])(struct rig *) = {remove_alice, give_alice_another_key,
                                                 renew_alice};

    for (size_t i = 0; i < COUNT(frees) * COUNT(modes); i++) {
        static struct device alice, bob;
        struct rig rig;
        uint8_t key[E4_KEY_SIZE];
        uint64_t before[16], after[16];
        size_t count;

        meet(&rig, &alice, &bob, modes[i % COUNT(modes)]);
        rig_pass(&rig, &alice, 10);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        rig_send(&rig);
        CHECK_AT(i, frees[i / COUNT(modes)](&rig) == 0);
        count = times_of(&rig, "alice", before, COUNT(before));
        rig.now_s -= 5; /* or by the clock of another machine */
        if (modes[i % COUNT(modes)] == E4_PUBLIC_KEY)
            public_of(key, 10);
        else
            memcpy(key, alice.identity.key, sizeof key);
        CHECK(client_new(rig.core, "test", "carol", key, sizeof key, &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "carol", "room", &rig.err) == 0);
        for (unsigned second = 0; second < 10; second++) {
            rig_send(&rig);
            rig.now_s++;
        }
        CHECK_AT(i, times_of(&rig, "carol", after, COUNT(after)) == 1);
        CHECK_AT(i, after[0] > before[count - 1]);
        rig_close(&rig);
    }
}

TEST(a_removed_client_gets_nothing_more_and_its_retained_command_goes)
{
    static struct device alice, bob;
    struct rig rig;
    const struct bus_message *last;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    CHECK(client_remove(rig.core, "test", "alice", &rig.err) == 0);
    rig_send(&rig);
    last = bus_memory_sent(rig.bus, bus_memory_count(rig.bus) - 1);
    CHECK(last->len == 0 && last->retained);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &bob, 3);
    CHECK(rig_deliver(&rig, &alice) == 0);
    CHECK(rig_waiting(&rig) == 0);
    rig_close(&rig);
}

TEST(commands_that_are_not_to_be_retained_are_not_and_what_was_goes_all_the_same)
{
    static struct device alice, bob;
    struct rig rig;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    rig.not_retained = true;
    rig_restart(&rig);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == 2 && !bus_memory_sent(rig.bus, 0)->retained);
    CHECK(client_remove(rig.core, "test", "alice", &rig.err) == 0);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == 3 && bus_memory_sent(rig.bus, 2)->retained);
    CHECK(bus_memory_sent(rig.bus, 2)->len == 0);
    rig_close(&rig);
}

TEST(a_reset_client_has_no_topics_and_can_have_them_again)
{
    static struct device alice, bob;
    struct rig rig;
    int64_t count;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    deliver_both(&rig, &alice, &bob);
    CHECK(client_reset(rig.core, "test", "bob", &rig.err) == 0);
    CHECK(link_count_topics(rig.core, &count, "bob", &rig.err) == 0 && count == 0);
    rig_pass(&rig, &bob, 5);
    alice.memory.now_s = rig.now_s;
    CHECK(rig_deliver(&rig, &bob) == 1);
    CHECK(!rig_talk(&alice, &bob, "room"));
    CHECK(link_topic(rig.core, "test", "bob", "room", &rig.err) == 0);
    rig_pass(&rig, &bob, 5);
    alice.memory.now_s = rig.now_s;
    CHECK(rig_deliver(&rig, &bob) == 1);
    CHECK(rig_talk(&alice, &bob, "room"));
    rig_close(&rig);
}

TEST(a_thousand_topics_for_one_client_arrive)
{
    static struct device alice;
    struct rig rig;
    unsigned sent = 0;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 10);
    for (unsigned i = 0; i < 1000; i++) {
        char topic[16] = {'t', (char)('0' + i / 100), (char)('0' + i / 10 % 10),
                          (char)('0' + i % 10), '\0'};

        CHECK(topic_new(rig.core, "test", topic, &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "alice", topic, &rig.err) == 0);
    }
    for (unsigned second = 0; second < 10 && rig_waiting(&rig) > 0; second++) {
        rig_send(&rig);
        rig.now_s++;
    }
    sent = (unsigned)bus_memory_count(rig.bus);
    CHECK(sent == 1000 && rig_waiting(&rig) == 0);
    rig_close(&rig);
}

static int count_event(void *ctx, const struct event *event, struct err *err)
{
    (void)event;
    (void)err;
    ++*(int64_t *)ctx;
    return 0;
}

TEST(old_events_go_after_an_hour_and_enough_stay)
{
    static struct device alice, bob;
    struct store_event event = {0, EVENT_CLIENT_SUBSCRIBED, "alice", "room", T0};
    struct tx *tx = NULL;
    struct rig rig;
    int64_t count = 0;

    meet(&rig, &alice, &bob, E4_SYMMETRIC);
    rig_send(&rig);
    CHECK(rig.store->begin(rig.store, &tx, STORE_WRITE, &rig.err) == 0);
    for (int64_t i = 0; i < DISPATCH_EVENTS_KEPT; i++)
        CHECK(tx->ask->add_event(tx, &event, &rig.err) == 0);
    CHECK(rig.store->commit(&tx, &rig.err) == 0);
    rig.now_s += 3600;
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    CHECK(event_read(rig.core, 0, INT64_MAX, count_event, &count, &rig.err) == 0);
    CHECK(count == DISPATCH_EVENTS_KEPT);
    rig_close(&rig);
}

LAWS(LAW(two_devices_on_a_topic_talk),
     LAW(a_rotated_topic_is_talked_on_with_the_old_key_for_an_hour),
     LAW(a_revoked_key_opens_nothing_more), LAW(who_left_a_topic_can_not_read_it),
     LAW(a_new_key_of_a_client_arrives_and_all_that_follows_does_too),
     LAW(a_new_server_key_reaches_everybody_and_is_used_after_that),
     LAW(what_was_not_acknowledged_before_a_crash_is_sent_again),
     LAW(a_crash_between_a_new_key_and_its_acknowledgement_loses_nobody),
     LAW(a_device_that_missed_its_new_keys_has_them_within_a_period),
     LAW(a_device_that_has_its_new_keys_is_not_held_up_by_what_is_for_those_that_missed_them),
     LAW(what_the_broker_retains_after_a_key_change_is_the_key_change),
     LAW(while_the_broker_is_away_nothing_is_sent_and_nothing_lost),
     LAW(what_a_broker_refuses_is_tried_again_later),
     LAW(what_a_lost_connection_took_along_is_sent_again),
     LAW(what_a_broker_that_is_gone_for_long_has_not_acknowledged_is_free_for_other_servers),
     LAW(a_server_that_became_another_one_sends_again_what_was_not_acknowledged),
     LAW(only_the_server_that_leads_repeats_what_is_due),
     LAW(what_was_acknowledged_too_late_is_sent_again),
     LAW(what_is_sent_again_does_not_undo_what_was_sent_after_it),
     LAW(what_was_claimed_by_a_commit_of_which_nobody_heard_is_sent_nevertheless),
     LAW(acknowledgements_that_follow_each_other_are_settled_together),
     LAW(what_is_never_acknowledged_is_sent_again),
     LAW(times_never_go_back_even_if_the_clock_does),
     LAW(times_do_not_go_back_for_a_key_that_another_client_had),
     LAW(a_removed_client_gets_nothing_more_and_its_retained_command_goes),
     LAW(commands_that_are_not_to_be_retained_are_not_and_what_was_goes_all_the_same),
     LAW(a_reset_client_has_no_topics_and_can_have_them_again),
     LAW(a_thousand_topics_for_one_client_arrive),
     LAW(old_events_go_after_an_hour_and_enough_stay))
