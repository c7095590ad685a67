/* SPDX-License-Identifier: Apache-2.0 */
/* SHA3-256 against FIPS 202's examples, another implementation, and E4's own ids. */
#include "hex.h"

#include "crypto/sha3.h"

enum { LONGEST = 300 };

static void fill(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(7 * i + len);
}

TEST(digests_are_those_of_the_standard)
{
    uint8_t text[200];
    uint8_t out[32];

    e4_sha3_256(out, NULL, 0);
    CHECK(is_hex(out, 32, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"));
    e4_sha3_256(out, "abc", 3);
    CHECK(is_hex(out, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"));
    memset(text, 0xa3, sizeof text);
    e4_sha3_256(out, text, sizeof text);
    CHECK(is_hex(out, 32, "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787"));
}

TEST(every_length_round_the_block_size_is_right)
{
    struct e4_sha3 all;
    uint8_t text[LONGEST];
    uint8_t out[32];

    e4_sha3_init(&all);
    for (size_t len = 0; len <= LONGEST; len++) {
        fill(text, len);
        e4_sha3_256(out, text, len);
        e4_sha3_update(&all, out, sizeof out);
    }
    e4_sha3_final(&all, out, 32);
    CHECK(is_hex(out, 32, "69fd44e84eaa578a3fbe34556c6fb7edc16373be06260aadfb158090326efefd"));
}

TEST(names_become_the_ids_of_the_deployed_clients)
{
    static const struct {
        const char *name;
        const char *id;
    } row[] = {
        {"alice", "a7dcef9aef26202fce82a7c7d6672afb"},
        {"bob", "b5d577dc9ce59725e29886632e69ecdf"},
        {"eve", "fcf4908516e5f2aa8d07a01b093fd4ef"},
        {"abc", "3a985da74fe225b2045c172d6bd390bd"},
    };
    uint8_t out[32];

    for (size_t i = 0; i < COUNT(row); i++) {
        e4_sha3_256(out, row[i].name, strlen(row[i].name));
        CHECK(is_hex(out, 16, row[i].id));
    }
}

TEST(pieces_give_the_digest_of_the_whole)
{
    uint8_t text[LONGEST];
    uint8_t whole[32];
    uint8_t out[32];

    fill(text, sizeof text);
    e4_sha3_256(whole, text, sizeof text);
    for (size_t piece = 1; piece <= LONGEST; piece++) {
        struct e4_sha3 hash;

        e4_sha3_init(&hash);
        for (size_t at = 0; at < LONGEST; at += piece) {
            e4_sha3_update(&hash, text + at, piece < LONGEST - at ? piece : LONGEST - at);
            e4_sha3_update(&hash, NULL, 0);
        }
        e4_sha3_final(&hash, out, 32);
        CHECK(memcmp(out, whole, sizeof out) == 0);
    }
}

TEST(a_digest_may_replace_its_text)
{
    uint8_t text[32] = "abc";

    e4_sha3_256(text, text, 3);
    CHECK(is_hex(text, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"));
}

TEST(a_finished_state_holds_nothing)
{
    static const struct e4_sha3 empty;
    struct e4_sha3 hash;
    uint8_t out[32];

    memset(&hash, 0, sizeof hash);
    e4_sha3_init(&hash);
    e4_sha3_update(&hash, "secret", 6);
    e4_sha3_final(&hash, out, 32);
    CHECK(memcmp(&hash, &empty, sizeof hash) == 0);
}

LAWS(LAW(digests_are_those_of_the_standard), LAW(every_length_round_the_block_size_is_right),
     LAW(names_become_the_ids_of_the_deployed_clients),
     LAW(pieces_give_the_digest_of_the_whole), LAW(a_digest_may_replace_its_text),
     LAW(a_finished_state_holds_nothing))
