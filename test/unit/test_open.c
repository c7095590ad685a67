/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/open.c: a stored client is taken up whole, or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/record.h"
#include "crypto/sha3.h"
#include "fixture.h"
#include "law.h"

static struct device device, before;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* Topics set, replaced and removed; a peer held and one removed. */
static void live(enum e4_mode mode)
{
    struct e4_command command[] = {
        set_topic("a", 10), set_topic("b", 11),  set_topic("b", 12),  set_topic("c", 13),
        remove_topic("c"),  set_peer("bob", 20), set_peer("eve", 21), remove_peer("eve"),
    };

    device_make(&device, mode, "alice");
    for (size_t i = 0; i < (mode == E4_SYMMETRIC ? 5 : COUNT(command)); i++) {
        device.memory.now_s++;
        CHECK_AT(i, order(&device, &command[i]) == E4_OK);
    }
    memset(&device.trip, 0, sizeof device.trip);
    before = device;
}

static enum e4_result open_again(void)
{
    return device_restart(&device);
}

/* Nothing of a client is left in memory, and storage is as it was. */
static bool refused_cleanly(void)
{
    return all_zero(&device.client, sizeof device.client) &&
           all_zero(device.topics, device.config.topic_count * sizeof device.topics[0]) &&
           (device.config.signer == NULL || all_zero(&device.signer, sizeof device.signer)) &&
           memcmp(device.records, before.records, sizeof before.records) == 0;
}

/* Has each slot a place of its own? */
static bool places_are_shared_out(void)
{
    bool used[DEVICE_PLACES] = {true};

    for (unsigned i = 0; i < device.config.topic_count + device.config.peer_count; i++) {
        unsigned place = i < device.config.topic_count
                             ? device.topics[i].entry.place
                             : device.peers[i - device.config.topic_count].entry.place;

        if (place >= e4_places(&device.config) || used[place])
            return false;
        used[place] = true;
    }
    return true;
}

TEST(where_nothing_was_stored_there_is_nothing_to_open)
{
    static struct e4_record blank;

    device_init(&device, E4_SYMMETRIC, "alice");
    before = device;
    CHECK(e4_open(&device.client, &device.config) == E4_ERR_EMPTY);
    CHECK(refused_cleanly());
    live(E4_SYMMETRIC);
    CHECK(e4_record_store(&device.port, 0, &blank) == E4_OK);
    before = device;
    CHECK(open_again() == E4_ERR_EMPTY && refused_cleanly());
}

TEST(what_was_stored_opens_to_the_same_and_nothing_is_written)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        live(both_modes[m]);
        for (int times = 0; times < 3; times++) {
            CHECK_AT(m, open_again() == E4_OK);
            CHECK_AT(m, device_state(&device) == device_state(&before));
            CHECK_AT(m, e4_client_command_time(&device.client) ==
                            e4_client_command_time(&before.client));
            CHECK_AT(m, device.trip.stores == 0 && places_are_shared_out());
        }
    }
}

TEST(one_flipped_bit_in_any_record_keeps_the_client_shut)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        live(both_modes[m]);
        for (unsigned place = 0; place < DEVICE_PLACES; place++) {
            for (unsigned i = 0; device.stored[place] && i < E4_RECORD_SIZE; i++) {
                device.records[place][i] ^= (uint8_t)(1 << i % 8);
                before = device;
                CHECK_AT(place * 1000 + i, open_again() == E4_ERR_STORAGE);
                CHECK_AT(place * 1000 + i, refused_cleanly());
                device.records[place][i] ^= (uint8_t)(1 << i % 8);
            }
        }
        CHECK_AT(m, open_again() == E4_OK);
    }
}

TEST(records_that_changed_places_keep_the_client_shut)
{
    uint8_t record[E4_RECORD_SIZE];

    live(E4_PUBLIC_KEY);
    for (unsigned a = 0; a < DEVICE_PLACES; a++) {
        for (unsigned b = 0; b < a; b++) {
            if (!device.stored[a] || !device.stored[b])
                continue;
            memcpy(record, device.records[a], sizeof record);
            memcpy(device.records[a], device.records[b], sizeof record);
            memcpy(device.records[b], record, sizeof record);
            CHECK_AT(a * 100 + b, open_again() == E4_ERR_STORAGE);
            memcpy(device.records[b], device.records[a], sizeof record);
            memcpy(device.records[a], record, sizeof record);
        }
    }
    CHECK(open_again() == E4_OK);
}

