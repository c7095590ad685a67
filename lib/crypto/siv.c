/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-SIV of one message. Where the engine has no way of its own, it is composed here of single
 * blocks.
 */
#include "siv.h"

#include <string.h>

#include "ct.h"
#include "load.h"
#include "siv_part.h"

/* Times x in GF(2^128), RFC 5297, 2.3; out may be in. */
static void twice(uint8_t out[16], const uint8_t in[16])
{
    uint64_t high = e4_load_be64(in);
    uint64_t low = e4_load_be64(in + 8);

    e4_store_be64(out, high << 1 | low >> 63);
    e4_store_be64(out + 8, low << 1 ^ ((0 - (high >> 63)) & 0x87));
}

/* The inverse of twice(). */
static void half(uint8_t out[16], const uint8_t in[16])
{
    uint64_t high = e4_load_be64(in);
    uint64_t low = e4_load_be64(in + 8);
    uint64_t odd = 0 - (low & 1);

    e4_store_be64(out, high >> 1 ^ (odd & 0x8000000000000000));
    e4_store_be64(out + 8, (low >> 1 | high << 63) ^ (odd & 0x43));
}

/* CBC-MAC over whole blocks. */
static void chain(const struct e4_aes *aes, const uint32_t *key, uint8_t mac[16],
                  const uint8_t *in, size_t blocks)
{
    for (; blocks > 0; blocks--, in += 16) {
        e4_siv_xor(mac, in);
        aes->encrypt(key, mac, mac, 1);
    }
}

void e4_siv_expand(const struct e4_aes *aes, uint32_t key[E4_SIV_KEY_WORDS],
                   const uint8_t raw[E4_AES_RAW_SIZE])
{
    uint8_t block[16] = {0}, k1[16];

    aes->expand(key, raw);
    aes->encrypt(key, block, block, 1);
    twice(k1, block);
    twice(block, k1);
    memcpy(key + 60, block, sizeof block);
    aes->encrypt(key, block, k1, 1); /* CMAC(0^128): the one block is 0^128 + K1 */
    twice(block, block);
    e4_siv_xor(block, k1);
    memcpy(key + 64, block, sizeof block);
    e4_wipe(block, sizeof block);
    e4_wipe(k1, sizeof k1);
}

void e4_siv_first(uint8_t first[16], const uint32_t *key, const uint8_t ad[8])
{
    static const uint8_t padding[8] = {0x80};
    uint64_t half_ad, half_padding, k2[2];

    /* By halves: a block written in smaller pieces would be slow to read back. */
    memcpy(&half_ad, ad, 8);
    memcpy(&half_padding, padding, 8);
    memcpy(k2, e4_siv_k2(key), sizeof k2);
    k2[0] ^= half_ad;
    k2[1] ^= half_padding;
    memcpy(first, k2, sizeof k2);
}

/* Texts with a block that is not whole. Without K1, d is what RFC 5297 calls D. */
static void last_padded(uint8_t last[32], const uint32_t *key, const uint8_t d[16],
                        const uint8_t *text, size_t len)
{
    size_t part = len % 16;
    uint8_t k1[16], plain_d[16];

    half(k1, e4_siv_k2(key));
    memcpy(plain_d, d, sizeof plain_d);
    e4_siv_xor(plain_d, k1);
    memset(last, 0, 32);
    if (len >= 16) {
        memcpy(last, text + (len - 16 - part), 16 + part);
        e4_siv_xor(last + part, plain_d); /* "xorend" */
        last[16 + part] = 0x80;
        e4_siv_xor(last + 16, e4_siv_k2(key));
    } else {
        if (len > 0)
            memcpy(last, text, len);
        last[len] = 0x80;
        twice(plain_d, plain_d);
        e4_siv_xor(last, plain_d);
        e4_siv_xor(last, k1);
    }
    e4_wipe(k1, sizeof k1);
    e4_wipe(plain_d, sizeof plain_d);
}

size_t e4_siv_last(uint8_t last[32], const uint32_t *key, const uint8_t d[16],
                   const uint8_t *text, size_t len)
{
    if (len > 0 && len % 16 == 0) {
        memcpy(last, text + (len - 16), 16);
        e4_siv_xor(last, d);
        return 1;
    }
    last_padded(last, key, d, text, len);
    return len < 16 ? 1 : 2;
}

