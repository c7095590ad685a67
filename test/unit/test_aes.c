/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every engine of this CPU against FIPS 197, and against AES as the standard writes it, byte by
 * byte, with an S-box that is computed.
 */
#include "hex.h"

#include "crypto/aes.h"
#include "crypto/load.h"
#include "test/unit/book.h"

enum { MOST_BLOCKS = 20, ENGINES_AT_MOST = 5 };

/* Bytes that look random and are the same in every run. */
static void scramble(uint8_t *out, size_t len, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1;

    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        out[i] = (uint8_t)(x >> 9);
    }
}

TEST(the_book_is_that_of_the_standard)
{
    uint32_t key[E4_AES_KEY_WORDS];
    uint8_t raw[32], last[16];

    /* FIPS 197, A.3 */
    from_hex(raw, sizeof raw,
             "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    schedule_by_the_book(key, raw);
    for (size_t i = 0; i < 4; i++)
        e4_store_le32(last + 4 * i, key[56 + i]);
    CHECK(is_hex(last, sizeof last, "fe4890d1e6188d0b046df344706c631e"));
}

TEST(every_engine_encrypts_the_example_of_the_standard)
{
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        uint32_t key[E4_AES_KEY_WORDS];
        uint8_t raw[32], block[16];

        /* FIPS 197, C.3 */
        from_hex(raw, sizeof raw,
                 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        from_hex(block, sizeof block, "00112233445566778899aabbccddeeff");
        aes->expand(key, raw);
        e4_aes_encrypt(aes, key, block, block);
        CHECK_AT(n, is_hex(block, sizeof block, "8ea2b7ca516745bfeafc49904b496089"));
    }
}

static void check_blocks(const struct e4_aes *aes, uint32_t count)
{
    uint32_t key[E4_AES_KEY_WORDS];
    uint8_t raw[32], in[16 * MOST_BLOCKS + 1], out[16 * MOST_BLOCKS + 2], want[16];
    size_t len = 16 * count;

    scramble(raw, sizeof raw, count);
    scramble(in, sizeof in, count + 100);
    memset(out, 0xa5, sizeof out);
    aes->expand(key, raw);
    aes->encrypt(key, out + 1, in + 1, count);
    CHECK_AT(count, out[0] == 0xa5 && out[1 + len] == 0xa5);
    for (size_t at = 1; at <= len; at += 16) {
        by_the_book(want, in + at, raw);
        CHECK_AT(count, memcmp(out + at, want, sizeof want) == 0);
    }
    aes->encrypt(key, in + 1, in + 1, count);
    CHECK_AT(count, memcmp(in + 1, out + 1, len) == 0);
}

TEST(every_engine_encrypts_any_number_of_blocks_each_by_itself)
{
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++)
        for (uint32_t count = 0; count <= MOST_BLOCKS; count++)
            check_blocks(aes, count);
}

/* Lanes with keys, states and texts of their own. */
struct chains {
    uint8_t raw[E4_AES_LANES][32];
    uint32_t key[E4_AES_LANES][E4_AES_KEY_WORDS];
    uint8_t in[E4_AES_LANES][80];
    struct e4_aes_lane lane[E4_AES_LANES];
};

static void make_chains(struct chains *chains, const struct e4_aes *aes, uint32_t seed)
{
    for (uint32_t i = 0; i < E4_AES_LANES; i++) {
        scramble(chains->raw[i], sizeof chains->raw[i], seed + 1000 * i);
        scramble(chains->in[i], sizeof chains->in[i], seed + 1000 * i + 500);
        aes->expand(chains->key[i], chains->raw[i]);
        chains->lane[i].key = chains->key[i];
        chains->lane[i].in = chains->in[i];
        scramble(chains->lane[i].mac, 16, seed + i);
    }
}

static void chain_by_the_book(uint8_t mac[16], const uint8_t *in, size_t blocks,
                              const uint8_t raw[32])
{
    for (size_t at = 0; at < 16 * blocks; at++) {
        mac[at % 16] ^= in[at];
        if (at % 16 == 15)
            by_the_book(mac, mac, raw);
    }
}

static void check_lanes(const struct e4_aes *aes, size_t count, size_t blocks, uint32_t seed)
{
    struct chains chains;
    uint8_t want[E4_AES_LANES][16];

    make_chains(&chains, aes, seed);
    for (size_t i = 0; i < count; i++) {
        memcpy(want[i], chains.lane[i].mac, 16);
        chain_by_the_book(want[i], chains.in[i], blocks, chains.raw[i]);
    }
    aes->lanes->chain(chains.lane, count, blocks);
    for (size_t i = 0; i < count; i++)
        CHECK_AT(seed, memcmp(chains.lane[i].mac, want[i], 16) == 0);
}

TEST(lanes_advance_together_and_do_not_mix)
{
    const struct e4_aes *aes;

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++)
        for (uint32_t seed = 0; aes->lanes != NULL && seed < 6 * E4_AES_LANES; seed++)
            check_lanes(aes, 1 + seed % E4_AES_LANES, seed / E4_AES_LANES, seed);
}

TEST(engines_have_names_of_their_own_and_any_cpu_has_some)
{
    size_t count = 0;

    while (e4_aes_engine(count) != NULL) {
        const struct e4_aes *aes = e4_aes_engine(count);

        CHECK(aes->usable == NULL || aes->usable());
        for (size_t i = 0; i < count; i++)
            CHECK(strcmp(e4_aes_name(aes), e4_aes_name(e4_aes_engine(i))) != 0);
        count++;
    }
    CHECK(count >= 1 && count <= ENGINES_AT_MOST);
    CHECK(e4_aes_engine(count - 1) == &e4_aes_sliced16);
    CHECK(e4_aes_engine(count + 1) == NULL);
}

TEST(the_chosen_engine_is_the_first_or_in_a_small_library_the_smallest)
{
    const struct e4_aes *smallest = sizeof(size_t) < 4 ? &e4_aes_sliced16 : &e4_aes_sliced32;

    CHECK(e4_aes_choose() == (LIBRARY_IS_SMALL ? smallest : e4_aes_engine(0)));
}

LAWS(LAW(the_book_is_that_of_the_standard),
     LAW(every_engine_encrypts_the_example_of_the_standard),
     LAW(every_engine_encrypts_any_number_of_blocks_each_by_itself),
     LAW(lanes_advance_together_and_do_not_mix),
     LAW(engines_have_names_of_their_own_and_any_cpu_has_some),
     LAW(the_chosen_engine_is_the_first_or_in_a_small_library_the_smallest))
