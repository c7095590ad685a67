/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of signers in public-key mode: who is believed, who is not, and what that says. */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { BOB = 20, EVE = 21 };

static struct device device, before;
static uint8_t frame[FRAME_MAX], text[FRAME_MAX];
static struct e4_opened opened;

/* Alice, who holds the topic's key and bob's public key. */
static void make(bool unknown_senders)
{
    struct e4_command topic = set_topic("t", 10), peer = set_peer("bob", BOB);

    device_make(&device, E4_PUBLIC_KEY, "alice");
    CHECK(order_at(&device, &topic, T0 - 9) == E4_OK);
    CHECK(order_at(&device, &peer, T0 - 9) == E4_OK);
    device.policy.unknown_senders = unknown_senders;
    before = device;
}

static enum e4_result opens(size_t len)
{
    struct e4_topic topic = topic_of("t");

    return e4_unprotect(&device.client, &topic, text, sizeof text, &opened, frame, len);
}

static bool said_by(const char *name, bool verified)
{
    uint8_t id[E4_ID_SIZE];

    id_of(id, name);
    return memcmp(opened.sender, id, sizeof id) == 0 && opened.verified == verified;
}

TEST(a_signer_is_believed_whose_key_is_held)
{
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, "hello", T0);

    for (int unknown_senders = 0; unknown_senders < 2; unknown_senders++) {
        make(unknown_senders);
        CHECK(opens(len) == E4_OK && said_by("bob", true));
    }
}

TEST(a_wrong_signature_of_a_known_signer_is_always_refused)
{
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", EVE, "hello", T0);

    for (int unknown_senders = 0; unknown_senders < 2; unknown_senders++) {
        make(unknown_senders);
        CHECK(opens(len) == E4_ERR_SIGNATURE && all_zero(&opened, sizeof opened));
        CHECK(device_same(&device, &before));
    }
}

TEST(an_unknown_signer_is_refused_or_opened_unverified)
{
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "eve", EVE, "hello", T0);

    make(false);
    CHECK(opens(len) == E4_ERR_NO_SENDER && all_zero(&opened, sizeof opened));
    CHECK(device_same(&device, &before));
    make(true);
    CHECK(opens(len) == E4_OK && said_by("eve", false));
    CHECK(opened.text_len == 5 && memcmp(text, "hello", 5) == 0);
}

TEST(an_unknown_signers_frame_must_be_authentic_all_the_same)
{
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "eve", EVE, "hello", T0);

    make(true);
    for (size_t bit = 8 * 24; bit < 8 * (len - 64); bit++) {
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit, opens(len) == E4_ERR_FORGED && all_zero(text, 5));
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(device_same(&device, &before));
}

TEST(a_signer_is_unknown_after_its_removal_and_known_after_its_key_came)
{
    const struct {
        struct e4_command command;
        enum e4_result bob, eve;
    } step[] = {
        {set_peer("eve", EVE), E4_OK, E4_OK},
        {remove_peer("bob"), E4_ERR_NO_SENDER, E4_OK},
        {set_peer("bob", EVE), E4_ERR_SIGNATURE, E4_OK},
        {set_peer("bob", BOB), E4_OK, E4_OK},
        {reset_peers(), E4_ERR_NO_SENDER, E4_ERR_NO_SENDER},
        {set_peer("eve", EVE), E4_ERR_NO_SENDER, E4_OK},
    };

    make(false);
    for (size_t i = 0; i < COUNT(step); i++) {
        char said[2] = {(char)('0' + i)};

        CHECK_AT(i, order_at(&device, &step[i].command, T0 - 8 + i) == E4_OK);
        CHECK_AT(i, opens(seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, said, T0)) ==
                        step[i].bob);
        CHECK_AT(i, opens(seal_message(frame, E4_PUBLIC_KEY, 10, "eve", EVE, said, T0)) ==
                        step[i].eve);
    }
}

