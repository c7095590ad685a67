/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV for devices, in place of siv.c and siv_many.c: of single blocks, whatever ways of its
 * own an engine has, and as the RFCs put it. Behind the round keys are CMAC's subkeys K1 and
 * K2.
 */
#include "siv.h"

#include <string.h>

#include "bytes.h"
#include "ct.h"

/* A device's engine works on this many blocks at once (aes_choose_small.c). */
enum { SIV_BLOCK = E4_AES_BLOCK_SIZE, SIDE_BY_SIDE = sizeof(size_t) < 4 ? 1 : 2 };

static const uint8_t *k1_of(const uint32_t *key)
{
    return (const uint8_t *)(key + E4_AES_KEY_WORDS);
}

static const uint8_t *k2_of(const uint32_t *key)
{
    return k1_of(key) + SIV_BLOCK;
}

/* Times x in GF(2^128), RFC 5297, 2.3. */
static void twice(uint8_t block[SIV_BLOCK])
{
    uint8_t carry = 0;

    for (size_t i = SIV_BLOCK; i-- > 0;) {
        uint8_t high = block[i] >> 7;

        block[i] = (uint8_t)(block[i] << 1 | carry);
        carry = high;
    }
    block[SIV_BLOCK - 1] ^= (uint8_t)(0x87 * carry);
}

void e4_siv_expand(const struct e4_aes *aes, uint32_t key[E4_SIV_KEY_WORDS],
                   const uint8_t raw[E4_AES_RAW_SIZE])
{
    uint8_t *k1 = (uint8_t *)(key + E4_AES_KEY_WORDS);
    uint8_t *k2 = k1 + SIV_BLOCK;

    aes->expand(key, raw);
    memset(k1, 0, SIV_BLOCK);
    aes->encrypt(key, k1, k1, 1);
    twice(k1);
    e4_copy16(k2, k1);
    twice(k2);
}

/* A step of CBC-MAC. */
static void add_block(const struct e4_aes *aes, const uint32_t *key, uint8_t mac[SIV_BLOCK],
                      const uint8_t *block)
{
    e4_xor(mac, block, SIV_BLOCK);
    aes->encrypt(key, mac, mac, 1);
}

/*
 * S2V, with tag as the CBC-MAC all along: what the RFCs put together before is added part by
 * part. So D, the state before the text, goes to the text's last 16 bytes where they lie in one
 * block or in two.
 */
void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    uint8_t two[2 * SIV_BLOCK];
    uint8_t *d = two, *of_ad = two + SIV_BLOCK;
    size_t rest = 0; /* bytes of a last block that is not whole */

    e4_copy32(two, k1_of(key)); /* CMAC(0) is of K1; that of ad of K2 and what follows */
    e4_xor(of_ad, ad, E4_SIV_AD_SIZE);
    of_ad[E4_SIV_AD_SIZE] ^= 0x80;
    aes->encrypt(key, two, two, 2);
    twice(d);
    e4_xor(d, of_ad, SIV_BLOCK);
    memset(tag, 0, SIV_BLOCK);
    if (len < SIV_BLOCK) {
        twice(d);
        if (len > 0)
            memcpy(tag, text, len);
        tag[len] = 0x80;
    } else {
        for (; len >= 2 * SIV_BLOCK; len -= SIV_BLOCK, text += SIV_BLOCK)
            add_block(aes, key, tag, text);
        e4_xor(tag, text, SIV_BLOCK);
        rest = len - SIV_BLOCK;
    }
    e4_xor(tag + rest, d, SIV_BLOCK - rest);
    if (rest > 0) {
        aes->encrypt(key, tag, tag, 1);
        e4_xor(tag, text + SIV_BLOCK, rest);
        e4_xor(tag, d + (SIV_BLOCK - rest), rest);
        tag[rest] ^= 0x80;
    }
    add_block(aes, key, tag, rest > 0 ? k2_of(key) : k1_of(key));
    e4_wipe(two, sizeof two);
}

/* Block n of the counter, which starts at a part of the tag: the last 8 bytes are a number, and
 * all of it that moves. */
static void count(uint8_t block[SIV_BLOCK], const uint8_t tag[E4_SIV_TAG_SIZE], size_t n)
{
    e4_copy16(block, tag);
    block[8] &= 0x7f;
    block[12] &= 0x7f;
    for (size_t i = SIV_BLOCK; i-- > SIV_BLOCK / 2; n >>= 8) {
        n += block[i];
        block[i] = (uint8_t)n;
    }
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t pad[SIDE_BY_SIDE * SIV_BLOCK];
    size_t n = 0;

    while (len > 0) {
        size_t now = len < sizeof pad ? len : sizeof pad;

        for (size_t i = 0; i < sizeof pad; i += SIV_BLOCK)
            count(pad + i, tag, n++);
        aes->encrypt(key, pad, pad, (now + SIV_BLOCK - 1) / SIV_BLOCK);
        e4_xor(pad, in, now);
        memcpy(out, pad, now);
        in += now;
        out += now;
        len -= now;
    }
    e4_wipe(pad, sizeof pad);
}

bool e4_siv_try(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t expected[E4_SIV_TAG_SIZE];
    bool ok;

    e4_siv_crypt(aes, key, out, in, len, tag);
    e4_siv_tag(aes, key, expected, ad, out, len);
    ok = e4_equal(expected, tag, sizeof expected);
    e4_wipe(expected, sizeof expected); /* the right tag of a forgery */
    return ok;
}

bool e4_siv_open(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                 const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                 const uint8_t tag[E4_SIV_TAG_SIZE])
{
    bool ok = e4_siv_try(aes, key, out, in, len, ad, tag);

    if (!ok)
        e4_wipe(out, len);
    return ok;
}

void e4_cmac(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
             uint8_t mac[SIV_BLOCK], const uint8_t *data, size_t len)
{
    memset(mac, 0, SIV_BLOCK);
    for (; len > SIV_BLOCK; len -= SIV_BLOCK, data += SIV_BLOCK)
        add_block(aes, key, mac, data);
    if (len > 0)
        e4_xor(mac, data, len);
    if (len < SIV_BLOCK)
        mac[len] ^= 0x80;
    add_block(aes, key, mac, len < SIV_BLOCK ? k2_of(key) : k1_of(key));
}

void e4_siv_tag_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    for (struct e4_siv_job *job = jobs; job < jobs + count; job++)
        e4_siv_tag(aes, job->key, job->tag, job->ad, job->in, job->len);
}

void e4_siv_crypt_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    for (struct e4_siv_job *job = jobs; job < jobs + count; job++)
        e4_siv_crypt(aes, job->key, job->out, job->in, job->len, job->tag);
}

void e4_siv_open_many(const struct e4_aes *aes, struct e4_siv_job *jobs, size_t count)
{
    for (struct e4_siv_job *job = jobs; job < jobs + count; job++)
        job->ok = e4_siv_open(aes, job->key, job->out, job->in, job->len, job->ad, job->tag);
}
