/* SPDX-License-Identifier: Apache-2.0 */
/*
 * e4go.json: what a client says to frames good and bad. Each case is run three ways, each by a
 * client of its own: opened apart, in place, and among many.
 */
#include "e4go.h"

#include <string.h>

#include "crypto/ct.h"
#include "e4/keys.h"
#include "e4/wire.h"

enum way { APART, IN_PLACE, AMONG_MANY, WAY_COUNT };

/* What one frame should come to. */
struct outcome {
    enum e4_result result;
    bool is_command;
    struct bytes text;
};

static bool is_filled(const uint8_t *data, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] != value)
            return false;
    return true;
}

/* On error nothing is told but times, and of an authentic command what it was. */
static void expect_nothing_told(const struct e4_opened *opened, enum e4_result result,
                                struct bytes frame)
{
    static const struct e4_opened blank;
    bool has_times =
        result == E4_ERR_STALE || result == E4_ERR_FUTURE || result == E4_ERR_ORDER;
    bool is_authentic = !is_filled(opened->tag, E4_TAG_SIZE, 0);

    expect(opened->kind == blank.kind && opened->text_len == 0 && !opened->verified &&
               !opened->old_key && !opened->repeated &&
               is_filled(opened->sender, E4_ID_SIZE, 0),
           "something is told in spite of the error");
    expect(has_times || (opened->sent_s == 0 && opened->now_s == 0), "times are told");
    if (is_authentic)
        expect(result != E4_ERR_FORGED && result != E4_ERR_SHORT && result != E4_ERR_STALE &&
                   result != E4_ERR_FUTURE && frame.len > E4_OVERHEAD_SK &&
                   memcmp(opened->tag, frame.data + 8, E4_TAG_SIZE) == 0,
               "a tag is told of a frame that is not authentic, or another");
    else
        expect(opened->command == 0, "a command is told of a frame that is not authentic");
}

static enum e4_result open_one(struct rig *rig, const char *topic, uint8_t *text,
                               size_t text_cap, struct e4_opened *opened, struct bytes frame,
                               enum way way)
{
    struct e4_incoming incoming;
    struct e4_topic handle;
    enum e4_result result;

    if (way != AMONG_MANY)
        return rig_unprotect(rig, topic, text, text_cap, opened, frame.data, frame.len);
    memset(&incoming, 0, sizeof incoming);
    expect_result(e4_topic_init(&handle, topic, strlen(topic), NULL), E4_OK, "e4_topic_init");
    incoming.topic = &handle;
    incoming.text = text;
    incoming.text_cap = text_cap;
    incoming.frame = frame.data;
    incoming.frame_len = frame.len;
    result = e4_unprotect_many(&rig->client, &incoming, 1);
    expect_result(incoming.result, result, "e4_unprotect_many, its first message,");
    *opened = incoming.opened;
    return result;
}

/* Open one frame one way, and see what is said of it. */
static void expect_outcome(struct rig *rig, const char *topic, struct bytes original,
                           const struct outcome *want, enum way way)
{
    static const char *const call[] = {"e4_unprotect apart", "e4_unprotect in place",
                                       "e4_unprotect_many"};
    struct bytes frame = case_bytes(original.data, original.len);
    size_t overhead = rig->client.mode == E4_SYMMETRIC ? E4_OVERHEAD_SK : E4_OVERHEAD_PK;
    size_t text_cap = frame.len > overhead ? frame.len - overhead : 0;
    size_t text_at = (size_t)E4_TEXT_AT(e4_client_mode(&rig->client));
    uint8_t *text = case_alloc(text_cap);
    struct e4_opened opened;
    enum e4_result result;

    if (way == IN_PLACE && text_cap > 0)
        text = frame.data + text_at;
    else if (text_cap > 0)
        memset(text, 0xee, text_cap);
    memset(&opened, 0xee, sizeof opened);
    result = open_one(rig, topic, text, text_cap, &opened, frame, way);
    expect_result(result, want->result, call[way]);
    if (result != E4_OK) {
        expect_nothing_told(&opened, result, original);
        if (way != IN_PLACE)
            expect(is_filled(text, text_cap, 0) || is_filled(text, text_cap, 0xee),
                   "%s: something is left in the text's buffer", call[way]);
        return;
    }
    expect(opened.kind == (want->is_command ? E4_COMMAND : E4_MESSAGE),
           "it is of another kind");
    expect(opened.now_s == rig->memory.now_s, "it happened at another time");
    if (!want->is_command)
        expect_bytes(text, opened.text_len, want->text, call[way]);
}

