/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/look.c and words.c: what a frame is found to be. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "e4/keys.h"
#include "law.h"
#include "tools/e4/look.h"
#include "tools/e4/words.h"

#define NOW 1700000000UL

static const uint8_t key[E4_KEY_SIZE] = {1};
static const uint8_t other_key[E4_KEY_SIZE] = {2};
static const uint8_t seed[E4_KEY_SIZE] = {3};
static const uint8_t sender[E4_ID_SIZE] = {4};

/* A frame of either kind. */
static size_t seal(uint8_t *frame, size_t cap, enum e4_mode mode, const void *text, size_t len)
{
    uint8_t public_key[E4_KEY_SIZE];
    struct e4_sealing sealing = {key, NOW, sender, seed, public_key};
    size_t frame_len;

    CHECK(e4_sign_public(public_key, seed) == E4_OK);
    if (mode == E4_SYMMETRIC)
        CHECK(e4_frame_seal(frame, cap, &frame_len, &sealing, text, len) == E4_OK);
    else
        CHECK(e4_frame_seal_signed(frame, cap, &frame_len, &sealing, text, len) == E4_OK);
    return frame_len;
}

TEST(a_frame_is_read_in_hexadecimal_base64_and_raw)
{
    uint8_t frame[64], text[256];
    size_t frame_len = seal(frame, sizeof frame, E4_SYMMETRIC, "hello", 5);
    size_t len;

    hex_encode((char *)text, frame, frame_len);
    len = 2 * frame_len;
    CHECK(look_decode(text, &len) == LOOK_HEX);
    CHECK(len == frame_len && memcmp(text, frame, len) == 0);

    base64_encode((char *)text, frame, frame_len);
    len = strlen((char *)text);
    CHECK(look_decode(text, &len) == LOOK_BASE64);
    CHECK(len == frame_len && memcmp(text, frame, len) == 0);

    memcpy(text, frame, frame_len);
    len = frame_len;
    CHECK(look_decode(text, &len) == LOOK_RAW);
    CHECK(len == frame_len && memcmp(text, frame, len) == 0);
}

TEST(blanks_and_line_ends_in_a_written_frame_do_not_count)
{
    static const struct {
        const char *in, *out;
        enum look_coding coding;
    } row[] = {
        {" 61 62\n63\r\n", "abc", LOOK_HEX},
        {"YWJj\n", "abc", LOOK_BASE64},
        {"YW\nJj\nZA==\n", "abcd", LOOK_BASE64},
        {"6162 6", "6162 6", LOOK_RAW},
        {"YW=J", "YW=J", LOOK_RAW},
        {"ZA==YWJj", "ZA==YWJj", LOOK_RAW},
        {"hello, world", "hello, world", LOOK_RAW},
        {"", "", LOOK_RAW},
        {" \n", " \n", LOOK_RAW},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t bytes[32];
        size_t len = strlen(row[i].in);

        memcpy(bytes, row[i].in, len);
        CHECK_AT(i, look_decode(bytes, &len) == row[i].coding);
        CHECK_AT(i, len == strlen(row[i].out) && memcmp(bytes, row[i].out, len) == 0);
    }
}

/* What is found with these keys. */
static enum look_verdict verdict(const uint8_t *frame, size_t len, const uint8_t *topic_key,
                                 const uint8_t *command_key, const uint8_t *signer)
{
    static uint8_t text[4096];
    const struct look_keys keys = {topic_key, command_key, signer};
    char words[WORDS_SIZE];
    struct look look;

    look_outside(&look, frame, len, NOW);
    look_inside(&look, &keys, text);
    words_of_look(words, &look);
    CHECK(strlen(words) > 10 && strlen(words) < WORDS_SIZE - 1);
    return look.verdict;
}

TEST(each_pair_of_frame_and_keys_has_its_verdict)
{
    uint8_t symmetric[64], is_signed[160], changed[160], public_key[E4_KEY_SIZE];
    uint8_t other_public[E4_KEY_SIZE];
    size_t a = seal(symmetric, sizeof symmetric, E4_SYMMETRIC, "hello", 5);
    size_t b = seal(is_signed, sizeof is_signed, E4_PUBLIC_KEY, "hello", 5);

    CHECK(e4_sign_public(public_key, seed) == E4_OK &&
          e4_sign_public(other_public, key) == E4_OK);
    memcpy(changed, is_signed, b);
    changed[b - 1] ^= 1;
    const struct {
        const uint8_t *frame;
        size_t len;
        const uint8_t *key, *command, *signer;
        enum look_verdict want;
    } row[] = {
        {symmetric, 23, key, NULL, NULL, LOOK_NO_FRAME},
        {symmetric, a, NULL, NULL, NULL, LOOK_CLOSED},
        {symmetric, a, key, NULL, NULL, LOOK_OPEN},
        {symmetric, a, NULL, key, NULL, LOOK_OPEN},
        {symmetric, a, other_key, key, NULL, LOOK_OPEN},
        {symmetric, a, other_key, NULL, NULL, LOOK_WRONG_KEY},
        {symmetric, a, NULL, NULL, public_key, LOOK_WRONG_KEY},
        {symmetric, a - 1, key, NULL, NULL, LOOK_WRONG_KEY},
        {is_signed, b, NULL, NULL, NULL, LOOK_CLOSED},
        {is_signed, b, key, NULL, NULL, LOOK_UNSIGNED},
        {is_signed, b, key, NULL, public_key, LOOK_OPEN},
        {is_signed, b, other_key, NULL, public_key, LOOK_SIGNED},
        {is_signed, b, NULL, NULL, public_key, LOOK_SIGNED},
        {is_signed, b, NULL, NULL, other_public, LOOK_BAD_SIGNATURE},
        {is_signed, b, key, NULL, other_public, LOOK_BAD_SIGNATURE},
        {is_signed, b, other_key, NULL, other_public, LOOK_WRONG_KEY},
        {is_signed, b, other_key, NULL, NULL, LOOK_WRONG_KEY},
        {changed, b, key, NULL, public_key, LOOK_BAD_SIGNATURE},
        {changed, b, key, NULL, NULL, LOOK_UNSIGNED},
    };

    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, verdict(row[i].frame, row[i].len, row[i].key, row[i].command,
                            row[i].signer) == row[i].want);
}

