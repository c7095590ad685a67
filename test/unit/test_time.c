/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of time: how old a frame may be, and what a clock can do that is unset, or jumps. */
#include <string.h>

#include "crypto/load.h"
#include "fixture.h"
#include "law.h"

static struct device device, before;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

static void make(enum e4_mode mode)
{
    struct e4_command topic = set_topic("t", 10), peer = set_peer("bob", 20);

    device_make(&device, mode, "alice");
    CHECK(e4_apply(&device.client, &topic) == E4_OK);
    CHECK(mode == E4_SYMMETRIC || e4_apply(&device.client, &peer) == E4_OK);
}

static enum e4_result message_sent(uint64_t sent_s)
{
    uint8_t frame[FRAME_MAX];
    size_t len = seal_message(frame, device.identity.mode, 10, "bob", 20, "hello", sent_s);

    return receive(&device, "t", frame, len);
}

static enum e4_result command_sent(uint64_t sent_s)
{
    struct e4_command command = set_topic("c", 11);

    return order_at(&device, &command, sent_s);
}

static const struct {
    uint64_t now_s, sent_s;
    uint32_t max_age_s, max_skew_s;
    enum e4_result want;
} edge[] = {
    {T0, T0, 600, 60, E4_OK},
    {T0, T0 - 600, 600, 60, E4_OK},
    {T0, T0 - 601, 600, 60, E4_ERR_STALE},
    {T0, T0 + 60, 600, 60, E4_OK},
    {T0, T0 + 61, 600, 60, E4_ERR_FUTURE},
    {T0, T0, 0, 0, E4_OK},
    {T0, T0 - 1, 0, 0, E4_ERR_STALE},
    {T0, T0 + 1, 0, 0, E4_ERR_FUTURE},
    {T0, T0 + UINT32_MAX, UINT32_MAX, UINT32_MAX, E4_OK},
    {T0, T0 + UINT32_MAX + 1ULL, UINT32_MAX, UINT32_MAX, E4_ERR_FUTURE},
    {T0, 1, UINT32_MAX, UINT32_MAX, E4_OK},
    {T0, 0, 600, 60, E4_ERR_STALE},
    {T0, 1ULL << 63, 600, 60, E4_ERR_FUTURE},
    {T0, UINT64_MAX, 600, 60, E4_ERR_FUTURE},
    {T0, T0 + (1ULL << 32), 600, 60, E4_ERR_FUTURE},
    {T0, T0 - (1ULL << 32), 600, 60, E4_ERR_FUTURE},
    {1ULL << 63, T0, 600, 60, E4_ERR_STALE},
    {1ULL << 63, (1ULL << 63) - 600, 600, 60, E4_OK},
    {UINT64_MAX, UINT64_MAX, 600, 60, E4_OK},
    {UINT64_MAX, UINT64_MAX - 600, 600, 60, E4_OK},
    {UINT64_MAX, UINT64_MAX - 601, 600, 60, E4_ERR_STALE},
    {UINT64_MAX, 0, 600, 60, E4_ERR_STALE},
    {UINT64_MAX - 3, UINT64_MAX, 600, 60, E4_OK},
    {10, 5, 600, 60, E4_OK},
    {10, 70, 600, 60, E4_OK},
    {10, 71, 600, 60, E4_ERR_FUTURE},
};

TEST(frames_are_as_old_as_the_policy_allows_and_no_older_nor_newer)
{
    for (size_t i = 0; i < 2 * COUNT(edge); i++) {
        size_t r = i / 2;

        make(both_modes[i % 2]);
        device.memory.now_s = edge[r].now_s;
        device.policy.max_age_s = edge[r].max_age_s;
        device.policy.max_skew_s = edge[r].max_skew_s;
        CHECK_AT(r, message_sent(edge[r].sent_s) == edge[r].want);
        CHECK_AT(r, command_sent(edge[r].sent_s) == edge[r].want);
    }
}

TEST(a_frame_that_is_too_old_says_when_it_was_sent_and_what_the_time_was)
{
    struct e4_topic topic = topic_of("t");
    uint8_t frame[FRAME_MAX], text[10];
    struct e4_opened opened;
    struct e4_command command = set_topic("c", 11);
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "hello", T0 - 700);

    make(E4_SYMMETRIC);
    CHECK(e4_unprotect(&device.client, &topic, text, 10, &opened, frame, len) == E4_ERR_STALE);
    CHECK(opened.sent_s == T0 - 700 && opened.now_s == T0);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "hello", T0 + 700);
    CHECK(e4_unprotect(&device.client, &topic, text, 10, &opened, frame, len) == E4_ERR_FUTURE);
    CHECK(opened.sent_s == T0 + 700 && opened.now_s == T0);
    len = seal_command(frame, &device, &command, T0 - 700);
    CHECK(take_command(&device, &opened, frame, len) == E4_ERR_STALE);
    CHECK(opened.sent_s == T0 - 700 && opened.now_s == T0 && opened.command == 0);
    CHECK(all_zero(opened.tag, sizeof opened.tag));
}

