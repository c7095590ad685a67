/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/client.c: configurations, and making a new client. */
#include <string.h>

#include "fixture.h"
#include "law.h"

static struct device device, before;
static char long_name[E4_TOPIC_MAX + 2]; /* longer than a topic by one */

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

static enum e4_result create(void)
{
    return e4_create(&device.client, &device.config, &device.identity);
}

/* Give the device a life to be replaced: topics, a removed topic, a replaced key, peers. */
static void live(void)
{
    struct e4_command command[] = {set_topic("a", 10), set_topic("b", 11), set_topic("b", 12),
                                   set_topic("c", 13), remove_topic("c")};

    for (size_t i = 0; i < COUNT(command); i++) {
        device.memory.now_s++;
        CHECK_AT(i, order(&device, &command[i]) == E4_OK);
    }
    if (device.identity.mode == E4_PUBLIC_KEY) {
        struct e4_command reset = reset_peers(), peer = set_peer("bob", 20);

        for (int times = 0; times < 3; times++, device.memory.now_s++)
            CHECK(order(&device, &reset) == E4_OK);
        CHECK(order(&device, &peer) == E4_OK);
    }
}

TEST(structs_are_as_large_as_the_header_says)
{
    CHECK(sizeof(struct e4_client) <= 128);
    CHECK(sizeof(struct e4_topic_slot) == 104 && sizeof(struct e4_peer_slot) == 64);
    CHECK(sizeof(struct e4_seen_slot) == 16 && sizeof(struct e4_sent_slot) == 8);
    CHECK(sizeof(struct e4_signer) == 96);
    CHECK(sizeof(struct e4_cache) <= 312);
}

TEST(the_policy_by_default_is_that_of_the_header)
{
    static const struct e4_policy want = {600, 60, 3600, 2, 0, false, false, false, false};

    CHECK(e4_policy_default.max_age_s == want.max_age_s);
    CHECK(e4_policy_default.max_skew_s == want.max_skew_s);
    CHECK(e4_policy_default.transition_s == want.transition_s);
    CHECK(e4_policy_default.back_date_s == want.back_date_s);
    CHECK(e4_policy_default.earliest_s == want.earliest_s);
    CHECK(!e4_policy_default.unknown_senders && !e4_policy_default.report_repeats);
    CHECK(!e4_policy_default.refuse_before_start && !e4_policy_default.send_empty);
}

TEST(a_client_has_a_place_for_itself_each_topic_and_each_peer)
{
    struct e4_config config = {.topic_count = 3, .peer_count = 4};

    CHECK(e4_places(&config) == 8);
    config.topic_count = 65534;
    config.peer_count = 0;
    CHECK(e4_places(&config) == 65535);
}

TEST(counts_out_of_range_are_refused_and_store_nothing)
{
    static const struct {
        uint16_t topics, sent, peers;
        uint32_t seen;
        bool with_peers;
        enum e4_result want;
    } row[] = {
        {8, 8, 8, 129, true, E4_OK},
        {1, 1, 1, 9, true, E4_OK},
        {1, 1, 0, 9, false, E4_OK},
        {1, 1, 0, 9, true, E4_OK},
        {0, 8, 8, 129, true, E4_ERR_ARGUMENT},
        {8, 0, 8, 129, true, E4_ERR_ARGUMENT},
        {8, 8, 8, 8, true, E4_ERR_ARGUMENT},
        {8, 8, 8, 0, true, E4_ERR_ARGUMENT},
        {8, 8, 8, 129, false, E4_ERR_ARGUMENT},
        {65535, 8, 0, 129, true, E4_ERR_ARGUMENT},
        {65534, 8, 1, 129, true, E4_ERR_ARGUMENT},
        {32768, 8, 32767, 129, true, E4_ERR_ARGUMENT},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        device_init(&device, E4_PUBLIC_KEY, "alice");
        device.config.topic_count = row[i].topics;
        device.config.sent_count = row[i].sent;
        device.config.seen_count = row[i].seen;
        device.config.peer_count = row[i].peers;
        if (!row[i].with_peers)
            device.config.peers = NULL;
        CHECK_AT(i, create() == row[i].want);
        CHECK_AT(i, (device.trip.stores > 0) == (row[i].want == E4_OK));
        if (row[i].want != E4_OK)
            CHECK_AT(i, e4_open(&device.client, &device.config) == row[i].want);
    }
}

