/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/pace.c. */
#include <string.h>

#include "e4/wire.h"
#include "law.h"
#include "server/core/pace.h"

enum { NOW = 1000 };

static const uint8_t nothing[STORE_ID_SIZE], a[STORE_ID_SIZE] = {1}, b[STORE_ID_SIZE] = {2};

/* The time of a second command after a first one, both now; -1: it has to wait. */
static int64_t second_after(int64_t first, const uint8_t *first_object, int64_t second,
                            const uint8_t *second_object)
{
    struct store_pace pace = {0};
    int64_t time_s;

    CHECK(pace_take(&pace, &time_s, first, first_object, NOW) && time_s == NOW - 2);
    return pace_take(&pace, &time_s, second, second_object, NOW) ? time_s : -1;
}

TEST(commands_about_one_object_get_seconds_of_their_own_and_others_share)
{
    static const struct {
        int64_t first;
        const uint8_t *first_object;
        int64_t second;
        const uint8_t *second_object;
        int64_t time_s;
    } row[] = {
        {E4_SET_TOPIC_KEY, a, E4_SET_TOPIC_KEY, b, NOW - 2},
        {E4_SET_TOPIC_KEY, a, E4_SET_TOPIC_KEY, a, NOW - 1},
        {E4_REMOVE_TOPIC, a, E4_SET_TOPIC_KEY, a, NOW - 1},
        {E4_REMOVE_TOPIC, a, E4_SET_TOPIC_KEY, b, NOW - 2},
        {E4_RESET_TOPICS, nothing, E4_SET_TOPIC_KEY, b, NOW - 1},
        {E4_SET_TOPIC_KEY, a, E4_RESET_TOPICS, nothing, NOW - 1},
        {E4_SET_TOPIC_KEY, a, E4_SET_PUB_KEY, a, NOW - 2},
        {E4_SET_PUB_KEY, a, E4_REMOVE_PUB_KEY, a, NOW - 1},
        {E4_SET_PUB_KEY, a, E4_REMOVE_PUB_KEY, b, NOW - 2},
        {E4_RESET_PUB_KEYS, nothing, E4_SET_PUB_KEY, a, NOW - 1},
        {E4_SET_ID_KEY, nothing, E4_SET_ID_KEY, nothing, NOW - 1},
        {E4_SET_ID_KEY, nothing, E4_SET_SERVER_KEY, nothing, NOW - 2},
        {E4_SET_SERVER_KEY, nothing, E4_SET_SERVER_KEY, nothing, NOW - 1},
        {E4_SET_ID_KEY, nothing, E4_SET_TOPIC_KEY, a, NOW - 2},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, second_after(row[i].first, row[i].first_object, row[i].second,
                                 row[i].second_object) == row[i].time_s);
}

TEST(nothing_is_issued_from_the_future_and_a_refusal_changes_nothing)
{
    struct store_pace pace = {0};
    struct store_pace before;
    int64_t time_s;

    for (int64_t i = 0; i < 3; i++)
        CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, a, NOW) && time_s == NOW - 2 + i);
    before = pace;
    CHECK(!pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, a, NOW) && time_s == NOW + 1);
    CHECK(memcmp(&pace, &before, sizeof pace) == 0);
    CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, b, NOW) && time_s == NOW);
    CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, a, NOW + 1) && time_s == NOW + 1);
}

TEST(times_do_not_go_back_with_the_clock)
{
    struct store_pace pace = {.issued_s = NOW};
    int64_t time_s;

    CHECK(!pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, a, NOW - 100) && time_s == NOW);
    CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, a, NOW) && time_s == NOW);
    CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, b, NOW + 1) && time_s == NOW);
    CHECK(pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, b, NOW + 9) && time_s == NOW + 7);
    CHECK(pace.touched_len == 5); /* of this second alone */
}

TEST(a_full_second_is_followed_by_the_next)
{
    struct store_pace pace = {0};
    int64_t time_s;
    unsigned in_first = 0;

    for (unsigned i = 0; i < 300; i++) {
        uint8_t object[STORE_ID_SIZE] = {(uint8_t)i, (uint8_t)(i >> 8)};

        CHECK_AT(i, pace_take(&pace, &time_s, E4_SET_TOPIC_KEY, object, NOW));
        CHECK_AT(i, pace.touched_len <= sizeof pace.touched);
        in_first += time_s == NOW - 2;
    }
    CHECK(in_first == STORE_TOUCHED_SIZE / 5 && time_s == NOW - 1);
}

LAWS(LAW(commands_about_one_object_get_seconds_of_their_own_and_others_share),
     LAW(nothing_is_issued_from_the_future_and_a_refusal_changes_nothing),
     LAW(times_do_not_go_back_with_the_clock), LAW(a_full_second_is_followed_by_the_next))