TEST(age_is_told_before_anything_that_needs_a_key)
{
    uint8_t frame[FRAME_MAX];
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 11, "nobody", 99, "hello", T0 - 700);

    make(E4_PUBLIC_KEY);
    CHECK(receive(&device, "t", frame, len) == E4_ERR_STALE);
    CHECK(command_sent(T0 - 700) == E4_ERR_STALE);
    device_rekey(&device, 99);
    CHECK(command_sent(T0 - 700) == E4_ERR_STALE);
    CHECK(command_sent(T0) == E4_ERR_FORGED);
}

TEST(without_a_clock_no_message_is_opened_or_protected)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        make(both_modes[m]);
        device.memory.now_s = 0;
        before = device;
        CHECK(message_sent(T0) == E4_ERR_CLOCK);
        CHECK(send_text(&device, "t", "x", frame, &len) == E4_ERR_CLOCK);
        CHECK(device_same(&device, &before));
    }
}

TEST(without_a_clock_the_first_authentic_command_sets_it)
{
    struct e4_command first = set_topic("c", 11);
    uint8_t frame[FRAME_MAX];
    struct e4_opened opened;
    size_t len;

    make(E4_SYMMETRIC);
    device.memory.now_s = 0;
    len = seal_command(frame, &device, &first, T0 + 12345);
    frame[30] ^= 1;
    CHECK(take_command(&device, &opened, frame, len) == E4_ERR_FORGED);
    CHECK(device.memory.now_s == 0);
    frame[30] ^= 1;
    CHECK(take_command(&device, &opened, frame, len) == E4_OK);
    CHECK(opened.sent_s == T0 + 12345 && opened.now_s == T0 + 12345);
    CHECK(device.memory.now_s == T0 + 12345);
    CHECK(message_sent(T0 + 12345) == E4_OK && message_sent(T0) == E4_ERR_STALE);
    CHECK(command_sent(T0 + 99999) == E4_ERR_FUTURE); /* the first command only */
}

TEST(a_command_that_was_not_carried_out_sets_no_clock)
{
    struct e4_command bad = set_topic("c", 10); /* the key of t */

    make(E4_SYMMETRIC);
    device.memory.now_s = 0;
    CHECK(order_at(&device, &bad, T0) == E4_ERR_COMMAND);
    CHECK(device.memory.now_s == 0);
    device_trip_store(&device, TRIP_REFUSE, 1);
    CHECK(command_sent(T0) == E4_ERR_STORAGE && device.memory.now_s == 0);
    CHECK(command_sent(T0) == E4_OK && device.memory.now_s == T0);
}

TEST(a_clock_that_cannot_be_set_takes_no_command)
{
    make(E4_SYMMETRIC);
    device.port.set_clock = NULL;
    device.memory.now_s = 0;
    before = device;
    CHECK(command_sent(T0) == E4_ERR_CLOCK);
    CHECK(device_same(&device, &before));
    device.memory.now_s = T0;
    CHECK(command_sent(T0) == E4_OK);
}

static void leave_clock(void *ctx, uint64_t now_s)
{
    (void)ctx;
    (void)now_s;
}

TEST(a_clock_that_stays_unset_goes_by_commands_and_forward_only)
{
    static const struct {
        uint64_t sent_s;
        enum e4_result want;
    } row[] = {
        {T0 - 1, E4_ERR_STALE}, {T0, E4_OK},         {T0 + 5, E4_OK},
        {T0 + 4, E4_ERR_STALE}, {T0 + 99999, E4_OK}, {T0 + 5, E4_ERR_STALE},
    };

    make(E4_SYMMETRIC);
    CHECK(e4_save(&device.client) == E4_OK); /* the time has reached T0 */
    device.port.set_clock = leave_clock;
    device.memory.now_s = 0;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_command command = set_topic("c", 20 + (unsigned)i);

        CHECK_AT(i, order_at(&device, &command, row[i].sent_s) == row[i].want);
        if (i == 3)
            CHECK_AT(i, device_restart(&device) == E4_OK);
    }
}