TEST(kinds_that_do_not_belong_to_a_place_keep_the_client_shut)
{
    static const struct {
        unsigned place;
        uint8_t kind;
        enum e4_result want;
    } row[] = {
        {0, E4_RECORD_TOPIC, E4_ERR_STORAGE},
        {0, E4_RECORD_PEER_REMOVED, E4_ERR_STORAGE},
        {0, 6, E4_ERR_STORAGE},
        {1, E4_RECORD_IDENTITY, E4_ERR_STORAGE},
        {1, 6, E4_ERR_STORAGE},
        {1, 255, E4_ERR_STORAGE},
        {1, E4_RECORD_BLANK, E4_OK},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_record record;

        live(E4_SYMMETRIC);
        CHECK_AT(i, e4_record_load(&device.port, row[i].place, &record) == E4_OK);
        record.kind = row[i].kind;
        CHECK_AT(i, e4_record_store(&device.port, row[i].place, &record) == E4_OK);
        before = device;
        CHECK_AT(i, open_again() == row[i].want);
        CHECK_AT(i, row[i].want == E4_OK || refused_cleanly());
    }
}

TEST(a_record_of_a_newer_version_is_told)
{
    for (unsigned place = 0; place < 4; place++) {
        uint8_t bytes[124] = {0}, check[32];

        live(E4_SYMMETRIC);
        device.records[place][0] = 2;
        bytes[0] = (uint8_t)place;
        memcpy(bytes + 4, device.records[place], 120);
        e4_sha3_256(check, bytes, sizeof bytes);
        memcpy(device.records[place] + 120, check, 8);
        before = device;
        CHECK_AT(place, open_again() == E4_ERR_VERSION && refused_cleanly());
    }
}

TEST(a_load_that_fails_keeps_the_client_shut_until_it_works)
{
    for (unsigned nth = 1; nth <= 2 * DEVICE_PLACES - 1; nth++) {
        live(E4_PUBLIC_KEY);
        device_trip_load(&device, nth);
        CHECK_AT(nth, e4_open(&device.client, &device.config) == E4_ERR_STORAGE);
        CHECK_AT(nth, device.trip.loads == nth && refused_cleanly());
        CHECK_AT(nth, open_again() == E4_OK);
        CHECK_AT(nth, device_state(&device) == device_state(&before));
    }
}

TEST(public_key_clients_need_what_public_key_clients_need)
{
    live(E4_PUBLIC_KEY);
    device.config.public_key = NULL;
    CHECK(open_again() == E4_ERR_MODE);
    device.config.public_key = &e4_public_key_mode;
    device.config.signer = NULL;
    CHECK(open_again() == E4_ERR_MODE);
    device.config.signer = &device.signer;
    device.config.receiving_topic = "a/#";
    CHECK(open_again() == E4_ERR_ARGUMENT);
    device.config.receiving_topic = NULL;
    CHECK(open_again() == E4_OK);
}

TEST(larger_tables_take_the_client_and_smaller_ones_do_not)
{
    struct e4_command command = set_topic("d", 15);

    device_init(&device, E4_SYMMETRIC, "alice");
    device.config.topic_count = 2;
    CHECK(e4_create(&device.client, &device.config, &device.identity) == E4_OK);
    CHECK(order(&device, &command) == E4_OK);
    before = device;
    device.config.topic_count = 1;
    CHECK(open_again() == E4_ERR_FULL && refused_cleanly());
    device.config.topic_count = 5;
    CHECK(open_again() == E4_OK && places_are_shared_out());
    CHECK(device_state(&device) == device_state(&before));
    CHECK(device.trip.stores == 1); /* to remember that there are more places now */
    before = device;
    device.config.topic_count = 4;
    CHECK(open_again() == E4_ERR_FULL && refused_cleanly());
    device.config.topic_count = 6;
    before = device;
    device_trip_store(&device, TRIP_REFUSE, 1);
    CHECK(e4_open(&device.client, &device.config) == E4_ERR_STORAGE && refused_cleanly());
    CHECK(open_again() == E4_OK);
}

