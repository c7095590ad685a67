/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/refresh.c: what a client was to forget is repeated until it has. */
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/message.h"
#include "server/core/refresh.h"

static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* Alice and a thief are on a topic; the thief's device gets nothing more. */
static void meet(struct rig *rig, struct device *alice, struct device *thief, enum e4_mode mode)
{
    rig_open(rig, mode);
    rig_device(rig, alice, "alice", 10);
    rig_device(rig, thief, "thief", 11);
    CHECK(topic_new(rig->core, "test", "room", &rig->err) == 0);
    CHECK(link_topic(rig->core, "test", "alice", "room", &rig->err) == 0);
    CHECK(link_topic(rig->core, "test", "thief", "room", &rig->err) == 0);
    if (mode == E4_PUBLIC_KEY) {
        CHECK(link_send_key(rig->core, "test", "alice", "thief", &rig->err) == 0);
        CHECK(link_send_key(rig->core, "test", "alice", MESSAGE_SIGNER, &rig->err) == 0);
    }
    (void)rig_deliver(rig, thief);
    rig->read = 0;
    (void)rig_deliver(rig, alice);
    CHECK(rig_talk(thief, alice, "room"));
    rig_pass(rig, alice, 10);
    thief->memory.now_s = rig->now_s;
}

/* Does the device open what is protected with the newest key of the room? */
static bool hears_server(struct rig *rig, struct device *device)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    CHECK(message_protect(rig->core, "room", frame, sizeof frame, &len, (const uint8_t *)"now",
                          3, &rig->err) == 0);
    return receive_text(device, "room", "now", frame, len) == E4_OK;
}

/* Pass time by the minute until the device holds the newest key of the room and does not hear
 * the thief any more, for a period at most. */
static bool forgets_thief(struct rig *rig, struct device *alice, struct device *thief)
{
    for (uint64_t waited = 0; waited <= REFRESH_FIRST_S; waited += 60) {
        rig_pass(rig, alice, 60);
        thief->memory.now_s = rig->now_s;
        (void)rig_deliver(rig, alice);
    }
    return hears_server(rig, alice) && !rig_talk(thief, alice, "room");
}

TEST(a_device_that_missed_a_revocation_forgets_the_old_key_within_a_period)
{
    for (size_t i = 0; i < 2 * COUNT(modes); i++) {
        static struct device alice, thief;
        struct rig rig;

        meet(&rig, &alice, &thief, modes[i / 2]);
        CHECK(unlink_topic(rig.core, "test", "thief", "room", &rig.err) == 0);
        CHECK(topic_revoke(rig.core, "test", "room", &rig.err) == 0);
        rig_send(&rig);
        rig.read = bus_memory_count(rig.bus) - i % 2; /* or she finds the retained one only */
        CHECK_AT(i, forgets_thief(&rig, &alice, &thief));
        rig_close(&rig);
    }
}

TEST(a_device_that_missed_leaving_a_topic_and_coming_back_forgets_the_old_key)
{
    static struct device alice, thief;
    struct rig rig;

    meet(&rig, &alice, &thief, E4_SYMMETRIC);
    CHECK(unlink_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    CHECK(link_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
    rig_send(&rig);
    rig.read = bus_memory_count(rig.bus);
    CHECK(forgets_thief(&rig, &alice, &thief));
    rig_close(&rig);
}

/* The same with a device that says what it holds. */
static void meet_speaking(struct rig *rig, struct device *alice, struct device *thief,
                          enum e4_mode mode, size_t *read)
{
    meet(rig, alice, thief, mode);
    *read = bus_memory_count(rig->bus);
    rig_hello(rig, alice);
    CHECK(rig_converse(rig, alice, read) == 0);
    CHECK(rig_is_confirmed(rig, alice));
    rig_pass(rig, alice, 10);
    thief->memory.now_s = rig->now_s;
}

TEST(a_hello_does_not_confirm_a_revocation)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, thief;
        struct rig rig;
        size_t read;

        meet_speaking(&rig, &alice, &thief, modes[i], &read);
        CHECK(topic_revoke(rig.core, "test", "room", &rig.err) == 0);
        rig_send(&rig);
        rig.read = bus_memory_count(rig.bus) - 1;
        (void)rig_deliver(&rig, &alice); /* the new key only, which leaves her the old one */
        CHECK_AT(i, rig_talk(&thief, &alice, "room"));
        rig_pass(&rig, &alice, 3);
        read = bus_memory_count(rig.bus);
        rig_hello(&rig, &alice);
        CHECK_AT(i, rig_converse(&rig, &alice, &read) >= 2);
        thief.memory.now_s = rig.now_s;
        CHECK_AT(i, !rig_talk(&thief, &alice, "room") && hears_server(&rig, &alice));
        CHECK_AT(i, rig_is_confirmed(&rig, &alice)); /* by receipts for all of it */
        rig_close(&rig);
    }
}

