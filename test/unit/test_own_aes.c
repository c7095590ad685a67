/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of e4/aes.h: a firmware with an AES unit brings its own engine. This program is one: its
 * unit takes a raw key with every block, as chips do, and counts what it encrypts.
 */
#include <string.h>

#include "crypto/siv.h"
#include "e4/aes.h"
#include "fixture.h"
#include "law.h"
#include "test/unit/book.h"

static struct device alice, bob;
static unsigned unit_keys, unit_blocks;

static void unit_expand(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE])
{
    memcpy(key, raw, E4_AES_RAW_SIZE);
    unit_keys++;
}

static void unit_encrypt(const uint32_t key[E4_AES_KEY_WORDS], uint8_t *out, const uint8_t *in,
                         size_t count)
{
    for (; count > 0; count--, in += E4_AES_BLOCK_SIZE, out += E4_AES_BLOCK_SIZE) {
        by_the_book(out, in, (const uint8_t *)key);
        unit_blocks++;
    }
}

static const struct e4_aes unit = {"the unit", unit_expand, unit_encrypt, NULL, NULL, NULL};

const struct e4_aes *e4_aes_choose(void)
{
    return &unit;
}

/* Whether the unit has expanded a key and encrypted as many blocks as this since last asked. */
static bool unit_was_used(unsigned at_least)
{
    bool used = unit_keys > 0 && unit_blocks >= at_least;

    unit_keys = unit_blocks = 0;
    return used;
}

/* A frame under a key, made by an engine that is named. */
static void seal_by(const struct e4_aes *aes, uint8_t *frame, const uint8_t *key,
                    const uint8_t *text, size_t len)
{
    uint32_t words[E4_SIV_KEY_WORDS];

    e4_siv_expand(aes, words, key);
    e4_siv_tag(aes, words, frame + 8, frame, text, len);
    e4_siv_crypt(aes, words, frame + E4_OVERHEAD_SK, text, len, frame + 8);
}

TEST(frames_are_the_same_as_by_an_engine_of_the_library)
{
    static const uint8_t key[E4_KEY_SIZE] = {9, 8, 7};
    uint8_t text[100], mine[100 + E4_OVERHEAD_SK], other[100 + E4_OVERHEAD_SK];
    struct e4_sealing sealing = {.key = key, .sent_s = T0};
    struct e4_frame parsed;
    size_t len;

    memset(text, 0x5a, sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        (void)unit_was_used(0);
        CHECK_AT(n, e4_frame_seal(mine, sizeof mine, &len, &sealing, text, n) == E4_OK);
        CHECK_AT(n, unit_was_used(3 + (unsigned)n / 8));
        memcpy(other, mine, 8);
        seal_by(&e4_aes_sliced16, other, key, text, n);
        CHECK_AT(n, memcmp(mine, other, len) == 0);
        CHECK_AT(n, e4_frame_parse(&parsed, E4_SYMMETRIC, other, len) == E4_OK);
        CHECK_AT(n, e4_frame_open(mine, sizeof mine, &len, &parsed, key) == E4_OK);
        CHECK_AT(n, unit_was_used(3 + (unsigned)n / 8) && memcmp(mine, text, n) == 0);
    }
}

static void check_exchange(enum e4_mode mode)
{
    struct e4_command topic = set_topic("t", 10), peer = set_peer("alice", 1);
    uint8_t frame[FRAME_MAX];
    size_t len;

    device_make(&alice, mode, "alice");
    device_make(&bob, mode, "bob");
    (void)unit_was_used(0);
    CHECK(order(&alice, &topic) == E4_OK && order(&bob, &topic) == E4_OK);
    CHECK(mode == E4_SYMMETRIC || order(&bob, &peer) == E4_OK);
    CHECK(unit_was_used(16));
    CHECK(send_text(&alice, "t", "through the unit", frame, &len) == E4_OK);
    CHECK(unit_was_used(4));
    CHECK(receive_text(&bob, "t", "through the unit", frame, len) == E4_OK);
    CHECK(unit_was_used(4));
    frame[len - 1] ^= 1;
    CHECK(receive(&bob, "t", frame, len) != E4_OK);
}

TEST(clients_of_both_modes_use_it_for_commands_and_messages)
{
    check_exchange(E4_SYMMETRIC);
    check_exchange(E4_PUBLIC_KEY);
}

LAWS(LAW(frames_are_the_same_as_by_an_engine_of_the_library),
     LAW(clients_of_both_modes_use_it_for_commands_and_messages))
