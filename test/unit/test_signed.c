/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/signed.c: signed frames. */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { TEXT_MAX = 5000, TOPIC_KEY = 10, ALICE = 20, BOB = 21 };

static uint8_t text[TEXT_MAX], frame[TEXT_MAX + E4_OVERHEAD_PK], opened[TEXT_MAX];

/* Seal as alice with key ALICE. */
static size_t seal(uint8_t *out, size_t out_cap, const uint8_t *in, size_t len)
{
    uint8_t key[E4_KEY_SIZE], id[E4_ID_SIZE], seed[E4_KEY_SIZE], public_key[E4_KEY_SIZE];
    struct e4_sealing sealing = {key, T0, id, seed, public_key};
    size_t out_len;

    key_of(key, TOPIC_KEY);
    id_of(id, "alice");
    key_of(seed, ALICE);
    public_of(public_key, ALICE);
    CHECK(e4_frame_seal_signed(out, out_cap, &out_len, &sealing, in, len) == E4_OK);
    return out_len;
}

/* Parse, verify, open: what a receiver without a client does. */
static enum e4_result receive_frame(uint8_t *out, size_t *out_len, const uint8_t *in,
                                    size_t in_len, unsigned signer)
{
    uint8_t key[E4_KEY_SIZE], public_key[E4_KEY_SIZE];
    struct e4_frame parsed;
    enum e4_result result;

    key_of(key, TOPIC_KEY);
    public_of(public_key, signer);
    *out_len = 0;
    result = e4_frame_parse(&parsed, E4_PUBLIC_KEY, in, in_len);
    if (result == E4_OK)
        result = e4_frame_verify(&parsed, public_key);
    if (result == E4_OK)
        result = e4_frame_open(out, parsed.body_len, out_len, &parsed, key);
    return result;
}

static void check_round_trip(size_t len)
{
    size_t frame_len, out_len;

    for (size_t i = 0; i < len; i++)
        text[i] = (uint8_t)(i * 7 + len);
    frame_len = seal(frame, len + E4_OVERHEAD_PK, text, len);
    CHECK_AT(len, frame_len == len + E4_OVERHEAD_PK);
    CHECK_AT(len, receive_frame(opened, &out_len, frame, frame_len, ALICE) == E4_OK);
    CHECK_AT(len, out_len == len && memcmp(opened, text, len) == 0);

    memcpy(frame + E4_TEXT_AT(E4_PUBLIC_KEY), text, len);
    frame_len = seal(frame, len + E4_OVERHEAD_PK, frame + E4_TEXT_AT(E4_PUBLIC_KEY), len);
    CHECK_AT(len, receive_frame(frame + E4_TEXT_AT(E4_PUBLIC_KEY), &out_len, frame, frame_len,
                                ALICE) == E4_OK);
    CHECK_AT(len, out_len == len && memcmp(frame + E4_TEXT_AT(E4_PUBLIC_KEY), text, len) == 0);
}

TEST(what_is_signed_verifies_and_opens_apart_and_in_place)
{
    for (size_t len = 0; len <= 200; len++)
        check_round_trip(len);
    check_round_trip(1023);
    check_round_trip(TEXT_MAX);
}

TEST(one_flipped_bit_anywhere_breaks_the_signature)
{
    size_t out_len, frame_len = seal(frame, sizeof frame, (const uint8_t *)"hello", 5);

    for (size_t bit = 0; bit < 8 * frame_len; bit++) {
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit,
                 receive_frame(opened, &out_len, frame, frame_len, ALICE) == E4_ERR_SIGNATURE);
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

TEST(the_key_of_another_does_not_verify)
{
    size_t out_len, frame_len = seal(frame, sizeof frame, text, 5);

    CHECK(receive_frame(opened, &out_len, frame, frame_len, BOB) == E4_ERR_SIGNATURE);
}

TEST(an_untrue_signer_id_is_not_covered_by_the_old_signature)
{
    size_t out_len, frame_len = seal(frame, sizeof frame, text, 5);

    id_of(frame + 8, "bob");
    CHECK(receive_frame(opened, &out_len, frame, frame_len, ALICE) == E4_ERR_SIGNATURE);
    CHECK(receive_frame(opened, &out_len, frame, frame_len, BOB) == E4_ERR_SIGNATURE);
}

TEST(a_signed_frame_is_the_symmetric_frame_with_a_signer_and_a_signature)
{
    uint8_t key[E4_KEY_SIZE], plain[100], id[E4_ID_SIZE];
    struct e4_sealing sealing = {.key = key, .sent_s = T0};
    size_t plain_len, frame_len = seal(frame, sizeof frame, (const uint8_t *)"hello", 5);

    key_of(key, TOPIC_KEY);
    id_of(id, "alice");
    CHECK(e4_frame_seal(plain, sizeof plain, &plain_len, &sealing, (const uint8_t *)"hello",
                        5) == E4_OK);
    CHECK(plain_len + 80 == frame_len);
    CHECK(memcmp(frame, plain, 8) == 0 && memcmp(frame + 8, id, 16) == 0);
    CHECK(memcmp(frame + 24, plain + 8, plain_len - 8) == 0);
}

TEST(a_frame_without_a_signature_cannot_be_verified)
{
    uint8_t public_key[E4_KEY_SIZE];
    struct e4_frame parsed;
    size_t frame_len = seal(frame, sizeof frame, text, 5);

    public_of(public_key, ALICE);
    CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, frame, frame_len) == E4_OK);
    CHECK(e4_frame_verify(&parsed, public_key) == E4_ERR_ARGUMENT);
}

TEST(too_little_room_writes_nothing)
{
    struct e4_sealing sealing = {.key = text};
    uint8_t out[120], before[120];
    size_t len;

    memset(out, 0xEE, sizeof out);
    memset(before, 0xEE, sizeof before);
    for (size_t cap = 0; cap < 114; cap++) {
        len = 99;
        CHECK_AT(cap, e4_frame_seal_signed(out, cap, &len, &sealing, text, 10) == E4_ERR_SPACE);
        CHECK_AT(cap, len == 0 && memcmp(out, before, sizeof out) == 0);
    }
    CHECK(e4_frame_seal_signed(out, sizeof out, &len, &sealing, text, SIZE_MAX - 50) ==
          E4_ERR_SPACE);
}

LAWS(LAW(what_is_signed_verifies_and_opens_apart_and_in_place),
     LAW(one_flipped_bit_anywhere_breaks_the_signature),
     LAW(the_key_of_another_does_not_verify),
     LAW(an_untrue_signer_id_is_not_covered_by_the_old_signature),
     LAW(a_signed_frame_is_the_symmetric_frame_with_a_signer_and_a_signature),
     LAW(a_frame_without_a_signature_cannot_be_verified), LAW(too_little_room_writes_nothing))
