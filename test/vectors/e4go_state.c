/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4go.json: state files of e4go, good and bad, and what was really on disk after a life. What
 * the tool reads out of one is given to a client, which must then be in the saved state.
 */
#include "e4go.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tools/e4/import.h"

static void set_key(struct rig *rig, const uint8_t *topic, const uint8_t *key)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};

    memcpy(command.topic, topic, E4_HASH_SIZE);
    memcpy(command.key, key, E4_KEY_SIZE);
    expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a topic key");
}

/* What was parsed, as a client: keys before the last are set before, at their time. */
static void live(struct rig *rig, const struct import *import)
{
    expect_result(rig_create(rig, &import->identity, import->receiving_topic, 1), E4_OK,
                  "e4_create");
    for (size_t i = 0; i < import->topic_count; i++) {
        const struct import_topic *topic = &import->topics[i];

        rig->memory.now_s = topic->replaced_s != 0 ? topic->replaced_s : 1;
        if (topic->replaced_s != 0)
            set_key(rig, topic->hash, topic->old_key);
        set_key(rig, topic->hash, topic->key);
    }
    for (size_t i = 0; i < import->peer_count; i++) {
        struct e4_command command = {.type = E4_SET_PUB_KEY};

        memcpy(command.id, import->peers[i].id, E4_ID_SIZE);
        memcpy(command.key, import->peers[i].key, E4_KEY_SIZE);
        expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a public key");
    }
    rig->memory.now_s = 1;
}

/* OK or ARGUMENT, as the tool takes the file or not. */
static enum e4_result import_file(const char *file, bool want_it)
{
    static struct rig rig;
    struct import import;
    struct err err = {.kind = ERR_NONE};
    enum e4_result result = E4_ERR_ARGUMENT;

    if (import_parse(file, strlen(file), &import, &err) == 0) {
        result = E4_OK;
        if (want_it) {
            live(&rig, &import);
            expect_state(&rig, file, NULL);
        }
    } else {
        expect(err.kind != ERR_NONE && err.text[0] != '\0', "it does not say what is wrong");
    }
    import_free(&import);
    return result;
}

static void state_files_load_or_do_not(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/state_load");
    json_array_foreach(e4go_section("state_load"), n, test)
    {
        enum e4_result want;

        if (!case_begin("%s", field_text(test, "name")))
            continue;
        want = e4go_expected("state_load", field_text(test, "error"), E4_ERR_ARGUMENT);
        expect_result(import_file(field_text(test, "file"), want == E4_OK), want,
                      "import_parse");
    }
    suite_end();
}

static const char *const state_names[] = {"state_initial", "state_final", "file_final"};

static void states_of_scenarios_load(void **state)
{
    const json_t *scenario;
    size_t n;

    (void)state;
    suite_begin("e4go.json/state_of_scenario");
    json_array_foreach(e4go_section("scenario"), n, scenario)
    {
        for (size_t i = 0; i < COUNT(state_names); i++) {
            const char *file = field_text(scenario, state_names[i]);
            enum e4_result want;

            if (!case_begin("%s: %s", field_text(scenario, "name"), state_names[i]))
                continue;
            want = e4go_expected("state_of_scenario", "", E4_ERR_ARGUMENT);
            expect_result(import_file(file, want == E4_OK), want, "import_parse");
        }
    }
    suite_end();
}

static void deviations_are_all_needed(void **state)
{
    (void)state;
    e4go_check_deviations("state_");
    suite_check_lists("e4go.json/state_");
}

/* The tool's reader gives jansson functions to allocate with: before jansson allocates
 * anything. */
static int reader_first(void **state)
{
    struct import import;
    struct err err;

    (void)state;
    return import_parse("", 0, &import, &err) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_files_load_or_do_not),
        cmocka_unit_test(states_of_scenarios_load),
        cmocka_unit_test(deviations_are_all_needed),
    };
    int failed = cmocka_run_group_tests_name("state", tests, reader_first, NULL);

    e4go_close();
    return failed > 0 ? 1 : 0;
}