TEST(places_can_be_given_from_topics_to_peers_and_back)
{
    static const struct {
        uint16_t topics, peers;
        enum e4_result want;
    } row[] = {
        {8, 8, E4_OK},  {3, 13, E4_OK},       {2, 14, E4_ERR_FULL},
        {14, 2, E4_OK}, {15, 1, E4_ERR_FULL}, {4, 8, E4_ERR_FULL},
    };
    static struct e4_topic_slot topics[16];
    static struct e4_peer_slot peers[16];

    for (size_t i = 0; i < COUNT(row); i++) {
        uint16_t at = 0, held = 0;
        struct e4_held what;

        live(E4_PUBLIC_KEY); /* takes three topics and two peers, with the removed */
        device.config.topics = topics;
        device.config.peers = peers;
        device.config.topic_count = row[i].topics;
        device.config.peer_count = row[i].peers;
        CHECK_AT(i, open_again() == row[i].want);
        while (e4_next_topic(&device.client, &at, &what))
            held++;
        CHECK_AT(i, held == (row[i].want == E4_OK ? 2 : 0));
    }
}

TEST(time_goes_on_from_the_latest_that_was_reached)
{
    static const struct {
        uint64_t earliest_s, saved_s, command_s, want;
    } row[] = {
        {T0, T0 - 50, T0 - 100, T0},
        {T0, T0 + 50, T0 - 100, T0 + 50},
        {T0, T0 + 50, T0 + 90, T0 + 90},
        {T0 + 99, T0, T0, T0 + 99},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_command command = set_topic("a", 10);
        uint8_t frame[FRAME_MAX];
        size_t len;

        device_make(&device, E4_SYMMETRIC, "alice");
        device.memory.now_s = row[i].saved_s;
        CHECK_AT(i, e4_save(&device.client) == E4_OK);
        device.memory.now_s = row[i].command_s > T0 - 101 ? row[i].command_s : T0;
        CHECK_AT(i, order_at(&device, &command, row[i].command_s) == E4_OK);
        device.policy.earliest_s = row[i].earliest_s;
        CHECK_AT(i, open_again() == E4_OK);
        device.memory.now_s = 1000; /* a clock that starts at its beginning */
        CHECK_AT(i, send_text(&device, "a", "x", frame, &len) == E4_OK);
        CHECK_AT(i, frame[0] == (uint8_t)(row[i].want - 2));
        CHECK_AT(i, frame[1] == (uint8_t)((row[i].want - 2) >> 8));
    }
}

/* A message that was accepted comes again after a restart. */
static enum e4_result repeated_after_restart(bool keep_guard, bool refuse, bool clock)
{
    struct e4_seen_slot kept[DEVICE_SEEN];
    uint8_t frame[FRAME_MAX];
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "once", T0 - 1);

    live(E4_SYMMETRIC);
    CHECK(receive(&device, "a", frame, len) == E4_OK);
    CHECK(receive(&device, "a", frame, len) == E4_ERR_REPLAY);
    memcpy(kept, device.seen, sizeof kept);
    e4_close(&device.client);
    CHECK(memcmp(kept, device.seen, sizeof kept) == 0);
    device.policy.refuse_before_start = refuse;
    if (!clock)
        device.memory.now_s = 0;
    if (!keep_guard)
        memset(device.seen, 0, sizeof device.seen);
    CHECK(e4_open(&device.client, &device.config) == E4_OK);
    device.memory.now_s = T0 + 50;
    return receive(&device, "a", frame, len);
}

