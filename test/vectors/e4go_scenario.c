/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4go.json: the lives of six clients, step by step. After each command the client is also
 * taken up anew from what it stored, and must be the same.
 */
#include "e4go.h"

#include <stdlib.h>
#include <string.h>

#include "e4/keys.h"
#include "e4/password.h"

static struct rig rig;
/* A topic that e4go holds and this client does not, because its step was left out. */
static uint8_t missing[E4_HASH_SIZE];
static bool is_missing;

static void expect_saved(struct rig *one, const char *text)
{
    expect_state(one, text, is_missing ? missing : NULL);
}

static void key_from_password(uint8_t key[E4_KEY_SIZE], const char *password)
{
    void *work = malloc(E4_PASSWORD_WORK);

    if (work == NULL)
        fail_msg("no memory for a password");
    expect_result(e4_key_from_password(key, password, strlen(password), work, E4_PASSWORD_WORK),
                  E4_OK, "e4_key_from_password");
    free(work);
}

/* By name and password, or by id and key. */
static void make_client(const json_t *scenario)
{
    const json_t *config = json_object_get(scenario, "config");
    const char *name = field_text(config, "name");
    struct e4_identity identity = {.mode = e4go_mode(field_text(scenario, "mode"))};

    if (name != NULL) {
        expect_result(e4_id_from_name(identity.id, name, strlen(name)), E4_OK,
                      "e4_id_from_name");
        key_from_password(identity.key, field_text(config, "password"));
    } else {
        bool is_public = identity.mode == E4_PUBLIC_KEY;

        memcpy(identity.id, case_fixed(config, "id", E4_ID_SIZE), E4_ID_SIZE);
        memcpy(identity.key,
               is_public ? case_fixed(config, "private", 64) : case_fixed(config, "key", 32),
               32);
    }
    if (identity.mode == E4_PUBLIC_KEY)
        memcpy(identity.server_key, case_fixed(config, "c2_public", 32), 32);
    expect_result(
        rig_create(&rig, &identity, field_text(config, "receiving_topic"), 1591600000), E4_OK,
        "e4_create");
    expect_saved(&rig, field_text(scenario, "state_initial"));
}

static void step_command(const json_t *scenario, const json_t *step)
{
    struct bytes frame = case_field(step, "protected");
    struct e4_opened opened;
    static struct rig restarted;

    expect_result(rig_unprotect(&rig, field_text(scenario, "receiving_topic"), NULL, 0, &opened,
                                frame.data, frame.len),
                  e4go_expected("scenario", field_text(step, "error"), E4_ERR_COMMAND),
                  "e4_unprotect, a command,");
    expect_saved(&rig, field_text(step, "state"));
    rig_copy(&restarted, &rig);
    expect_result(rig_restart(&restarted), E4_OK, "e4_open");
    expect_saved(&restarted, field_text(step, "state"));
}

static void step_unprotect(const json_t *step)
{
    struct bytes frame = case_field(step, "protected");
    uint8_t *text = case_alloc(frame.len);
    struct e4_opened opened;
    enum e4_result want = e4go_expected("scenario", field_text(step, "error"), E4_ERR_ARGUMENT);

    expect_result(rig_unprotect(&rig, field_text(step, "topic"), text, frame.len, &opened,
                                frame.data, frame.len),
                  want, "e4_unprotect");
    if (want == E4_OK)
        expect_bytes(text, opened.text_len, case_field(step, "payload"), "the text");
}

static void step_protect(const json_t *step)
{
    struct bytes text = case_field(step, "payload");
    uint8_t *frame = case_alloc(text.len + E4_OVERHEAD_PK);
    size_t frame_len;
    enum e4_result want = e4go_expected("scenario", field_text(step, "error"), E4_ERR_ARGUMENT);

    expect_result(rig_protect(&rig, field_text(step, "topic"), frame, text.len + E4_OVERHEAD_PK,
                              &frame_len, text.data, text.len),
                  want, "e4_protect");
    if (want == E4_OK)
        expect_bytes(frame, frame_len, case_field(step, "protected"), "the frame");
}

static void run_step(const json_t *scenario, const json_t *step)
{
    const char *op = field_text(step, "op");

    rig.memory.now_s = field_number(step, "now");
    if (strcmp(op, "command") == 0)
        step_command(scenario, step);
    else if (strcmp(op, "unprotect") == 0)
        step_unprotect(step);
    else if (strcmp(op, "protect") == 0)
        step_protect(step);
    else
        fail_msg("%s: no step %s", case_name(), op);
}

/* Of a step that is left out only this is kept: which topic it would have made. */
static void leave_out(const json_t *step)
{
    struct bytes plain = case_field(step, "plain");

    if (plain.len != 1 + E4_KEY_SIZE + E4_HASH_SIZE || plain.data[0] != 0x03 || is_missing)
        fail_msg("%s: a step that nothing else can do without", case_name());
    memcpy(missing, plain.data + 1 + E4_KEY_SIZE, E4_HASH_SIZE);
    is_missing = true;
}

static const char *either(const char *a, const char *b)
{
    return a != NULL ? a : b;
}

static void run_scenario(const json_t *scenario)
{
    const char *name = field_text(scenario, "name");
    const json_t *step;
    size_t n;

    if (!case_begin("%s: start", name))
        return;
    is_missing = false;
    make_client(scenario);
    json_array_foreach(json_object_get(scenario, "steps"), n, step)
    {
        const char *command = either(field_text(step, "command"), "");

        if (case_begin("%s: step %zu %s %s%s", name, n, field_text(step, "op"), command,
                       either(field_text(step, "note"), "")))
            run_step(scenario, step);
        else
            leave_out(step);
    }
    if (case_begin("%s: end", name))
        expect_saved(&rig, field_text(scenario, "state_final"));
}

void e4go_scenario(void **state)
{
    const json_t *scenario;
    size_t n;

    (void)state;
    suite_begin("e4go.json/scenario");
    json_array_foreach(e4go_section("scenario"), n, scenario) run_scenario(scenario);
    suite_end();
}
