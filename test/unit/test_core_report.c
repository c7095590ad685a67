/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/report.c and refresh.c: what devices say, and what is repeated to them.
 */
#include <string.h>

#include "base/hex.h"
#include "core_rig.h"
#include "law.h"
#include "server/core/refresh.h"
#include "server/core/report.h"
#include "server/core/serverkey.h"

static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

static void join(struct rig *rig, struct device *device, enum e4_mode mode, const char *topic)
{
    rig_open(rig, mode);
    rig_device(rig, device, "alice", 10);
    CHECK(topic_new(rig->core, "test", topic, &rig->err) == 0);
    CHECK(link_topic(rig->core, "test", "alice", topic, &rig->err) == 0);
}

TEST(a_hello_with_all_keys_confirms)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        static struct device bob;
        struct rig rig;
        size_t read = 0;

        join(&rig, &alice, modes[i], "room");
        rig_device(&rig, &bob, "bob", 11);
        if (modes[i] == E4_PUBLIC_KEY)
            CHECK(link_send_key(rig.core, "test", "alice", "bob", &rig.err) == 0);
        (void)rig_converse(&rig, &alice, &read);
        CHECK(!rig_is_confirmed(&rig,
                                &alice)); /* it gives no receipts, as far as anybody knows */
        rig_hello(&rig, &alice);
        CHECK(rig_converse(&rig, &alice, &read) == 0);
        CHECK(rig_is_confirmed(&rig, &alice));
        rig_close(&rig);
    }
}

TEST(receipts_for_all_that_was_sent_confirm)
{
    static struct device alice;
    struct rig rig;
    size_t read = 0;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    (void)rig_converse(&rig, &alice, &read);
    rig_hello(&rig, &alice);
    (void)rig_converse(&rig, &alice, &read);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 3);
    rig_send(&rig);
    CHECK(!rig_is_confirmed(&rig, &alice));
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    CHECK(rig_is_confirmed(&rig, &alice));
    rig_close(&rig);
}

TEST(a_hello_without_a_key_brings_it_at_once)
{
    static struct device alice;
    struct rig rig;
    size_t read = 0;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    rig_send(&rig);
    read = bus_memory_count(rig.bus); /* alice was away, and the broker kept nothing */
    rig_pass(&rig, &alice, 3);
    rig_hello(&rig, &alice);
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    CHECK(!rig_is_confirmed(&rig, &alice)); /* it may hold more than it should */
    rig_pass(&rig, &alice, 1);
    rig_hello(&rig, &alice);
    (void)rig_converse(&rig, &alice, &read);
    CHECK(rig_is_confirmed(&rig, &alice));
    rig_close(&rig);
}

TEST(what_a_client_has_too_much_goes)
{
    static struct device alice;
    struct rig rig;
    struct e4_command extra = set_topic("another", 77);
    size_t read = 0;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    (void)rig_converse(&rig, &alice, &read);
    CHECK(order(&alice, &extra) == E4_OK); /* not from this server */
    for (unsigned turn = 0; turn < 2; turn++) {
        rig_pass(&rig, &alice, 5);
        rig_hello(&rig, &alice);
        (void)rig_converse(&rig, &alice, &read);
        rig_pass(&rig, &alice, 5);
        (void)rig_converse(&rig, &alice, &read);
    }
    rig_hello(&rig, &alice);
    (void)rig_converse(&rig, &alice, &read);
    CHECK(rig_is_confirmed(&rig, &alice));
    CHECK(!rig_talk(&alice, &alice, "another"));
    rig_close(&rig);
}

TEST(without_a_word_from_a_client_all_is_repeated_ever_more_seldom)
{
    static const uint64_t at[] = {300, 600, 1200, 2400, 3600, 3600};
    static struct device alice;
    struct rig rig;
    size_t before;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    rig_send(&rig);
    for (size_t i = 0; i < COUNT(at); i++) {
        before = bus_memory_count(rig.bus);
        rig.now_s += at[i] - 1;
        rig_send(&rig);
        CHECK_AT(i, bus_memory_count(rig.bus) == before);
        rig.now_s += 1;
        rig_send(&rig);
        CHECK_AT(i, bus_memory_count(rig.bus) == before + 1);
    }
    rig_close(&rig);
}

