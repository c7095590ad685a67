/* SPDX-License-Identifier: Apache-2.0 */
/* The 1,024 cases of AES-SIV that the deployed C client is tested with. */
#include "suite.h"

#include "collections.h"
#include "general_siv.h"

#include <string.h>

static void aes_siv_agrees_with_the_deployed_c_client(void **state)
{
    static const char file[] = "e4/libe4_siv_kat.json";
    json_t *json = suite_load(file);
    const json_t *tests = json_object_get(json, "tests");
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin(file);
    json_array_foreach(tests, n, test)
    {
        uint8_t key[GENERAL_SIV_KEY_SIZE];
        struct strings ad = {.count = 1};

        if (!case_begin("case %zu", n))
            continue;
        memcpy(key, case_fixed(test, "key", 32), 32);
        memcpy(key + 32, key, 32);
        ad.string[0] = case_field(test, "ad");
        expect_siv(key, &ad, case_field(test, "plaintext"), case_field(test, "ciphertext"));
    }
    expect(n == field_number(json, "numberOfTests"), "the file says another number of tests");
    suite_end();
    json_decref(json);
    suite_check_lists("e4/");
}

int run_siv_kat(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_siv_agrees_with_the_deployed_c_client),
    };

    return cmocka_run_group_tests_name("e4", tests, NULL, NULL);
}
