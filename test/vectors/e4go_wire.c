/* SPDX-License-Identifier: Apache-2.0 */
/* e4go.json: what e4go sends is what libe4 sends, byte for byte, with a client and without. */
#include "e4go.h"

#include <string.h>

#include "crypto/load.h"
#include "e4/keys.h"
#include "e4/wire.h"

/* Give a client a topic's key, by a command of its own. */
static void hold_topic(struct rig *rig, const char *topic, const uint8_t *key)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY};

    memcpy(command.key, key, E4_KEY_SIZE);
    expect_result(e4_topic_hash(command.topic, topic, strlen(topic)), E4_OK, "e4_topic_hash");
    expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a topic key");
}

static void hold_peer(struct rig *rig, const uint8_t *id, const uint8_t *key)
{
    struct e4_command command = {.type = E4_SET_PUB_KEY};

    memcpy(command.key, key, E4_KEY_SIZE);
    memcpy(command.id, id, E4_ID_SIZE);
    expect_result(e4_apply(&rig->client, &command), E4_OK, "e4_apply, a public key");
}

/* What a message section says of one message. */
struct message {
    const char *topic;
    const uint8_t *key;
    struct bytes text;
    struct bytes frame;
    uint64_t now_s;
    enum e4_result reopened; /* what its receiver should say */
};

static void message_read(struct message *message, const json_t *test, const char *section)
{
    message->topic = field_text(test, "topic");
    message->key = case_fixed(test, "topic_key", 32);
    message->text = case_field(test, "payload");
    message->frame = case_field(test, "protected");
    message->now_s = field_number(test, "now");
    message->reopened =
        e4go_expected(section, field_text(test, "unprotect_error"), E4_ERR_ARGUMENT);
    expect(e4_load_le64(case_fixed(test, "timestamp", 8)) == message->now_s,
           "now and timestamp differ");
}

/* A client protects the text, and opens what it has made. */
static void run_client(struct rig *rig, const struct message *message)
{
    uint8_t *frame = case_alloc(message->frame.len);
    uint8_t *text = case_alloc(message->text.len);
    struct e4_opened opened;
    size_t frame_len;

    rig->memory.now_s = message->now_s;
    hold_topic(rig, message->topic, message->key);
    expect_result(rig_protect(rig, message->topic, frame, message->frame.len, &frame_len,
                              message->text.data, message->text.len),
                  E4_OK, "e4_protect");
    expect_bytes(frame, frame_len, message->frame, "what e4_protect gives");
    expect_result(rig_unprotect(rig, message->topic, text, message->text.len, &opened,
                                message->frame.data, message->frame.len),
                  message->reopened, "e4_unprotect");
    expect_bytes(text, opened.text_len, message->text, "what e4_unprotect gives");
}

static void parse_and_open(const struct message *message, enum e4_mode mode,
                           const uint8_t *public_key)
{
    uint8_t *text = case_alloc(message->text.len);
    struct e4_frame parsed;
    size_t text_len;

    expect_result(e4_frame_parse(&parsed, mode, message->frame.data, message->frame.len), E4_OK,
                  "e4_frame_parse");
    expect(parsed.sent_s == message->now_s, "the frame's time is another");
    if (public_key != NULL)
        expect_result(e4_frame_verify(&parsed, public_key), E4_OK, "e4_frame_verify");
    expect_result(e4_frame_open(text, message->text.len, &text_len, &parsed, message->key),
                  E4_OK, "e4_frame_open");
    expect_bytes(text, text_len, message->text, "the text");
}

static void run_sym(const json_t *test)
{
    static struct rig rig;
    struct e4_identity identity = {.mode = E4_SYMMETRIC, .key = {1}};
    struct e4_sealing sealing = {.sent_s = 0};
    struct message message;
    uint8_t *out;
    size_t out_len;

    message_read(&message, test, "sym_message");
    sealing.key = message.key;
    sealing.sent_s = message.now_s;
    out = case_alloc(message.frame.len);
    expect_result(e4_frame_seal(out, message.frame.len, &out_len, &sealing, message.text.data,
                                message.text.len),
                  E4_OK, "e4_frame_seal");
    expect_bytes(out, out_len, message.frame, "what e4_frame_seal gives");
    parse_and_open(&message, E4_SYMMETRIC, NULL);
    expect_result(rig_create(&rig, &identity, NULL, message.now_s), E4_OK, "e4_create");
    run_client(&rig, &message);
}

void e4go_sym_message(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/sym_message");
    json_array_foreach(e4go_section("sym_message"), n,
                       test) if (case_begin("%zu, %d bytes", n,
                                            (int)field_number(test, "length"))) run_sym(test);
    suite_end();
}

static void run_pub(const json_t *test)
{
    static struct rig rig;
    struct e4_identity identity;
    struct e4_sealing sealing = {.sent_s = 0};
    struct message message;
    uint8_t public_key[E4_KEY_SIZE];
    uint8_t *out;
    size_t out_len;

    message_read(&message, test, "pub_message");
    sealing.key = message.key;
    sealing.sent_s = message.now_s;
    sealing.sender = case_fixed(test, "signer_id", E4_ID_SIZE);
    sealing.seed = case_fixed(test, "signer_private", E4_PRIVATE_KEY_SIZE);
    expect_result(e4_sign_public(public_key, sealing.seed), E4_OK, "e4_sign_public");
    expect_bytes(public_key, sizeof public_key, case_field(test, "signer_public"),
                 "public key");
    sealing.public_key = public_key;
    out = case_alloc(message.frame.len);
    expect_result(e4_frame_seal_signed(out, message.frame.len, &out_len, &sealing,
                                       message.text.data, message.text.len),
                  E4_OK, "e4_frame_seal_signed");
    expect_bytes(out, out_len, message.frame, "what e4_frame_seal_signed gives");
    parse_and_open(&message, E4_PUBLIC_KEY, public_key);

    e4go_identity(&identity, E4_PUBLIC_KEY);
    memcpy(identity.id, sealing.sender, E4_ID_SIZE);
    memcpy(identity.key, sealing.seed, E4_KEY_SIZE);
    expect_result(rig_create(&rig, &identity, NULL, message.now_s), E4_OK, "e4_create");
    hold_peer(&rig, identity.id, public_key);
    run_client(&rig, &message);
}

