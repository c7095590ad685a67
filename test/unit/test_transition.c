/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of the key transition: how long, and for what, the key before the last still counts. */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { OLD = 10, NEW = 11, NEWER = 12 };

static struct device device, before;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* A topic whose key was replaced at T0. */
static void make(enum e4_mode mode)
{
    struct e4_command first = set_topic("t", OLD), second = set_topic("t", NEW);
    struct e4_command peer = set_peer("bob", 20);

    device_make(&device, mode, "alice");
    CHECK(order_at(&device, &first, T0 - 9) == E4_OK);
    CHECK(order_at(&device, &second, T0 - 5) == E4_OK);
    CHECK(mode == E4_SYMMETRIC || order_at(&device, &peer, T0 - 4) == E4_OK);
}

/* Now, a message under this key; *old_key says if it was taken for an old one. */
static enum e4_result opens(unsigned key, bool *old_key, bool in_place)
{
    enum e4_mode mode = device.identity.mode;
    struct e4_topic topic = topic_of("t");
    uint8_t frame[FRAME_MAX], apart[FRAME_MAX];
    uint8_t *text = in_place ? frame + E4_TEXT_AT(mode) : apart;
    struct e4_opened opened;
    size_t len = seal_message(frame, mode, key, "bob", 20, "hello", device.memory.now_s);
    enum e4_result result;

    memset(device.seen, 0, sizeof device.seen);
    memset(apart, 0xEE, sizeof apart);
    result = e4_unprotect(&device.client, &topic, text, 5, &opened, frame, len);
    *old_key = opened.old_key;
    CHECK(result == E4_OK ? memcmp(text, "hello", 5) == 0 : all_zero(text, 5));
    return result;
}

static void check(size_t row, unsigned key, enum e4_result want, bool want_old)
{
    for (int in_place = 0; in_place < 2; in_place++) {
        bool old_key;

        CHECK_AT(row, opens(key, &old_key, in_place) == want);
        CHECK_AT(row, old_key == (want == E4_OK && want_old));
    }
}

TEST(the_old_key_opens_until_the_transition_is_over)
{
    static const struct {
        uint64_t now_s;
        uint32_t transition_s;
        bool counts;
    } row[] = {
        {T0, 3600, true},
        {T0 + 1, 3600, true},
        {T0 + 3599, 3600, true},
        {T0 + 3600, 3600, true},
        {T0 + 3601, 3600, false},
        {T0 + 1000000, 3600, false},
        {T0, 0, true},
        {T0 + 1, 0, false},
        {T0 + UINT32_MAX, UINT32_MAX, true},
        {T0 + 1ULL + UINT32_MAX, UINT32_MAX, false},
        {T0 - 4, 0, true},
        {UINT64_MAX, 3600, false},
    };

    for (size_t i = 0; i < 4 * COUNT(row); i++) {
        make(both_modes[i % 2]);
        if (i / 2 % 2)
            CHECK_AT(i, device_restart(&device) == E4_OK);
        device.memory.now_s = row[i / 4].now_s;
        device.policy.transition_s = row[i / 4].transition_s;
        check(i, NEW, E4_OK, false);
        check(i, OLD, row[i / 4].counts ? E4_OK : E4_ERR_FORGED, true);
        check(i, NEWER, E4_ERR_FORGED, false);
    }
}

TEST(the_same_key_again_changes_nothing)
{
    struct e4_command again = set_topic("t", NEW);

    make(E4_SYMMETRIC);
    device.memory.now_s = T0 + 3000;
    CHECK(order(&device, &again) == E4_OK);
    check(0, OLD, E4_OK, true);
    device.memory.now_s = T0 + 3600;
    check(1, OLD, E4_OK, true);
    device.memory.now_s = T0 + 3601; /* counted from the change, not from the repetition */
    check(2, OLD, E4_ERR_FORGED, false);
    check(3, NEW, E4_OK, false);
}

TEST(the_first_key_of_a_topic_again_makes_no_old_key)
{
    struct e4_command command = set_topic("t", NEW);

    device_make(&device, E4_SYMMETRIC, "alice");
    for (uint64_t i = 0; i < 3; i++)
        CHECK_AT(i, order_at(&device, &command, T0 - 5 + i) == E4_OK);
    CHECK(device.topics[0].entry.has_old == 0 && device.topics[0].changed_s == 0);
    check(0, OLD, E4_ERR_FORGED, false);
}

