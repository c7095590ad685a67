/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of "once": no frame is accepted twice, and none is sent twice. */
#include <string.h>

#include "crypto/load.h"
#include "fixture.h"
#include "law.h"

static struct device device, other, before;

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

static void make(struct device *made, enum e4_mode mode, const char *name)
{
    struct e4_command topic = set_topic("t", 10);
    struct e4_command peer[] = {set_peer("alice", 1), set_peer("bob", 20), set_peer("eve", 21)};

    device_make(made, mode, name);
    CHECK(order_at(made, &topic, T0 - 9) == E4_OK);
    for (size_t i = 0; mode == E4_PUBLIC_KEY && i < COUNT(peer); i++)
        CHECK(order_at(made, &peer[i], T0 - 9) == E4_OK);
}

TEST(a_copy_is_replayed_and_leaves_nothing_apart_or_in_place)
{
    for (size_t i = 0; i < 4; i++) {
        enum e4_mode mode = both_modes[i % 2];
        struct e4_topic topic = topic_of("t");
        uint8_t frame[FRAME_MAX], copy[FRAME_MAX], apart[FRAME_MAX];
        uint8_t *text = i < 2 ? apart : copy + E4_TEXT_AT(mode);
        struct e4_opened opened;
        size_t len = seal_message(frame, mode, 10, "bob", 20, "hello", T0);

        make(&device, mode, "alice");
        CHECK_AT(i, receive(&device, "t", frame, len) == E4_OK);
        memcpy(copy, frame, len);
        before = device;
        CHECK_AT(i, e4_unprotect(&device.client, &topic, text, 5, &opened, copy, len) ==
                        E4_ERR_REPLAY);
        CHECK_AT(i, all_zero(text, 5) && all_zero(&opened, sizeof opened));
        CHECK_AT(i, device_same(&device, &before));
    }
}

TEST(a_copy_is_reported_instead_if_the_policy_says_so)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_topic topic = topic_of("t");
        uint8_t frame[FRAME_MAX], text[5];
        struct e4_opened opened;
        size_t len = seal_message(frame, both_modes[m], 10, "bob", 20, "hello", T0);

        make(&device, both_modes[m], "alice");
        device.policy.report_repeats = true;
        for (int times = 0; times < 3; times++) {
            CHECK_AT(m, e4_unprotect(&device.client, &topic, text, 5, &opened, frame, len) ==
                            E4_OK);
            CHECK_AT(m, opened.repeated == (times > 0) && memcmp(text, "hello", 5) == 0);
            CHECK_AT(m, opened.kind == E4_MESSAGE && opened.text_len == 5);
        }
    }
}

TEST(reporting_repeats_lets_nothing_else_in)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(&device, E4_SYMMETRIC, "alice");
    device.policy.report_repeats = true;
    device.seen[0].sent_s = T0; /* the guard's floor */
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "hello", T0 - 1);
    CHECK(receive(&device, "t", frame, len) == E4_ERR_STALE);
}

TEST(equal_texts_of_one_second_are_two_messages_from_two_signers)
{
    uint8_t one[FRAME_MAX], two[FRAME_MAX];
    size_t len = seal_message(one, E4_PUBLIC_KEY, 10, "bob", 20, "hello", T0);

    seal_message(two, E4_PUBLIC_KEY, 10, "eve", 21, "hello", T0);
    CHECK(memcmp(one + 24, two + 24, 21) == 0); /* the same tag and the same body */
    make(&device, E4_PUBLIC_KEY, "alice");
    CHECK(receive(&device, "t", one, len) == E4_OK);
    CHECK(receive(&device, "t", two, len) == E4_OK);
    CHECK(receive(&device, "t", one, len) == E4_ERR_REPLAY);
    CHECK(receive(&device, "t", two, len) == E4_ERR_REPLAY);
}

TEST(a_full_guard_tells_of_too_many_messages_a_second)
{
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(&device, E4_SYMMETRIC, "alice");
    device.config.seen_count = 9;
    CHECK(device_restart(&device) == E4_OK);
    for (char text[2] = "a"; text[0] <= 'i'; text[0]++) {
        len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, text, T0);
        before = device;
        CHECK_AT(text[0],
                 receive(&device, "t", frame, len) == (text[0] == 'i' ? E4_ERR_GUARD : E4_OK));
    }
    CHECK(device_same(&device, &before));
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "later", T0 + 1);
    CHECK(receive(&device, "t", frame, len) == E4_OK);
    len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "a", T0);
    CHECK(receive(&device, "t", frame, len) == E4_ERR_STALE);
}

TEST(a_full_guard_does_not_keep_commands_out)
{
    struct e4_command command = set_topic("u", 11);
    uint8_t frame[FRAME_MAX];
    size_t len;

    make(&device, E4_SYMMETRIC, "alice");
    device.config.seen_count = 9;
    CHECK(device_restart(&device) == E4_OK);
    for (char text[2] = "a"; text[0] < 'i'; text[0]++) {
        len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, text, T0);
        CHECK_AT(text[0], receive(&device, "t", frame, len) == E4_OK);
    }
    CHECK(order(&device, &command) == E4_OK);
    CHECK(order(&device, &command) ==
          E4_OK); /* not remembered, and the same again is nothing */
    command = set_topic("u", 12);
    CHECK(order(&device, &command) == E4_ERR_ORDER);
}