TEST(an_identity_that_is_no_good_is_refused_and_storage_stays)
{
    static const struct {
        enum e4_mode mode;
        bool zero_key, zero_server, no_mode, no_signer;
        const char *receiving;
        enum e4_result want;
    } row[] = {
        {E4_SYMMETRIC, .want = E4_OK},
        {E4_SYMMETRIC, .zero_key = true, .want = E4_ERR_ARGUMENT},
        {E4_SYMMETRIC, .receiving = "my/topic", .want = E4_OK},
        {E4_SYMMETRIC, .receiving = "", .want = E4_ERR_ARGUMENT},
        {E4_SYMMETRIC, .receiving = "my/#", .want = E4_ERR_ARGUMENT},
        {E4_SYMMETRIC, .receiving = long_name + 1, .want = E4_OK},
        {E4_SYMMETRIC, .receiving = long_name, .want = E4_ERR_ARGUMENT},
        {E4_SYMMETRIC, .no_mode = true, .no_signer = true, .want = E4_OK},
        {E4_PUBLIC_KEY, .want = E4_OK},
        {E4_PUBLIC_KEY, .zero_key = true, .want = E4_ERR_ARGUMENT},
        {E4_PUBLIC_KEY, .zero_server = true, .want = E4_ERR_ARGUMENT},
        {E4_PUBLIC_KEY, .no_mode = true, .want = E4_ERR_MODE},
        {E4_PUBLIC_KEY, .no_signer = true, .want = E4_ERR_MODE},
        {(enum e4_mode)0, .want = E4_ERR_MODE},
        {(enum e4_mode)3, .want = E4_ERR_MODE},
    };

    memset(long_name, 't', sizeof long_name - 1);
    for (size_t i = 0; i < COUNT(row); i++) {
        device_make(&device, E4_PUBLIC_KEY, "older");
        before = device;
        device.identity.mode = row[i].mode;
        id_of(device.identity.id, "alice");
        if (row[i].zero_key)
            memset(device.identity.key, 0, E4_KEY_SIZE);
        if (row[i].zero_server)
            memset(device.identity.server_key, 0, E4_KEY_SIZE);
        if (row[i].no_mode)
            device.config.public_key = NULL;
        if (row[i].no_signer)
            device.config.signer = NULL;
        device.config.receiving_topic = row[i].receiving;
        CHECK_AT(i, create() == row[i].want);
        if (row[i].want == E4_OK)
            continue;
        CHECK_AT(i, memcmp(device.records, before.records, sizeof before.records) == 0);
        CHECK_AT(i, all_zero(&device.client, sizeof device.client));
        CHECK_AT(i, row[i].no_signer || all_zero(&device.signer, sizeof device.signer));
    }
}

TEST(a_new_client_says_who_it_is)
{
    uint8_t public_key[E4_KEY_SIZE];

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        device_make(&device, both_modes[m], "alice");
        for (int opened = 0; opened < 2; opened++) {
            CHECK(e4_client_mode(&device.client) == both_modes[m]);
            CHECK(memcmp(e4_client_id(&device.client), device.identity.id, E4_ID_SIZE) == 0);
            CHECK(e4_client_command_time(&device.client) == 0);
            CHECK(device_restart(&device) == E4_OK);
        }
    }
    public_of(public_key, 1);
    CHECK(memcmp(e4_client_public_key(&device.client), public_key, E4_KEY_SIZE) == 0);
    device_make(&device, E4_SYMMETRIC, "alice");
    CHECK(e4_client_public_key(&device.client) == NULL);
}

TEST(a_client_names_its_key_without_giving_it_away)
{
    struct e4_command other = {.type = E4_SET_ID_KEY, .key = {77}};
    uint8_t print[16], want[16], public_key[E4_KEY_SIZE];

    device_make(&device, E4_SYMMETRIC, "alice");
    for (int opened = 0; opened < 2; opened++) {
        e4_fingerprint(want, device.identity.key);
        e4_client_fingerprint(&device.client, print);
        CHECK(memcmp(print, want, sizeof want) == 0);
        CHECK(device_restart(&device) == E4_OK);
    }
    CHECK(e4_apply(&device.client, &other) == E4_OK);
    e4_fingerprint(want, other.key);
    e4_client_fingerprint(&device.client, print);
    CHECK(memcmp(print, want, sizeof want) == 0);
    device_make(&device, E4_PUBLIC_KEY, "alice");
    public_of(public_key, 1);
    e4_fingerprint(want, public_key);
    e4_client_fingerprint(&device.client, print);
    CHECK(memcmp(print, want, sizeof want) == 0);
}