void e4go_pub_message(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/pub_message");
    json_array_foreach(e4go_section("pub_message"), n,
                       test) if (case_begin("%zu, %d bytes", n,
                                            (int)field_number(test, "length"))) run_pub(test);
    suite_end();
}

static enum e4_command_type type_named(const char *name)
{
    for (unsigned type = E4_REMOVE_TOPIC; type <= E4_SET_SERVER_KEY; type++)
        if (strcmp(name, type == E4_SET_SERVER_KEY ? "SetC2Key" : e4_command_name(type)) == 0)
            return (enum e4_command_type)type;
    fail_msg("no command %s", name);
    return E4_REMOVE_TOPIC;
}

/* A key of the arguments, where the command has one. */
static void take_key(struct e4_command *command, const json_t *arguments)
{
    const char *name = field_text(arguments, "key") != NULL ? "key" : "pubkey";
    struct bytes key;

    if (field_text(arguments, name) == NULL)
        return;
    key = case_field(arguments, name);
    if (key.len != 32 && key.len != 64)
        fail_msg("%s: a key of %zu bytes", case_name(), key.len);
    memcpy(command->key, key.data, 32);
    if (key.len == 64)
        memcpy(command->public_key, key.data + 32, 32);
}

/* Build a command from its arguments' names. E4_ERR_ARGUMENT: a topic or name that is none. */
static enum e4_result build(struct e4_command *command, const json_t *test)
{
    const json_t *arguments = json_object_get(test, "args");
    const char *topic = field_text(arguments, "topic");
    const char *name = field_text(arguments, "name");
    enum e4_result result = E4_OK;

    memset(command, 0, sizeof *command);
    command->type = type_named(field_text(test, "name"));
    take_key(command, arguments);
    if (topic != NULL)
        result = e4_topic_hash(command->topic, topic, strlen(topic));
    if (name != NULL && result == E4_OK)
        result = e4_id_from_name(command->id, name, strlen(name));
    return result;
}

/* SetIDKey has one form a mode; everything else fits public-key mode. */
static enum e4_mode mode_of(const struct e4_command *command, size_t plain_len)
{
    if (command->type == E4_SET_ID_KEY && plain_len == 33)
        return E4_SYMMETRIC;
    return E4_PUBLIC_KEY;
}

static void expect_sealed(struct bytes plain, const uint8_t *key, uint64_t now_s,
                          struct bytes want)
{
    struct e4_sealing sealing = {.key = key, .sent_s = now_s};
    uint8_t out[E4_COMMAND_FRAME_MAX];
    size_t out_len;

    expect_result(e4_frame_seal(out, sizeof out, &out_len, &sealing, plain.data, plain.len),
                  E4_OK, "e4_frame_seal");
    expect_bytes(out, out_len, want, "the protected command");
}

static void run_command(const json_t *test)
{
    struct bytes plain = case_field(test, "plain");
    const json_t *keys = e4go_command_keys();
    struct e4_command command;
    struct e4_command decoded;
    uint8_t out[E4_COMMAND_MAX];
    size_t out_len;
    enum e4_mode mode;

    expect_result(build(&command, test), E4_OK, "the arguments");
    mode = mode_of(&command, plain.len);
    expect_result(e4_command_encode(out, &out_len, &command, mode), E4_OK, "e4_command_encode");
    expect_bytes(out, out_len, plain, "what e4_command_encode gives");
    expect_result(e4_command_decode(&decoded, mode, plain.data, plain.len), E4_OK,
                  "e4_command_decode");
    expect_result(e4_command_encode(out, &out_len, &decoded, mode), E4_OK, "encoding it again");
    expect_bytes(out, out_len, plain, "encode(decode(plain))");
    expect_sealed(plain, case_fixed(keys, "sym_client_key", 32), field_number(test, "now"),
                  case_field(test, "protected_sym"));
    expect_sealed(plain, case_fixed(keys, "pub_command_key", 32), field_number(test, "now"),
                  case_field(test, "protected_pub"));
}

void e4go_command(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/command");
    json_array_foreach(e4go_section("command"), n,
                       test) if (case_begin("%zu %s", n, field_text(test, "name")))
        run_command(test);
    suite_end();
}

/* What no argument can be built from, or what a client refuses to carry out. */
static enum e4_result build_or_apply(const json_t *test)
{
    static struct rig rig;
    struct e4_identity identity;
    struct e4_command command;
    enum e4_result result = build(&command, test);

    if (result != E4_OK)
        return result;
    e4go_identity(&identity, E4_PUBLIC_KEY);
    expect_result(rig_create(&rig, &identity, NULL, 1), E4_OK, "e4_create");
    return e4_apply(&rig.client, &command) == E4_OK ? E4_OK : E4_ERR_ARGUMENT;
}

void e4go_command_builder_errors(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/command_builder_errors");
    json_array_foreach(e4go_section("command_builder_errors"), n, test)
    {
        if (case_begin("%s %s", field_text(test, "name"), field_text(test, "error_text")))
            expect_result(build_or_apply(test), E4_ERR_ARGUMENT, "the builder");
    }
    suite_end();
}
