/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of lib/client/message.c: what is protected opens to itself and nothing else does. Time
 * is in test_time.c, old keys in test_transition.c, signers in test_peer.c, copies in
 * test_once.c.
 */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { LONG = 70000, KEY = 10 };

static struct device alice, bob, before;
static uint8_t text[LONG], frame[LONG + E4_OVERHEAD_PK], opened_text[LONG];

static const enum e4_mode both_modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

/* Two devices with a topic; in public-key mode bob knows alice's public key, made of key 1. */
static void make(enum e4_mode mode)
{
    struct e4_command topic = set_topic("t", KEY), peer = set_peer("alice", 1);

    device_make(&alice, mode, "alice");
    device_make(&bob, mode, "bob");
    CHECK(order_at(&alice, &topic, T0 - 9) == E4_OK);
    CHECK(order_at(&bob, &topic, T0 - 9) == E4_OK);
    if (mode == E4_PUBLIC_KEY)
        CHECK(order_at(&bob, &peer, T0 - 8) == E4_OK);
    for (size_t i = 0; i < LONG; i++)
        text[i] = (uint8_t)(i * 31 + 7);
}

static size_t overhead_of(enum e4_mode mode)
{
    return mode == E4_SYMMETRIC ? E4_OVERHEAD_SK : E4_OVERHEAD_PK;
}

static void check_round_trip(enum e4_mode mode, size_t len, bool in_place)
{
    struct e4_topic topic = topic_of("t");
    uint8_t *body = frame + E4_TEXT_AT(mode), *out = in_place ? body : opened_text;
    struct e4_opened opened;
    size_t frame_len;

    memcpy(body, text, len);
    CHECK_AT(len, e4_protect(&alice.client, &topic, frame, len + overhead_of(mode), &frame_len,
                             in_place ? body : text, len) == E4_OK);
    CHECK_AT(len, frame_len == len + overhead_of(mode));
    CHECK_AT(len,
             e4_unprotect(&bob.client, &topic, out, len, &opened, frame, frame_len) == E4_OK);
    CHECK_AT(len, opened.text_len == len && memcmp(out, text, len) == 0);
}

TEST(what_one_protects_the_other_opens_apart_and_in_place)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        make(both_modes[m]);
        alice.policy.send_empty = true;
        for (size_t len = 0; len <= 200; len++) {
            check_round_trip(both_modes[m], len, false);
            alice.memory.now_s++;
            bob.memory.now_s++;
            check_round_trip(both_modes[m], len, true);
        }
        check_round_trip(both_modes[m], 16384, false);
        check_round_trip(both_modes[m], LONG, true);
    }
}

TEST(a_frame_is_what_the_protocol_says)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        uint8_t got[FRAME_MAX], want[FRAME_MAX];
        size_t len, want_len;

        make(both_modes[m]);
        CHECK_AT(m, send_text(&alice, "t", "hello", got, &len) == E4_OK);
        want_len = seal_message(want, both_modes[m], KEY, "alice", 1, "hello", T0 - 2);
        CHECK_AT(m, len == want_len && memcmp(got, want, len) == 0);
    }
}

TEST(what_was_opened_is_described)
{
    uint8_t sender[E4_ID_SIZE] = {0};
    struct e4_topic topic = topic_of("t");
    struct e4_opened opened;
    size_t len;

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        make(both_modes[m]);
        if (both_modes[m] == E4_PUBLIC_KEY)
            id_of(sender, "alice");
        bob.memory.now_s = T0 + 7;
        memset(&opened, 0xA5, sizeof opened);
        CHECK(send_text(&alice, "t", "hello", frame, &len) == E4_OK);
        CHECK(e4_unprotect(&bob.client, &topic, opened_text, 5, &opened, frame, len) == E4_OK);
        CHECK_AT(m, opened.kind == E4_MESSAGE && opened.text_len == 5 && opened.command == 0);
        CHECK_AT(m, opened.sent_s == T0 - 2 && opened.now_s == T0 + 7);
        CHECK_AT(m, memcmp(opened.sender, sender, sizeof sender) == 0);
        CHECK_AT(m,
                 memcmp(opened.tag, frame + overhead_of(both_modes[m]) - 16 - 64 * m, 16) == 0);
        CHECK_AT(m, opened.verified == (both_modes[m] == E4_PUBLIC_KEY));
        CHECK_AT(m, !opened.old_key && !opened.repeated);
    }
}

TEST(opening_a_message_stores_nothing)
{
    size_t len;

    make(E4_PUBLIC_KEY);
    bob.trip.stores = 0;
    alice.trip.stores = 0;
    CHECK(send_text(&alice, "t", "hello", frame, &len) == E4_OK);
    CHECK(receive(&bob, "t", frame, len) == E4_OK);
    CHECK(bob.trip.stores == 0 && alice.trip.stores == 0);
}

