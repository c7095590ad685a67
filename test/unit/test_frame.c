/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/wire/frame.c: frames under a key alone. */
#include <string.h>

#include "fixture.h"
#include "law.h"

enum { LONG = 70000 };

static const uint8_t aes_key[E4_KEY_SIZE] = {1, 2, 3};
static uint8_t text[LONG], frame[LONG + E4_OVERHEAD_SK], opened[LONG];

/* Zero bytes, every length up to 200, then some where blocks and counters turn over. */
static const size_t long_len[] = {255, 256, 257, 1023, 4096, 16384, 65535, 65536, 70000};

static void fill_text(void)
{
    uint64_t state = 7;

    for (size_t i = 0; i < LONG; i++)
        text[i] = (uint8_t)random_next(&state);
}

static size_t seal(uint8_t *out, const uint8_t *in, size_t len, uint64_t sent_s)
{
    struct e4_sealing sealing = {.key = aes_key, .sent_s = sent_s};
    size_t out_len;

    CHECK(e4_frame_seal(out, len + E4_OVERHEAD_SK, &out_len, &sealing, in, len) == E4_OK);
    return out_len;
}

/* Open a frame into out, which is not touched beyond the text. */
static enum e4_result open_frame(uint8_t *out, size_t out_cap, size_t *len, const uint8_t *in,
                                 size_t in_len, const uint8_t *key)
{
    struct e4_frame parsed;

    CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, in, in_len) == E4_OK);
    return e4_frame_open(out, out_cap, len, &parsed, key);
}

static void check_round_trip(size_t len)
{
    size_t frame_len, opened_len;

    frame_len = seal(frame, text, len, T0 + len);
    CHECK_AT(len, frame_len == len + E4_OVERHEAD_SK);
    memset(opened, 0xEE, len + 1);
    CHECK_AT(len, open_frame(opened, len, &opened_len, frame, frame_len, aes_key) == E4_OK);
    CHECK_AT(len, opened_len == len && memcmp(opened, text, len) == 0 && opened[len] == 0xEE);
}

static void check_round_trip_in_place(size_t len)
{
    size_t frame_len, opened_len;
    uint8_t *body = frame + E4_OVERHEAD_SK;

    memcpy(body, text, len);
    frame_len = seal(frame, body, len, T0);
    CHECK_AT(len, len < 16 || memcmp(body, text, len) != 0);
    CHECK_AT(len, open_frame(body, len, &opened_len, frame, frame_len, aes_key) == E4_OK);
    CHECK_AT(len, opened_len == len && memcmp(body, text, len) == 0);
}

TEST(what_is_sealed_opens_to_itself)
{
    fill_text();
    for (size_t len = 0; len <= 200; len++)
        check_round_trip(len);
    for (size_t i = 0; i < COUNT(long_len) - 1; i++)
        check_round_trip(long_len[i]);
}

TEST(what_is_sealed_in_place_opens_in_place)
{
    fill_text();
    for (size_t len = 0; len <= 200; len++)
        check_round_trip_in_place(len);
    for (size_t i = 0; i < COUNT(long_len); i++)
        check_round_trip_in_place(long_len[i]);
}

TEST(sealing_the_same_gives_the_same_in_place_or_apart)
{
    uint8_t apart[224], in_place[224];

    fill_text();
    for (size_t len = 0; len <= 200; len++) {
        size_t frame_len = seal(apart, text, len, 5);

        memcpy(in_place + E4_OVERHEAD_SK, text, len);
        CHECK_AT(len, seal(in_place, in_place + E4_OVERHEAD_SK, len, 5) == frame_len);
        CHECK_AT(len, memcmp(apart, in_place, frame_len) == 0);
    }
}

