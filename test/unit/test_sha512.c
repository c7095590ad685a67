/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512 against FIPS 180-4's examples and another implementation. */
#include "hex.h"

#include "crypto/sha512.h"

enum { LONGEST = 300 };

static void fill(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(7 * i + len);
}

static void digest(uint8_t out[64], const void *data, size_t len)
{
    struct e4_sha512 hash;

    e4_sha512_init(&hash);
    e4_sha512_update(&hash, data, len);
    e4_sha512_final(&hash, out);
}

TEST(digests_are_those_of_the_standard)
{
    static const char two_blocks[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                                     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
    uint8_t out[64];

    digest(out, NULL, 0);
    CHECK(is_hex(out, 64,
                 "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                 "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"));
    digest(out, "abc", 3);
    CHECK(is_hex(out, 64,
                 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    digest(out, two_blocks, strlen(two_blocks));
    CHECK(is_hex(out, 64,
                 "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                 "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"));
}

TEST(a_million_bytes_are_hashed_right)
{
    struct e4_sha512 hash;
    uint8_t text[1000];
    uint8_t out[64];

    memset(text, 'a', sizeof text);
    e4_sha512_init(&hash);
    for (unsigned i = 0; i < 1000; i++)
        e4_sha512_update(&hash, text, sizeof text);
    e4_sha512_final(&hash, out);
    CHECK(is_hex(out, 64,
                 "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                 "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"));
}

TEST(every_length_round_the_block_size_is_right)
{
    struct e4_sha512 all;
    uint8_t text[LONGEST];
    uint8_t out[64];

    e4_sha512_init(&all);
    for (size_t len = 0; len <= LONGEST; len++) {
        fill(text, len);
        digest(out, text, len);
        e4_sha512_update(&all, out, sizeof out);
    }
    e4_sha512_final(&all, out);
    CHECK(is_hex(out, 64,
                 "e1f2f7d5d8fc48db06ec2a0eed639593f549caffa40245747258761214a3ec07"
                 "134903fde52ace6cfae161a82097ba01f33a97d48dd6a80d4521d96d7401357e"));
}

TEST(pieces_give_the_digest_of_the_whole)
{
    uint8_t text[LONGEST];
    uint8_t whole[64];
    uint8_t out[64];

    fill(text, sizeof text);
    digest(whole, text, sizeof text);
    for (size_t piece = 1; piece <= LONGEST; piece++) {
        struct e4_sha512 hash;

        e4_sha512_init(&hash);
        for (size_t at = 0; at < LONGEST; at += piece) {
            e4_sha512_update(&hash, text + at, piece < LONGEST - at ? piece : LONGEST - at);
            e4_sha512_update(&hash, NULL, 0);
        }
        e4_sha512_final(&hash, out);
        CHECK(memcmp(out, whole, sizeof out) == 0);
    }
}

TEST(a_finished_state_holds_nothing)
{
    static const struct e4_sha512 empty;
    struct e4_sha512 hash;
    uint8_t out[64];

    e4_sha512_init(&hash);
    e4_sha512_update(&hash, "secret", 6);
    e4_sha512_final(&hash, out);
    CHECK(memcmp(&hash, &empty, sizeof hash) == 0);
}

LAWS(LAW(digests_are_those_of_the_standard), LAW(a_million_bytes_are_hashed_right),
     LAW(every_length_round_the_block_size_is_right), LAW(pieces_give_the_digest_of_the_whole),
     LAW(a_finished_state_holds_nothing))