static void receive_command(const json_t *test, enum way way)
{
    static struct rig rig;
    static struct rig before;
    enum e4_mode mode = e4go_mode(field_text(test, "mode"));
    const char *error = field_text(test, "error");
    const char *topic =
        field_text(e4go_command_keys(),
                   mode == E4_SYMMETRIC ? "sym_receiving_topic" : "pub_receiving_topic");
    struct e4_identity identity;
    struct outcome want = {.is_command = true};

    want.result = e4go_expected("command_receive", error, E4_ERR_COMMAND);
    e4go_identity(&identity, mode);
    expect_result(rig_create(&rig, &identity, NULL, field_number(test, "now")), E4_OK,
                  "e4_create");
    rig_copy(&before, &rig);
    expect_outcome(&rig, topic, case_field(test, "protected"), &want, way);
    if (want.result != E4_OK)
        expect(memcmp(rig.records, before.records, sizeof rig.records) == 0 &&
                   memcmp(rig.topics, before.topics, sizeof rig.topics) == 0 &&
                   memcmp(rig.peers, before.peers, sizeof rig.peers) == 0 &&
                   memcmp(&rig.signer, &before.signer, sizeof rig.signer) == 0,
               "a refused command has changed something");
    if (want.result == E4_OK || error[0] != '\0')
        expect_state(&rig, field_text(test, "state_after"), NULL);
}

void e4go_command_receive(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/command_receive");
    json_array_foreach(
        e4go_section("command_receive"), n,
        test) if (case_begin("%s %s", field_text(test, "mode"),
                             field_text(test, "name"))) for (enum way way = APART;
                                                             way < WAY_COUNT; way++)
        receive_command(test, way);
    suite_end();
}

/* The receiver that a section describes. */
static void make_receiver(struct rig *rig, const json_t *client, enum e4_mode mode)
{
    struct e4_identity identity = {.mode = mode};
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};
    const char *topic = field_text(client, "topic");
    const json_t *peer;
    size_t n;

    memcpy(identity.id, case_fixed(client, "id", E4_ID_SIZE), E4_ID_SIZE);
    if (mode == E4_SYMMETRIC) {
        memcpy(identity.key, case_fixed(client, "key", 32), 32);
    } else {
        memcpy(identity.key, case_fixed(client, "private", 64), 32);
        memcpy(identity.server_key, case_fixed(client, "c2_public", 32), 32);
    }
    expect_result(rig_create(rig, &identity, NULL, 1), E4_OK, "e4_create");
    memcpy(command.key, case_fixed(client, "topic_key", 32), 32);
    expect_result(e4_topic_hash(command.topic, topic, strlen(topic)), E4_OK, "e4_topic_hash");
    expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a topic key");
    json_array_foreach(json_object_get(client, "pubkeys"), n, peer)
    {
        command.type = E4_SET_PUB_KEY;
        memcpy(command.id, case_fixed(peer, "id", E4_ID_SIZE), E4_ID_SIZE);
        memcpy(command.key, case_fixed(peer, "public", 32), 32);
        expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a public key");
    }
}

static void receive_message(const json_t *test, const char *section, const json_t *client,
                            enum way way)
{
    static struct rig rig;
    const char *error = field_text(test, "error");
    struct bytes frame = case_field(test, "protected");
    struct outcome want = {.is_command = false};

    if (field_text(test, "payload") != NULL)
        want.text = case_field(test, "payload");
    make_receiver(&rig, client,
                  strcmp(section, "unprotect_pub") == 0 ? E4_PUBLIC_KEY : E4_SYMMETRIC);
    rig.memory.now_s = field_number(test, "now");
    if (strncmp(case_name(), "replayed", 8) == 0)
        expect_outcome(&rig, field_text(test, "topic"), frame, &want, way);
    want.result = e4go_expected(section, error, E4_ERR_SHORT);
    expect_outcome(&rig, field_text(test, "topic"), frame, &want, way);
}

static void run_section(const char *section)
{
    const json_t *all = e4go_section(section);
    const json_t *client = json_object_get(all, "client");
    const json_t *test;
    char file[64] = "e4go.json/";
    size_t n;

    strncat(file, section, sizeof file - strlen(file) - 1);
    suite_begin(file);
    json_array_foreach(json_object_get(all, "cases"), n, test)
    {
        const char *nanoseconds = json_object_get(test, "now_nsec") != NULL ? " now_nsec" : "";

        if (case_begin("%s%s", field_text(test, "name"), nanoseconds))
            for (enum way way = APART; way < WAY_COUNT; way++)
                receive_message(test, section, client, way);
    }
    suite_end();
}

void e4go_unprotect_sym(void **state)
{
    (void)state;
    run_section("unprotect_sym");
}

void e4go_unprotect_pub(void **state)
{
    (void)state;
    run_section("unprotect_pub");
}