TEST(a_restart_forgets_messages_unless_the_guard_is_kept_or_the_policy_refuses_them)
{
    CHECK(repeated_after_restart(false, false, true) == E4_OK);
    CHECK(repeated_after_restart(true, false, true) == E4_ERR_REPLAY);
    CHECK(repeated_after_restart(false, true, true) == E4_ERR_STALE);
    CHECK(repeated_after_restart(false, true, false) == E4_ERR_STALE);
    CHECK(repeated_after_restart(true, true, true) == E4_ERR_REPLAY);
}

TEST(the_floor_of_the_guard_outlives_a_restart_with_every_store)
{
    struct e4_command command = set_topic("b", 16);
    uint8_t frame[FRAME_MAX];
    size_t len;

    live(E4_SYMMETRIC);
    device.config.seen_count = 9;
    CHECK(open_again() == E4_OK);
    for (unsigned i = 0; i < 9; i++) {
        len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "x", T0 - 40 + i);
        CHECK_AT(i, receive(&device, "a", frame, len) == E4_OK);
    }
    CHECK(order_at(&device, &command, device.client.command_s + 1) == E4_OK);
    CHECK(open_again() == E4_OK);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "x", T0 - 40);
    CHECK(receive(&device, "a", frame, len) == E4_ERR_STALE);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "y", T0 - 30);
    CHECK(receive(&device, "a", frame, len) == E4_OK);
}

TEST(a_kept_floor_that_a_flipped_bit_raised_is_lowered_to_where_messages_come_in_again)
{
    const struct e4_policy *policy = &e4_policy_default;
    uint8_t old[FRAME_MAX], new[FRAME_MAX], last[FRAME_MAX];
    size_t old_len = seal_message(old, E4_SYMMETRIC, 10, NULL, 0, "once", T0 - 1);
    size_t new_len, last_len;

    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t lowered_s, later_s;

        live(E4_SYMMETRIC);
        lowered_s = device.memory.now_s + policy->max_skew_s + 1;
        later_s = lowered_s + 1;
        CHECK_AT(bit, receive(&device, "a", old, old_len) == E4_OK);
        e4_close(&device.client);
        device.seen[0].sent_s |= (uint64_t)1 << bit;
        CHECK_AT(bit, e4_open(&device.client, &device.config) == E4_OK);
        CHECK_AT(bit, device.seen[0].sent_s <= lowered_s);
        CHECK_AT(bit, receive(&device, "a", old, old_len) == E4_ERR_REPLAY);
        device.memory.now_s = later_s;
        new_len = seal_message(new, E4_SYMMETRIC, 10, NULL, 0, "new", later_s);
        CHECK_AT(bit, receive(&device, "a", new, new_len) == E4_OK);
        CHECK_AT(bit, e4_save(&device.client) == E4_OK);
        CHECK_AT(bit, open_again() == E4_OK);
        last_len = seal_message(last, E4_SYMMETRIC, 10, NULL, 0, "last", later_s);
        CHECK_AT(bit, receive(&device, "a", last, last_len) == E4_OK);
    }
}

TEST(a_stored_floor_that_is_too_late_is_lowered_once_the_clock_is_set_at_the_start)
{
    uint8_t frame[FRAME_MAX];
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "x", T0 + 80);
    uint64_t now_s;

    live(E4_SYMMETRIC);
    now_s = device.memory.now_s;
    device.seen[0].sent_s = UINT64_MAX;
    CHECK(e4_save(&device.client) == E4_OK);
    device.memory.now_s = 0;
    CHECK(open_again() == E4_OK);
    CHECK(device.seen[0].sent_s == UINT64_MAX);
    device.memory.now_s = T0 + 80;
    CHECK(receive(&device, "a", frame, len) == E4_ERR_STALE);
    device.memory.now_s = now_s;
    CHECK(open_again() == E4_OK);
    CHECK(device.seen[0].sent_s == now_s + e4_policy_default.max_skew_s + 1);
    device.memory.now_s = T0 + 80;
    CHECK(receive(&device, "a", frame, len) == E4_OK);
}

