/* SPDX-License-Identifier: Apache-2.0 */
/* Frames under a key alone: symmetric messages, commands and reports (PROTOCOL.md §5). */
#include "e4/wire.h"

#include <string.h>

#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/siv.h"
#include "wire/frame.h"

enum e4_result e4_frame_parse(struct e4_frame *frame, enum e4_mode mode, const uint8_t *in,
                              size_t in_len)
{
    bool is_signed = mode == E4_PUBLIC_KEY;
    size_t overhead = is_signed ? E4_OVERHEAD_PK : E4_OVERHEAD_SK;

    memset(frame, 0, sizeof *frame);
    if (in_len < overhead)
        return E4_ERR_SHORT;
    frame->bytes = in;
    frame->sent_s = e4_load_le64(in);
    frame->tag = in + E4_TAG_AT;
    if (is_signed) {
        frame->sender = in + E4_SENDER_AT;
        frame->tag = in + E4_TAG_AT_SIGNED;
        frame->signature = in + in_len - E4_SIGNATURE_SIZE;
    }
    frame->body = frame->tag + E4_TAG_SIZE;
    frame->body_len = in_len - overhead;
    return E4_OK;
}

enum e4_result e4_frame_open(uint8_t *text, size_t text_cap, size_t *text_len,
                             const struct e4_frame *frame, const uint8_t key[E4_KEY_SIZE])
{
    const struct e4_aes *aes = e4_aes_choose();
    uint32_t words[E4_SIV_KEY_WORDS];
    bool authentic;

    *text_len = 0;
    if (text_cap < frame->body_len)
        return E4_ERR_SPACE;
    e4_siv_expand(aes, words, key);
    authentic =
        e4_siv_open(aes, words, text, frame->body, frame->body_len, frame->bytes, frame->tag);
    e4_wipe(words, sizeof words);
    if (!authentic)
        return E4_ERR_FORGED;
    *text_len = frame->body_len;
    return E4_OK;
}

enum e4_result e4_frame_seal(uint8_t *out, size_t out_cap, size_t *out_len,
                             const struct e4_sealing *sealing, const uint8_t *text,
                             size_t text_len)
{
    const struct e4_aes *aes = e4_aes_choose();
    uint32_t words[E4_SIV_KEY_WORDS];

    *out_len = 0;
    if (out_cap < E4_OVERHEAD_SK || text_len > out_cap - E4_OVERHEAD_SK)
        return E4_ERR_SPACE;
    e4_siv_expand(aes, words, sealing->key);
    e4_store_le64(out, sealing->sent_s);
    e4_siv_tag(aes, words, out + E4_TAG_AT, out, text, text_len);
    e4_siv_crypt(aes, words, out + E4_OVERHEAD_SK, text, text_len, out + E4_TAG_AT);
    e4_wipe(words, sizeof words);
    *out_len = E4_OVERHEAD_SK + text_len;
    return E4_OK;
}
