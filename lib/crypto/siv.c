/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV of one message. Where the engine has no way of its own, it is composed here of single
 * blocks.
 */
#include "siv.h"

#include <string.h>

#include "bytes.h"
#include "ct.h"
#include "siv_part.h"

/* Times x in GF(2^128), RFC 5297, 2.3. */
static void twice(uint8_t block[16])
{
    uint8_t high = block[0] >> 7;

    for (size_t i = 0; i < 15; i++)
        block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[15] = (uint8_t)(block[15] << 1 ^ 0x87 * high);
}

/* The inverse of twice(). */
static void half(uint8_t block[16])
{
    uint8_t odd = block[15] & 1;

    for (size_t i = 15; i > 0; i--)
        block[i] = (uint8_t)(block[i] >> 1 | block[i - 1] << 7);
    block[0] = (uint8_t)(block[0] >> 1 | odd << 7);
    block[15] ^= (uint8_t)(0x43 * odd);
}

/* CBC-MAC over whole blocks. */
static void chain(const struct e4_aes *aes, const uint32_t *key, uint8_t mac[16],
                  const uint8_t *in, size_t blocks)
{
    for (; blocks > 0; blocks--, in += 16) {
        e4_xor(mac, in, 16);
        aes->encrypt(key, mac, mac, 1);
    }
}

void e4_siv_expand(const struct e4_aes *aes, uint32_t key[E4_SIV_KEY_WORDS],
                   const uint8_t raw[E4_AES_RAW_SIZE])
{
    uint8_t *k = (uint8_t *)(key + 60); /* K1, and K2 in the end */
    uint8_t *start = (uint8_t *)(key + 64);

    aes->expand(key, raw);
    memset(k, 0, 16);
    aes->encrypt(key, k, k, 1);
    twice(k);
    aes->encrypt(key, start, k, 1); /* CMAC(0^128): the one block is 0^128 + K1 */
    twice(start);
    e4_xor(start, k, 16);
    twice(k);
}

void e4_siv_first(uint8_t first[16], const uint32_t *key, const uint8_t ad[8])
{
    e4_copy16(first, e4_siv_k2(key));
    e4_xor(first, ad, E4_SIV_AD_SIZE);
    first[8] ^= 0x80;
}

size_t e4_siv_last(uint8_t last[32], const uint32_t *key, uint8_t d[16], const uint8_t *text,
                   size_t len)
{
    size_t part = len % 16;
    size_t tail = len < 16 ? len : 16 + part;
    uint8_t k1[16];

    memset(last, 0, 32);
    if (len > 0)
        memcpy(last, text + (len - tail), tail);
    if (len > 0 && part == 0) {
        e4_xor(last, d, 16);
        return 1;
    }
    last[tail] = 0x80;
    memcpy(k1, e4_siv_k2(key), sizeof k1);
    half(k1);
    e4_xor(d, k1, 16); /* what RFC 5297 calls D */
    if (len < 16) {
        twice(d);
        e4_xor(d, k1, 16);
    } else {
        e4_xor(last + 16, e4_siv_k2(key), 16);
    }
    e4_xor(last + tail - (len < 16 ? len : 16), d, 16); /* "xorend" */
    e4_wipe(k1, sizeof k1);
    return len < 16 ? 1 : 2;
}

void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    uint8_t two[32], last[32];
    uint8_t *d = two, *mac = two + 16;
    size_t plain = e4_siv_plain_blocks(len);

    if (aes->whole != NULL) {
        aes->whole->tag(key, tag, ad, text, len);
        return;
    }
    e4_siv_first(d, key, ad);
    memset(mac, 0, 16);
    if (plain > 0)
        e4_copy16(mac, text);
    /* Neither needs the other: some engines do two blocks at the price of one. */
    aes->encrypt(key, two, two, plain > 0 ? 2 : 1);
    if (plain > 0)
        chain(aes, key, mac, text + 16, plain - 1);
    e4_xor(d, e4_siv_start(key), 16);
    plain = e4_siv_last(last, key, d, text, len);
    chain(aes, key, mac, last, plain);
    e4_copy16(tag, mac);
    e4_wipe(two, sizeof two);
    e4_wipe(last, sizeof last);
}

/* The next block of the counter: the last 8 bytes are a number, and all of it that ever moves.
 */
static void count_up(uint8_t counter[16])
{
    unsigned carry = 1;

    for (size_t i = 15; i >= 8; i--) {
        carry += counter[i];
        counter[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    uint8_t counter[16], pad[64];

    if (aes->whole != NULL) {
        aes->whole->crypt(key, out, in, len, tag);
        return;
    }
    e4_copy16(counter, tag);
    counter[8] &= 0x7f;
    counter[12] &= 0x7f;
    while (len > 0) {
        size_t now = len < sizeof pad ? len : sizeof pad;

        for (size_t i = 0; i < now; i += 16) {
            e4_copy16(pad + i, counter);
            count_up(counter);
        }
        aes->encrypt(key, pad, pad, (now + 15) / 16);
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
    uint8_t expected[16];
    bool ok;

    if (aes->whole != NULL)
        return aes->whole->open(key, out, in, len, ad, tag);
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

void e4_cmac(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t mac[16],
             const uint8_t *data, size_t len)
{
    size_t whole = len == 0 ? 0 : (len - 1) / 16;
    size_t rest = len - 16 * whole;
    uint8_t last[16] = {0};

    memset(mac, 0, 16);
    chain(aes, key, mac, data, whole);
    if (rest == 16) {
        e4_copy16(last, e4_siv_k2(key));
        half(last);
        e4_xor(last, data + 16 * whole, 16);
    } else {
        if (rest > 0)
            memcpy(last, data + 16 * whole, rest);
        last[rest] = 0x80;
        e4_xor(last, e4_siv_k2(key), 16);
    }
    chain(aes, key, mac, last, 1);
    e4_wipe(last, sizeof last);
}