TEST(a_frame_too_old_for_the_guard_says_so_and_when_it_was_sent)
{
    struct e4_topic topic = topic_of("t");
    uint8_t frame[FRAME_MAX], text[5];
    struct e4_opened opened;
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0, "hello", T0 - 1);

    make(&device, E4_SYMMETRIC, "alice");
    device.seen[0].sent_s = T0;
    CHECK(e4_unprotect(&device.client, &topic, text, 5, &opened, frame, len) == E4_ERR_STALE);
    CHECK(opened.sent_s == T0 - 1 && opened.now_s == T0 && all_zero(text, 5));
}

TEST(the_same_text_again_and_again_leaves_as_different_frames)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        uint8_t frame[DEVICE_SENT + 1][FRAME_MAX];
        size_t len;

        make(&device, both_modes[m], "alice");
        make(&other, both_modes[m], "bob");
        for (size_t i = 0; i <= DEVICE_SENT; i++) {
            CHECK_AT(i, send_text(&device, "t", "tick", frame[i], &len) == E4_OK);
            CHECK_AT(i, e4_load_le64(frame[i]) == T0 - 2 - i);
            for (size_t j = 0; j < i; j++)
                CHECK_AT(i, memcmp(frame[i], frame[j], len) != 0);
            CHECK_AT(i, receive_text(&other, "t", "tick", frame[i], len) == E4_OK);
        }
    }
}

TEST(a_sender_repeats_none_of_the_frames_it_sent_last)
{
    static const uint16_t count[] = {1, 2, 8};

    for (size_t c = 0; c < COUNT(count); c++) {
        uint64_t state = c, last[8] = {0};

        make(&device, E4_SYMMETRIC, "alice");
        device.config.sent_count = count[c];
        for (unsigned step = 0; step < 2000; step++) {
            char text[2] = {(char)('a' + random_next(&state) % 3)};
            uint8_t frame[FRAME_MAX];
            size_t len;

            device.memory.now_s += random_next(&state) % 4 == 0;
            CHECK_AT(step, send_text(&device, "t", text, frame, &len) == E4_OK);
            for (unsigned i = 0; i < count[c]; i++)
                CHECK_AT(step, last[i] != e4_load_le64(frame + 8));
            memmove(last + 1, last, sizeof last - sizeof last[0]);
            last[0] = e4_load_le64(frame + 8);
        }
    }
}

TEST(what_was_sent_last_can_be_kept_across_a_restart)
{
    uint8_t one[FRAME_MAX], two[FRAME_MAX];
    size_t len;

    make(&device, E4_SYMMETRIC, "alice");
    CHECK(send_text(&device, "t", "tick", one, &len) == E4_OK);
    e4_close(&device.client);
    CHECK(e4_open(&device.client, &device.config) == E4_OK);
    CHECK(send_text(&device, "t", "tick", two, &len) == E4_OK && memcmp(one, two, len) != 0);
    CHECK(device_restart(&device) == E4_OK);
    CHECK(send_text(&device, "t", "tick", two, &len) == E4_OK && memcmp(one, two, len) == 0);
}

TEST(a_second_less_borrows_from_all_bytes_of_the_time)
{
    static const struct {
        uint64_t now_s;
        uint8_t first[8], second[8];
    } row[] = {
        {0x10003, {1, 0, 1}, {0, 0, 1}},
        {0x10002, {0, 0, 1}, {0xff, 0xff}},
        {0x100000002, {0, 0, 0, 0, 1}, {0xff, 0xff, 0xff, 0xff}},
        {2, {0}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    };
    uint8_t frame[FRAME_MAX];
    size_t len;

    for (size_t i = 0; i < COUNT(row); i++) {
        make(&device, E4_SYMMETRIC, "alice");
        device.client.floor_s = 0;
        device.memory.now_s = row[i].now_s;
        CHECK_AT(i, send_text(&device, "t", "tick", frame, &len) == E4_OK);
        CHECK_AT(i, memcmp(frame, row[i].first, 8) == 0);
        CHECK_AT(i, send_text(&device, "t", "tick", frame, &len) == E4_OK);
        CHECK_AT(i, memcmp(frame, row[i].second, 8) == 0);
    }
}

TEST(equal_texts_on_two_topics_are_different_frames_of_one_second)
{
    struct e4_command topic = set_topic("u", 11);
    uint8_t one[FRAME_MAX], two[FRAME_MAX];
    size_t len;

    make(&device, E4_SYMMETRIC, "alice");
    CHECK(order(&device, &topic) == E4_OK);
    CHECK(send_text(&device, "t", "tick", one, &len) == E4_OK);
    CHECK(send_text(&device, "u", "tick", two, &len) == E4_OK);
    CHECK(memcmp(one, two, 8) == 0 && memcmp(one + 8, two + 8, 16) != 0);
}

LAWS(LAW(a_copy_is_replayed_and_leaves_nothing_apart_or_in_place),
     LAW(a_copy_is_reported_instead_if_the_policy_says_so),
     LAW(reporting_repeats_lets_nothing_else_in),
     LAW(equal_texts_of_one_second_are_two_messages_from_two_signers),
     LAW(a_full_guard_tells_of_too_many_messages_a_second),
     LAW(a_full_guard_does_not_keep_commands_out),
     LAW(a_frame_too_old_for_the_guard_says_so_and_when_it_was_sent),
     LAW(the_same_text_again_and_again_leaves_as_different_frames),
     LAW(a_sender_repeats_none_of_the_frames_it_sent_last),
     LAW(what_was_sent_last_can_be_kept_across_a_restart),
     LAW(a_second_less_borrows_from_all_bytes_of_the_time),
     LAW(equal_texts_on_two_topics_are_different_frames_of_one_second))
