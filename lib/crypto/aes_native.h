/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIV for CPUs that have instructions for AES, written once over what the including file
 * defines: NATIVE and INLINE, the type and the functions of aes_x86.h, and crypt_four().
 *
 * Two things make it fast. The CMAC is a chain in which each block waits for the one before: so
 * nothing is in its way but the 14 rounds (the next block comes in with the last round key),
 * and all else is done beside it. And between the steps nothing goes through memory.
 */
#ifndef E4_CRYPTO_AES_NATIVE_H
#define E4_CRYPTO_AES_NATIVE_H

#include "load.h"

/* A slice of this, as the index of pick(), moves the bytes of a block up or down. */
static const uint8_t slide[48] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0,    1,    2,    3,    4,    5,    6,    7,
    8,    9,    10,   11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
};
static const uint8_t padding[32] = {[16] = 0x80};

INLINE block move_up(block a, size_t by)
{
    return pick(a, load(slide + 16 - by));
}

INLINE block move_down(block a, size_t by)
{
    return pick(a, load(slide + 16 + by));
}

/* The bit 1 behind len bytes. */
INLINE block padding_after(size_t len)
{
    return load(padding + 16 - len);
}

/* Fewer than 8 bytes as a little-endian number. Nothing beyond them is touched here. */
static inline uint64_t load_few(const uint8_t *in, size_t len)
{
    if (len >= 4)
        return e4_load_le32(in) | (uint64_t)e4_load_le32(in + len - 4) << 8 * (len - 4);
    if (len > 0)
        return (uint64_t)in[0] | (uint64_t)in[len / 2] << 8 * (len / 2) |
               (uint64_t)in[len - 1] << 8 * (len - 1);
    return 0;
}

static inline void store_few(uint8_t *out, uint64_t value, size_t len)
{
    for (; len > 0; len--, value >>= 8)
        *out++ = (uint8_t)value;
}

/* Fewer than 16 bytes, and zeros. */
INLINE block load_part(const uint8_t *in, size_t len)
{
    if (len < 8)
        return from_words(load_few(in, len), 0);
    return from_words(e4_load_le64(in), load_few(in + 8, len - 8));
}

INLINE void store_part(uint8_t *out, block a, size_t len)
{
    if (len < 8) {
        store_few(out, first_word(a), len);
    } else {
        e4_store_le64(out, first_word(a));
        store_few(out + 8, second_word(a), len - 8);
    }
}

/* A block to which the entry key was added; z is added to the result. */
INLINE block encrypt_add(const uint32_t *key, block a, block z)
{
    a = one_round(a, key, 1);
    a = one_round(a, key, 2);
    a = one_round(a, key, 3);
    a = one_round(a, key, 4);
    a = one_round(a, key, 5);
    a = one_round(a, key, 6);
    a = one_round(a, key, 7);
    a = one_round(a, key, 8);
    a = one_round(a, key, 9);
    a = one_round(a, key, 10);
    a = one_round(a, key, 11);
    a = one_round(a, key, 12);
    a = one_round(a, key, 13);
    return last_round(a, key, z);
}

/* Each column and those before it, added up. */
INLINE block add_up_columns(block a)
{
    a = add(a, move_up(a, 4));
    return add(a, move_up(a, 8));
}

/* FIPS 197, 5.2, a round key a step: all of its columns depend on the last one before it. */
static NATIVE void expand(uint32_t *key, const uint8_t *raw)
{
    const block last = from_words(0x0f0e0d0c0f0e0d0c, 0x0f0e0d0c0f0e0d0c);
    const block rotated = from_words(0x0c0f0e0d0c0f0e0d, 0x0c0f0e0d0c0f0e0d);
    uint64_t constant = 0x0000000100000001;
    block a = load(raw), b = load(raw + 16);

    store(key, a);
    store(key + 4, b);
    for (size_t i = 8;; i += 8, constant <<= 1) {
        a = add(add_up_columns(a), from_words(constant, constant));
        a = add(a, sub_columns(pick(b, rotated)));
        store(key + i, a);
        if (i + 4 == E4_AES_KEY_WORDS)
            return;
        b = add(add_up_columns(b), sub_columns(pick(a, last)));
        store(key + i + 4, b);
    }
}

INLINE void two_rounds(block *a, block *b, const uint32_t *key, int round)
{
    *a = one_round(*a, key, round);
    *b = one_round(*b, key, round);
}

