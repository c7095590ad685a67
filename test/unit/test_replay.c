/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/replay.c: each frame is let in once, and sent once. */
#include <stdlib.h>
#include <string.h>

#include "client/replay.h"
#include "client/time.h"
#include "fixture.h"
#include "law.h"

enum { SLOTS_MAX = 65537, MODEL_SIZE = 1 << 19 };

static struct e4_seen_slot slots[SLOTS_MAX], before[SLOTS_MAX];

static struct e4_config guard_of(uint32_t count)
{
    struct e4_config config = {.seen = slots, .seen_count = count};

    memset(slots, 0, sizeof slots);
    slots[0].sent_s = 1;
    return config;
}

static enum e4_result admit(const struct e4_config *guard, uint64_t mark, uint64_t sent_s)
{
    uint8_t tag[E4_TAG_SIZE] = {0};

    memcpy(tag, &mark, sizeof mark);
    return e4_replay_admit(guard, tag, NULL, &sent_s);
}

static bool has(const struct e4_config *guard, uint64_t mark, uint64_t sent_s)
{
    uint8_t tag[E4_TAG_SIZE] = {0};

    memcpy(tag, &mark, sizeof mark);
    return e4_replay_has(guard, tag, NULL, &sent_s);
}

static uint64_t floor_of(const struct e4_config *guard)
{
    return guard->seen->sent_s;
}

static void raise_to(const struct e4_config *guard, uint64_t floor_s)
{
    e4_raise(&guard->seen->sent_s, &floor_s);
}

/* Every frame ever admitted: an open hash table that forgets nothing. */
static struct {
    uint64_t mark, sent_s;
} model[MODEL_SIZE];

static bool model_add(uint64_t mark, uint64_t sent_s)
{
    size_t at = (size_t)((mark ^ sent_s * 0x9E3779B97F4A7C15) % MODEL_SIZE);

    for (; model[at].sent_s != 0; at = (at + 1) % MODEL_SIZE)
        if (model[at].mark == mark && model[at].sent_s == sent_s)
            return false;
    model[at].mark = mark;
    model[at].sent_s = sent_s;
    return true;
}

TEST(replay_forgets_a_frame_but_not_how_old_it_was)
{
    static const struct {
        uint64_t mark, sent_s;
        enum e4_result want;
    } step[] = {
        {'a', 100, E4_OK},         {'a', 100, E4_ERR_REPLAY}, {'b', 101, E4_OK},
        {'c', 102, E4_OK},         {'d', 103, E4_OK},         {'e', 104, E4_OK},
        {'f', 105, E4_OK},         {'g', 106, E4_OK},         {'h', 107, E4_OK},
        {'i', 108, E4_OK},         {'a', 100, E4_ERR_STALE},  {'j', 100, E4_ERR_STALE},
        {'b', 101, E4_ERR_REPLAY}, {'j', 101, E4_ERR_GUARD},  {'j', 102, E4_OK},
        {'b', 101, E4_ERR_STALE},  {'i', 108, E4_ERR_REPLAY}, {'c', 102, E4_ERR_REPLAY},
    };
    struct e4_config guard = guard_of(E4_SEEN_MIN);

    for (size_t i = 0; i < COUNT(step); i++)
        CHECK_AT(i, admit(&guard, step[i].mark, step[i].sent_s) == step[i].want);
}

TEST(the_same_mark_at_another_second_is_another_frame)
{
    struct e4_config guard = guard_of(E4_SEEN_MIN);

    CHECK(admit(&guard, 7, 100) == E4_OK);
    CHECK(admit(&guard, 7, 101) == E4_OK);
    CHECK(admit(&guard, 8, 100) == E4_OK);
    CHECK(admit(&guard, 7, 100) == E4_ERR_REPLAY);
}

TEST(more_frames_in_a_second_than_the_guard_holds_are_told_as_that)
{
    struct e4_config guard = guard_of(E4_SEEN_MIN);

    for (uint64_t mark = 1; mark <= 8; mark++)
        CHECK_AT(mark, admit(&guard, mark, 50) == E4_OK);
    CHECK(admit(&guard, 9, 50) == E4_ERR_GUARD);
    CHECK(admit(&guard, 9, 49) == E4_ERR_GUARD);
    CHECK(floor_of(&guard) == 1);
    CHECK(admit(&guard, 9, 51) == E4_OK);
    CHECK(floor_of(&guard) == 51);
}

