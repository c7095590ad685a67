/* SPDX-License-Identifier: Apache-2.0 */
/* See look.h. */
#include "tools/e4/look.h"

#include <string.h>

#include "base/hex.h"
#include "e4/keys.h"

#define YEAR_2015_S 1420070400UL
#define TEN_YEARS_S 315576000UL

const char *look_coding_name(enum look_coding coding)
{
    static const char *const name[] = {
        [LOOK_RAW] = "raw", [LOOK_HEX] = "hex", [LOOK_BASE64] = "base64"};

    return name[coding];
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Which characters there are, blanks aside. */
static enum look_coding guess(const uint8_t *bytes, size_t len, size_t *digits)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    static const char more[] = "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ+/=";
    bool only_hex = true;

    *digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (is_blank(bytes[i]))
            continue;
        ++*digits;
        if (bytes[i] != '\0' && strchr(hex, bytes[i]) != NULL)
            continue;
        only_hex = false;
        if (bytes[i] == '\0' || strchr(more, bytes[i]) == NULL)
            return LOOK_RAW;
    }
    if (*digits == 0)
        return LOOK_RAW;
    return only_hex && *digits % 2 == 0 ? LOOK_HEX : LOOK_BASE64;
}

/* A byte from two digits, or three from four, may overwrite them: it is never ahead. */
static bool decode_part(uint8_t *out, size_t *used, const char *digits, size_t len, bool hex)
{
    size_t got = 1;

    if (hex ? hex_decode(out + *used, 1, digits, len) != 0
            : base64_decode(out + *used, 3, &got, digits, len) != 0)
        return false;
    *used += got;
    return true;
}

/* Does every group of digits decode, padding at the end alone? In place if write is set. */
static bool decode(uint8_t *bytes, size_t *len, bool hex, bool write)
{
    size_t group_len = hex ? 2 : 4;
    size_t used = 0;
    size_t have = 0;
    char group[4];
    bool ended = false;

    for (size_t i = 0; i < *len; i++) {
        uint8_t scratch[3];
        size_t none = 0;

        if (is_blank(bytes[i]))
            continue;
        group[have++] = (char)bytes[i];
        if (have < group_len)
            continue;
        have = 0;
        if (ended ||
            !decode_part(write ? bytes : scratch, write ? &used : &none, group, group_len, hex))
            return false;
        ended = !hex && group[3] == '=';
    }
    if (write && have == 0)
        *len = used;
    return have == 0;
}

enum look_coding look_decode(uint8_t *bytes, size_t *len)
{
    size_t digits;
    enum look_coding coding = guess(bytes, *len, &digits);
    bool hex = coding == LOOK_HEX;

    if (coding == LOOK_RAW || !decode(bytes, len, hex, false))
        return LOOK_RAW;
    (void)decode(bytes, len, hex, true);
    return coding;
}

void look_outside(struct look *look, const uint8_t *bytes, size_t len, uint64_t now_s)
{
    memset(look, 0, sizeof *look);
    look->bytes = bytes;
    look->len = len;
    look->now_s = now_s;
    look->has_time = len >= 8;
    for (unsigned i = 0; i < 8 && look->has_time; i++)
        look->sent_s |= (uint64_t)bytes[i] << (8 * i);
    look->plausible =
        look->has_time && look->sent_s >= YEAR_2015_S && look->sent_s <= now_s + TEN_YEARS_S;
    look->can_be_symmetric =
        e4_frame_parse(&look->symmetric, E4_SYMMETRIC, bytes, len) == E4_OK;
    look->can_be_signed = e4_frame_parse(&look->is_signed, E4_PUBLIC_KEY, bytes, len) == E4_OK;
    look->verdict = look->can_be_symmetric ? LOOK_CLOSED : LOOK_NO_FRAME;
}

/* Is an opened text a command of either mode, or a report? */
static void decode_command(struct look *look)
{
    static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};

    for (size_t i = 0; i < 2 && !look->is_command; i++) {
        look->command_mode = modes[i];
        look->is_command =
            e4_command_decode(&look->command, modes[i], look->text, look->text_len) == E4_OK;
    }
    look->is_report = look->text_len > 0 &&
                      e4_report_decode(&look->report, look->text, look->text_len) == E4_OK;
}

static bool try_open(struct look *look, const struct e4_frame *frame, const uint8_t *key,
                     enum e4_mode mode)
{
    if (key == NULL ||
        e4_frame_open(look->text, look->len, &look->text_len, frame, key) != E4_OK)
        return false;
    look->mode = mode;
    return true;
}

/* As a signed frame: what of signature and key is right. */
static enum look_verdict judge_signed(struct look *look, const struct look_keys *keys)
{
    bool good =
        keys->signer != NULL && e4_frame_verify(&look->is_signed, keys->signer) == E4_OK;
    bool open = try_open(look, &look->is_signed, keys->key, E4_PUBLIC_KEY);

    if (keys->signer == NULL)
        return open ? LOOK_UNSIGNED : LOOK_WRONG_KEY;
    if (good)
        return open ? LOOK_OPEN : LOOK_SIGNED;
    return open || keys->key == NULL ? LOOK_BAD_SIGNATURE : LOOK_WRONG_KEY;
}

void look_inside(struct look *look, const struct look_keys *keys, uint8_t *text)
{
    if (!look->can_be_symmetric ||
        (keys->key == NULL && keys->command == NULL && keys->signer == NULL))
        return;
    look->text = text;
    look->has_key = keys->key != NULL || keys->command != NULL;
    look->verdict = LOOK_WRONG_KEY;
    if (try_open(look, &look->symmetric, keys->key, E4_SYMMETRIC) ||
        try_open(look, &look->symmetric, keys->command, E4_SYMMETRIC)) {
        look->verdict = LOOK_OPEN;
        decode_command(look);
        return;
    }
    if (look->can_be_signed)
        look->verdict = judge_signed(look, keys);
    if (look->verdict == LOOK_BAD_SIGNATURE) {
        e4_wipe(look->text, look->text_len);
        look->text_len = 0;
    }
}

size_t look_commands(enum e4_command_type types[8], size_t frame_len)
{
    size_t count = 0;

    for (unsigned type = 0; e4_command_name(type) != NULL; type++) {
        struct e4_command command = {.type = (enum e4_command_type)type};
        uint8_t text[E4_COMMAND_MAX];
        size_t len;
        bool fits = e4_command_encode(text, &len, &command, E4_PUBLIC_KEY) == E4_OK &&
                    len + E4_OVERHEAD_SK == frame_len;

        if (!fits)
            fits = e4_command_encode(text, &len, &command, E4_SYMMETRIC) == E4_OK &&
                   len + E4_OVERHEAD_SK == frame_len;
        if (fits)
            types[count++] = (enum e4_command_type)type;
    }
    return count;
}

const char *look_report(size_t frame_len)
{
    if (frame_len == E4_RECEIPT_FRAME_SIZE)
        return "receipt";
    return frame_len == E4_HELLO_FRAME_SIZE ? "hello" : NULL;
}