TEST(a_frame_with_another_signers_id_is_refused)
{
    struct e4_command eve = set_peer("eve", EVE);
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, "hello", T0);

    make(false);
    CHECK(order_at(&device, &eve, T0 - 5) == E4_OK);
    id_of(frame + 8, "eve");
    CHECK(opens(len) == E4_ERR_SIGNATURE);
}

TEST(a_member_that_signs_anothers_text_anew_is_said_to_be_its_sender)
{
    struct e4_command eve = set_peer("eve", EVE);
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, "hello", T0);

    make(false);
    CHECK(order_at(&device, &eve, T0 - 5) == E4_OK);
    CHECK(opens(len) == E4_OK && said_by("bob", true));
    len = seal_message(frame, E4_PUBLIC_KEY, 10, "eve", EVE, "hello", T0);
    CHECK(opens(len) == E4_OK && said_by("eve", true));
}

TEST(a_symmetric_frame_is_not_a_signed_one_nor_the_other_way_round)
{
    struct e4_command topic = set_topic("t", 10);
    size_t len = seal_message(frame, E4_SYMMETRIC, 10, NULL, 0,
                              "long enough to be taken for a signed frame, that is to say for "
                              "one of a hundred and four bytes or more",
                              T0);

    make(true);
    CHECK(opens(len) == E4_ERR_FORGED);
    device_make(&device, E4_SYMMETRIC, "alice");
    CHECK(order(&device, &topic) == E4_OK);
    len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, "hello", T0);
    CHECK(opens(len) == E4_ERR_FORGED);
}

/*
 * An id that is not held is not covered by anything: whoever saw the frame can write another.
 * So where unknown signers are let in, what counts as a copy must not depend on it.
 */
TEST(an_unverified_copy_under_another_name_is_a_copy)
{
    static const struct {
        const char *first, *second;
        enum e4_result want;
    } row[] = {
        {"eve", "eve", E4_ERR_REPLAY},
        {"eve", "mallory", E4_ERR_REPLAY},
        {"bob", "mallory", E4_ERR_REPLAY}, /* bob's own was verified */
        {"bob", "bob", E4_ERR_REPLAY},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, row[i].first, BOB, "hello", T0);

        make(true);
        CHECK_AT(i, opens(len) == E4_OK);
        id_of(frame + 8, row[i].second);
        CHECK_AT(i, opens(len) == row[i].want);
    }
}

TEST(an_unverified_copy_does_not_keep_the_signed_message_out)
{
    static const char *const first[] = {"eve", "mallory"};
    uint8_t copy[FRAME_MAX];
    size_t len = seal_message(frame, E4_PUBLIC_KEY, 10, "bob", BOB, "hello", T0);

    make(true);
    memcpy(copy, frame, len);
    for (size_t i = 0; i < COUNT(first); i++) {
        id_of(frame + 8, first[i]);
        frame[len - 1] ^= 1;
        CHECK_AT(i, opens(len) == (i == 0 ? E4_OK : E4_ERR_REPLAY));
    }
    memcpy(frame, copy, len);
    CHECK(opens(len) == E4_OK && said_by("bob", true));
    CHECK(opens(len) == E4_ERR_REPLAY);
}

LAWS(LAW(a_signer_is_believed_whose_key_is_held),
     LAW(a_wrong_signature_of_a_known_signer_is_always_refused),
     LAW(an_unknown_signer_is_refused_or_opened_unverified),
     LAW(an_unknown_signers_frame_must_be_authentic_all_the_same),
     LAW(a_signer_is_unknown_after_its_removal_and_known_after_its_key_came),
     LAW(a_frame_with_another_signers_id_is_refused),
     LAW(a_member_that_signs_anothers_text_anew_is_said_to_be_its_sender),
     LAW(a_symmetric_frame_is_not_a_signed_one_nor_the_other_way_round),
     LAW(an_unverified_copy_under_another_name_is_a_copy),
     LAW(an_unverified_copy_does_not_keep_the_signed_message_out))
