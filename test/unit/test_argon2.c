/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argon2 against RFC 9106, the passwords of the deployed clients, and another implementation;
 * all of it with the block function in C and with the fastest of this machine.
 */
#include "hex.h"

#include <stdlib.h>

#include "crypto/argon2.h"
#include "crypto/sha3.h"

static e4_argon2_fill *const fills[] = {NULL, e4_argon2_fill_portable};

static struct e4_argon2_bytes text(const char *data)
{
    return (struct e4_argon2_bytes){data, strlen(data)};
}

static struct e4_argon2 smallest(void)
{
    return (struct e4_argon2){.type = E4_ARGON2I, .passes = 1, .memory_kib = 8, .lanes = 1};
}

TEST(tags_are_those_of_the_rfc)
{
    static const char *const tag[] = {
        [E4_ARGON2I] = "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8",
        [E4_ARGON2ID] = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
    };
    static uint64_t work[32 * 128];
    uint8_t password[32];
    uint8_t salt[16];
    uint8_t secret[8];
    uint8_t ad[12];
    uint8_t out[32];

    memset(password, 1, sizeof password);
    memset(salt, 2, sizeof salt);
    memset(secret, 3, sizeof secret);
    memset(ad, 4, sizeof ad);
    for (unsigned i = 0; i < 2 * COUNT(fills); i++) {
        const struct e4_argon2 params = {
            .type = i % 2 == 0 ? E4_ARGON2I : E4_ARGON2ID,
            .passes = 3,
            .memory_kib = 32,
            .lanes = 4,
            .password = {password, sizeof password},
            .salt = {salt, sizeof salt},
            .secret = {secret, sizeof secret},
            .ad = {ad, sizeof ad},
            .fill = fills[i / 2],
        };

        CHECK(e4_argon2(out, sizeof out, &params, work, sizeof work));
        CHECK_AT(i, is_hex(out, sizeof out, tag[params.type]));
    }
}

TEST(passwords_give_the_keys_of_the_deployed_clients)
{
    static const struct {
        const char *password;
        const char *key;
    } row[] = {
        {"testRandomPassword",
         "ae153aa9dad7a10b0aed6d5bcfb407c77066acfbb2eaa702a6a88b6cf1b88c33"},
        {"exactly16bytes!!",
         "efec2fd6fa939f6eb89c36909f8cc8042cc3311a6d59680fcaa4c4ad5fc05d28"},
    };
    const size_t work_len = (size_t)65536 * 1024;
    void *work = malloc(work_len);
    uint8_t out[32];

    CHECK(work != NULL);
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct e4_argon2 params = {
            .type = E4_ARGON2I,
            .passes = 1,
            .memory_kib = 65536,
            .lanes = 4,
            .password = text(row[i].password),
            .fill = fills[i],
        };

        CHECK(e4_argon2(out, sizeof out, &params, work, work_len));
        CHECK_AT(i, is_hex(out, sizeof out, row[i].key));
    }
    free(work);
}

/* 48 tags that libargon2 made, of all kinds of sizes, hashed one after the other. */
TEST(every_number_of_lanes_passes_blocks_and_bytes_is_right)
{
    static const uint8_t out_len[] = {4, 31, 32, 33, 64, 65, 96, 97, 200};
    static const uint8_t lanes[] = {1, 2, 3, 5};
    static const uint8_t extra[] = {0, 7, 130};
    static uint64_t work[170 * 128];

    for (size_t f = 0; f < COUNT(fills); f++) {
        struct e4_sha3 all;
        uint8_t out[200];

        e4_sha3_init(&all);
        for (unsigned i = 0; i < 48; i++) {
            const size_t len = out_len[i % COUNT(out_len)];
            struct e4_argon2 params = {.password = text("password"), .salt = text("somesalt")};

            params.type = i < 24 ? E4_ARGON2I : E4_ARGON2ID;
            params.passes = i / 3 % 2 == 0 ? 1 : 3;
            params.lanes = lanes[i / 6 % 4];
            params.memory_kib = 8 * params.lanes + extra[i % 3];
            params.fill = fills[f];
            CHECK(e4_argon2(out, len, &params, work, sizeof work));
            e4_sha3_update(&all, out, len);
        }
        e4_sha3_final(&all, out, 32);
        CHECK_AT(f, is_hex(out, 32,
                           "7a7c0d7b102c8eff07d5811d2551fa80e394c123f0f113656fa38440e3192d57"));
    }
}

TEST(every_input_and_parameter_counts)
{
    static uint64_t work[24 * 128];
    struct e4_argon2 params[9];
    uint8_t out[COUNT(params)][32];

    for (size_t i = 0; i < COUNT(params); i++)
        params[i] = smallest();
    params[1].type = E4_ARGON2ID;
    params[2].passes = 2;
    params[3].memory_kib = 9;
    params[4].memory_kib = 16;
    params[4].lanes = 2;
    params[5].password = text("x");
    params[6].salt = text("x");
    params[7].secret = text("x");
    params[8].ad = text("x");
    for (size_t i = 0; i < COUNT(params); i++) {
        CHECK(e4_argon2(out[i], sizeof out[i], &params[i], work, sizeof work));
        for (size_t j = 0; j < i; j++)
            CHECK_AT(i, memcmp(out[i], out[j], sizeof out[i]) != 0);
    }
}