/* An error that leaves the client, zeros in opened, and nothing of the text. */
static void check_refused(size_t row, const char *name, const uint8_t *in, size_t in_len,
                          enum e4_result want)
{
    struct e4_topic topic = topic_of(name);
    struct e4_opened opened;
    size_t overhead = overhead_of(bob.identity.mode);

    memset(opened_text, 0xEE, 300);
    memset(&opened, 0xA5, sizeof opened);
    before = bob;
    CHECK_AT(row,
             e4_unprotect(&bob.client, &topic, opened_text, 300, &opened, in, in_len) == want);
    CHECK_AT(row, device_same(&bob, &before));
    for (size_t i = 0; i < 300; i++)
        CHECK_AT(row, opened_text[i] == 0xEE || (i < in_len - overhead && opened_text[i] == 0));
    if (want == E4_ERR_STALE || want == E4_ERR_FUTURE) {
        CHECK_AT(row, opened.now_s == T0);
        opened.sent_s = opened.now_s = 0;
    }
    CHECK_AT(row, all_zero(&opened, sizeof opened));
}

TEST(one_flipped_bit_anywhere_is_refused_and_changes_nothing)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        size_t len;

        make(both_modes[m]);
        CHECK(send_text(&alice, "t", "hello, world", frame, &len) == E4_OK);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            enum e4_result want = m == 0 ? E4_ERR_FORGED : E4_ERR_SIGNATURE;

            frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (bit < 64) {
                uint64_t sent_s = 0;

                for (int i = 7; i >= 0; i--)
                    sent_s = sent_s << 8 | frame[i];
                want = sent_s + 600 < T0  ? E4_ERR_STALE
                       : sent_s > T0 + 60 ? E4_ERR_FUTURE
                                          : want;
            } else if (m == 1 && bit < 192) {
                want = E4_ERR_NO_SENDER;
            }
            check_refused(bit, "t", frame, len, want);
            frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        CHECK_AT(m, receive_text(&bob, "t", "hello, world", frame, len) == E4_OK);
    }
}

TEST(frames_of_every_length_are_refused_unless_whole)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        size_t whole;

        make(both_modes[m]);
        memset(frame, 0, 201);
        CHECK(send_text(&alice, "t", "hello, world", frame, &whole) == E4_OK);
        for (size_t len = 0; len <= 200; len++) {
            enum e4_result want = m == 0 ? E4_ERR_FORGED : E4_ERR_SIGNATURE;

            if (len == whole)
                continue;
            check_refused(len, "t", frame, len,
                          len < overhead_of(both_modes[m]) ? E4_ERR_SHORT : want);
        }
        CHECK_AT(m, receive(&bob, "t", frame, whole) == E4_OK);
    }
}

TEST(a_topic_without_a_key_is_told_before_anything_else)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_command remove = remove_topic("t");
        size_t len;

        make(both_modes[m]);
        CHECK(send_text(&alice, "t", "hello", frame, &len) == E4_OK);
        check_refused(m, "u", frame, len, E4_ERR_NO_TOPIC);
        check_refused(m, "u", frame, 0, E4_ERR_NO_TOPIC);
        CHECK(order_at(&bob, &remove, T0) == E4_OK);
        check_refused(m, "t", frame, len, E4_ERR_NO_TOPIC);
        CHECK(send_text(&bob, "t", "hello", frame, &len) == E4_ERR_NO_TOPIC && len == 0);
    }
}

TEST(too_little_room_for_the_text_is_told_and_the_frame_still_opens_later)
{
    for (size_t m = 0; m < COUNT(both_modes); m++) {
        struct e4_topic topic = topic_of("t");
        struct e4_opened opened;
        size_t len;

        make(both_modes[m]);
        CHECK(send_text(&alice, "t", "hello", frame, &len) == E4_OK);
        before = bob;
        memset(opened_text, 0xEE, 10);
        for (size_t cap = 0; cap < 5; cap++) {
            CHECK_AT(cap, e4_unprotect(&bob.client, &topic, opened_text, cap, &opened, frame,
                                       len) == E4_ERR_SPACE);
            CHECK_AT(cap, all_zero(&opened, sizeof opened) && opened_text[0] == 0xEE);
        }
        CHECK_AT(m, device_same(&bob, &before));
        CHECK_AT(m, receive_text(&bob, "t", "hello", frame, len) == E4_OK);
    }
}