TEST(only_the_key_before_the_last_counts)
{
    struct e4_command newer = set_topic("t", NEWER);

    make(E4_SYMMETRIC);
    CHECK(order(&device, &newer) == E4_OK);
    check(0, NEWER, E4_OK, false);
    check(1, NEW, E4_OK, true);
    check(2, OLD, E4_ERR_FORGED, false);
}

TEST(removing_a_topic_removes_both_keys)
{
    const struct e4_command removal[] = {remove_topic("t"), reset_topics()};
    struct e4_command again = set_topic("t", NEWER);

    for (size_t i = 0; i < COUNT(removal); i++) {
        uint8_t frame[FRAME_MAX];
        size_t len = seal_message(frame, E4_SYMMETRIC, OLD, NULL, 0, "x", T0);

        make(E4_SYMMETRIC);
        CHECK_AT(i, order_at(&device, &removal[i], T0) == E4_OK);
        CHECK_AT(i, receive(&device, "t", frame, len) == E4_ERR_NO_TOPIC);
        CHECK_AT(i, order_at(&device, &again, T0 + 1) == E4_OK);
        check(i, NEWER, E4_OK, false);
        check(i, NEW, E4_ERR_FORGED, false);
        check(i, OLD, E4_ERR_FORGED, false);
    }
}

TEST(another_topic_may_have_the_old_key_when_no_clock_can_bring_it_back)
{
    static const struct {
        uint64_t now_s, sent_s;
        enum e4_result want;
    } row[] = {
        {T0 + 3600, T0 + 3600, E4_ERR_COMMAND},
        {T0 + 3700, T0 + 3600, E4_ERR_COMMAND},
        {T0 + 3601, T0 + 3601, E4_OK},
        {T0 + 3600, T0 + 3601, E4_OK},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_command command = set_topic("u", OLD);
        uint8_t frame[FRAME_MAX];
        size_t len = seal_message(frame, E4_SYMMETRIC, OLD, NULL, 0, "for u", row[i].sent_s);

        make(E4_SYMMETRIC);
        device.memory.now_s = row[i].now_s;
        CHECK_AT(i, order_at(&device, &command, row[i].sent_s) == row[i].want);
        device.memory.now_s = T0; /* the clock falls back */
        if (row[i].want == E4_OK)
            CHECK_AT(i, receive(&device, "t", frame, len) == E4_ERR_FORGED);
    }
}

TEST(what_is_sent_is_under_the_new_key)
{
    uint8_t frame[FRAME_MAX], want[FRAME_MAX];
    size_t len, want_len = seal_message(want, E4_SYMMETRIC, NEW, NULL, 0, "x", T0 - 2);

    make(E4_SYMMETRIC);
    CHECK(send_text(&device, "t", "x", frame, &len) == E4_OK);
    CHECK(len == want_len && memcmp(frame, want, len) == 0);
}

TEST(a_frame_under_the_old_key_is_accepted_once)
{
    uint8_t frame[FRAME_MAX];
    size_t len = seal_message(frame, E4_SYMMETRIC, OLD, NULL, 0, "x", T0);

    make(E4_SYMMETRIC);
    CHECK(receive(&device, "t", frame, len) == E4_OK);
    before = device;
    CHECK(receive(&device, "t", frame, len) == E4_ERR_REPLAY);
    CHECK(device_same(&device, &before));
}

TEST(a_frame_that_failed_under_both_keys_in_place_is_wiped)
{
    struct e4_topic topic = topic_of("t");
    uint8_t frame[FRAME_MAX];
    struct e4_opened opened;

    for (size_t len = 1; len < 100; len++) {
        make(E4_SYMMETRIC);
        memset(frame, 0x5A, sizeof frame);
        memcpy(frame,
               (uint8_t[]){T0 & 255, T0 >> 8 & 255, T0 >> 16 & 255, T0 >> 24, 0, 0, 0, 0}, 8);
        CHECK_AT(len, e4_unprotect(&device.client, &topic, frame + 24, len, &opened, frame,
                                   24 + len) == E4_ERR_FORGED);
        CHECK_AT(len, all_zero(frame + 24, len) && frame[24 + len] == 0x5A);
    }
}

LAWS(LAW(the_old_key_opens_until_the_transition_is_over),
     LAW(the_same_key_again_changes_nothing),
     LAW(the_first_key_of_a_topic_again_makes_no_old_key),
     LAW(only_the_key_before_the_last_counts), LAW(removing_a_topic_removes_both_keys),
     LAW(another_topic_may_have_the_old_key_when_no_clock_can_bring_it_back),
     LAW(what_is_sent_is_under_the_new_key), LAW(a_frame_under_the_old_key_is_accepted_once),
     LAW(a_frame_that_failed_under_both_keys_in_place_is_wiped))