TEST(a_kept_floor_that_messages_raised_stays_when_the_clock_goes_back)
{
    uint8_t frame[10][FRAME_MAX];
    size_t len[10];

    live(E4_SYMMETRIC);
    device.config.seen_count = 9;
    CHECK(open_again() == E4_OK);
    device.memory.now_s = T0 + 7200;
    for (unsigned i = 0; i < 10; i++) {
        len[i] = seal_message(frame[i], E4_SYMMETRIC, 10, NULL, 0, "x", T0 + 7100 + i);
        CHECK_AT(i, receive(&device, "a", frame[i], len[i]) == E4_OK);
    }
    CHECK(device.seen[0].sent_s == T0 + 7102);
    e4_close(&device.client);
    device.memory.now_s = T0;
    CHECK(e4_open(&device.client, &device.config) == E4_OK);
    CHECK(device.seen[0].sent_s == T0 + 7102);
    device.memory.now_s = T0 + 7200;
    CHECK(receive(&device, "a", frame[1], len[1]) == E4_ERR_STALE);
    CHECK(receive(&device, "a", frame[2], len[2]) == E4_ERR_REPLAY);
}

TEST(guard_memory_that_is_not_this_clients_own_is_cleared)
{
    uint8_t frame[FRAME_MAX], bystander[FRAME_MAX];
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "once", T0 - 1);

    for (int what = 0; what < 5; what++) {
        struct e4_seen_slot kept[DEVICE_SEEN];

        live(E4_SYMMETRIC);
        CHECK(receive(&device, "a", frame, len) == E4_OK);
        memcpy(kept, device.seen, sizeof kept);
        e4_close(&device.client);
        if (what == 1)
            memset(device.seen, 0xA5, sizeof device.seen); /* as RAM may be when power comes */
        if (what == 2)
            memset(device.seen, 0xFF, sizeof device.seen);
        if (what == 3) {
            device_make(&device, E4_SYMMETRIC, "mallory");
            memcpy(before.seen, device.seen, sizeof kept);
            live(E4_SYMMETRIC);
            memcpy(device.seen, before.seen, sizeof kept);
        }
        if (what == 4)
            device.config.seen_count = DEVICE_SEEN - 8; /* the sets lie elsewhere */
        CHECK_AT(what, e4_open(&device.client, &device.config) == E4_OK);
        CHECK_AT(what,
                 receive(&device, "a", frame, len) == (what == 0 ? E4_ERR_REPLAY : E4_OK));
        CHECK_AT(what, receive(&device, "a", frame, len) == E4_ERR_REPLAY);
        len = seal_message(bystander, E4_SYMMETRIC, 10, NULL, 0, "other", T0 - 500);
        CHECK_AT(what, receive(&device, "a", bystander, len) == E4_OK);
        len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "once", T0 - 1);
    }
}

TEST(two_records_of_one_name_keep_the_client_shut)
{
    for (unsigned i = 0; i < 2; i++) {
        struct e4_record record;

        live(E4_PUBLIC_KEY);
        CHECK(e4_record_load(&device.port, i == 0 ? 2 : 1 + DEVICE_TOPICS + 1, &record) ==
              E4_OK);
        CHECK(record.kind == (i == 0 ? E4_RECORD_TOPIC : E4_RECORD_PEER_REMOVED));
        CHECK(e4_record_store(&device.port, DEVICE_PLACES - 1, &record) == E4_OK);
        before = device;
        CHECK_AT(i, open_again() == E4_ERR_STORAGE && refused_cleanly());
    }
}

TEST(what_a_reset_could_not_overwrite_is_overwritten_when_opened)
{
    struct e4_command command = reset_topics();
    uint8_t key[E4_KEY_SIZE];

    key_of(key, 12);
    for (int how = TRIP_REFUSE; how <= TRIP_CUT_AFTER; how++) {
        live(E4_SYMMETRIC);
        device.memory.now_s++;
        device_trip_store(&device, (enum trip_how)how, 3); /* the place of topic b */
        CHECK_AT(how, order(&device, &command) == E4_OK);
        CHECK_AT(how, device_contains(&device, key, sizeof key) == (how != TRIP_CUT_AFTER));
        CHECK_AT(how, open_again() == E4_OK && places_are_shared_out());
        CHECK_AT(how, !device_contains(&device, key, sizeof key));
    }
}

