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

enum { SIV_BLOCK = E4_AES_BLOCK_SIZE };

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

/* CMAC (RFC 4493) of 16 bytes of data or more, to the end of which d is added; mac is zero. */
static void mac_of_sum(const struct e4_aes *aes, const uint32_t *key, uint8_t mac[SIV_BLOCK],
                       const uint8_t *data, size_t len, const uint8_t d[SIV_BLOCK])
{
    uint8_t last[2 * SIV_BLOCK];

    for (; len >= 2 * SIV_BLOCK; len -= SIV_BLOCK, data += SIV_BLOCK)
        add_block(aes, key, mac, data);
    memset(last, 0, sizeof last);
    memcpy(last, data, len);
    e4_xor(last + (len - SIV_BLOCK), d, SIV_BLOCK);
    if (len == SIV_BLOCK) {
        e4_xor(last, k1_of(key), SIV_BLOCK);
        add_block(aes, key, mac, last);
    } else {
        last[len] = 0x80;
        add_block(aes, key, mac, last);
        e4_xor(last + SIV_BLOCK, k2_of(key), SIV_BLOCK);
        add_block(aes, key, mac, last + SIV_BLOCK);
    }
    e4_wipe(last, sizeof last);
}

void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    uint8_t two[2 * SIV_BLOCK];
    uint8_t *d = two, *other = two + SIV_BLOCK;

    memcpy(two, k1_of(key),
           sizeof two); /* CMAC(0) is of K1; that of ad of K2 and what follows */
    e4_xor(other, ad, E4_SIV_AD_SIZE);
    other[E4_SIV_AD_SIZE] ^= 0x80;
    aes->encrypt(key, two, two, 2);
    twice(d);
    e4_xor(d, other, SIV_BLOCK);
    if (len < SIV_BLOCK) {
        memset(other, 0, SIV_BLOCK);
        if (len > 0)
            memcpy(other, text, len);
        other[len] = 0x80;
        twice(d);
        text = other;
        len = SIV_BLOCK;
    }
    memset(tag, 0, E4_SIV_TAG_SIZE);
    mac_of_sum(aes, key, tag, text, len, d);
    e4_wipe(two, sizeof two);
}

/* The next block of the counter: the last 8 bytes are a number, and all of it that ever moves.
 */
static void count_up(uint8_t counter[SIV_BLOCK])
{
    for (size_t i = SIV_BLOCK; i-- > SIV_BLOCK / 2 && ++counter[i] == 0;)
        continue;
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t counter[SIV_BLOCK], pad[2 * SIV_BLOCK];

    e4_copy16(counter, tag);
    counter[8] &= 0x7f;
    counter[12] &= 0x7f;
    while (len > 0) {
        size_t now = len < sizeof pad ? len : sizeof pad;

        for (size_t i = 0; i < sizeof pad; i += SIV_BLOCK) {
            e4_copy16(pad + i, counter);
            count_up(counter);
        }
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
    uint8_t last[SIV_BLOCK] = {0};

    memset(mac, 0, SIV_BLOCK);
    if (len >= SIV_BLOCK) {
        mac_of_sum(aes, key, mac, data, len, last);
        return;
    }
    if (len > 0)
        memcpy(last, data, len);
    last[len] = 0x80;
    e4_xor(last, k2_of(key), SIV_BLOCK);
    add_block(aes, key, mac, last);
    e4_wipe(last, sizeof last);
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