TEST(a_device_that_was_away_for_long_has_its_keys_within_a_period)
{
    static const uint64_t away[] = {660, 3600, 30 * 86400};

    for (size_t i = 0; i < COUNT(away); i++) {
        static struct device alice;
        struct rig rig;
        uint64_t waited = 0;

        join(&rig, &alice, E4_SYMMETRIC, "room");
        rig_send(&rig);
        rig.now_s += away[i];
        rig_send(&rig);
        rig.read = bus_memory_count(rig.bus); /* none of it reached her */
        alice.memory.now_s = rig.now_s;
        while (rig_deliver(&rig, &alice) == 0 && waited <= REFRESH_LAST_S) {
            rig_pass(&rig, &alice, 60);
            waited += 60;
        }
        CHECK_AT(i, waited <= REFRESH_LAST_S && rig_talk(&alice, &alice, "room"));
        rig_close(&rig);
    }
}

TEST(a_removed_topic_is_repeated_too)
{
    static struct device alice;
    struct rig rig;
    size_t read = 0;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    (void)rig_converse(&rig, &alice, &read);
    rig_pass(&rig, &alice, 3);
    CHECK(topic_remove(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    read = bus_memory_count(rig.bus); /* lost */
    rig_pass(&rig, &alice, 300);
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    CHECK(!rig_talk(&alice, &alice, "room"));
    rig_close(&rig);
}

TEST(a_device_that_was_away_for_weeks_is_told_to_forget_a_topic)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len;

    join(&rig, &alice, E4_SYMMETRIC, "room");
    (void)rig_deliver(&rig, &alice);
    rig_pass(&rig, &alice, 10);
    CHECK(topic_remove(rig.core, "test", "room", &rig.err) == 0);
    for (unsigned hour = 0; hour < 20 * 24; hour++) {
        rig_send(&rig);
        rig_pass(&rig, &alice, 3600);
    }
    rig.read = bus_memory_count(rig.bus); /* she was away */
    for (unsigned hour = 0; hour < 2; hour++) {
        (void)rig_deliver(&rig, &alice);
        rig_pass(&rig, &alice, 3600);
    }
    CHECK(send_text(&alice, "room", "x", frame, &len) != E4_OK);
    for (unsigned hour = 0; hour < 11 * 24; hour++) {
        rig_pass(&rig, &alice, 3600);
        rig_send(&rig);
    }
    len = bus_memory_count(rig.bus);
    rig_pass(&rig, &alice, 7200);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) == len); /* enough */
    rig_close(&rig);
}

/* A client that gives receipts, and a new key for it. */
static void change_key(struct rig *rig, struct device *alice, enum e4_mode mode, size_t *read)
{
    join(rig, alice, mode, "room");
    (void)rig_converse(rig, alice, read);
    rig_hello(rig, alice);
    (void)rig_converse(rig, alice, read);
    rig_pass(rig, alice, 5);
    CHECK(client_new_key(rig->core, "test", "alice", &rig->err) == 0);
}

TEST(a_new_key_is_used_once_the_client_has_confirmed_it)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        change_key(&rig, &alice, modes[i], &read);
        rig_send(&rig);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        rig_send(&rig);
        CHECK(rig_waiting(&rig) == 2); /* the broker has the key, and alice does not */
        CHECK(rig_converse(&rig, &alice, &read) == 2);
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_new_key_that_was_lost_on_the_way_is_sent_again_under_the_old_one)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        change_key(&rig, &alice, modes[i], &read);
        rig_send(&rig);
        read = bus_memory_count(rig.bus);
        rig_restart(&rig);
        rig_pass(&rig, &alice, 5);
        rig_hello(&rig, &alice); /* under the old key */
        CHECK(rig_converse(&rig, &alice, &read) == 1);
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_receipt_that_was_lost_is_asked_for_again)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        change_key(&rig, &alice, modes[i], &read);
        (void)rig_deliver(&rig, &alice); /* without a receipt, and she stays connected */
        read = bus_memory_count(rig.bus);
        rig_restart(&rig);
        rig_pass(&rig, &alice, REFRESH_RECEIPTS_S);
        CHECK(rig_converse(&rig, &alice, &read) == 1);
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_hello_under_the_new_key_confirms_it)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        change_key(&rig, &alice, modes[i], &read);
        (void)rig_deliver(&rig, &alice); /* without a receipt */
        CHECK(rig_waiting(&rig) == 1);
        rig_hello(&rig, &alice);
        read = bus_memory_count(rig.bus);
        (void)rig_converse(&rig, &alice, &read);
        CHECK(rig_waiting(&rig) == 0 && rig_is_confirmed(&rig, &alice));
        rig_close(&rig);
    }
}

