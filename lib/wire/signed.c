/* SPDX-License-Identifier: Apache-2.0 */
/* Signed frames: messages of public-key mode (PROTOCOL.md §5). */
#include "e4/wire.h"

#include <string.h>

#include "crypto/bytes.h"
#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/ed25519.h"
#include "crypto/load.h"
#include "crypto/siv.h"
#include "wire/frame.h"

enum e4_result e4_frame_verify(const struct e4_frame *frame,
                               const uint8_t sender_public[E4_KEY_SIZE])
{
    if (frame->signature == NULL)
        return E4_ERR_ARGUMENT;
    if (!e4_ed25519_verify(frame->signature, sender_public, frame->bytes,
                           (size_t)(frame->signature - frame->bytes)))
        return E4_ERR_SIGNATURE;
    return E4_OK;
}

enum e4_result e4_frame_seal_signed(uint8_t *out, size_t out_cap, size_t *out_len,
                                    const struct e4_sealing *sealing, const uint8_t *text,
                                    size_t text_len)
{
    const struct e4_aes *aes = e4_aes_choose();
    uint32_t words[E4_SIV_KEY_WORDS];
    size_t signed_len;

    *out_len = 0;
    if (out_cap < E4_OVERHEAD_PK || text_len > out_cap - E4_OVERHEAD_PK)
        return E4_ERR_SPACE;
    e4_siv_expand(aes, words, sealing->key);
    e4_store_le64(out, sealing->sent_s);
    e4_copy16(out + E4_SENDER_AT, sealing->sender);
    e4_siv_tag(aes, words, out + E4_TAG_AT_SIGNED, out, text, text_len);
    e4_siv_crypt(aes, words, out + E4_TEXT_AT(E4_PUBLIC_KEY), text, text_len,
                 out + E4_TAG_AT_SIGNED);
    e4_wipe(words, sizeof words);
    signed_len = E4_TEXT_AT(E4_PUBLIC_KEY) + text_len;
    e4_ed25519_sign(out + signed_len, sealing->seed, sealing->public_key, out, signed_len);
    *out_len = signed_len + E4_SIGNATURE_SIZE;
    return E4_OK;
}