TEST(a_hello_beside_a_command_on_its_way_is_no_miss)
{
    static struct device alice, thief;
    struct rig rig;
    size_t read;

    meet_speaking(&rig, &alice, &thief, E4_SYMMETRIC, &read);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig); /* on its way for seconds */
    for (unsigned second = 0; second < 3; second++) {
        rig_hello(&rig, &alice);
        rig_send(&rig);
        CHECK_AT(second, rig_pace(&rig, &alice).misses == 0);
        rig_pass(&rig, &alice, 1);
    }
    rig_pass(&rig, &alice, 5); /* and still it has not come */
    rig_hello(&rig, &alice);
    rig_send(&rig);
    CHECK(rig_pace(&rig, &alice).misses == 1);
    rig_close(&rig);
}

TEST(once_a_revocation_is_confirmed_a_rotation_keeps_the_old_key_again)
{
    static struct device alice, thief;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len, read;

    meet_speaking(&rig, &alice, &thief, E4_SYMMETRIC, &read);
    CHECK(topic_revoke(rig.core, "test", "room", &rig.err) == 0);
    CHECK(rig_converse(&rig, &alice, &read) == 2);
    CHECK(rig_is_confirmed(&rig, &alice));
    rig_pass(&rig, &alice, 5);
    CHECK(message_protect(rig.core, "room", frame, sizeof frame, &len, (const uint8_t *)"x", 1,
                          &rig.err) == 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    read = bus_memory_count(rig.bus); /* lost, and repeated */
    rig_pass(&rig, &alice, 5);
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    CHECK(hears_server(&rig, &alice));
    CHECK(receive_text(&alice, "room", "x", frame, len) == E4_OK);
    rig_close(&rig);
}

/* Alice holds the thief's public key, and is not to; commands about that are lost. */
static int remove_key(struct rig *rig)
{
    return link_remove_key(rig->core, "test", "alice", "thief", &rig->err);
}

static int reset_keys(struct rig *rig)
{
    return link_reset_keys(rig->core, "test", "alice", &rig->err);
}

static int remove_thief(struct rig *rig)
{
    return client_remove(rig->core, "test", "thief", &rig->err);
}

static int (*const removals[])(struct rig *rig) = {remove_key, reset_keys, remove_thief};

TEST(a_device_that_missed_the_removal_of_a_public_key_forgets_it_within_a_period)
{
    for (size_t i = 0; i < COUNT(removals); i++) {
        static struct device alice, thief;
        struct rig rig;

        meet(&rig, &alice, &thief, E4_PUBLIC_KEY);
        CHECK_AT(i, removals[i](&rig) == 0);
        rig_send(&rig);
        rig.read = bus_memory_count(rig.bus);
        CHECK_AT(i, rig_talk(&thief, &alice, "room"));
        rig_pass(&rig, &alice, REFRESH_FIRST_S);
        (void)rig_deliver(&rig, &alice);
        thief.memory.now_s = rig.now_s;
        CHECK_AT(i, !rig_talk(&thief, &alice, "room"));
        rig_close(&rig);
    }
}

TEST(the_removal_of_a_public_key_is_repeated_until_it_is_confirmed)
{
    for (size_t i = 0; i < COUNT(removals); i++) {
        static struct device alice, thief;
        struct rig rig;
        size_t read;

        meet_speaking(&rig, &alice, &thief, E4_PUBLIC_KEY, &read);
        CHECK_AT(i, removals[i](&rig) == 0);
        rig_send(&rig);
        for (unsigned lost = 0; lost < 3; lost++) {
            rig_pass(&rig, &alice, 60);
            read = bus_memory_count(rig.bus);
            rig_send(&rig);
            CHECK_AT(i, read < bus_memory_count(rig.bus) && !rig_is_confirmed(&rig, &alice));
        }
        (void)rig_converse(&rig, &alice, &read);
        CHECK_AT(i, rig_is_confirmed(&rig, &alice));
        thief.memory.now_s = rig.now_s;
        CHECK_AT(i, !rig_talk(&thief, &alice, "room"));
        rig_pass(&rig, &alice, 7200);
        CHECK_AT(i, rig_converse(&rig, &alice, &read) == 0); /* and no longer */
        rig_close(&rig);
    }
}

TEST(a_public_key_that_is_sent_after_all_is_not_removed_again)
{
    static struct device alice, thief;
    struct rig rig;

    meet(&rig, &alice, &thief, E4_PUBLIC_KEY);
    CHECK(remove_key(&rig) == 0);
    rig_send(&rig);
    CHECK(link_send_key(rig.core, "test", "alice", "thief", &rig.err) == 0);
    for (unsigned period = 0; period < 3; period++) {
        (void)rig_deliver(&rig, &alice);
        thief.memory.now_s = rig.now_s;
        CHECK_AT(period, rig_talk(&thief, &alice, "room"));
        rig_pass(&rig, &alice, 3600);
    }
    rig_close(&rig);
}

/* Tell alice to forget what she has, and then to have it again; nothing is acknowledged. */
static void reset_and_undo(struct rig *rig, struct device *alice, enum e4_mode mode)
{
    if (mode == E4_SYMMETRIC)
        CHECK(client_reset(rig->core, "test", "alice", &rig->err) == 0);
    else
        CHECK(reset_keys(rig) == 0);
    CHECK(rig_deliver(rig, alice) == 1);
    if (mode == E4_SYMMETRIC)
        CHECK(link_topic(rig->core, "test", "alice", "room", &rig->err) == 0);
    else
        CHECK(link_send_key(rig->core, "test", "alice", "thief", &rig->err) == 0);
    CHECK(rig_deliver(rig, alice) == 1);
}

TEST(a_reset_that_is_sent_again_takes_nothing_with_it_that_came_after_it)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice, thief;
        struct rig rig;

        meet(&rig, &alice, &thief, modes[i]);
        bus_memory_answer(rig.bus, BUS_MEMORY_IS_SILENT);
        reset_and_undo(&rig, &alice, modes[i]);
        bus_memory_acknowledge(rig.bus, bus_memory_count(rig.bus) - 1);
        rig_send(&rig);
        bus_memory_lose(rig.bus); /* and with it the acknowledgement of the reset */
        bus_memory_answer(rig.bus, BUS_MEMORY_ACKNOWLEDGES);
        rig_pass(&rig, &alice, 10);
        thief.memory.now_s = rig.now_s;
        CHECK_AT(i, rig_deliver(&rig, &alice) == 2); /* the reset and what it undid */
        CHECK_AT(i, rig_waiting(&rig) == 0 && rig_talk(&thief, &alice, "room"));
        rig_close(&rig);
    }
}

LAWS(LAW(a_device_that_missed_a_revocation_forgets_the_old_key_within_a_period),
     LAW(a_device_that_missed_leaving_a_topic_and_coming_back_forgets_the_old_key),
     LAW(a_hello_does_not_confirm_a_revocation),
     LAW(once_a_revocation_is_confirmed_a_rotation_keeps_the_old_key_again),
     LAW(a_hello_beside_a_command_on_its_way_is_no_miss),
     LAW(a_device_that_missed_the_removal_of_a_public_key_forgets_it_within_a_period),
     LAW(the_removal_of_a_public_key_is_repeated_until_it_is_confirmed),
     LAW(a_public_key_that_is_sent_after_all_is_not_removed_again),
     LAW(a_reset_that_is_sent_again_takes_nothing_with_it_that_came_after_it))