TEST(a_new_client_is_one_record)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        device_make(&device, both_modes[m], "alice");
        CHECK(device.memory.stores == 1 && device.stored[0]);
    }
}

TEST(creating_replaces_a_client_of_any_kind_and_leaves_no_key_of_it)
{
    for (size_t m = 0; m < 4; m++) {
        uint8_t key[E4_KEY_SIZE], public_key[E4_KEY_SIZE];
        uint16_t at = 0;
        struct e4_held held;

        device_init(&device, E4_PUBLIC_KEY, "older");
        device.identity.mode = both_modes[m / 2];
        CHECK_AT(m, create() == E4_OK);
        live();
        device.identity.mode = both_modes[m % 2];
        device_rekey(&device, 5);
        id_of(device.identity.id, "newer");
        CHECK_AT(m, create() == E4_OK);
        for (int opened = 0; opened < 2; opened++) {
            CHECK_AT(m, e4_client_mode(&device.client) == both_modes[m % 2]);
            CHECK_AT(m, !e4_next_topic(&device.client, &at, &held));
            CHECK_AT(m, !e4_next_peer(&device.client, &at, &held));
            CHECK_AT(m, e4_client_command_time(&device.client) == 0);
            for (unsigned n = 10; n <= 13; n++) {
                key_of(key, n);
                CHECK_AT(m, !device_contains(&device, key, sizeof key));
            }
            key_of(key, 1);
            public_of(public_key, 20);
            CHECK_AT(m, !device_contains(&device, key, sizeof key));
            CHECK_AT(m, !device_contains(&device, public_key, sizeof public_key));
            CHECK_AT(m, device_restart(&device) == E4_OK);
        }
        live();
    }
}

TEST(creating_clears_the_guard_and_what_was_sent)
{
    device_make(&device, E4_SYMMETRIC, "alice");
    memset(device.seen, 0xA5, sizeof device.seen);
    memset(device.sent, 0xA5, sizeof device.sent);
    CHECK(create() == E4_OK);
    CHECK(all_zero(device.seen + 1, sizeof device.seen - sizeof device.seen[0]));
    CHECK(device.seen[0].sent_s == 1); /* the floor, as low as it gets */
    CHECK(all_zero(device.sent, sizeof device.sent));
}

TEST(creating_over_damaged_places_makes_a_sound_client)
{
    for (unsigned bits = 1; bits < 1U << 8; bits++) {
        device_make(&device, E4_SYMMETRIC, "older");
        live();
        for (unsigned place = 0; place < 8; place++) {
            device.stored[place] = true;
            if (bits >> place & 1)
                device.records[place][33] ^= 0x10;
        }
        id_of(device.identity.id, "newer");
        CHECK_AT(bits, create() == E4_OK);
        live();
        before = device;
        CHECK_AT(bits, device_restart(&device) == E4_OK);
        CHECK_AT(bits, device_state(&device) == device_state(&before));
    }
}

/* Create a client over an older one, with storage going wrong on the way. */
static void check_create_trip(enum trip_how how, unsigned nth, bool damaged, uint64_t old_state)
{
    enum e4_result result, opened;
    uint8_t old_id[E4_ID_SIZE];

    memcpy(old_id, device.identity.id, E4_ID_SIZE);
    id_of(device.identity.id, "newer");
    device_trip_store(&device, how, nth);
    result = create();
    CHECK_AT(nth, result == E4_OK || result == E4_ERR_STORAGE);
    CHECK_AT(nth, result == E4_OK || all_zero(&device.client, sizeof device.client));
    opened = device_restart(&device);
    if (opened == E4_OK && memcmp(e4_client_id(&device.client), old_id, E4_ID_SIZE) == 0)
        CHECK_AT(nth, result != E4_OK && !damaged && device_state(&device) == old_state);
    else if (opened == E4_OK)
        CHECK_AT(nth, e4_client_command_time(&device.client) == 0);
    else
        CHECK_AT(nth, damaged && result != E4_OK);
}

TEST(power_cut_while_creating_leaves_the_old_client_or_the_new)
{
    uint64_t old_state;

    for (int damaged = 0; damaged < 2; damaged++) {
        for (int how = TRIP_REFUSE; how <= TRIP_CUT_AFTER; how++) {
            for (unsigned nth = 1; nth <= DEVICE_PLACES; nth++) {
                device_make(&device, E4_PUBLIC_KEY, "older");
                live();
                old_state = device_state(&device);
                if (damaged)
                    device.records[2][40] ^= 1;
                check_create_trip((enum trip_how)how, nth, damaged, old_state);
            }
        }
    }
}