TEST(bad_parameters_are_refused_and_write_nothing)
{
    static uint64_t work[16 * 128];
    static const uint64_t untouched[16 * 128];
    struct e4_argon2 params[8];
    uint8_t out[32];

    for (size_t i = 0; i < COUNT(params); i++)
        params[i] = smallest();
    params[0].type = (enum e4_argon2_type)0; /* Argon2d is not offered */
    params[1].type = (enum e4_argon2_type)3;
    params[2].passes = 0;
    params[3].lanes = 0;
    params[4].memory_kib = 7;
    params[5].lanes = 2;
    params[5].memory_kib = 15;
    params[6].memory_kib = 17; /* more than there is to work in */
    params[7].lanes = 0x1000000;
    params[7].memory_kib = 0x8000000;
    memset(out, 0xaa, sizeof out);
    for (size_t i = 0; i < COUNT(params); i++) {
        const size_t work_len = i == 7 ? SIZE_MAX : sizeof work;

        CHECK_AT(i, !e4_argon2(out, sizeof out, &params[i], work, work_len));
        CHECK_AT(i, out[0] == 0xaa && memcmp(work, untouched, sizeof work) == 0);
    }
}

TEST(bad_buffers_are_refused_and_write_nothing)
{
    static uint64_t work[9 * 128];
    struct e4_argon2 params = smallest();
    uint8_t out[32] = {0xaa};

    CHECK(!e4_argon2(out, 3, &params, work, sizeof work));
    CHECK(!e4_argon2(out, sizeof out, &params, work, 8 * 1024 - 1));
    CHECK(!e4_argon2(out, sizeof out, &params, (uint8_t *)work + 1, 8 * 1024));
    CHECK(out[0] == 0xaa);
    CHECK(e4_argon2(out, 4, &params, work, 8 * 1024));
}

/* 2^32 bytes and more do not fit into the 32 bits that are hashed. */
TEST(lengths_that_argon2_cannot_express_are_refused)
{
    static uint64_t work[8 * 128];
    const size_t len = SIZE_MAX;
    struct e4_argon2 params[4];
    uint8_t out[32] = {0xaa};

    if (len >> 16 >> 16 == 0)
        skip();
    for (size_t i = 0; i < COUNT(params); i++)
        params[i] = smallest();
    params[0].password.len = len;
    params[1].salt.len = len;
    params[2].secret.len = len;
    params[3].ad.len = len;
    for (size_t i = 0; i < COUNT(params); i++)
        CHECK_AT(i, !e4_argon2(out, sizeof out, &params[i], work, sizeof work));
    params[0] = smallest();
    CHECK(!e4_argon2(out, len, &params[0], work, sizeof work));
    CHECK(out[0] == 0xaa);
}

TEST(work_memory_holds_nothing_afterwards)
{
    static uint64_t work[32 * 128];
    static const uint64_t empty[32 * 128];
    struct e4_argon2 params = smallest();
    uint8_t out[32];

    params.memory_kib = 32;
    params.lanes = 3;
    CHECK(e4_argon2(out, sizeof out, &params, work, sizeof work));
    CHECK(memcmp(work, empty, sizeof work) == 0);
}

TEST(all_block_functions_agree_apart_and_in_place)
{
    uint64_t in[3][E4_ARGON2_WORDS];
    uint64_t out[2][E4_ARGON2_WORDS];
    uint64_t scratch[E4_ARGON2_WORDS];
    e4_argon2_fill *const fill[2] = {e4_argon2_fill_portable, e4_argon2_choose_fill()};
    uint64_t x = 1;

    for (unsigned i = 0; i < 3 * E4_ARGON2_WORDS; i++)
        in[i / E4_ARGON2_WORDS][i % E4_ARGON2_WORDS] = x = x * 6364136223846793005 + 1;
    for (unsigned add = 0; add < 2; add++) {
        for (unsigned f = 0; f < 2; f++) {
            memcpy(out[f], in[2], sizeof out[f]);
            fill[f](out[f], in[0], in[1], scratch, add == 1);
            fill[f](out[f], in[0], out[f], scratch, add == 1);
        }
        CHECK_AT(add, memcmp(out[0], out[1], sizeof out[0]) == 0);
    }
}

TEST(adding_adds_to_what_was_there)
{
    uint64_t in[2][E4_ARGON2_WORDS] = {{1}, {2}};
    uint64_t plain[E4_ARGON2_WORDS] = {3};
    uint64_t added[E4_ARGON2_WORDS] = {3};
    uint64_t scratch[E4_ARGON2_WORDS];

    e4_argon2_fill_portable(plain, in[0], in[1], scratch, false);
    e4_argon2_fill_portable(added, in[0], in[1], scratch, true);
    CHECK(added[0] == (plain[0] ^ 3));
    CHECK(memcmp(added + 1, plain + 1, sizeof plain - sizeof plain[0]) == 0);
}

LAWS(LAW(tags_are_those_of_the_rfc), LAW(passwords_give_the_keys_of_the_deployed_clients),
     LAW(every_number_of_lanes_passes_blocks_and_bytes_is_right),
     LAW(every_input_and_parameter_counts), LAW(bad_parameters_are_refused_and_write_nothing),
     LAW(bad_buffers_are_refused_and_write_nothing),
     LAW(lengths_that_argon2_cannot_express_are_refused),
     LAW(work_memory_holds_nothing_afterwards),
     LAW(all_block_functions_agree_apart_and_in_place), LAW(adding_adds_to_what_was_there))