TEST(one_flipped_bit_anywhere_is_forged_and_leaves_zeros)
{
    uint8_t out[40];
    size_t len;

    fill_text();
    for (size_t text_len = 0; text_len <= sizeof out; text_len += 5) {
        size_t frame_len = seal(frame, text, text_len, T0);

        for (size_t bit = 0; bit < 8 * frame_len; bit++) {
            frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
            memset(out, 0xEE, sizeof out);
            CHECK_AT(bit, open_frame(out, sizeof out, &len, frame, frame_len, aes_key) ==
                              E4_ERR_FORGED);
            CHECK_AT(bit, len == 0 && all_zero(out, text_len));
            CHECK_AT(bit, text_len == sizeof out || out[text_len] == 0xEE);
            frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

TEST(a_forged_frame_opened_in_place_leaves_zeros_in_place)
{
    size_t len = 1, frame_len;

    fill_text();
    frame_len = seal(frame, text, 100, T0);
    frame[60] ^= 1;
    CHECK(open_frame(frame + E4_OVERHEAD_SK, 100, &len, frame, frame_len, aes_key) ==
          E4_ERR_FORGED);
    CHECK(len == 0 && all_zero(frame + E4_OVERHEAD_SK, 100));
}

TEST(another_key_does_not_open)
{
    uint8_t other[E4_KEY_SIZE], out[10];
    size_t len, frame_len;

    fill_text();
    frame_len = seal(frame, text, sizeof out, T0);
    for (size_t bit = 0; bit < 256; bit++) {
        memcpy(other, aes_key, sizeof other);
        other[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_AT(bit,
                 open_frame(out, sizeof out, &len, frame, frame_len, other) == E4_ERR_FORGED);
    }
}

TEST(a_frame_cut_or_continued_does_not_open)
{
    uint8_t out[220];
    size_t len, frame_len;

    fill_text();
    memset(frame, 0, 240);
    frame_len = seal(frame, text, 100, T0);
    for (size_t other_len = E4_OVERHEAD_SK; other_len <= 240; other_len++)
        CHECK_AT(other_len, open_frame(out, sizeof out, &len, frame, other_len, aes_key) ==
                                (other_len == frame_len ? E4_OK : E4_ERR_FORGED));
}

TEST(frames_of_every_length_are_parsed_or_short)
{
    static const struct {
        enum e4_mode mode;
        size_t overhead;
    } row[] = {{E4_SYMMETRIC, 24}, {E4_PUBLIC_KEY, 104}};
    struct e4_frame parsed;
    uint8_t bytes[201] = {0};

    for (size_t i = 0; i < COUNT(row); i++) {
        for (size_t len = 0; len <= 200; len++) {
            enum e4_result want = len < row[i].overhead ? E4_ERR_SHORT : E4_OK;

            memset(&parsed, 0xA5, sizeof parsed);
            CHECK_AT(len, e4_frame_parse(&parsed, row[i].mode, bytes, len) == want);
            if (want == E4_OK)
                CHECK_AT(len, parsed.body_len == len - row[i].overhead);
            else
                CHECK_AT(len, all_zero(&parsed, sizeof parsed));
        }
    }
    CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, NULL, 0) == E4_ERR_SHORT);
}

TEST(a_parsed_frame_points_at_the_parts_of_its_bytes)
{
    uint8_t bytes[130] = {0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
    struct e4_frame parsed;

    CHECK(e4_frame_parse(&parsed, E4_SYMMETRIC, bytes, sizeof bytes) == E4_OK);
    CHECK(parsed.bytes == bytes && parsed.sent_s == 0x1122334455667788);
    CHECK(parsed.tag == bytes + 8 && parsed.body == bytes + 24 && parsed.body_len == 106);
    CHECK(parsed.sender == NULL && parsed.signature == NULL);
    CHECK(e4_frame_parse(&parsed, E4_PUBLIC_KEY, bytes, sizeof bytes) == E4_OK);
    CHECK(parsed.bytes == bytes && parsed.sent_s == 0x1122334455667788);
    CHECK(parsed.sender == bytes + 8 && parsed.tag == bytes + 24);
    CHECK(parsed.body == bytes + 40 && parsed.body_len == 26);
    CHECK(parsed.signature == bytes + 66);
}

TEST(the_time_of_a_frame_is_its_first_eight_bytes_lowest_first)
{
    static const uint64_t time_s[] = {0, 1, T0, UINT64_MAX, 1ULL << 63, 0x0102030405060708};
    struct e4_frame parsed;
    uint8_t out[3];
    size_t len, frame_len;

    for (size_t i = 0; i < COUNT(time_s); i++) {
        frame_len = seal(frame, (const uint8_t *)"abc", 3, time_s[i]);
        CHECK_AT(i, e4_frame_parse(&parsed, E4_SYMMETRIC, frame, frame_len) == E4_OK);
        CHECK_AT(i, parsed.sent_s == time_s[i]);
        CHECK_AT(i, frame[0] == (uint8_t)time_s[i] && frame[7] == (uint8_t)(time_s[i] >> 56));
        CHECK_AT(i, open_frame(out, 3, &len, frame, frame_len, aes_key) == E4_OK);
    }
}

TEST(too_little_room_writes_nothing)
{
    struct e4_sealing sealing = {.key = aes_key};
    uint8_t out[60], before[60];
    size_t len;

    memset(out, 0xEE, sizeof out);
    memset(before, 0xEE, sizeof before);
    for (size_t cap = 0; cap < 34; cap++) {
        len = 99;
        CHECK_AT(cap, e4_frame_seal(out, cap, &len, &sealing, text, 10) == E4_ERR_SPACE);
        CHECK_AT(cap, len == 0 && memcmp(out, before, sizeof out) == 0);
    }
    CHECK(e4_frame_seal(out, sizeof out, &len, &sealing, text, SIZE_MAX) == E4_ERR_SPACE);
    CHECK(e4_frame_seal(out, sizeof out, &len, &sealing, text, SIZE_MAX - 23) == E4_ERR_SPACE);
    CHECK(memcmp(out, before, sizeof out) == 0);

    seal(frame, text, 10, 1);
    for (size_t cap = 0; cap < 10; cap++) {
        len = 99;
        CHECK_AT(cap, open_frame(out, cap, &len, frame, 34, aes_key) == E4_ERR_SPACE);
        CHECK_AT(cap, len == 0 && memcmp(out, before, sizeof out) == 0);
    }
}

TEST(text_of_no_bytes_may_be_null)
{
    size_t len = 9, frame_len = seal(frame, NULL, 0, T0);

    CHECK(frame_len == E4_OVERHEAD_SK);
    CHECK(open_frame(NULL, 0, &len, frame, frame_len, aes_key) == E4_OK && len == 0);
    frame[8] ^= 1;
    CHECK(open_frame(NULL, 0, &len, frame, frame_len, aes_key) == E4_ERR_FORGED);
}

LAWS(LAW(what_is_sealed_opens_to_itself), LAW(what_is_sealed_in_place_opens_in_place),
     LAW(sealing_the_same_gives_the_same_in_place_or_apart),
     LAW(one_flipped_bit_anywhere_is_forged_and_leaves_zeros),
     LAW(a_forged_frame_opened_in_place_leaves_zeros_in_place), LAW(another_key_does_not_open),
     LAW(a_frame_cut_or_continued_does_not_open),
     LAW(frames_of_every_length_are_parsed_or_short),
     LAW(a_parsed_frame_points_at_the_parts_of_its_bytes),
     LAW(the_time_of_a_frame_is_its_first_eight_bytes_lowest_first),
     LAW(too_little_room_writes_nothing), LAW(text_of_no_bytes_may_be_null))
