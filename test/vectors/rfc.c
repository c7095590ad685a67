/* SPDX-License-Identifier: Apache-2.0 */
/* The values that the RFCs themselves give. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "collections.h"
#include "crypto/argon2.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"

/* Both have keys of AES-128. The engines know AES-256 alone, and so do these cases' names. */
static void rfc_5297_aes_siv(void **state)
{
    json_t *json = suite_load("rfc/rfc5297_aes_siv.json");
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("rfc/rfc5297_aes_siv.json");
    json_array_foreach(json_object_get(json, "tests"), n,
                       test) if (case_begin("keySize=%zu %s",
                                            strlen(field_text(test, "key")) * 4,
                                            field_text(test, "name")))
        fail_msg("no runner for a key of AES-256 here");
    suite_end();
    json_decref(json);
}

static void rfc_8032_ed25519(void **state)
{
    json_t *json = suite_load("rfc/rfc8032_ed25519.json");
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("rfc/rfc8032_ed25519.json");
    json_array_foreach(json_object_get(json, "tests"), n, test)
    {
        const uint8_t *seed;
        struct bytes message;
        uint8_t public_key[32];
        uint8_t signature[64];

        if (!case_begin("%s", field_text(test, "name")))
            continue;
        seed = case_fixed(test, "secret", 32);
        message = case_field(test, "message");
        e4_ed25519_public(public_key, seed);
        expect_bytes(public_key, sizeof public_key, case_field(test, "public"), "public key");
        e4_ed25519_sign(signature, seed, public_key, message.data, message.len);
        expect_bytes(signature, sizeof signature, case_field(test, "signature"), "signature");
        expect(e4_ed25519_verify(signature, public_key, message.data, message.len),
               "the signature is refused");
        signature[n] ^= 0x10;
        expect(!e4_ed25519_verify(signature, public_key, message.data, message.len),
               "a changed signature is accepted");
    }
    suite_end();
    json_decref(json);
}

/* Each result is the next scalar, each scalar the next point. */
static void iterate(const json_t *json, long rounds, const char *name)
{
    const json_t *iterated = json_object_get(json, "iterated");
    uint8_t scalar[32];
    uint8_t point[32];
    uint8_t out[32];

    if (!case_begin("iterated %ld", rounds))
        return;
    memcpy(scalar, case_fixed(iterated, "start_k_and_u", 32), 32);
    memcpy(point, scalar, 32);
    for (long i = 0; i < rounds; i++) {
        expect(e4_x25519(out, scalar, point), "round %ld gives zero", i);
        memcpy(point, scalar, 32);
        memcpy(scalar, out, 32);
    }
    expect_bytes(scalar, 32, case_field(iterated, name), "the result");
}

static void expect_shared(const json_t *pair, const char *mine, const char *yours)
{
    uint8_t out[32];

    expect(e4_x25519(out, case_fixed(pair, mine, 32), case_fixed(pair, yours, 32)),
           "the result is zero");
    expect_bytes(out, 32, case_field(pair, "shared"), "the shared secret");
}

static void expect_public(const json_t *pair, const char *secret, const char *public_key)
{
    uint8_t out[32];

    e4_x25519_base(out, case_fixed(pair, secret, 32));
    expect_bytes(out, 32, case_field(pair, public_key), "the public key");
}

static void rfc_7748_x25519(void **state)
{
    json_t *json = suite_load("rfc/rfc7748_x25519.json");
    const json_t *pair = json_object_get(json, "diffie_hellman");
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("rfc/rfc7748_x25519.json");
    json_array_foreach(json_object_get(json, "tests"), n, test)
    {
        uint8_t out[32];

        if (!case_begin("section 5.2, %zu", n))
            continue;
        expect(e4_x25519(out, case_fixed(test, "scalar", 32), case_fixed(test, "u", 32)),
               "the result is zero");
        expect_bytes(out, 32, case_field(test, "out"), "the result");
    }
    iterate(json, 1, "after_1");
    iterate(json, 1000, "after_1000");
    if (case_begin("section 6.1")) {
        expect_public(pair, "alice_private", "alice_public");
        expect_public(pair, "bob_private", "bob_public");
        expect_shared(pair, "alice_private", "bob_public");
        expect_shared(pair, "bob_private", "alice_public");
    }
    suite_end();
    json_decref(json);
}

static void rfc_7748_x25519_a_million_times(void **state)
{
    json_t *json = suite_load("rfc/rfc7748_x25519.json");

    (void)state;
    suite_begin("rfc/rfc7748_x25519.json");
    iterate(json, 1000000, "after_1000000");
    suite_end();
    json_decref(json);
}

static struct e4_argon2_bytes argon2_field(const json_t *test, const char *name)
{
    struct bytes bytes = case_field(test, name);

    return (struct e4_argon2_bytes){bytes.data, bytes.len};
}

static void run_argon2(const json_t *test, e4_argon2_fill *fill)
{
    bool is_i = strcmp(field_text(test, "type"), "argon2i") == 0;
    struct e4_argon2 params = {
        .type = is_i ? E4_ARGON2I : E4_ARGON2ID,
        .passes = (uint32_t)field_number(test, "iterations"),
        .memory_kib = (uint32_t)field_number(test, "memory_kib"),
        .lanes = (uint32_t)field_number(test, "parallelism"),
        .password = argon2_field(test, "password"),
        .salt = argon2_field(test, "salt"),
        .secret = argon2_field(test, "secret"),
        .ad = argon2_field(test, "associated_data"),
        .fill = fill,
    };
    struct bytes want = case_field(test, "tag");
    uint8_t *out = case_alloc(want.len);
    uint8_t *work = case_alloc(params.memory_kib * 1024);

    expect(e4_argon2(out, want.len, &params, work, params.memory_kib * 1024),
           "the parameters are refused");
    expect_bytes(out, want.len, want, "the tag");
}

static void rfc_9106_argon2(void **state)
{
    json_t *json = suite_load("rfc/rfc9106_argon2.json");
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("rfc/rfc9106_argon2.json");
    json_array_foreach(json_object_get(json, "tests"), n,
                       test) if (case_begin("%s", field_text(test, "type")))
    {
        run_argon2(test, e4_argon2_fill_portable);
        run_argon2(test, NULL);
    }
    suite_end();
    json_decref(json);
    suite_check_lists("rfc/");
}

int run_rfc_long(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_7748_x25519_a_million_times),
    };

    return cmocka_run_group_tests_name("rfc-long", tests, NULL, NULL);
}

int run_rfc(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_5297_aes_siv),
        cmocka_unit_test(rfc_7748_x25519),
        cmocka_unit_test(rfc_8032_ed25519),
        cmocka_unit_test(rfc_9106_argon2),
    };

    return cmocka_run_group_tests_name("rfc", tests, NULL, NULL);
}
