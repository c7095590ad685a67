/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/keep.c: saving, closing, telling what is held. */
#include <string.h>

#include "fixture.h"
#include "law.h"

static struct device device, before;

/* Topic a with key 11 and the old key 10, replaced now; topic b with 12; in public-key mode,
 * bob. */
static void live(enum e4_mode mode)
{
    struct e4_command command[] = {set_topic("a", 10),  set_topic("b", 12), set_topic("a", 11),
                                   set_topic("c", 13),  remove_topic("c"),  set_peer("bob", 20),
                                   set_peer("eve", 21), remove_peer("eve")};

    device_make(&device, mode, "alice");
    for (size_t i = 0; i < (mode == E4_SYMMETRIC ? 5 : COUNT(command)); i++) {
        CHECK_AT(i, order_at(&device, &command[i], T0 - 10 + i) == E4_OK);
    }
    memset(&device.trip, 0, sizeof device.trip);
}

static bool holds(unsigned key)
{
    uint8_t bytes[E4_KEY_SIZE];

    key_of(bytes, key);
    return device_contains(&device, bytes, sizeof bytes);
}

TEST(saving_keeps_the_time_from_running_below_what_was_reached)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    live(E4_SYMMETRIC);
    device.memory.now_s = T0 + 1000;
    CHECK(e4_save(&device.client) == E4_OK && device.trip.stores == 1);
    device.memory.now_s = T0;
    CHECK(e4_save(&device.client) == E4_OK); /* the clock has gone back: the time does not */
    CHECK(device_restart(&device) == E4_OK);
    CHECK(send_text(&device, "a", "x", frame, &len) == E4_OK);
    CHECK(frame[0] == (uint8_t)(T0 + 998) && frame[1] == (uint8_t)((T0 + 998) >> 8));
}

TEST(without_a_clock_nothing_is_saved)
{
    live(E4_SYMMETRIC);
    device.memory.now_s = 0;
    before = device;
    CHECK(e4_save(&device.client) == E4_ERR_CLOCK);
    CHECK(device.trip.stores == 0 && device_same(&device, &before));
}

TEST(saving_overwrites_an_old_key_when_its_transition_is_over_and_not_before)
{
    static const struct {
        uint64_t after_s;
        bool kept;
    } row[] = {{0, true}, {3599, true}, {3600, true}, {3601, false}, {1000000, false}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_held held;
        uint16_t at = 0;

        live(E4_SYMMETRIC);
        device.memory.now_s = T0 + row[i].after_s;
        CHECK_AT(i, e4_save(&device.client) == E4_OK);
        CHECK_AT(i, holds(10) == row[i].kept && holds(11) && holds(12));
        CHECK_AT(i, device.trip.stores == (row[i].kept ? 1 : 2));
        CHECK_AT(i, e4_next_topic(&device.client, &at, &held) && held.has_old == row[i].kept);
        before = device;
        CHECK_AT(i, device_restart(&device) == E4_OK);
        CHECK_AT(i, device_state(&device) == device_state(&before));
        CHECK_AT(i, holds(10) == row[i].kept && holds(11) && holds(12));
    }
}

TEST(an_old_key_replaced_by_a_clock_that_ran_ahead_is_kept)
{
    live(E4_SYMMETRIC);
    device.topics[0].changed_s = UINT64_MAX;
    CHECK(e4_save(&device.client) == E4_OK);
    CHECK(holds(10));
}

TEST(a_save_that_fails_leaves_each_topic_whole)
{
    struct e4_command more = set_topic("b", 14);

    for (unsigned nth = 1; nth <= 3; nth++) {
        for (int how = TRIP_REFUSE; how <= TRIP_CUT_AFTER; how++) {
            bool written = how == TRIP_CUT_AFTER;

            live(E4_SYMMETRIC);
            CHECK(order_at(&device, &more, T0) == E4_OK); /* two old keys: 10 and 12 */
            device.memory.now_s = T0 + 4000;
            device_trip_store(&device, (enum trip_how)how, nth);
            CHECK_AT(nth, e4_save(&device.client) == E4_ERR_STORAGE);
            CHECK_AT(nth, device_restart(&device) == E4_OK);
            CHECK_AT(nth, holds(10) == (nth == 1 && !written));
            CHECK_AT(nth, holds(12) == (nth == 1 || (nth == 2 && !written)));
            CHECK_AT(nth, holds(11) && holds(14));
            CHECK_AT(nth, e4_save(&device.client) == E4_OK && !holds(10) && !holds(12));
        }
    }
}

