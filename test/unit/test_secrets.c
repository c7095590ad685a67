/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of removal: a key that is gone is nowhere, neither in memory nor in storage. */
#include <string.h>

#include "fixture.h"
#include "law.h"

static struct device device;

/* Every secret and key that a test uses, to be looked for. */
enum { OWN = 1, SERVER = 2, OWN_NEXT = 5, SERVER_NEXT = 6, A = 10, B = 11, BOB = 20, EVE = 21 };

static bool has_key(unsigned n)
{
    uint8_t bytes[E4_KEY_SIZE];

    key_of(bytes, n);
    return device_contains(&device, bytes, sizeof bytes) ||
           device_contains(&device, bytes, 16) || device_contains(&device, bytes + 16, 16);
}

static bool has_public_key(unsigned n)
{
    uint8_t bytes[E4_KEY_SIZE];

    public_of(bytes, n);
    return device_contains(&device, bytes, sizeof bytes);
}

static bool has_bytes(const uint8_t bytes[E4_KEY_SIZE])
{
    return device_contains(&device, bytes, E4_KEY_SIZE);
}

static void make(enum e4_mode mode)
{
    struct e4_command command[] = {set_topic("a", A), set_topic("b", B), set_peer("bob", BOB),
                                   set_peer("eve", EVE)};

    device_make(&device, mode, "alice");
    for (size_t i = 0; i < (mode == E4_SYMMETRIC ? 2 : COUNT(command)); i++)
        CHECK_AT(i, order_at(&device, &command[i], T0 - 9 + i) == E4_OK);
}

TEST(the_search_finds_what_is_there)
{
    uint8_t command_key[E4_KEY_SIZE];

    make(E4_PUBLIC_KEY);
    server_command_key(command_key, &device);
    CHECK(has_key(OWN) && has_key(A) && has_key(B) && has_bytes(command_key));
    CHECK(has_public_key(BOB) && has_public_key(EVE) && has_public_key(OWN));
    CHECK(!has_key(SERVER)); /* the server's secret was never here */
}

TEST(a_removed_topic_leaves_no_key)
{
    struct e4_command remove = remove_topic("a");

    make(E4_SYMMETRIC);
    CHECK(order(&device, &remove) == E4_OK);
    CHECK(!has_key(A) && has_key(B));
}

TEST(a_removed_topic_leaves_neither_of_its_two_keys)
{
    struct e4_command again = set_topic("a", 12), remove = remove_topic("a");

    make(E4_SYMMETRIC);
    CHECK(order_at(&device, &again, T0 - 1) == E4_OK);
    CHECK(has_key(A) && has_key(12));
    CHECK(order(&device, &remove) == E4_OK);
    CHECK(!has_key(A) && !has_key(12) && has_key(B));
}

TEST(a_key_replaced_twice_is_gone)
{
    struct e4_command second = set_topic("a", 12), third = set_topic("a", 13);

    make(E4_SYMMETRIC);
    CHECK(order_at(&device, &second, T0 - 1) == E4_OK && order(&device, &third) == E4_OK);
    CHECK(!has_key(A) && has_key(12) && has_key(13));
}

TEST(a_reset_leaves_no_key_of_its_kind_and_all_of_the_other)
{
    struct e4_command topics = reset_topics(), peers = reset_peers();

    make(E4_PUBLIC_KEY);
    CHECK(order_at(&device, &topics, T0 - 1) == E4_OK);
    CHECK(!has_key(A) && !has_key(B) && has_public_key(BOB) && has_public_key(EVE));
    CHECK(order(&device, &peers) == E4_OK);
    CHECK(!has_public_key(BOB) && !has_public_key(EVE));
}

TEST(a_removed_peer_leaves_no_key)
{
    struct e4_command remove = remove_peer("bob"), replace = set_peer("eve", 22);

    make(E4_PUBLIC_KEY);
    CHECK(order_at(&device, &remove, T0 - 1) == E4_OK && order(&device, &replace) == E4_OK);
    CHECK(!has_public_key(BOB) && !has_public_key(EVE) && has_public_key(22));
}

TEST(a_slot_used_again_keeps_nothing_of_the_topic_before)
{
    struct e4_command step[] = {set_topic("a", 12), remove_topic("a"), set_topic("c", 13)};

    device_init(&device, E4_SYMMETRIC, "alice");
    device.config.topic_count = 1;
    CHECK(e4_create(&device.client, &device.config, &device.identity) == E4_OK);
    for (size_t i = 0; i < COUNT(step); i++)
        CHECK_AT(i, order_at(&device, &step[i], T0 - 5 + i) == E4_OK);
    CHECK(!has_key(12) && has_key(13));
}