TEST(what_cannot_be_protected_writes_nothing)
{
    static const struct {
        const char *topic;
        size_t cap_below; /* how many bytes of room are missing */
        size_t text_len;
        bool clock;
        enum e4_result want;
    } row[] = {
        {"u", 0, 5, true, E4_ERR_NO_TOPIC},  {"t", 1, 5, true, E4_ERR_SPACE},
        {"t", 5, 5, true, E4_ERR_SPACE},     {"t", 6, 5, true, E4_ERR_SPACE},
        {"t", 0, 0, true, E4_ERR_ARGUMENT},  {"t", 0, 5, false, E4_ERR_CLOCK},
        {"u", 9, 0, false, E4_ERR_NO_TOPIC}, {"t", 9, 0, false, E4_ERR_ARGUMENT},
    };

    for (size_t i = 0; i < 2 * COUNT(row); i++) {
        size_t r = i / 2, len = 99;
        struct e4_topic topic = topic_of(row[r].topic);
        size_t cap = 5 + overhead_of(both_modes[i % 2]) - row[r].cap_below;

        make(both_modes[i % 2]);
        if (!row[r].clock)
            alice.memory.now_s = 0;
        before = alice;
        memset(frame, 0xEE, 200);
        CHECK_AT(i, e4_protect(&alice.client, &topic, frame, cap, &len, text,
                               row[r].text_len) == row[r].want);
        CHECK_AT(i, len == 0 && device_same(&alice, &before));
        for (size_t at = 0; at < 200; at++)
            CHECK_AT(i, frame[at] == 0xEE);
    }
    CHECK(e4_protect(&alice.client, &(struct e4_topic){{0}, 0, NULL}, frame, 0, &(size_t){0},
                     text, SIZE_MAX) == E4_ERR_NO_TOPIC);
}

TEST(a_length_near_the_end_of_the_number_range_does_not_fit)
{
    struct e4_topic topic = topic_of("t");
    size_t len;

    make(E4_SYMMETRIC);
    for (size_t less = 0; less < 30; less++)
        CHECK_AT(less, e4_protect(&alice.client, &topic, frame, sizeof frame, &len, text,
                                  SIZE_MAX - less) == E4_ERR_SPACE);
    CHECK(e4_protect(&alice.client, &topic, frame, 23, &len, text, 1) == E4_ERR_SPACE);
}

TEST(an_empty_text_is_accepted_and_sent_only_if_asked_to)
{
    size_t len;

    for (size_t m = 0; m < COUNT(both_modes); m++) {
        make(both_modes[m]);
        CHECK_AT(m, send_text(&alice, "t", "", frame, &len) == E4_ERR_ARGUMENT);
        len = seal_message(frame, both_modes[m], KEY, "alice", 1, "", T0);
        CHECK_AT(m, receive_text(&bob, "t", "", frame, len) == E4_OK);
        alice.policy.send_empty = true;
        CHECK_AT(m, send_text(&alice, "t", "", frame, &len) == E4_OK);
        CHECK_AT(m, receive_text(&bob, "t", "", frame, len) == E4_OK);
    }
}

TEST(a_frame_opens_under_its_own_topic_only)
{
    struct e4_command other = set_topic("u", 11);
    size_t len;

    make(E4_SYMMETRIC);
    CHECK(order_at(&bob, &other, T0) == E4_OK);
    CHECK(send_text(&alice, "t", "hello", frame, &len) == E4_OK);
    check_refused(0, "u", frame, len, E4_ERR_FORGED);
    CHECK(receive(&bob, "t", frame, len) == E4_OK);
}

TEST(a_client_without_a_policy_of_its_own_has_that_by_default)
{
    size_t len;

    make(E4_SYMMETRIC);
    alice.config.policy = NULL;
    CHECK(device_restart(&alice) == E4_OK);
    CHECK(send_text(&alice, "t", "", frame, &len) == E4_ERR_ARGUMENT);
    CHECK(send_text(&alice, "t", "x", frame, &len) == E4_OK && frame[0] == (uint8_t)(T0 - 2));
}

LAWS(LAW(what_one_protects_the_other_opens_apart_and_in_place),
     LAW(a_frame_is_what_the_protocol_says), LAW(what_was_opened_is_described),
     LAW(opening_a_message_stores_nothing),
     LAW(one_flipped_bit_anywhere_is_refused_and_changes_nothing),
     LAW(frames_of_every_length_are_refused_unless_whole),
     LAW(a_topic_without_a_key_is_told_before_anything_else),
     LAW(too_little_room_for_the_text_is_told_and_the_frame_still_opens_later),
     LAW(what_cannot_be_protected_writes_nothing),
     LAW(a_length_near_the_end_of_the_number_range_does_not_fit),
     LAW(an_empty_text_is_accepted_and_sent_only_if_asked_to),
     LAW(a_frame_opens_under_its_own_topic_only),
     LAW(a_client_without_a_policy_of_its_own_has_that_by_default))
