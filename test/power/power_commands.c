/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every command, with the power cut at its nth store(), for every n: what opens afterwards is
 * the device before the command or after it, never between, and the order still holds.
 */
#include <string.h>

#include "test/unit/fixture.h"
#include "test/unit/law.h"

static struct device device, before, after;

/* What a device holds when the command comes, and the command. */
enum { FIRST_STEPS = 8 };

static size_t first_steps(struct e4_command *list, enum e4_mode mode)
{
    const struct e4_command steps[FIRST_STEPS] = {
        set_topic("a", 10), set_topic("b", 11),  set_topic("b", 12),  set_topic("c", 13),
        remove_topic("c"),  set_peer("bob", 20), set_peer("eve", 21), remove_peer("eve"),
    };

    memcpy(list, steps, sizeof steps);
    return mode == E4_SYMMETRIC ? 5 : FIRST_STEPS;
}

static void make(enum e4_mode mode)
{
    struct e4_command list[FIRST_STEPS];
    size_t count = first_steps(list, mode);

    device_make(&device, mode, "alice");
    for (size_t i = 0; i < count; i++)
        CHECK_AT(i, order_at(&device, &list[i], T0 - 20 + i) == E4_OK);
    memset(&device.trip, 0, sizeof device.trip);
}

/* Each command in each of its cases: new, replaced, the same again, removed, not held. */
static size_t commands(struct e4_command *list, enum e4_mode mode)
{
    const struct e4_command all[] = {
        set_topic("a", 15),  set_topic("a", 10),  set_topic("new", 16), set_topic("c", 17),
        remove_topic("a"),   remove_topic("b"),   remove_topic("c"),    remove_topic("none"),
        reset_topics(),      set_id_key(5),       set_id_key(1),        set_peer("bob", 22),
        set_peer("bob", 20), set_peer("new", 23), set_peer("eve", 24),  remove_peer("bob"),
        remove_peer("eve"),  remove_peer("none"), reset_peers(),        set_server_key(6),
    };

    memcpy(list, all, sizeof all);
    return mode == E4_SYMMETRIC ? 11 : COUNT(all);
}

enum { COMMANDS_MAX = 20 };

/* The server goes on with the keys that the device has. */
static void follow(const struct e4_command *command)
{
    if (command->type == E4_SET_ID_KEY)
        memcpy(device.identity.key, command->key, E4_KEY_SIZE);
    if (command->type == E4_SET_SERVER_KEY)
        device_reserve(&device, 6);
}

/* Of what is stored now: it opens, is one of the two states, and knows what was carried out. */
static void check_opened(size_t row, const struct e4_command *command, enum e4_result result)
{
    struct e4_command stale = set_topic("stale", 90), next = set_topic("next", 91);
    uint64_t command_s;

    CHECK_AT(row, device_restart(&device) == E4_OK);
    command_s = e4_client_command_time(&device.client);
    if (command_s == T0) {
        CHECK_AT(row, device_state(&device) == device_state(&after));
        follow(command);
    } else {
        CHECK_AT(row, result != E4_OK && command_s == e4_client_command_time(&before.client));
        CHECK_AT(row, device_state(&device) == device_state(&before));
    }
    CHECK_AT(row, order_at(&device, &stale, command_s - 1) == E4_ERR_ORDER);
    CHECK_AT(row, command_s == T0 || order_at(&device, command, T0) == E4_OK);
    if (command_s != T0)
        follow(command);
    CHECK_AT(row, order_at(&device, &next, T0 + 1) == E4_OK);
}

/* Carry the command out once to know both states and how many stores it takes. */
static unsigned rehearse(size_t row, enum e4_mode mode, const struct e4_command *command)
{
    make(mode);
    before = device;
    CHECK_AT(row, order(&device, command) == E4_OK);
    after = device;
    return device.trip.stores;
}