TEST(time_does_not_run_below_the_newest_command_nor_the_policys_earliest)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(E4_SYMMETRIC);
    CHECK(command_sent(T0 + 60) == E4_OK);
    device.memory.now_s = 1000;
    CHECK(message_sent(T0 + 60 - 600) == E4_OK && message_sent(T0 + 60 - 601) == E4_ERR_STALE);
    CHECK(send_text(&device, "t", "x", frame, &len) == E4_OK);
    CHECK(e4_load_le64(frame) == T0 + 58);
    CHECK(e4_save(&device.client) == E4_OK);
    device.policy.earliest_s = T0 + 5000;
    CHECK(device_restart(&device) == E4_OK);
    CHECK(send_text(&device, "t", "x", frame, &len) == E4_OK);
    CHECK(e4_load_le64(frame) == T0 + 4998);
}

TEST(a_refused_command_does_not_move_the_time)
{
    struct e4_command bad = set_topic("c", 10);
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(E4_SYMMETRIC);
    CHECK(order_at(&device, &bad, T0 + 60) == E4_ERR_COMMAND);
    CHECK(send_text(&device, "t", "x", frame, &len) == E4_OK);
    CHECK(e4_load_le64(frame) == T0 - 2);
}

TEST(what_is_sent_is_back_dated_as_the_policy_says)
{
    static const struct {
        uint64_t now_s;
        uint32_t back_date_s;
        uint64_t want;
    } row[] = {{T0, 2, T0 - 2}, {T0, 0, T0}, {T0, 100, T0 - 100}, {5, 4, 1},
               {5, 5, 0},       {5, 6, 0},   {T0, UINT32_MAX, 0}, {1, 2, 0}};

    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t frame[FRAME_MAX];
        size_t len;

        make(E4_SYMMETRIC);
        device.memory.now_s = row[i].now_s;
        device.policy.back_date_s = row[i].back_date_s;
        CHECK_AT(i, send_text(&device, "t", "x", frame, &len) == E4_OK);
        CHECK_AT(i, e4_load_le64(frame) == row[i].want);
    }
}

static enum e4_result broken_clock(void *ctx, uint64_t *now_s)
{
    (void)ctx;
    *now_s = T0 + 1000000; /* not to be believed */
    return E4_ERR_STORAGE;
}

TEST(any_error_of_the_clock_is_a_clock_that_is_not_set)
{
    make(E4_SYMMETRIC);
    device.port.now = broken_clock;
    device.port.set_clock = NULL;
    CHECK(message_sent(T0) == E4_ERR_CLOCK && command_sent(T0) == E4_ERR_CLOCK);
    CHECK(e4_save(&device.client) == E4_ERR_CLOCK);
}

TEST(without_a_clock_an_application_replaces_keys_at_the_time_that_was_reached)
{
    struct e4_command command = set_topic("t", 11);

    make(E4_SYMMETRIC);
    CHECK(e4_save(&device.client) == E4_OK); /* at T0 */
    device.port.now = broken_clock;
    CHECK(e4_apply(&device.client, &command) == E4_OK);
    CHECK(device.topics[0].entry.has_old == 1 && device.topics[0].changed_s == T0);
}

TEST(the_start_is_when_the_clock_is_first_known_for_those_who_refuse_what_was_before)
{
    make(E4_SYMMETRIC);
    device.policy.refuse_before_start = true;
    device.memory.now_s = 0;
    CHECK(device_restart(&device) == E4_OK);
    CHECK(message_sent(T0) == E4_ERR_CLOCK);
    device.memory.now_s = T0 + 10;
    CHECK(message_sent(T0 + 9) == E4_ERR_STALE);
    CHECK(message_sent(T0 + 10) == E4_OK);
    device.memory.now_s = T0 + 300;
    CHECK(message_sent(T0 + 11) == E4_OK);
}

LAWS(LAW(frames_are_as_old_as_the_policy_allows_and_no_older_nor_newer),
     LAW(a_frame_that_is_too_old_says_when_it_was_sent_and_what_the_time_was),
     LAW(age_is_told_before_anything_that_needs_a_key),
     LAW(without_a_clock_no_message_is_opened_or_protected),
     LAW(without_a_clock_the_first_authentic_command_sets_it),
     LAW(a_command_that_was_not_carried_out_sets_no_clock),
     LAW(a_clock_that_cannot_be_set_takes_no_command),
     LAW(a_clock_that_stays_unset_goes_by_commands_and_forward_only),
     LAW(time_does_not_run_below_the_newest_command_nor_the_policys_earliest),
     LAW(a_refused_command_does_not_move_the_time),
     LAW(what_is_sent_is_back_dated_as_the_policy_says),
     LAW(any_error_of_the_clock_is_a_clock_that_is_not_set),
     LAW(without_a_clock_an_application_replaces_keys_at_the_time_that_was_reached),
     LAW(the_start_is_when_the_clock_is_first_known_for_those_who_refuse_what_was_before))
