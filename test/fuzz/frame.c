/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames: whatever the bytes, parsing stays inside them and opening writes nothing on failure;
 * what was sealed opens to the same text, apart and in place; one flipped bit makes it fail.
 */
#include "fuzz.h"

#include <string.h>

#include "e4/keys.h"
#include "e4/wire.h"

enum { TEXT_MAX = 4096, FRAME_MAX = TEXT_MAX + E4_OVERHEAD_PK };

static const uint8_t key[E4_KEY_SIZE] = {1, 2, 3};
static const uint8_t seed[E4_KEY_SIZE] = {4, 5, 6};
static const uint8_t sender[E4_ID_SIZE] = {7, 8, 9};
static uint8_t public_key[E4_KEY_SIZE];

/* Bytes from nowhere. */
static void any_bytes(enum e4_mode mode, const uint8_t *data, size_t len)
{
    size_t overhead = mode == E4_PUBLIC_KEY ? E4_OVERHEAD_PK : E4_OVERHEAD_SK;
    static uint8_t text[TEXT_MAX];
    struct e4_frame frame;
    enum e4_result result = e4_frame_parse(&frame, mode, data, len);
    size_t text_len;

    law(result == (len < overhead ? E4_ERR_SHORT : E4_OK), "only short frames do not parse");
    if (result != E4_OK || frame.body_len > sizeof text)
        return;
    law(frame.bytes == data && frame.body_len == len - overhead, "a body has what is left");
    law(frame.body >= data && frame.body + frame.body_len <= data + len, "a body is inside");
    law((frame.signature != NULL) == (mode == E4_PUBLIC_KEY), "signatures are for one mode");
    if (mode == E4_PUBLIC_KEY)
        law(e4_frame_verify(&frame, public_key) == E4_ERR_SIGNATURE, "no signature by chance");
    memset(text, 0xee, sizeof text);
    result = e4_frame_open(text, sizeof text, &text_len, &frame, key);
    law(result == E4_ERR_FORGED && text_len == 0, "nothing is authentic by chance");
    law(all_zero(text, frame.body_len), "nothing is left of what was not authentic");
}

static size_t seal(enum e4_mode mode, uint8_t *out, uint64_t sent_s, const uint8_t *text,
                   size_t text_len)
{
    const struct e4_sealing sealing = {key, sent_s, sender, seed, public_key};
    size_t len;

    if (mode == E4_PUBLIC_KEY)
        law(e4_frame_seal_signed(out, FRAME_MAX, &len, &sealing, text, text_len) == E4_OK,
            "sealing and signing succeeds");
    else
        law(e4_frame_seal(out, FRAME_MAX, &len, &sealing, text, text_len) == E4_OK,
            "sealing succeeds");
    return len;
}

/* Does the frame open, and, in public-key mode, verify? */
static bool opens(enum e4_mode mode, const uint8_t *bytes, size_t len, uint8_t *text,
                  size_t *text_len)
{
    struct e4_frame frame;

    if (e4_frame_parse(&frame, mode, bytes, len) != E4_OK)
        return false;
    if (mode == E4_PUBLIC_KEY && e4_frame_verify(&frame, public_key) != E4_OK)
        return false;
    return e4_frame_open(text, TEXT_MAX, text_len, &frame, key) == E4_OK;
}

static void sealed_text(enum e4_mode mode, struct input input)
{
    static uint8_t bytes[FRAME_MAX];
    static uint8_t text[TEXT_MAX];
    size_t flip = (size_t)take_number(&input, 2);
    uint64_t sent_s = take_number(&input, 8);
    size_t text_at = (size_t)E4_TEXT_AT(mode);
    size_t len;
    size_t text_len;

    if (input.len > TEXT_MAX)
        input.len = TEXT_MAX;
    len = seal(mode, bytes, sent_s, input.data, input.len);
    law(opens(mode, bytes, len, text, &text_len) && text_len == input.len &&
            (text_len == 0 || memcmp(text, input.data, text_len) == 0),
        "open(seal(x)) = x");

    bytes[flip / 8 % len] ^= (uint8_t)(1U << flip % 8);
    law(!opens(mode, bytes, len, text, &text_len), "one flipped bit fails");
    bytes[flip / 8 % len] ^= (uint8_t)(1U << flip % 8);

    memmove(bytes + text_at, input.data, input.len);
    law(seal(mode, bytes, sent_s, bytes + text_at, input.len) == len, "sealing in place");
    law(opens(mode, bytes, len, bytes + text_at, &text_len) && text_len == input.len &&
            (text_len == 0 || memcmp(bytes + text_at, input.data, text_len) == 0),
        "the same in place");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint8_t what = take_byte(&input);
    enum e4_mode mode = what % 2 == 0 ? E4_SYMMETRIC : E4_PUBLIC_KEY;

    if (all_zero(public_key, sizeof public_key))
        law(e4_sign_public(public_key, seed) == E4_OK, "a seed has a public key");
    any_bytes(mode, input.data, input.len);
    sealed_text(mode, input);
    return 0;
}