TEST(what_is_badly_signed_is_not_shown)
{
    uint8_t frame[160], text[160], public_key[E4_KEY_SIZE];
    size_t len = seal(frame, sizeof frame, E4_PUBLIC_KEY, "hello", 5);
    const struct look_keys keys = {key, NULL, public_key};
    struct look look;

    CHECK(e4_sign_public(public_key, other_key) == E4_OK);
    look_outside(&look, frame, len, NOW);
    look_inside(&look, &keys, text);
    CHECK(look.verdict == LOOK_BAD_SIGNATURE && look.text_len == 0);
    CHECK(memcmp(text, "hello", 5) != 0);
}

TEST(commands_and_reports_are_told_by_what_is_in_them)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY, .id = {9}};
    struct e4_report report = {.type = E4_RECEIPT, .outcome = E4_ERR_FULL};
    uint8_t frame[128], text[128], plain[E4_COMMAND_MAX];
    const struct look_keys keys = {NULL, key, NULL};
    struct look look;
    size_t len;

    CHECK(e4_command_encode(plain, &len, &command, E4_PUBLIC_KEY) == E4_OK);
    look_outside(&look, frame, seal(frame, sizeof frame, E4_SYMMETRIC, plain, len), NOW);
    look_inside(&look, &keys, text);
    CHECK(look.verdict == LOOK_OPEN && look.is_command && !look.is_report);
    CHECK(look.command.type == E4_SET_PUB_KEY && look.command_mode == E4_PUBLIC_KEY);
    CHECK(look.command.id[0] == 9);

    CHECK(e4_report_encode(plain, &len, &report) == E4_OK);
    look_outside(&look, frame, seal(frame, sizeof frame, E4_SYMMETRIC, plain, len), NOW);
    look_inside(&look, &keys, text);
    CHECK(look.verdict == LOOK_OPEN && !look.is_command && look.is_report);
    CHECK(look.report.outcome == E4_ERR_FULL);
}

TEST(the_length_says_which_commands_it_can_be)
{
    static const struct {
        size_t len;
        size_t count;
        const char *report;
    } row[] = {{24, 0, NULL}, {25, 2, NULL}, {41, 2, NULL},      {57, 2, NULL},   {73, 2, NULL},
               {89, 1, NULL}, {58, 0, NULL}, {42, 0, "receipt"}, {59, 0, "hello"}};
    enum e4_command_type types[8];

    for (size_t i = 0; i < COUNT(row); i++) {
        const char *report = look_report(row[i].len);

        CHECK_AT(i, look_commands(types, row[i].len) == row[i].count);
        CHECK_AT(i, row[i].report == NULL
                        ? report == NULL
                        : report != NULL && strcmp(report, row[i].report) == 0);
    }
}

TEST(every_length_from_0_to_200_is_put_in_words)
{
    uint8_t frame[200] = {0};

    for (size_t len = 0; len <= sizeof frame; len++) {
        CHECK_AT(len, verdict(frame, len, NULL, NULL, NULL) ==
                          (len < 24 ? LOOK_NO_FRAME : LOOK_CLOSED));
        CHECK_AT(len, verdict(frame, len, key, NULL, NULL) ==
                          (len < 24 ? LOOK_NO_FRAME : LOOK_WRONG_KEY));
    }
}

TEST(a_time_that_devices_refuse_is_told)
{
    static const struct {
        long age_s;
        const char *word; /* NULL: nothing to say */
    } row[] = {{0, NULL},
               {2, NULL},
               {600, NULL},
               {601, "too old by 1 s"},
               {-1, "Go"},
               {-60, "Go"},
               {-61, "1 min 1 s ahead (they accept up to 60 s)"},
               {100000, "too old by 1 day"}};

    for (size_t i = 0; i < COUNT(row); i++) {
        uint8_t frame[32];
        char words[WORDS_SIZE];
        struct look look;

        look_outside(&look, frame, seal(frame, sizeof frame, E4_SYMMETRIC, "hello", 5),
                     (uint64_t)((long)NOW + row[i].age_s));
        words_of_age(words, &look);
        CHECK_AT(i,
                 row[i].word == NULL ? words[0] == '\0' : strstr(words, row[i].word) != NULL);
    }
}

LAWS(LAW(a_frame_is_read_in_hexadecimal_base64_and_raw),
     LAW(blanks_and_line_ends_in_a_written_frame_do_not_count),
     LAW(each_pair_of_frame_and_keys_has_its_verdict), LAW(what_is_badly_signed_is_not_shown),
     LAW(commands_and_reports_are_told_by_what_is_in_them),
     LAW(the_length_says_which_commands_it_can_be),
     LAW(every_length_from_0_to_200_is_put_in_words), LAW(a_time_that_devices_refuse_is_told))
