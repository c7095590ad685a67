/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function gives away by its contract, declared public where it comes out, so that
 * what callers decide by it is no report. The linker puts these in place of the functions
 * (--wrap). What stays secret: keys, texts, everything else that is worked out of them.
 */
#include "verdicts.h"

#include "marks.h"

/* Whether two things are the same, once the comparison was made in constant time. */
bool __wrap_e4_equal(const void *a, const void *b, size_t len)
{
    return public_bool(__real_e4_equal(a, b, len));
}

/* A key of zeros is refused, which tells that it was one. */
bool __wrap_e4_is_zero(const void *memory, size_t len)
{
    return public_bool(__real_e4_is_zero(memory, len));
}

/* Whether a frame is authentic. */
bool __wrap_e4_siv_open(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                        const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag)
{
    return public_bool(__real_e4_siv_open(aes, key, out, in, len, ad, tag));
}

bool __wrap_e4_siv_try(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                       const uint8_t *in, size_t len, const uint8_t *ad, const uint8_t *tag)
{
    return public_bool(__real_e4_siv_try(aes, key, out, in, len, ad, tag));
}

void __wrap_e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    __real_e4_siv_open_many(aes, jobs, count);
    for (size_t i = 0; i < count; i++)
    public(&jobs[i].ok, sizeof jobs[i].ok);
}

/* A tag is sent in clear. */
void __wrap_e4_siv_tag(const struct e4_aes *aes, const uint32_t *key, uint8_t *tag,
                       const uint8_t *ad, const uint8_t *text, size_t len)
{
    __real_e4_siv_tag(aes, key, tag, ad, text, len);
    public(tag, E4_SIV_TAG_SIZE);
}

void __wrap_e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    __real_e4_siv_tag_many(aes, jobs, count);
    for (size_t i = 0; i < count; i++)
    public(jobs[i].tag, E4_SIV_TAG_SIZE);
}

/* Whether the other side's public key is of low order. */
bool __wrap_e4_x25519(uint8_t *out, const uint8_t *scalar, const uint8_t *u)
{
    return public_bool(__real_e4_x25519(out, scalar, u));
}

/* A public key is public. */
void __wrap_e4_ed25519_public(uint8_t *public_key, const uint8_t *seed)
{
    __real_e4_ed25519_public(public_key, seed);
    public(public_key, E4_KEY_SIZE);
}

/* Of a command: its type, whom or what it is about, and keys that are public ones. */
enum e4_result __wrap_e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                       const uint8_t *in, size_t in_len)
{
    size_t hidden = 0; /* bytes after the type that stay secret */

    if (in_len > 0)
    public(in, 1);
    if (in_len > E4_KEY_SIZE && (in[0] == E4_SET_TOPIC_KEY || in[0] == E4_SET_ID_KEY))
        hidden = E4_KEY_SIZE;
    if (in_len > 1 + hidden)
    public(in + 1 + hidden, in_len - 1 - hidden);
    return __real_e4_command_split(parts, mode, in, in_len);
}
