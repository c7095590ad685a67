/* SPDX-License-Identifier: Apache-2.0 */
/* The miscreant collection: AES, CMAC, CTR, dbl and AES-SIV in both its forms, as TJSON. */
#include "suite.h"

#include "collections.h"
#include "general_siv.h"

#include <string.h>

/* Begin the case of one example; false if it is left out. */
static bool example_begin(size_t n, const json_t *example)
{
    const char *name = field_text(example, "name:s");
    const char *algorithm = field_text(example, "alg:s");
    const char *key = field_text(example, "key:d16");

    return case_begin("%zu %s keySize=%zu %s", n, algorithm != NULL ? algorithm : "",
                      key != NULL ? strlen(key) * 4 : 0, name != NULL ? name : "");
}

/* Run one file: a function for each example. */
static void run_file(const char *file, void (*run)(const json_t *example))
{
    json_t *json = suite_load(file);
    const json_t *examples = json_object_get(json, "examples:A<O>");
    const json_t *example;
    size_t n;

    suite_begin(file);
    json_array_foreach(examples, n, example) if (example_begin(n, example)) run(example);
    suite_end();
    json_decref(json);
    suite_check_lists(file);
}

static void run_aes(const json_t *example)
{
    const uint8_t *raw = case_fixed(example, "key:d16", 32);
    const uint8_t *in = case_fixed(example, "src:d16", 16);
    const struct e4_aes *aes;
    uint32_t key[E4_AES_KEY_WORDS];
    uint8_t out[16];

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        aes->expand(key, raw);
        e4_aes_encrypt(aes, key, out, in);
        expect_bytes(out, sizeof out, case_field(example, "dst:d16"), e4_aes_name(aes));
    }
}

static void run_cmac(const json_t *example)
{
    const uint8_t *raw = case_fixed(example, "key:d16", 32);
    struct bytes message = case_field(example, "message:d16");
    const struct e4_aes *aes;
    uint32_t key[E4_SIV_KEY_WORDS];
    uint8_t mac[16];

    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        e4_siv_expand(aes, key, raw);
        e4_cmac(aes, key, mac, message.data, message.len);
        expect_bytes(mac, sizeof mac, case_field(example, "tag:d16"), e4_aes_name(aes));
    }
}

/* SIV's CTR clears two bits of the counter it starts from: such vectors are its own too. */
static void run_ctr(const json_t *example)
{
    const uint8_t *raw = case_fixed(example, "key:d16", 32);
    const uint8_t *iv = case_fixed(example, "iv:d16", 16);
    struct bytes text = case_field(example, "plaintext:d16");
    const struct e4_aes *aes;
    uint32_t key[E4_SIV_KEY_WORDS];

    expect((iv[8] & 0x80) == 0 && (iv[12] & 0x80) == 0, "no counter that SIV can start from");
    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        uint8_t *out = case_alloc(text.len);

        e4_siv_expand(aes, key, raw);
        e4_siv_crypt(aes, key, out, text.data, text.len, iv);
        expect_bytes(out, text.len, case_field(example, "ciphertext:d16"), e4_aes_name(aes));
    }
}

static void run_double(const json_t *example)
{
    struct bytes block = case_field(example, "input:d16");

    general_siv_double(block.data);
    expect_bytes(block.data, block.len, case_field(example, "output:d16"), "twice the input");
}

static void run_siv(const json_t *example)
{
    const json_t *list = json_object_get(example, "ad:A<d16>");
    struct strings ad = {.count = json_array_size(list)};

    if (ad.count > GENERAL_SIV_STRINGS_MAX)
        fail_msg("%s: too many strings", case_name());
    for (size_t i = 0; i < ad.count; i++)
        ad.string[i] = case_hex(json_string_value(json_array_get(list, i)));
    expect_siv(case_fixed(example, "key:d16", GENERAL_SIV_KEY_SIZE), &ad,
               case_field(example, "plaintext:d16"), case_field(example, "ciphertext:d16"));
}

/* With a nonce the strings are what is to be authenticated, then the nonce. */
static void run_siv_aead(const json_t *example)
{
    struct strings ad = {
        .string = {case_field(example, "ad:d16"), case_field(example, "nonce:d16")},
        .count = 2,
    };

    expect_siv(case_fixed(example, "key:d16", GENERAL_SIV_KEY_SIZE), &ad,
               case_field(example, "plaintext:d16"), case_field(example, "ciphertext:d16"));
}

static void aes_agrees(void **state)
{
    (void)state;
    run_file("miscreant/aes.tjson", run_aes);
}

static void cmac_agrees(void **state)
{
    (void)state;
    run_file("miscreant/aes_cmac.tjson", run_cmac);
}

static void ctr_agrees(void **state)
{
    (void)state;
    run_file("miscreant/aes_ctr.tjson", run_ctr);
}

static void dbl_agrees(void **state)
{
    (void)state;
    run_file("miscreant/dbl.tjson", run_double);
}

static void siv_agrees(void **state)
{
    (void)state;
    run_file("miscreant/aes_siv.tjson", run_siv);
}

static void siv_with_a_nonce_agrees(void **state)
{
    (void)state;
    run_file("miscreant/aes_siv_aead.tjson", run_siv_aead);
}

int run_miscreant(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_agrees), cmocka_unit_test(cmac_agrees),
        cmocka_unit_test(ctr_agrees), cmocka_unit_test(dbl_agrees),
        cmocka_unit_test(siv_agrees), cmocka_unit_test(siv_with_a_nonce_agrees),
    };

    return cmocka_run_group_tests_name("miscreant", tests, NULL, NULL);
}