TEST(what_is_refused_changes_nothing)
{
    struct e4_config guard = guard_of(25);
    uint64_t state = 3;
    unsigned refused[3] = {0};

    for (unsigned step = 0; step < 20000; step++) {
        uint64_t mark = random_next(&state) % 40 * 0x0123456789ABCDEF;
        uint64_t sent_s = 1 + step / 100 + random_next(&state) % 4;
        enum e4_result result;

        memcpy(before, slots, 25 * sizeof slots[0]);
        result = admit(&guard, mark, sent_s);
        if (result == E4_OK)
            continue;
        CHECK_AT(step, memcmp(before, slots, 25 * sizeof slots[0]) == 0);
        refused[0] += result == E4_ERR_REPLAY;
        refused[1] += result == E4_ERR_STALE;
        refused[2] += result == E4_ERR_GUARD;
    }
    CHECK(refused[0] > 100 && refused[1] > 100 && refused[2] > 100);
}

/* A storm of frames and copies, with times that wander, jump, and come late. */
static void storm(uint32_t count, unsigned steps, uint64_t seed)
{
    struct e4_config guard = guard_of(count);
    uint64_t state = seed, now_s = 1000, floor_s = 1;
    unsigned admitted = 0, again = 0;

    memset(model, 0, sizeof model);
    for (unsigned step = 0; step < steps; step++) {
        uint64_t draw = random_next(&state);
        uint64_t mark = (draw >> 20) % (2 * count) * 0xD6E8FEB86659FD93;
        uint64_t sent_s = now_s - draw % 7;
        enum e4_result result = admit(&guard, mark, sent_s);
        bool is_new = result == E4_OK && model_add(mark, sent_s);

        CHECK_AT(step, result != E4_OK || is_new); /* never twice */
        CHECK_AT(step, result != E4_ERR_REPLAY || !model_add(mark, sent_s));
        CHECK_AT(step,
                 (result == E4_ERR_STALE) == (sent_s < floor_s && !has(&guard, mark, sent_s)));
        CHECK_AT(step, floor_of(&guard) >= floor_s);
        floor_s = floor_of(&guard);
        admitted += result == E4_OK;
        again += result == E4_ERR_REPLAY;
        if (draw >> 60 == 0)
            now_s += draw >> 40 & 3;
    }
    CHECK_AT(seed, admitted > steps / 50 && again > 0);
}

TEST(no_storm_gets_a_frame_in_twice)
{
    static const uint32_t count[] = {9, 10, 16, 17, 25, 65, 100, 1025};

    for (uint64_t seed = 1; seed <= 5; seed++)
        for (size_t i = 0; i < COUNT(count); i++)
            storm(count[i], 20000, seed * 100 + i);
}

TEST(what_was_admitted_and_is_not_below_the_floor_is_remembered)
{
    struct e4_config guard = guard_of(65);
    static uint64_t marks[3000], times[3000];
    uint64_t state = 5;

    for (unsigned step = 0; step < 3000; step++) {
        marks[step] = random_next(&state);
        times[step] = 100 + step / 16;
        if (admit(&guard, marks[step], times[step]) != E4_OK)
            times[step] = 0;
        for (unsigned old = 0; old <= step; old++) {
            bool counts = times[old] >= floor_of(&guard);

            CHECK_AT(step, !counts || has(&guard, marks[old], times[old]));
        }
    }
}

TEST(a_frame_is_looked_for_in_two_sets_however_large_the_guard)
{
    static const uint32_t count[] = {17, 65, 1025, SLOTS_MAX};
    uint64_t state = 11;

    for (size_t i = 0; i < COUNT(count); i++) {
        struct e4_config guard = guard_of(count[i]);
        uint64_t mark = random_next(&state);
        unsigned places = 0;

        for (uint32_t slot = 1; slot < count[i]; slot++) {
            slots[slot].mark = mark;
            slots[slot].sent_s = 100;
            places += has(&guard, mark, 100);
            slots[slot].sent_s = 0;
        }
        CHECK_AT(i, places == E4_SEEN_SET || places == 2 * E4_SEEN_SET);
    }
}

/* Send `rate` frames a second for `seconds`, each on its way for up to a second. */
static unsigned refusals(uint32_t count, unsigned rate, unsigned seconds, uint64_t seed)
{
    struct e4_config guard = guard_of(count);
    uint64_t state = seed, *late = calloc(rate, sizeof *late);
    unsigned refused = 0;

    assert_non_null(late);
    for (unsigned second = 0; second < seconds; second++) {
        /* Half of a second's frames come in it, in turn with those that are late. */
        for (unsigned i = 0; i < rate; i++) {
            bool comes_late = random_next(&state) % 2 == 0;

            if (late[i] != 0)
                refused += admit(&guard, late[i], 100 + second - 1) != E4_OK;
            late[i] = 0;
            if (comes_late)
                late[i] = random_next(&state);
            else
                refused += admit(&guard, random_next(&state), 100 + second) != E4_OK;
        }
    }
    free(late);
    return refused;
}