static void check_command(size_t row, enum e4_mode mode, const struct e4_command *command)
{
    unsigned stores = rehearse(row, mode, command);

    CHECK_AT(row, stores >= 1);
    for (int how = TRIP_REFUSE; how <= TRIP_CUT_AFTER; how++) {
        for (unsigned nth = 1; nth <= stores + 1; nth++) {
            enum e4_result result;

            device = before;
            device_trip_store(&device, (enum trip_how)how, nth);
            result = order(&device, command);
            CHECK_AT(row, result == (nth == 1 ? E4_ERR_STORAGE : E4_OK));
            if (result != E4_OK)
                CHECK_AT(row,
                         memcmp(&device.client, &before.client, sizeof before.client) == 0);
            check_opened(row, command, result);
        }
    }
}

TEST(a_symmetric_command_is_done_or_not_done_wherever_the_power_goes)
{
    struct e4_command list[COMMANDS_MAX];
    size_t count = commands(list, E4_SYMMETRIC);

    for (size_t i = 0; i < count; i++)
        check_command(i, E4_SYMMETRIC, &list[i]);
}

TEST(a_public_key_command_is_done_or_not_done_wherever_the_power_goes)
{
    struct e4_command list[COMMANDS_MAX];
    size_t count = commands(list, E4_PUBLIC_KEY);

    for (size_t i = 0; i < count; i++)
        check_command(i, E4_PUBLIC_KEY, &list[i]);
}

/* Power goes while e4_open() clears up after a reset that was cut short. */
TEST(clearing_up_may_itself_be_cut_short)
{
    struct e4_command reset = reset_topics();
    uint8_t key[E4_KEY_SIZE];

    for (unsigned first = 2; first <= 4; first++) {
        for (unsigned second = 1; second <= 3; second++) {
            make(E4_SYMMETRIC);
            device_trip_store(&device, TRIP_CUT_BEFORE, first);
            CHECK_AT(first, order(&device, &reset) == E4_OK);
            device_trip_store(&device, TRIP_CUT_BEFORE, second);
            CHECK_AT(first, e4_open(&device.client, &device.config) != E4_ERR_FULL);
            CHECK_AT(first, device_restart(&device) == E4_OK);
            CHECK_AT(first, device.client.topic_top == 0);
            for (unsigned n = 10; n < 14; n++) {
                key_of(key, n);
                CHECK_AT(n, !device_contains(&device, key, sizeof key));
            }
        }
    }
}

/* A storm of commands, with the power cut anywhere: nothing acknowledged is lost. */
TEST(what_was_acknowledged_survives_any_number_of_cuts)
{
    for (uint64_t seed = 1; seed <= 30; seed++) {
        uint64_t state = seed, acknowledged = 0;

        device_make(&device, E4_PUBLIC_KEY, "alice");
        after = device;
        for (unsigned step = 0; step < 150; step++) {
            uint64_t draw = random_next(&state);
            char name[2] = {(char)('a' + draw % 10)};
            unsigned key = 100 + step;
            const struct e4_command choice[] = {
                set_topic(name, key),
                set_topic(name, key),
                remove_topic(name),
                draw >> 40 & 7 ? set_topic(name, key) : reset_topics(),
            };
            enum e4_result result;

            device.memory.now_s++;
            device_trip_store(&device, (enum trip_how)(draw >> 8) % 3,
                              (unsigned)(draw >> 16) % 8);
            result = order(&device, &choice[(draw >> 24) % 4]);
            if (result == E4_OK) {
                acknowledged = device.memory.now_s;
                after = device;
            }
            if (!device.trip.off)
                continue;
            CHECK_AT(step, device_restart(&device) == E4_OK);
            CHECK_AT(step, e4_client_command_time(&device.client) == acknowledged ||
                               e4_client_command_time(&device.client) == device.memory.now_s);
            CHECK_AT(step, e4_client_command_time(&device.client) != acknowledged ||
                               device_state(&device) == device_state(&after));
            acknowledged = e4_client_command_time(&device.client);
            after = device;
        }
    }
}

LAWS(LAW(a_symmetric_command_is_done_or_not_done_wherever_the_power_goes),
     LAW(a_public_key_command_is_done_or_not_done_wherever_the_power_goes),
     LAW(clearing_up_may_itself_be_cut_short),
     LAW(what_was_acknowledged_survives_any_number_of_cuts))