static const char *numbered(unsigned n)
{
    static char name[12];

    (void)snprintf(name, sizeof name, "t%05u", n);
    return name;
}

TEST(a_client_of_many_topics_opens_and_finds_each)
{
    enum { MANY = LIBRARY_IS_SMALL ? 1000 : 65534 }; /* devices look at one after another */
    struct e4_topic_slot *topics = calloc(MANY, sizeof *topics);
    uint8_t(*records)[E4_RECORD_SIZE] = calloc(MANY + 1, sizeof *records);
    bool *stored = calloc(MANY + 1, sizeof *stored);
    struct e4_record record = {.kind = E4_RECORD_TOPIC, .epoch = 1, .command_s = T0};
    struct e4_command more = set_topic("one more", 2);
    uint8_t frame[FRAME_MAX];
    size_t len;

    assert_true(topics != NULL && records != NULL && stored != NULL);
    device_init(&device, E4_SYMMETRIC, "alice");
    device.config.topics = topics;
    device.config.topic_count = MANY;
    device.memory.records = records;
    device.memory.stored = stored;
    device.memory.count = MANY + 1;
    CHECK(e4_create(&device.client, &device.config, &device.identity) == E4_OK);
    for (unsigned n = 1; n <= MANY; n++) {
        const char *name = numbered(n);

        CHECK_AT(n, e4_topic_hash(record.name, name, strlen(name)) == E4_OK);
        key_of(record.key, 1000 + n);
        CHECK_AT(n, e4_record_store(&device.port, n, &record) == E4_OK);
    }
    CHECK(open_again() == E4_OK);
    len = seal_message(frame, E4_SYMMETRIC, 1001, NULL, 0, "first", T0);
    CHECK(receive(&device, "t00001", frame, len) == E4_OK);
    len = seal_message(frame, E4_SYMMETRIC, 1000 + MANY, NULL, 0, "last", T0);
    CHECK(receive(&device, numbered(MANY), frame, len) == E4_OK);
    CHECK(receive(&device, numbered(MANY + 1), frame, len) == E4_ERR_NO_TOPIC);
    CHECK(order_at(&device, &more, T0 + 1) == E4_ERR_FULL);
    CHECK(e4_hello(&device.client, frame, sizeof frame, &len) == E4_OK);
    e4_close(&device.client);
    CHECK(all_zero(topics, MANY * sizeof *topics));
    free(topics);
    free(records);
    free(stored);
}

LAWS(LAW(where_nothing_was_stored_there_is_nothing_to_open),
     LAW(what_was_stored_opens_to_the_same_and_nothing_is_written),
     LAW(one_flipped_bit_in_any_record_keeps_the_client_shut),
     LAW(records_that_changed_places_keep_the_client_shut),
     LAW(kinds_that_do_not_belong_to_a_place_keep_the_client_shut),
     LAW(a_record_of_a_newer_version_is_told),
     LAW(a_load_that_fails_keeps_the_client_shut_until_it_works),
     LAW(public_key_clients_need_what_public_key_clients_need),
     LAW(larger_tables_take_the_client_and_smaller_ones_do_not),
     LAW(places_can_be_given_from_topics_to_peers_and_back),
     LAW(time_goes_on_from_the_latest_that_was_reached),
     LAW(a_restart_forgets_messages_unless_the_guard_is_kept_or_the_policy_refuses_them),
     LAW(the_floor_of_the_guard_outlives_a_restart_with_every_store),
     LAW(a_kept_floor_that_a_flipped_bit_raised_is_lowered_to_where_messages_come_in_again),
     LAW(a_stored_floor_that_is_too_late_is_lowered_once_the_clock_is_set_at_the_start),
     LAW(a_kept_floor_that_messages_raised_stays_when_the_clock_goes_back),
     LAW(guard_memory_that_is_not_this_clients_own_is_cleared),
     LAW(two_records_of_one_name_keep_the_client_shut),
     LAW(what_a_reset_could_not_overwrite_is_overwritten_when_opened),
     LAW(a_client_of_many_topics_opens_and_finds_each))
