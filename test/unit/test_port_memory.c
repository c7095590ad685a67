/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of port/memory.c. */
#include <string.h>

#include "e4/port_memory.h"
#include "law.h"

enum { PLACES = 3 };

struct rig {
    uint8_t records[PLACES][E4_RECORD_SIZE];
    bool stored[PLACES];
    struct e4_memory memory;
    struct e4_port port;
};

static void rig_init(struct rig *rig)
{
    memset(rig, 0, sizeof *rig);
    rig->memory.records = rig->records;
    rig->memory.stored = rig->stored;
    rig->memory.count = PLACES;
    e4_memory_port(&rig->port, &rig->memory);
}

static enum e4_result store(struct rig *rig, unsigned place, int fill)
{
    uint8_t record[E4_RECORD_SIZE];

    memset(record, fill, sizeof record);
    return rig->port.store(rig->port.ctx, place, record);
}

/* The result of load(); *fill is what all of the record's bytes are, -1 if they differ. */
static enum e4_result load(struct rig *rig, unsigned place, int *fill)
{
    uint8_t record[E4_RECORD_SIZE] = {0};
    enum e4_result result = rig->port.load(rig->port.ctx, place, record);

    *fill = record[0];
    for (size_t i = 1; i < sizeof record; i++)
        if (record[i] != record[0])
            *fill = -1;
    return result;
}

TEST(a_place_holds_what_was_stored_in_it_last_and_is_empty_before)
{
    struct rig rig;
    int fill;

    rig_init(&rig);
    for (unsigned place = 0; place < PLACES; place++)
        CHECK_AT(place, load(&rig, place, &fill) == E4_ERR_EMPTY);
    CHECK(store(&rig, 1, 7) == E4_OK && store(&rig, 2, 8) == E4_OK);
    CHECK(store(&rig, 1, 9) == E4_OK);
    CHECK(load(&rig, 0, &fill) == E4_ERR_EMPTY);
    CHECK(load(&rig, 1, &fill) == E4_OK && fill == 9);
    CHECK(load(&rig, 2, &fill) == E4_OK && fill == 8);
    CHECK(rig.memory.stores == 3);
}

TEST(there_are_no_more_places_than_the_caller_gave)
{
    struct rig rig;
    int fill;

    rig_init(&rig);
    CHECK(store(&rig, PLACES, 1) == E4_ERR_STORAGE && rig.memory.stores == 0);
    CHECK(load(&rig, PLACES, &fill) == E4_ERR_STORAGE);
}

TEST(a_store_that_is_made_to_fail_changes_nothing)
{
    struct rig rig;
    int fill;

    rig_init(&rig);
    CHECK(store(&rig, 0, 1) == E4_OK);
    rig.memory.fail_store = true;
    CHECK(store(&rig, 0, 2) == E4_ERR_STORAGE && store(&rig, 1, 2) == E4_ERR_STORAGE);
    CHECK(load(&rig, 0, &fill) == E4_OK && fill == 1);
    CHECK(load(&rig, 1, &fill) == E4_ERR_EMPTY);
    CHECK(rig.memory.stores == 1);
}

TEST(a_load_that_is_made_to_fail_fails)
{
    struct rig rig;
    int fill;

    rig_init(&rig);
    CHECK(store(&rig, 0, 1) == E4_OK);
    rig.memory.fail_load = true;
    CHECK(load(&rig, 0, &fill) == E4_ERR_STORAGE);
    rig.memory.fail_load = false;
    CHECK(load(&rig, 0, &fill) == E4_OK && fill == 1);
}

TEST(the_time_is_unknown_until_it_is_set)
{
    struct rig rig;
    uint64_t now_s = 5;

    rig_init(&rig);
    CHECK(rig.port.now(rig.port.ctx, &now_s) == E4_ERR_CLOCK && now_s == 5);
    rig.port.set_clock(rig.port.ctx, 1700000000);
    CHECK(rig.port.now(rig.port.ctx, &now_s) == E4_OK && now_s == 1700000000);
    rig.memory.now_s++;
    CHECK(rig.port.now(rig.port.ctx, &now_s) == E4_OK && now_s == 1700000001);
}

LAWS(LAW(a_place_holds_what_was_stored_in_it_last_and_is_empty_before),
     LAW(there_are_no_more_places_than_the_caller_gave),
     LAW(a_store_that_is_made_to_fail_changes_nothing), LAW(a_load_that_is_made_to_fail_fails),
     LAW(the_time_is_unknown_until_it_is_set))
