/* SPDX-License-Identifier: Apache-2.0 */
/* Project Wycheproof: edge cases and forgeries for each primitive that E4 uses. */
#include "suite.h"

#include "collections.h"
#include "general_siv.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "crypto/ct.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"

/* A case's flags, and its comment, in its name: skipped.list can go by them. */
static bool wycheproof_begin(const json_t *group, const json_t *test)
{
    const json_t *key_size = json_object_get(group, "keySize");
    const char *comment = field_text(test, "comment");
    char flags[128] = "";
    const json_t *flag;
    size_t n;

    json_array_foreach(json_object_get(test, "flags"), n, flag) snprintf(
        flags + strlen(flags), sizeof flags - strlen(flags), "%s ", json_string_value(flag));
    return case_begin("tcId=%d keySize=%d %s%s", (int)field_number(test, "tcId"),
                      (int)json_integer_value(key_size), flags, comment != NULL ? comment : "");
}

static bool is_valid(const json_t *test)
{
    return strcmp(field_text(test, "result"), "valid") == 0;
}

static void run_file(const char *file, void (*run)(const json_t *group, const json_t *test))
{
    json_t *json = suite_load(file);
    const json_t *group;
    const json_t *test;
    size_t g;
    size_t t;
    size_t count = 0;

    suite_begin(file);
    json_array_foreach(json_object_get(json, "testGroups"), g, group)
    {
        json_array_foreach(json_object_get(group, "tests"), t, test)
        {
            count++;
            if (wycheproof_begin(group, test))
                run(group, test);
        }
    }
    suite_end();
    assert_int_equal(count, field_number(json, "numberOfTests"));
    json_decref(json);
    suite_check_lists(file);
}

static void run_siv(const json_t *test, const struct strings *ad, struct bytes sealed)
{
    const uint8_t *key = case_fixed(test, "key", GENERAL_SIV_KEY_SIZE);

    if (is_valid(test))
        expect_siv(key, ad, case_field(test, "msg"), sealed);
    else
        expect_no_siv(key, ad, sealed);
}

static void run_siv_cmac(const json_t *group, const json_t *test)
{
    struct strings ad = {.string = {case_field(test, "aad")}, .count = 1};

    (void)group;
    run_siv(test, &ad, case_field(test, "ct"));
}

static void run_siv_aead(const json_t *group, const json_t *test)
{
    struct strings ad = {.string = {case_field(test, "aad"), case_field(test, "iv")},
                         .count = 2};
    struct bytes tag = case_field(test, "tag");
    struct bytes body = case_field(test, "ct");
    struct bytes sealed = {case_alloc(tag.len + body.len), tag.len + body.len};

    (void)group;
    memcpy(sealed.data, tag.data, tag.len);
    memcpy(sealed.data + tag.len, body.data, body.len);
    run_siv(test, &ad, sealed);
}

static void run_cmac(const json_t *group, const json_t *test)
{
    const uint8_t *raw = case_fixed(test, "key", E4_AES_RAW_SIZE);
    const uint8_t *tag = case_fixed(test, "tag", 16);
    struct bytes message = case_field(test, "msg");
    const struct e4_aes *aes;
    uint32_t key[E4_SIV_KEY_WORDS];
    uint8_t mac[16];

    (void)group;
    for (size_t n = 0; (aes = e4_aes_engine(n)) != NULL; n++) {
        e4_siv_expand(aes, key, raw);
        e4_cmac(aes, key, mac, message.data, message.len);
        expect(e4_equal(mac, tag, sizeof mac) == is_valid(test), "%s says it is %s",
               e4_aes_name(aes), is_valid(test) ? "wrong" : "right");
    }
}

static void run_ed25519(const json_t *group, const json_t *test)
{
    const uint8_t *key = case_fixed(json_object_get(group, "publicKey"), "pk", 32);
    struct bytes message = case_field(test, "msg");
    struct bytes signature = case_field(test, "sig");

    if (signature.len != E4_SIGNATURE_SIZE) { /* the frame's layout leaves no other */
        expect(!is_valid(test), "a valid signature has %zu bytes", signature.len);
        return;
    }
    expect(e4_ed25519_verify(signature.data, key, message.data, message.len) == is_valid(test),
           "it is %s", is_valid(test) ? "refused" : "accepted");
}

static bool has_flag(const json_t *test, const char *name)
{
    const json_t *flag;
    size_t n;

    json_array_foreach(json_object_get(test, "flags"), n,
                       flag) if (strcmp(json_string_value(flag), name) == 0) return true;
    return false;
}

/* "acceptable" is what a protocol may choose on: E4 refuses a result of zeros, nothing else. */
static void run_x25519(const json_t *group, const json_t *test)
{
    bool is_zero = has_flag(test, "ZeroSharedSecret");
    uint8_t out[32];
    bool agreed;

    (void)group;
    memset(out, 0xee, sizeof out);
    agreed = e4_x25519(out, case_fixed(test, "private", 32), case_fixed(test, "public", 32));
    expect(agreed == !is_zero, "it is %s", agreed ? "accepted" : "refused");
    expect_bytes(out, sizeof out, case_field(test, "shared"), "the shared secret");
}

static void siv_withstands(void **state)
{
    (void)state;
    run_file("wycheproof/aes_siv_cmac_test.json", run_siv_cmac);
}

static void siv_with_a_nonce_withstands(void **state)
{
    (void)state;
    run_file("wycheproof/aead_aes_siv_cmac_test.json", run_siv_aead);
}

static void cmac_withstands(void **state)
{
    (void)state;
    run_file("wycheproof/aes_cmac_test.json", run_cmac);
}

static void ed25519_withstands(void **state)
{
    (void)state;
    run_file("wycheproof/ed25519_test.json", run_ed25519);
}

static void x25519_withstands(void **state)
{
    (void)state;
    run_file("wycheproof/x25519_test.json", run_x25519);
}

static const char *const files_run[] = {
    "aes_siv_cmac_test.json", "aead_aes_siv_cmac_test.json",
    "aes_cmac_test.json",     "ed25519_test.json",
    "x25519_test.json",
};

static bool is_run(const char *file)
{
    for (size_t i = 0; i < COUNT(files_run); i++)
        if (strcmp(files_run[i], file) == 0)
            return true;
    return false;
}

/* A file that nobody runs must be in skipped.list, with the reason. */
static void every_other_file_is_left_out_for_a_reason(void **state)
{
    char folder[4200];
    const struct dirent *entry;
    DIR *dir;

    (void)state;
    suite_path(folder, sizeof folder, "wycheproof/");
    dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char file[300];
        json_t *json;

        if (entry->d_name[0] == '.' || is_run(entry->d_name))
            continue;
        snprintf(file, sizeof file, "wycheproof/%s", entry->d_name);
        json = suite_load(file);
        suite_leave_out(file, (unsigned)field_number(json, "numberOfTests"));
        json_decref(json);
    }
    closedir(dir);
    suite_check_lists("wycheproof/");
}

int run_wycheproof(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siv_withstands),
        cmocka_unit_test(siv_with_a_nonce_withstands),
        cmocka_unit_test(cmac_withstands),
        cmocka_unit_test(ed25519_withstands),
        cmocka_unit_test(x25519_withstands),
        cmocka_unit_test(every_other_file_is_left_out_for_a_reason),
    };

    return cmocka_run_group_tests_name("wycheproof", tests, NULL, NULL);
}
