/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/record.c: what is stored comes back whole from its own place, or not at
 * all. */
#include <string.h>

#include "client/record.h"
#include "crypto/load.h"
#include "crypto/sha3.h"
#include "fixture.h"
#include "law.h"

static struct device device;

static struct e4_record sample = {
    .kind = E4_RECORD_TOPIC,
    .flag = 1,
    .changed = 0xC3,
    .epoch = 0x01020304,
    .command_s = 0x1112131415161718,
    .name = {1, 2, 3},
    .key = {4, 5, 6},
    .second = {7, 8, 9},
    .time_s = 0x2122232425262728,
    .guard_s = 0x3132333435363738,
    .peer_epoch = 0x41424344,
    .places = 0x51525354,
};

TEST(a_record_comes_back_as_it_was_stored)
{
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    for (unsigned place = 0; place < DEVICE_PLACES; place++) {
        CHECK_AT(place, e4_record_store(&device.port, place, &sample) == E4_OK);
        memset(&record, 0, sizeof record);
        CHECK_AT(place, e4_record_load(&device.port, place, &record) == E4_OK);
        CHECK_AT(place, memcmp(&record, &sample, sizeof record) == 0);
    }
}

TEST(a_record_has_these_bytes)
{
    static const uint8_t want[] = {1, 2, 1, 0xC3, 4, 3, 2, 1, 0x18, 0x17};
    uint8_t *bytes = device.records[3];
    uint8_t where[124] = {3}, check[32];

    device_init(&device, E4_SYMMETRIC, "alice");
    CHECK(e4_record_store(&device.port, 3, &sample) == E4_OK);
    CHECK(memcmp(bytes, want, sizeof want) == 0);
    CHECK(memcmp(bytes + 16, sample.name, 16) == 0 && memcmp(bytes + 32, sample.key, 32) == 0);
    CHECK(memcmp(bytes + 64, sample.second, 32) == 0);
    CHECK(e4_load_le64(bytes + 96) == sample.time_s);
    CHECK(e4_load_le64(bytes + 104) == sample.guard_s);
    CHECK(e4_load_le32(bytes + 112) == sample.peer_epoch);
    CHECK(e4_load_le32(bytes + 116) == sample.places);
    memcpy(where + 4, bytes, 120);
    e4_sha3_256(check, where, sizeof where);
    CHECK(memcmp(bytes + 120, check, 8) == 0);
}

TEST(a_place_never_stored_reads_as_blank)
{
    static const struct e4_record blank;
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    memset(&record, 0xA5, sizeof record);
    CHECK(e4_record_load(&device.port, 0, &record) == E4_OK);
    CHECK(memcmp(&record, &blank, sizeof record) == 0 && record.kind == E4_RECORD_BLANK);
}

TEST(a_flipped_bit_is_found_wherever_it_is)
{
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    CHECK(e4_record_store(&device.port, 1, &sample) == E4_OK);
    for (unsigned bit = 0; bit < 8 * E4_RECORD_SIZE; bit++) {
        device.records[1][bit / 8] ^= (uint8_t)(1 << bit % 8);
        memset(&record, 0xA5, sizeof record);
        CHECK_AT(bit, e4_record_load(&device.port, 1, &record) == E4_ERR_STORAGE);
        CHECK_AT(bit, all_zero(&record, sizeof record));
        device.records[1][bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(e4_record_load(&device.port, 1, &record) == E4_OK);
}

TEST(a_record_counts_at_its_own_place_only)
{
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    CHECK(e4_record_store(&device.port, 1, &sample) == E4_OK);
    for (unsigned place = 0; place < DEVICE_PLACES; place++) {
        memcpy(device.records[place], device.records[1], E4_RECORD_SIZE);
        device.stored[place] = true;
        CHECK_AT(place, e4_record_load(&device.port, place, &record) ==
                            (place == 1 ? E4_OK : E4_ERR_STORAGE));
    }
}

TEST(a_whole_record_of_another_version_is_told_from_a_damaged_one)
{
    uint8_t bytes[124] = {1}, check[32];
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    CHECK(e4_record_store(&device.port, 1, &sample) == E4_OK);
    for (unsigned version = 0; version < 256; version++) {
        device.records[1][0] = (uint8_t)version;
        memcpy(bytes + 4, device.records[1], 120);
        e4_sha3_256(check, bytes, sizeof bytes);
        memcpy(device.records[1] + 120, check, 8);
        CHECK_AT(version, e4_record_load(&device.port, 1, &record) ==
                              (version == 1 ? E4_OK : E4_ERR_VERSION));
    }
}

TEST(a_port_that_fails_is_a_storage_error)
{
    struct e4_record record;

    device_init(&device, E4_SYMMETRIC, "alice");
    device.memory.fail_store = true;
    CHECK(e4_record_store(&device.port, 1, &sample) == E4_ERR_STORAGE);
    CHECK(e4_record_load(&device.port, 1, &record) == E4_OK && record.kind == E4_RECORD_BLANK);
    device.memory.fail_load = true;
    memset(&record, 0xA5, sizeof record);
    CHECK(e4_record_load(&device.port, 1, &record) == E4_ERR_STORAGE);
    CHECK(all_zero(&record, sizeof record));
}

LAWS(LAW(a_record_comes_back_as_it_was_stored), LAW(a_record_has_these_bytes),
     LAW(a_place_never_stored_reads_as_blank), LAW(a_flipped_bit_is_found_wherever_it_is),
     LAW(a_record_counts_at_its_own_place_only),
     LAW(a_whole_record_of_another_version_is_told_from_a_damaged_one),
     LAW(a_port_that_fails_is_a_storage_error))
