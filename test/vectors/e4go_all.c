/* SPDX-License-Identifier: Apache-2.0 */
/* What was recorded from the deployed Go client: e4go.json, section by section. */
#include "e4go.h"

#include <stdio.h>

#include "collections.h"

/* Of the sections that are run here: state files have a collection of their own. */
static void exceptions_are_all_needed(void **state)
{
    static const char *const sections[] = {
        "hash",        "receiving_topic", "password",      "key_agreement",
        "bad_c2",      "validate",        "siv",           "sym_message",
        "pub_message", "command",         "unprotect_sym", "unprotect_pub",
        "scenario",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sections); i++) {
        char file[64];

        snprintf(file, sizeof file, "e4go.json/%s", sections[i]);
        suite_check_lists(file);
        e4go_check_deviations(sections[i]);
    }
}

int run_e4go(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(e4go_hash),
        cmocka_unit_test(e4go_receiving_topic),
        cmocka_unit_test(e4go_password),
        cmocka_unit_test(e4go_key_agreement),
        cmocka_unit_test(e4go_bad_c2_public),
        cmocka_unit_test(e4go_validate),
        cmocka_unit_test(e4go_siv),
        cmocka_unit_test(e4go_siv_negative),
        cmocka_unit_test(e4go_sym_message),
        cmocka_unit_test(e4go_pub_message),
        cmocka_unit_test(e4go_command),
        cmocka_unit_test(e4go_command_builder_errors),
        cmocka_unit_test(e4go_command_receive),
        cmocka_unit_test(e4go_unprotect_sym),
        cmocka_unit_test(e4go_unprotect_pub),
        cmocka_unit_test(e4go_scenario),
        cmocka_unit_test(exceptions_are_all_needed),
    };
    int failed = cmocka_run_group_tests_name("e4go", tests, NULL, NULL);

    e4go_close();
    return failed;
}