TEST(a_replaced_identity_key_is_gone_and_what_was_derived_from_it)
{
    static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_command next = set_id_key(OWN_NEXT);
        uint8_t command_key[E4_KEY_SIZE];

        make(both_modes[m]);
        server_command_key(command_key, &device);
        CHECK_AT(m, has_key(OWN) && has_bytes(command_key));
        CHECK_AT(m, order(&device, &next) == E4_OK);
        CHECK_AT(m, !has_key(OWN) && !has_public_key(OWN) && !has_bytes(command_key));
        CHECK_AT(m, has_key(OWN_NEXT));
    }
}

TEST(a_replaced_server_key_is_gone_and_what_was_derived_from_it)
{
    struct e4_command next = set_server_key(SERVER_NEXT);
    uint8_t command_key[E4_KEY_SIZE], server_key[E4_KEY_SIZE];

    make(E4_PUBLIC_KEY);
    server_command_key(command_key, &device);
    memcpy(server_key, device.signer.server_key, sizeof server_key);
    CHECK(order(&device, &next) == E4_OK);
    CHECK(!has_bytes(command_key) && !has_bytes(server_key) && has_key(OWN));
}

TEST(a_refused_command_leaves_no_key_of_it)
{
    const struct e4_command bad[] = {set_topic("c", A), set_topic("c", 30), set_id_key(31)};

    make(E4_SYMMETRIC);
    CHECK(order_at(&device, &bad[1], T0 - 20) == E4_ERR_ORDER);
    CHECK(order_at(&device, &bad[2], T0 - 20) == E4_ERR_ORDER);
    device_trip_store(&device, TRIP_REFUSE, 1);
    CHECK(order(&device, &bad[1]) == E4_ERR_STORAGE);
    device_trip_store(&device, TRIP_REFUSE, 1);
    CHECK(order(&device, &bad[2]) == E4_ERR_STORAGE);
    CHECK(order(&device, &bad[0]) == E4_ERR_COMMAND);
    CHECK(!has_key(30) && !has_key(31));
}

TEST(a_peers_record_holds_its_key_and_nothing_else)
{
    const uint8_t *bob;

    make(E4_PUBLIC_KEY);
    bob = device.records[1 + DEVICE_TOPICS];
    CHECK(!all_zero(bob + 32, E4_KEY_SIZE)); /* its key */
    CHECK(all_zero(bob + 64,
                   E4_KEY_SIZE + 8)); /* where a topic has its old key, and since when */
    CHECK(all_zero(bob + 112, 8) && bob[2] == 0); /* where an identity has more */
}

TEST(closing_leaves_no_key_in_memory)
{
    make(E4_PUBLIC_KEY);
    e4_close(&device.client);
    memset(device.records, 0, sizeof device.records);
    CHECK(!has_key(OWN) && !has_key(A) && !has_key(B) && !has_public_key(BOB));
}

TEST(a_client_that_did_not_open_leaves_no_key_in_memory)
{
    make(E4_PUBLIC_KEY);
    device.records[9][50] ^= 1; /* bob's */
    CHECK(device_restart(&device) == E4_ERR_STORAGE);
    memset(device.records, 0, sizeof device.records);
    CHECK(!has_key(OWN) && !has_key(A) && !has_key(B) && !has_public_key(BOB));
}

LAWS(LAW(the_search_finds_what_is_there), LAW(a_removed_topic_leaves_no_key),
     LAW(a_removed_topic_leaves_neither_of_its_two_keys), LAW(a_key_replaced_twice_is_gone),
     LAW(a_reset_leaves_no_key_of_its_kind_and_all_of_the_other),
     LAW(a_removed_peer_leaves_no_key),
     LAW(a_slot_used_again_keeps_nothing_of_the_topic_before),
     LAW(a_replaced_identity_key_is_gone_and_what_was_derived_from_it),
     LAW(a_replaced_server_key_is_gone_and_what_was_derived_from_it),
     LAW(a_refused_command_leaves_no_key_of_it),
     LAW(a_peers_record_holds_its_key_and_nothing_else), LAW(closing_leaves_no_key_in_memory),
     LAW(a_client_that_did_not_open_leaves_no_key_in_memory))