TEST(a_save_that_fails_at_its_first_store_changes_nothing)
{
    for (int with_old = 0; with_old < 2; with_old++) {
        live(E4_PUBLIC_KEY);
        device.memory.now_s = with_old ? T0 + 4000 : T0;
        before = device;
        device_trip_store(&device, TRIP_REFUSE, 1);
        CHECK(e4_save(&device.client) == E4_ERR_STORAGE);
        CHECK(device_same(&device, &before));
    }
}

TEST(closing_wipes_memory_and_leaves_storage_and_guard)
{
    struct e4_seen_slot seen[DEVICE_SEEN];

    live(E4_PUBLIC_KEY);
    before = device;
    memcpy(seen, device.seen, sizeof seen);
    e4_close(&device.client);
    CHECK(all_zero(&device.client, sizeof device.client));
    CHECK(all_zero(device.topics, sizeof device.topics));
    CHECK(all_zero(device.peers, sizeof device.peers));
    CHECK(all_zero(&device.signer, sizeof device.signer));
    CHECK(memcmp(device.records, before.records, sizeof before.records) == 0);
    CHECK(memcmp(device.seen, seen, sizeof seen) == 0 && device.trip.stores == 0);
    e4_close(&device.client); /* twice is once */
    CHECK(e4_open(&device.client, &device.config) == E4_OK);
    CHECK(device_state(&device) == device_state(&before));
}

TEST(closing_what_was_never_opened_is_nothing)
{
    struct e4_client client;

    memset(&client, 0, sizeof client);
    e4_close(&client);
    CHECK(all_zero(&client, sizeof client));
}

/* Is this name listed with the fingerprint of these bytes, and these facts? */
static void check_held(const struct e4_held *held, const char *name, const uint8_t *key,
                       uint64_t command_s, bool has_old)
{
    struct e4_command topic = set_topic(name, 0);
    uint8_t id[E4_ID_SIZE], print[16];

    id_of(id, name);
    e4_fingerprint(print, key);
    CHECK(memcmp(held->name, topic.topic, E4_HASH_SIZE) == 0 ||
          memcmp(held->name, id, E4_ID_SIZE) == 0);
    CHECK(memcmp(held->fingerprint, print, sizeof print) == 0);
    CHECK(held->command_s == command_s && held->has_old == has_old);
}

TEST(what_is_held_is_listed_once_without_the_keys)
{
    struct e4_held held;
    uint8_t key[E4_KEY_SIZE];
    uint16_t at = 0;

    live(E4_PUBLIC_KEY);
    CHECK(e4_next_topic(&device.client, &at, &held));
    key_of(key, 11);
    check_held(&held, "a", key, T0 - 8, true);
    CHECK(e4_next_topic(&device.client, &at, &held));
    key_of(key, 12);
    check_held(&held, "b", key, T0 - 9, false);
    CHECK(!e4_next_topic(&device.client, &at, &held));
    CHECK(!e4_next_topic(&device.client, &at, &held));
    at = 0;
    CHECK(e4_next_peer(&device.client, &at, &held));
    public_of(key, 20);
    check_held(&held, "bob", key, T0 - 5, false);
    CHECK(!e4_next_peer(&device.client, &at, &held));
}

TEST(a_symmetric_client_lists_no_peers)
{
    struct e4_held held;
    uint16_t at = 0;

    live(E4_SYMMETRIC);
    CHECK(!e4_next_peer(&device.client, &at, &held));
}

LAWS(LAW(saving_keeps_the_time_from_running_below_what_was_reached),
     LAW(without_a_clock_nothing_is_saved),
     LAW(saving_overwrites_an_old_key_when_its_transition_is_over_and_not_before),
     LAW(an_old_key_replaced_by_a_clock_that_ran_ahead_is_kept),
     LAW(a_save_that_fails_leaves_each_topic_whole),
     LAW(a_save_that_fails_at_its_first_store_changes_nothing),
     LAW(closing_wipes_memory_and_leaves_storage_and_guard),
     LAW(closing_what_was_never_opened_is_nothing),
     LAW(what_is_held_is_listed_once_without_the_keys), LAW(a_symmetric_client_lists_no_peers))