/* The same with two blocks, in the time of one. */
INLINE void encrypt_add_two(const uint32_t *key, block *a, block za, block *b, block zb)
{
    two_rounds(a, b, key, 1);
    two_rounds(a, b, key, 2);
    two_rounds(a, b, key, 3);
    two_rounds(a, b, key, 4);
    two_rounds(a, b, key, 5);
    two_rounds(a, b, key, 6);
    two_rounds(a, b, key, 7);
    two_rounds(a, b, key, 8);
    two_rounds(a, b, key, 9);
    two_rounds(a, b, key, 10);
    two_rounds(a, b, key, 11);
    two_rounds(a, b, key, 12);
    two_rounds(a, b, key, 13);
    *a = last_round(*a, key, za);
    *b = last_round(*b, key, zb);
}

/* The state of S2V before the text, with K1 added; siv_part.h explains what is in the key. */
INLINE block begin(const uint32_t *key, const uint8_t ad[8])
{
    block a = add(from_words(e4_load_le64(ad), 0x80), load(key + 60));

    return encrypt_add(key, add(a, entry_key(key)), load(key + 64));
}

/*
 * The last one or two blocks of the CMAC of text, those that depend on d, as e4_siv_last().
 * whole is the last whole block of the text, if it has one. Returns whether there are two.
 */
INLINE bool last_blocks(const uint32_t *key, block last[2], block whole, block d,
                        const uint8_t *text, size_t len)
{
    size_t part = len % 16;
    block k1, k2;

    if (part == 0 && len > 0) {
        last[0] = add(whole, d);
        return false;
    }
    k2 = load(key + 60);
    k1 = half(k2);
    d = add(d, k1);
    if (len < 16) {
        last[0] = add(add(load_part(text, len), padding_after(len)), add(k1, twice(d)));
        return false;
    }
    last[0] = add(whole, move_up(d, part));
    whole = move_down(add(load(text + len - 16), d), 16 - part);
    last[1] = add(add(whole, padding_after(part)), k2);
    return true;
}

/* The end of the CMAC. a: its state before the last blocks, the block before them added. */
INLINE block finish(const uint32_t *key, block a, block whole, block d, const uint8_t *text,
                    size_t len)
{
    block entry = entry_key(key);
    block last[2];
    bool two = last_blocks(key, last, whole, d, text, len);

    last[0] = add(last[0], entry);
    a = len < 32 ? last[0] : encrypt_add(key, a, last[0]);
    if (two)
        a = encrypt_add(key, a, add(last[1], entry));
    return encrypt_add(key, a, from_words(0, 0));
}

/* The last whole block of a text that is in memory. */
INLINE block last_whole(const uint8_t *text, size_t len)
{
    return len < 16 ? from_words(0, 0) : load(text + (len - len % 16 - 16));
}

/* For siv_many.c: d and the last blocks in one. */
static NATIVE size_t make_last(const uint32_t *key, uint8_t out[32], const uint8_t *ad,
                               const uint8_t *text, size_t len)
{
    block last[2];
    bool two = last_blocks(key, last, last_whole(text, len), begin(key, ad), text, len);

    store(out, last[0]);
    if (!two)
        return 1;
    store(out + 16, last[1]);
    return 2;
}

static NATIVE void tag_text(const uint32_t *key, uint8_t *tag, const uint8_t *ad,
                            const uint8_t *text, size_t len)
{
    block entry = entry_key(key);
    block d = begin(key, ad);
    block a = d;

    if (len >= 32) {
        a = add(load(text), entry);
        for (size_t at = 16; len - at >= 32; at += 16)
            a = encrypt_add(key, a, add(load(text + at), entry));
    }
    store(tag, finish(key, a, last_whole(text, len), d, text, len));
}

/* The counter as two numbers. */
INLINE block counter(const uint8_t tag[16])
{
    return swap_halves(clear_bits(load(tag)));
}

INLINE block crypt_block(const uint32_t *key, uint8_t *out, const uint8_t *in, block count)
{
    block a = encrypt_add(key, add(swap_halves(count), entry_key(key)), load(in));

    store(out, a);
    return a;
}

INLINE void crypt_part(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t len,
                       block count)
{
    block a = add(swap_halves(count), entry_key(key));

    store_part(out, encrypt_add(key, a, load_part(in, len)), len);
}

