/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/message.c: the server talks with devices, as one of them. */
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/message.h"

static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};
static const uint8_t hello[] = "hello";

static void join(struct rig *rig, struct device *alice, enum e4_mode mode)
{
    rig_open(rig, mode);
    rig_device(rig, alice, "alice", 10);
    CHECK(topic_new(rig->core, "t", "room", &rig->err) == 0);
    CHECK(link_topic(rig->core, "t", "alice", "room", &rig->err) == 0);
    if (mode == E4_PUBLIC_KEY)
        CHECK(link_send_key(rig->core, "t", "alice", MESSAGE_SIGNER, &rig->err) == 0);
    (void)rig_deliver(rig, alice);
}

TEST(a_device_opens_what_the_server_protected_and_the_other_way_round)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        uint8_t frame[FRAME_MAX], text[FRAME_MAX];
        size_t len, text_len;

        join(&rig, &alice, modes[i]);
        CHECK(message_protect(rig.core, "room", frame, sizeof frame, &len, hello, 5,
                              &rig.err) == 0);
        CHECK(receive_text(&alice, "room", "hello", frame, len) == E4_OK);
        CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                                &rig.err) == 0);
        CHECK(text_len == 5 && memcmp(text, hello, 5) == 0);
        CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
        CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                                &rig.err) == 0);
        CHECK(text_len == 5 && memcmp(text, hello, 5) == 0);
        rig_close(&rig);
    }
}

TEST(the_server_never_sends_the_same_frame_twice)
{
    enum { TIMES = 50 };

    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        static uint8_t frames[TIMES][FRAME_MAX];
        struct rig rig;
        size_t len;

        join(&rig, &alice, modes[i]);
        for (size_t n = 0; n < TIMES; n++) {
            CHECK(message_protect(rig.core, "room", frames[n], FRAME_MAX, &len, hello, 5,
                                  &rig.err) == 0);
            CHECK_AT(n, receive_text(&alice, "room", "hello", frames[n], len) == E4_OK);
            for (size_t other = 0; other < n; other++)
                CHECK_AT(n, memcmp(frames[n], frames[other], len) != 0);
        }
        rig_close(&rig);
    }
}

TEST(the_same_text_too_often_in_a_second_is_refused_and_later_it_goes)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX];
    size_t len, sent = 0;

    join(&rig, &alice, E4_SYMMETRIC);
    while (sent < 1000 && message_protect(rig.core, "room", frame, sizeof frame, &len, hello, 5,
                                          &rig.err) == 0)
        sent++;
    CHECK(sent > 50 && sent < 600 && rig.err.kind == ERR_BUSY && len == 0);
    CHECK(message_protect(rig.core, "room", frame, sizeof frame, &len, hello, 4, &rig.err) ==
          0);
    rig_pass(&rig, &alice, 1);
    CHECK(message_protect(rig.core, "room", frame, sizeof frame, &len, hello, 5, &rig.err) ==
          0);
    CHECK(receive_text(&alice, "room", "hello", frame, len) == E4_OK);
    rig_close(&rig);
}

TEST(the_old_key_opens_for_an_hour_and_a_revoked_one_not_at_all)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX], text[FRAME_MAX];
    size_t len, text_len;

    join(&rig, &alice, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    rig_pass(&rig, &alice, 3600);
    CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == 0);
    rig_pass(&rig, &alice, 1);
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT && strstr(rig.err.text, "not authentic") != NULL);
    CHECK(rig_deliver(&rig, &alice) > 0);
    CHECK(topic_revoke(rig.core, "t", "room", &rig.err) == 0);
    CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == -1);
    rig_close(&rig);
}

TEST(one_flipped_bit_anywhere_and_it_does_not_open)
{
    for (size_t i = 0; i < COUNT(modes); i++) {
        static struct device alice;
        struct rig rig;
        uint8_t frame[FRAME_MAX], text[FRAME_MAX];
        size_t len, text_len;

        join(&rig, &alice, modes[i]);
        CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
        for (size_t at = 0; at < len; at++) {
            frame[at] ^= 0x10;
            CHECK_AT(at, message_unprotect(rig.core, "room", text, sizeof text, &text_len,
                                           frame, len, &rig.err) == -1);
            CHECK_AT(at, text_len == 0);
            frame[at] ^= 0x10;
        }
        for (size_t cut = 0; cut < len; cut++)
            CHECK_AT(cut, message_unprotect(rig.core, "room", text, sizeof text, &text_len,
                                            frame, cut, &rig.err) == -1);
        rig_close(&rig);
    }
}

TEST(what_is_too_old_or_from_the_future_is_refused)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX], text[FRAME_MAX];
    size_t len, text_len;

    join(&rig, &alice, E4_SYMMETRIC);
    CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
    rig.now_s += 599;
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == -1);
    CHECK(strstr(rig.err.text, "too old") != NULL);
    rig.now_s -= 1;
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == 0);
    rig.now_s -= 598 + 62;
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == 0);
    rig.now_s -= 1;
    CHECK(message_unprotect(rig.core, "room", text, sizeof text, &text_len, frame, len,
                            &rig.err) == -1);
    CHECK(strstr(rig.err.text, "future") != NULL);
    rig_close(&rig);
}

TEST(bad_input_is_said_to_be_so)
{
    static struct device alice;
    struct rig rig;
    uint8_t frame[FRAME_MAX], key[E4_KEY_SIZE];
    size_t len;

    join(&rig, &alice, E4_SYMMETRIC);
    CHECK(message_protect(rig.core, "hall", frame, sizeof frame, &len, hello, 5, &rig.err) ==
          -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(message_unprotect(rig.core, "hall", frame, sizeof frame, &len, hello, 5, &rig.err) ==
          -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(message_protect(rig.core, "room", frame, sizeof frame, &len, hello, 0, &rig.err) ==
          -1);
    CHECK(rig.err.kind == ERR_INPUT);
    CHECK(message_protect(rig.core, "room", frame, 5, &len, hello, 5, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_PROTOCOL && len == 0);
    CHECK(message_signer_public(rig.core, key, &rig.err) == -1 && rig.err.kind == ERR_MODE);
    rig_close(&rig);
    join(&rig, &alice, E4_PUBLIC_KEY);
    CHECK(message_signer_public(rig.core, key, &rig.err) == 0);
    CHECK(message_protect(rig.core, "room", frame, 5, &len, hello, 5, &rig.err) == -1);
    CHECK(send_text(&alice, "room", "hello", frame, &len) == E4_OK);
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == 0);
    CHECK(message_unprotect(rig.core, "room", frame, sizeof frame, &len, frame, len,
                            &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "signer") != NULL);
    rig_close(&rig);
}

LAWS(LAW(the_server_never_sends_the_same_frame_twice),
     LAW(the_same_text_too_often_in_a_second_is_refused_and_later_it_goes),
     LAW(a_device_opens_what_the_server_protected_and_the_other_way_round),
     LAW(the_old_key_opens_for_an_hour_and_a_revoked_one_not_at_all),
     LAW(one_flipped_bit_anywhere_and_it_does_not_open),
     LAW(what_is_too_old_or_from_the_future_is_refused), LAW(bad_input_is_said_to_be_so))