static void compose_tag(const struct e4_aes *aes, const uint32_t *key, uint8_t tag[16],
                        const uint8_t *ad, const uint8_t *text, size_t len)
{
    uint8_t two[32] = {0}, last[32];
    uint8_t *d = two, *mac = two + 16;
    size_t plain = e4_siv_plain_blocks(len), rest;

    e4_siv_first(d, key, ad);
    if (plain > 0) {
        /* Neither needs the other: some engines do two blocks at the price of one. */
        memcpy(mac, text, 16);
        aes->encrypt(key, two, two, 2);
        chain(aes, key, mac, text + 16, plain - 1);
    } else {
        aes->encrypt(key, d, d, 1);
    }
    e4_siv_xor(d, e4_siv_start(key));
    rest = e4_siv_last(last, key, d, text, len);
    chain(aes, key, mac, last, rest);
    memcpy(tag, mac, 16);
    e4_wipe(two, sizeof two);
    e4_wipe(last, sizeof last);
}

void e4_siv_tag(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS],
                uint8_t tag[E4_SIV_TAG_SIZE], const uint8_t ad[E4_SIV_AD_SIZE],
                const uint8_t *text, size_t len)
{
    if (aes->tag != NULL)
        aes->tag(key, tag, ad, text, len);
    else
        compose_tag(aes, key, tag, ad, text, len);
}

static void compose_crypt(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                          const uint8_t *in, size_t len, const uint8_t tag[16])
{
    /* Bits 31 and 63 of the counter start at 0, so 64 bits of it are all that ever moves. */
    uint64_t count = e4_load_be64(tag + 8) & 0x7fffffff7fffffff;
    uint8_t pad[64];

    while (len > 0) {
        size_t now = len < sizeof pad ? len : sizeof pad;
        size_t blocks = (now + 15) / 16;

        for (size_t i = 0; i < blocks; i++) {
            memcpy(pad + 16 * i, tag, 8);
            e4_store_be64(pad + 16 * i + 8, count++);
        }
        aes->encrypt(key, pad, pad, blocks);
        for (size_t i = 0; i < now; i++)
            out[i] = in[i] ^ pad[i];
        out += now;
        in += now;
        len -= now;
    }
    e4_wipe(pad, sizeof pad);
}

void e4_siv_crypt(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                  const uint8_t *in, size_t len, const uint8_t tag[E4_SIV_TAG_SIZE])
{
    if (aes->crypt != NULL)
        aes->crypt(key, out, in, len, tag);
    else
        compose_crypt(aes, key, out, in, len, tag);
}

static bool compose_open(const struct e4_aes *aes, const uint32_t *key, uint8_t *out,
                         const uint8_t *in, size_t len, const uint8_t ad[8],
                         const uint8_t tag[16])
{
    uint8_t expected[16];
    bool ok;

    compose_crypt(aes, key, out, in, len, tag);
    compose_tag(aes, key, expected, ad, out, len);
    ok = e4_equal(expected, tag, sizeof expected);
    e4_wipe(expected, sizeof expected); /* the right tag of a forgery */
    return ok;
}

bool e4_siv_open(const struct e4_aes *aes, const uint32_t key[E4_SIV_KEY_WORDS], uint8_t *out,
                 const uint8_t *in, size_t len, const uint8_t ad[E4_SIV_AD_SIZE],
                 const uint8_t tag[E4_SIV_TAG_SIZE])
{
    bool ok;

    if (aes->open != NULL)
        ok = aes->open(key, out, in, len, ad, tag);
    else
        ok = compose_open(aes, key, out, in, len, ad, tag);
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
        half(last, e4_siv_k2(key));
        e4_siv_xor(last, data + 16 * whole);
    } else {
        if (rest > 0)
            memcpy(last, data + 16 * whole, rest);
        last[rest] = 0x80;
        e4_siv_xor(last, e4_siv_k2(key));
    }
    chain(aes, key, mac, last, 1);
    e4_wipe(last, sizeof last);
}