static NATIVE void crypt_text(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t len,
                              const uint8_t *tag)
{
    block count = counter(tag);

    for (; len >= 64; len -= 64, in += 64, out += 64) {
        crypt_four(key, out, in, count);
        count = count_up(count, 4);
    }
    for (; len >= 16; len -= 16, in += 16, out += 16) {
        crypt_block(key, out, in, count);
        count = count_up(count, 1);
    }
    if (len > 0)
        crypt_part(key, out, in, len, count);
}

/*
 * From the third block on, each is decrypted beside the chain's step for the one before: the
 * chain, which takes longest, never waits.
 */
static NATIVE bool open_text(const uint32_t *key, uint8_t *out, const uint8_t *in, size_t len,
                             const uint8_t *ad, const uint8_t *tag)
{
    block entry = entry_key(key);
    block d = begin(key, ad);
    block count = counter(tag);
    block a = d, whole = d;
    size_t done = 0;

    if (len >= 16) {
        whole = crypt_block(key, out, in, count);
        count = count_up(count, 1);
        done = 16;
    }
    if (len >= 32) {
        a = add(whole, entry);
        whole = crypt_block(key, out + 16, in + 16, count);
        count = count_up(count, 1);
        for (done = 32; len - done >= 16; done += 16) {
            block next = add(swap_halves(count), entry);

            encrypt_add_two(key, &a, add(whole, entry), &next, load(in + done));
            store(out + done, next);
            whole = next;
            count = count_up(count, 1);
        }
    }
    if (len > done)
        crypt_part(key, out + done, in + done, len - done, count);
    return same(finish(key, a, whole, d, out, len), load(tag));
}

INLINE block lane_in(const struct e4_aes_lane *lane, block a, size_t at)
{
    return add(a, add(load(lane->in + at), entry_key(lane->key)));
}

/* Eight blocks, each under its own key. */
INLINE void eight_rounds(block a[8], const uint32_t *const key[8], int round)
{
    a[0] = one_round(a[0], key[0], round);
    a[1] = one_round(a[1], key[1], round);
    a[2] = one_round(a[2], key[2], round);
    a[3] = one_round(a[3], key[3], round);
    a[4] = one_round(a[4], key[4], round);
    a[5] = one_round(a[5], key[5], round);
    a[6] = one_round(a[6], key[6], round);
    a[7] = one_round(a[7], key[7], round);
}

INLINE void eight_last_rounds(block a[8], const uint32_t *const key[8])
{
    block zero = from_words(0, 0);

    a[0] = last_round(a[0], key[0], zero);
    a[1] = last_round(a[1], key[1], zero);
    a[2] = last_round(a[2], key[2], zero);
    a[3] = last_round(a[3], key[3], zero);
    a[4] = last_round(a[4], key[4], zero);
    a[5] = last_round(a[5], key[5], zero);
    a[6] = last_round(a[6], key[6], zero);
    a[7] = last_round(a[7], key[7], zero);
}

static NATIVE void chain_lanes(struct e4_aes_lane *lane, size_t count, size_t blocks)
{
    const uint32_t *const key[8] = {lane[0].key, lane[1].key, lane[2].key, lane[3].key,
                                    lane[4].key, lane[5].key, lane[6].key, lane[7].key};
    block a[8] = {load(lane[0].mac), load(lane[1].mac), load(lane[2].mac), load(lane[3].mac),
                  load(lane[4].mac), load(lane[5].mac), load(lane[6].mac), load(lane[7].mac)};

    (void)count; /* eight take no longer than one */
    for (size_t at = 0; at < 16 * blocks; at += 16) {
        a[0] = lane_in(&lane[0], a[0], at);
        a[1] = lane_in(&lane[1], a[1], at);
        a[2] = lane_in(&lane[2], a[2], at);
        a[3] = lane_in(&lane[3], a[3], at);
        a[4] = lane_in(&lane[4], a[4], at);
        a[5] = lane_in(&lane[5], a[5], at);
        a[6] = lane_in(&lane[6], a[6], at);
        a[7] = lane_in(&lane[7], a[7], at);
        for (int i = 1; i < 14; i++)
            eight_rounds(a, key, i);
        eight_last_rounds(a, key);
    }
    store(lane[0].mac, a[0]);
    store(lane[1].mac, a[1]);
    store(lane[2].mac, a[2]);
    store(lane[3].mac, a[3]);
    store(lane[4].mac, a[4]);
    store(lane[5].mac, a[5]);
    store(lane[6].mac, a[6]);
    store(lane[7].mac, a[7]);
}

#endif