TEST(what_creating_could_not_overwrite_never_counts_again)
{
    for (unsigned nth = 2; nth <= DEVICE_PLACES; nth++) {
        device_make(&device, E4_PUBLIC_KEY, "older");
        live();
        device_trip_store(&device, TRIP_REFUSE, nth);
        CHECK_AT(nth, create() == E4_OK);
        memset(&device.trip, 0, sizeof device.trip);
        for (int times = 0; times < 6; times++) {
            struct e4_command reset = times % 2 ? reset_topics() : reset_peers();

            device.memory.now_s++;
            CHECK_AT(nth, order(&device, &reset) == E4_OK);
            before = device;
            CHECK_AT(nth, device_restart(&device) == E4_OK);
            CHECK_AT(nth, device.client.topic_top == 0 && device.client.peer_top == 0);
            device = before; /* and on without that restart, which clears up */
        }
    }
}

TEST(what_lies_beyond_smaller_tables_never_counts_again)
{
    struct e4_command reset = reset_topics(), topic = set_topic("b", 11);

    device_make(&device, E4_SYMMETRIC, "older");
    live();
    for (int times = 0; times < 3; times++, device.memory.now_s++)
        CHECK(order(&device, &reset) == E4_OK);
    live();
    device.config.topic_count = 1;
    CHECK(create() == E4_OK);
    for (int times = 0; times < 6; times++) {
        device.memory.now_s++;
        CHECK_AT(times, order(&device, &reset) == E4_OK);
        before = device;
        device.config.topic_count = DEVICE_TOPICS;
        CHECK_AT(times, device_restart(&device) == E4_OK && device.client.topic_top == 0);
        device = before;
    }
    device.memory.now_s++;
    CHECK(order(&device, &topic) == E4_OK);
}

TEST(loads_that_fail_while_creating_do_no_harm)
{
    for (unsigned nth = 1; nth <= 2 * DEVICE_PLACES; nth++) {
        device_make(&device, E4_SYMMETRIC, "older");
        live();
        id_of(device.identity.id, "newer");
        device_trip_load(&device, nth);
        CHECK_AT(nth, create() == E4_OK);
        CHECK_AT(nth, device_restart(&device) == E4_OK);
        CHECK_AT(nth, device.client.topic_top == 0);
    }
}

TEST(a_new_client_counts_messages_before_it_as_sent_before_its_start_if_asked_to)
{
    struct e4_command command = set_topic("t", 10);
    uint8_t frame[FRAME_MAX];
    size_t len;

    device_init(&device, E4_SYMMETRIC, "alice");
    device.policy.refuse_before_start = true;
    CHECK(create() == E4_OK);
    device.memory.now_s = T0 + 100;
    CHECK(order(&device, &command) == E4_OK);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "early", T0 - 1);
    CHECK(receive(&device, "t", frame, len) == E4_ERR_STALE);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "later", T0);
    CHECK(receive(&device, "t", frame, len) == E4_OK);
}

LAWS(LAW(structs_are_as_large_as_the_header_says),
     LAW(the_policy_by_default_is_that_of_the_header),
     LAW(a_client_has_a_place_for_itself_each_topic_and_each_peer),
     LAW(counts_out_of_range_are_refused_and_store_nothing),
     LAW(an_identity_that_is_no_good_is_refused_and_storage_stays),
     LAW(a_new_client_says_who_it_is), LAW(a_client_names_its_key_without_giving_it_away),
     LAW(a_client_names_its_key_without_giving_it_away), LAW(a_new_client_is_one_record),
     LAW(creating_replaces_a_client_of_any_kind_and_leaves_no_key_of_it),
     LAW(creating_clears_the_guard_and_what_was_sent),
     LAW(creating_over_damaged_places_makes_a_sound_client),
     LAW(power_cut_while_creating_leaves_the_old_client_or_the_new),
     LAW(what_creating_could_not_overwrite_never_counts_again),
     LAW(what_lies_beyond_smaller_tables_never_counts_again),
     LAW(loads_that_fail_while_creating_do_no_harm),
     LAW(a_new_client_counts_messages_before_it_as_sent_before_its_start_if_asked_to))