TEST(a_hello_under_a_key_from_before_a_change_brings_the_change_at_once)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        join(&rig, &alice, modes[i], "room");
        (void)rig_deliver(&rig, &alice); /* she gives no receipts */
        rig_pass(&rig, &alice, 10);
        CHECK(client_new_key(rig.core, "test", "alice", &rig.err) == 0);
        rig_send(&rig);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        rig_send(&rig);
        CHECK(rig_waiting(&rig) == 0);
        read = bus_memory_count(rig.bus); /* she missed both */
        rig_pass(&rig, &alice, 10);
        rig_hello(&rig, &alice);
        CHECK_AT(i, rig_converse(&rig, &alice, &read) == 2);
        rig_pass(&rig, &alice, 10);
        rig_hello(&rig, &alice);
        (void)rig_converse(&rig, &alice, &read);
        CHECK_AT(i, rig_is_confirmed(&rig, &alice));
        rig_pass(&rig, &alice, 10);
        CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
        CHECK_AT(i, rig_converse(&rig, &alice, &read) == 1);
        rig_close(&rig);
    }
}

TEST(a_device_that_gives_no_more_receipts_is_not_held_up_by_a_new_key)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        size_t read = 0;

        change_key(&rig, &alice, modes[i], &read);
        rig.read = bus_memory_count(rig.bus);
        CHECK(topic_new(rig.core, "test", "another", &rig.err) == 0);
        CHECK(link_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
        (void)rig_deliver(&rig, &alice);
        CHECK(rig_waiting(&rig) > 0);
        for (unsigned minute = 0; minute < 240; minute++) {
            uint8_t frame[FRAME_MAX];
            size_t len;

            rig_pass(&rig, &alice, 60);
            (void)rig_deliver(&rig, &alice);
            if (minute == 239)
                CHECK_AT(i, send_text(&alice, "another", "x", frame, &len) == E4_OK);
        }
        CHECK(rig_waiting(&rig) == 0);
        rig_close(&rig);
    }
}

TEST(a_new_server_key_is_used_once_each_client_has_confirmed_it)
{
    static struct device alice;
    struct rig rig;
    size_t read = 0;

    join(&rig, &alice, E4_PUBLIC_KEY, "room");
    (void)rig_converse(&rig, &alice, &read);
    rig_hello(&rig, &alice);
    (void)rig_converse(&rig, &alice, &read);
    rig_pass(&rig, &alice, 5);
    CHECK(serverkey_new(rig.core, "test", true, &rig.err) == 0);
    (void)rig_deliver(&rig, &alice); /* without a receipt */
    CHECK(rig_waiting(&rig) == 1);
    rig_hello(&rig, &alice);
    read = bus_memory_count(rig.bus);
    (void)rig_converse(&rig, &alice, &read);
    CHECK(rig_waiting(&rig) == 0);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 3);
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    rig_close(&rig);
}