TEST(a_guard_of_twice_the_frames_of_two_seconds_refuses_no_honest_one)
{
    static const struct {
        uint32_t count;
        unsigned rate, seconds;
    } row[] = {{65, 16, 2000}, {129, 32, 1000}, {1025, 256, 200}, {SLOTS_MAX, 16384, 8}};

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, refusals(row[i].count, row[i].rate, row[i].seconds, 1) == 0);
}

TEST(a_guard_filled_to_nine_tenths_by_two_seconds_refuses_few)
{
    CHECK(refusals(1025, 460, 400, 1) < 400 * 460 / 1000);
    CHECK(refusals(SLOTS_MAX, 29491, 8, 1) < 8 * 29491 / 1000);
}

TEST(times_at_both_ends_of_the_number_range_are_kept_apart)
{
    struct e4_config guard = guard_of(E4_SEEN_MIN);

    CHECK(admit(&guard, 5, 0) == E4_ERR_STALE);
    CHECK(admit(&guard, 5, 1) == E4_OK);
    CHECK(admit(&guard, 5, 1ULL << 63) == E4_OK);
    CHECK(admit(&guard, 5, UINT64_MAX) == E4_OK);
    CHECK(admit(&guard, 5, UINT64_MAX) == E4_ERR_REPLAY);
    for (uint64_t mark = 10; mark < 17; mark++)
        admit(&guard, mark, UINT64_MAX);
    CHECK(floor_of(&guard) == (1ULL << 63) + 1);
    CHECK(admit(&guard, 99, UINT64_MAX) == E4_ERR_GUARD);
}

TEST(the_floor_is_raised_and_never_lowered)
{
    struct e4_config guard = guard_of(E4_SEEN_MIN);

    CHECK(floor_of(&guard) == 1);
    raise_to(&guard, 50);
    raise_to(&guard, 40);
    CHECK(floor_of(&guard) == 50);
    CHECK(admit(&guard, 1, 49) == E4_ERR_STALE);
    CHECK(admit(&guard, 1, 50) == E4_OK);
}

TEST(a_frame_is_known_by_tag_sender_and_time)
{
    struct e4_config guard = guard_of(E4_SEEN_MIN);
    uint8_t tag[E4_TAG_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, other[E4_TAG_SIZE] = {1, 2, 3};
    uint8_t a[E4_ID_SIZE], b[E4_ID_SIZE];
    const uint64_t now_s = 100, later_s = 101;

    id_of(a, "alice");
    id_of(b, "bob");
    CHECK(e4_replay_admit(&guard, tag, a, &now_s) == E4_OK);
    CHECK(e4_replay_admit(&guard, tag, a, &now_s) == E4_ERR_REPLAY);
    CHECK(e4_replay_has(&guard, tag, a, &now_s) && !e4_replay_has(&guard, tag, b, &now_s));
    CHECK(!e4_replay_has(&guard, other, a, &now_s) && !e4_replay_has(&guard, tag, a, &later_s));
    CHECK(!e4_replay_has(&guard, tag, NULL, &now_s));
}

TEST(the_last_frames_sent_are_remembered_and_no_others)
{
    struct e4_sent_slot sent[4] = {{0}};
    struct e4_config config = {.sent = sent, .sent_count = 4};
    uint8_t tags[21][E4_TAG_SIZE] = {{0}};

    for (uint8_t n = 1; n <= 20; n++) {
        tags[n][n % 8] = n;
        CHECK_AT(n, !e4_sent_has(&config, tags[n]));
        e4_sent_add(&config, tags[n]);
        for (uint8_t old = 1; old <= n; old++)
            CHECK_AT(n, e4_sent_has(&config, tags[old]) == (n - old < 4));
    }
    config.sent_count = 1;
    e4_sent_add(&config, tags[1]);
    CHECK(e4_sent_has(&config, tags[1]) && !e4_sent_has(&config, tags[19]));
    config.sent_count = 2;
    CHECK(e4_sent_has(&config, tags[19]));
}

LAWS(LAW(replay_forgets_a_frame_but_not_how_old_it_was),
     LAW(the_same_mark_at_another_second_is_another_frame),
     LAW(more_frames_in_a_second_than_the_guard_holds_are_told_as_that),
     LAW(what_is_refused_changes_nothing), LAW(no_storm_gets_a_frame_in_twice),
     LAW(what_was_admitted_and_is_not_below_the_floor_is_remembered),
     LAW(a_frame_is_looked_for_in_two_sets_however_large_the_guard),
     LAW(a_guard_of_twice_the_frames_of_two_seconds_refuses_no_honest_one),
     LAW(a_guard_filled_to_nine_tenths_by_two_seconds_refuses_few),
     LAW(times_at_both_ends_of_the_number_range_are_kept_apart),
     LAW(the_floor_is_raised_and_never_lowered), LAW(a_frame_is_known_by_tag_sender_and_time),
     LAW(the_last_frames_sent_are_remembered_and_no_others))