TEST(what_is_no_report_of_a_client_changes_nothing)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len;
    size_t read = 0;
    static const char *const topics[] = {
        "e4/a7dcef9aef26202fce82a7c7d6672afb",    "e4/a7dcef9aef26202fce82a7c7d6672afb/up/",
        "e4/a7dcef9aef26202fce82a7c7d6672afX/up", "E4/a7dcef9aef26202fce82a7c7d6672afb/up",
        "e4/fcf4908516e5f2aa8d07a01b093fd4ef/up", "e4//up"};

    join(&rig, &alice, E4_SYMMETRIC, "room");
    (void)rig_converse(&rig, &alice, &read);
    CHECK(e4_hello(&alice.client, frame, sizeof frame, &len) == E4_OK);
    for (size_t i = 0; i < COUNT(topics); i++)
        CHECK(bus_memory_receive(rig.bus, topics[i], frame, len, &rig.err) == 0);
    for (size_t cut = 0; cut < len; cut++)
        rig_publish(&rig, &alice, frame, cut);
    for (size_t i = 0; i < len; i++) {
        frame[i] ^= 1;
        rig_publish(&rig, &alice, frame, len);
        frame[i] ^= 1;
    }
    (void)rig_converse(&rig, &alice, &read);
    CHECK(!rig_is_confirmed(&rig, &alice));
    rig.now_s += 601;
    CHECK(report_take(rig.core, "e4/a7dcef9aef26202fce82a7c7d6672afb/up", frame, len,
                      &rig.err) == 0); /* too old */
    rig.now_s -= 601;
    CHECK(!rig_is_confirmed(&rig, &alice));
    rig_publish(&rig, &alice, frame, len);
    rig_send(&rig);
    CHECK(rig_is_confirmed(&rig, &alice));
    rig_close(&rig);
}

/* A client that gives receipts, holds all that it should, and has said so. */
static void settle(struct rig *rig, struct device *alice, size_t *read)
{
    join(rig, alice, E4_SYMMETRIC, "room");
    (void)rig_converse(rig, alice, read);
    rig_hello(rig, alice);
    (void)rig_converse(rig, alice, read);
    CHECK(rig_is_confirmed(rig, alice));
    rig_pass(rig, alice, 20);
}

/* The frame of a hello of this moment, for an eavesdropper to keep. */
static size_t overhear(struct device *alice, uint8_t frame[FRAME_MAX])
{
    size_t len;

    CHECK(e4_hello(&alice->client, frame, FRAME_MAX, &len) == E4_OK);
    return len;
}

TEST(a_hello_counts_once_whoever_repeats_it)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len, read = 0;

    settle(&rig, &alice, &read);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    rig_send(&rig);
    rig_pass(&rig, &alice, 3);
    len = overhear(&alice, frame); /* she has missed the new key */
    rig_publish(&rig, &alice, frame, len);
    CHECK(rig_converse(&rig, &alice, &read) == 2);
    for (unsigned i = 0; i < 10; i++) {
        rig_pass(&rig, &alice, 30);
        if (i == 5)
            rig_restart(&rig);
        if (i == 0)
            rig_hello(&rig, &alice); /* she has it now */
        rig_publish(&rig, &alice, frame, len);
        (void)rig_converse(&rig, &alice, &read);
        CHECK_AT(i, rig_is_confirmed(&rig, &alice) && bus_memory_count(rig.bus) == 3);
    }
    rig_close(&rig);
}

TEST(a_hello_older_than_what_a_client_said_last_is_not_believed)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len, read = 0;

    settle(&rig, &alice, &read);
    len = overhear(&alice, frame); /* of her state now, and held back */
    rig_pass(&rig, &alice, 5);
    CHECK(topic_new(rig.core, "test", "another", &rig.err) == 0);
    CHECK(link_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
    CHECK(rig_converse(&rig, &alice, &read) == 1);
    rig_pass(&rig, &alice, 5);
    CHECK(unlink_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
    rig_send(&rig); /* and does not arrive */
    rig_publish(&rig, &alice, frame, len);
    rig_send(&rig);
    CHECK(!rig_is_confirmed(&rig, &alice));
    rig_close(&rig);
}

TEST(a_hello_from_before_the_newest_command_confirms_nothing)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len, read = 0;

    settle(&rig, &alice, &read);
    len = overhear(&alice, frame);
    rig_pass(&rig, &alice, 5);
    CHECK(topic_new(rig.core, "test", "another", &rig.err) == 0);
    CHECK(link_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
    (void)rig_deliver(&rig, &alice); /* without a receipt */
    rig_pass(&rig, &alice, 5);
    CHECK(unlink_topic(rig.core, "test", "alice", "another", &rig.err) == 0);
    rig_send(&rig);
    rig_publish(&rig, &alice, frame, len);
    rig_send(&rig);
    CHECK(!rig_is_confirmed(&rig, &alice));
    rig_close(&rig);
}

TEST(hellos_one_after_another_are_answered_once_and_then_soon)
{
    static struct device alice;
    struct rig rig;
    struct e4_command extra = set_topic("another", 77);
    size_t read = 0, before;

    settle(&rig, &alice, &read);
    CHECK(order(&alice, &extra) == E4_OK); /* so what she holds never fits */
    before = bus_memory_count(rig.bus);
    for (unsigned i = 1; i < REFRESH_ANSWER_S; i++) {
        rig_pass(&rig, &alice, 1);
        rig_hello(&rig, &alice);
        rig_send(&rig);
    }
    CHECK(bus_memory_count(rig.bus) == before + 1);
    rig_pass(&rig, &alice, 2);
    rig_send(&rig);
    CHECK(bus_memory_count(rig.bus) > before + 1);
    rig_close(&rig);
}

TEST(when_receipts_show_that_a_difference_is_gone_nothing_more_is_repeated)
{
    static struct device alice;
    struct rig rig;
    struct e4_command extra = set_topic("another", 77);
    size_t read = 0, before;

    settle(&rig, &alice, &read);
    CHECK(order(&alice, &extra) == E4_OK);
    rig_pass(&rig, &alice, 5);
    rig_hello(&rig, &alice); /* the only one: she stays connected */
    before = bus_memory_count(rig.bus);
    for (unsigned minute = 0; minute < 5; minute++) {
        (void)rig_converse(&rig, &alice, &read);
        rig_pass(&rig, &alice, 60);
    }
    CHECK(rig_is_confirmed(&rig, &alice));
    CHECK(!rig_talk(&alice, &alice, "another") && rig_talk(&alice, &alice, "room"));
    CHECK(bus_memory_count(rig.bus) == before + 3); /* the key; a reset and the key */
    rig_pass(&rig, &alice, 86400);
    CHECK(rig_converse(&rig, &alice, &read) == 0);
    rig_close(&rig);
}

LAWS(LAW(a_hello_with_all_keys_confirms), LAW(receipts_for_all_that_was_sent_confirm),
     LAW(a_hello_without_a_key_brings_it_at_once), LAW(what_a_client_has_too_much_goes),
     LAW(without_a_word_from_a_client_all_is_repeated_ever_more_seldom),
     LAW(a_device_that_was_away_for_long_has_its_keys_within_a_period),
     LAW(a_removed_topic_is_repeated_too),
     LAW(a_device_that_was_away_for_weeks_is_told_to_forget_a_topic),
     LAW(a_new_key_is_used_once_the_client_has_confirmed_it),
     LAW(a_new_key_that_was_lost_on_the_way_is_sent_again_under_the_old_one),
     LAW(a_receipt_that_was_lost_is_asked_for_again),
     LAW(a_hello_under_the_new_key_confirms_it),
     LAW(a_hello_under_a_key_from_before_a_change_brings_the_change_at_once),
     LAW(a_device_that_gives_no_more_receipts_is_not_held_up_by_a_new_key),
     LAW(a_new_server_key_is_used_once_each_client_has_confirmed_it),
     LAW(what_is_no_report_of_a_client_changes_nothing),
     LAW(a_hello_counts_once_whoever_repeats_it),
     LAW(a_hello_older_than_what_a_client_said_last_is_not_believed),
     LAW(a_hello_from_before_the_newest_command_confirms_nothing),
     LAW(hellos_one_after_another_are_answered_once_and_then_soon),
     LAW(when_receipts_show_that_a_difference_is_gone_nothing_more_is_repeated))
