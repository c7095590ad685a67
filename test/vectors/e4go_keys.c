/* SPDX-License-Identifier: Apache-2.0 */
/* e4go.json: names, hashes, passwords, keys, and what is refused of them. */
#include "e4go.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/sha3.h"
#include "crypto/x25519.h"
#include "e4/keys.h"
#include "e4/password.h"
#include "e4/wire.h"

void e4go_hash(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/hash");
    json_array_foreach(e4go_section("hash"), n, test)
    {
        struct bytes input;
        uint8_t out[32];

        if (!case_begin("%zu, %d bytes", n, (int)field_number(test, "length")))
            continue;
        input = case_field(test, "input_hex");
        e4_sha3_256(out, input.data, input.len);
        expect_bytes(out, sizeof out, case_field(test, "sha3_256"), "SHA3-256");
        if (e4_topic_hash(out, (const char *)input.data, input.len) == E4_OK)
            expect_bytes(out, 16, case_field(test, "topic_hash"), "the topic hash");
        else
            expect(input.len == 0 || memchr(input.data, 0, input.len) != NULL,
                   "the topic is refused");
        if (e4_id_from_name(out, (const char *)input.data, input.len) == E4_OK)
            expect_bytes(out, 16, case_field(test, "id_alias"), "the id");
        else
            expect(input.len == 0 || input.len > E4_NAME_MAX, "the name is refused");
    }
    suite_end();
}

void e4go_receiving_topic(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/receiving_topic");
    json_array_foreach(e4go_section("receiving_topic"), n, test)
    {
        char name[E4_RECEIVING_TOPIC_SIZE];

        if (!case_begin("%s", field_text(test, "id")))
            continue;
        e4_receiving_topic(name, case_fixed(test, "id", E4_ID_SIZE));
        expect(strcmp(name, field_text(test, "topic")) == 0, "the topic is %s", name);
    }
    suite_end();
}

static enum e4_result derive(uint8_t key[E4_KEY_SIZE], struct bytes password)
{
    void *work = malloc(E4_PASSWORD_WORK);
    enum e4_result result;

    if (work == NULL)
        fail_msg("no memory for a password");
    result = e4_key_from_password(key, (const char *)password.data, password.len, work,
                                  E4_PASSWORD_WORK);
    free(work);
    return result;
}

void e4go_password(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/password");
    json_array_foreach(e4go_section("password"), n, test)
    {
        const char *error = field_text(test, "error");
        uint8_t key[E4_KEY_SIZE];
        uint8_t public_key[E4_KEY_SIZE];

        if (!case_begin("%zu %.40s", n, field_text(test, "password_hex")))
            continue;
        expect_result(derive(key, case_field(test, "password_hex")),
                      e4go_expected("password", error, E4_ERR_ARGUMENT),
                      "e4_key_from_password");
        if (error[0] != '\0')
            continue;
        expect_bytes(key, sizeof key, case_field(test, "sym_key"), "the key");
        expect_result(e4_sign_public(public_key, key), E4_OK, "e4_sign_public");
        expect_bytes(public_key, sizeof public_key, case_field(test, "ed25519_public"),
                     "the public key");
    }
    suite_end();
}

static void agree(const json_t *test)
{
    const uint8_t *seed = case_fixed(test, "ed25519_seed", 32);
    const uint8_t *server = case_fixed(test, "c2_private", 32);
    struct bytes command_key = case_field(test, "command_key");
    uint8_t out[32];

    expect_result(e4_sign_public(out, seed), E4_OK, "e4_sign_public");
    expect_bytes(out, 32, case_field(test, "ed25519_public"), "the public key");
    expect_result(e4_sign_check_public(out), E4_OK, "e4_sign_check_public");
    expect_result(e4_curve_public(out, server), E4_OK, "e4_curve_public");
    expect_bytes(out, 32, case_field(test, "c2_public"), "the server's public key");
    expect_result(e4_command_key_client(out, seed, case_fixed(test, "c2_public", 32)), E4_OK,
                  "e4_command_key_client");
    expect_bytes(out, 32, command_key, "the client's command key");
    expect_result(e4_command_key_server(out, server, case_fixed(test, "ed25519_public", 32)),
                  E4_OK, "e4_command_key_server");
    expect_bytes(out, 32, command_key, "the server's command key");

    e4_ed25519_to_curve_secret(out, seed);
    expect_bytes(out, 32, case_field(test, "curve25519_private"), "the Curve25519 secret");
    expect(e4_x25519(out, out, case_fixed(test, "c2_public", 32)), "X25519 fails");
    expect_bytes(out, 32, case_field(test, "x25519_shared"), "the shared secret");
    expect(e4_ed25519_to_curve_public(out, case_fixed(test, "ed25519_public", 32)),
           "the public key is refused");
    expect_bytes(out, 32, case_field(test, "curve25519_public"), "the Curve25519 public key");
}

void e4go_key_agreement(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/key_agreement");
    json_array_foreach(e4go_section("key_agreement"), n, test) if (case_begin("%zu", n))
        agree(test);
    suite_end();
}

/* A client can be made with this server key, or not. */
static enum e4_result create_with_server_key(const uint8_t *server_key)
{
    static struct rig rig;
    struct e4_identity identity;

    e4go_identity(&identity, E4_PUBLIC_KEY);
    memcpy(identity.server_key, server_key, E4_KEY_SIZE);
    return rig_create(&rig, &identity, NULL, 1);
}

void e4go_bad_c2_public(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/bad_c2_public");
    json_array_foreach(e4go_section("bad_c2_public"), n, test)
    {
        const uint8_t *server;
        uint8_t key[E4_KEY_SIZE];

        if (!case_begin("%s", field_text(test, "c2_public")))
            continue;
        server = case_fixed(test, "c2_public", 32);
        expect_result(create_with_server_key(server), E4_ERR_ARGUMENT, "e4_create");
        expect_result(
            e4_command_key_client(key, case_fixed(test, "ed25519_private", 64), server),
            E4_ERR_ARGUMENT, "e4_command_key_client");
    }
    suite_end();
}

/* An Ed25519 private key is taken only by SetIDKey. */
static enum e4_result take_private_key(struct bytes key)
{
    static struct rig rig;
    struct e4_command command = {.type = E4_SET_ID_KEY};
    struct e4_identity identity;

    if (key.len != E4_PRIVATE_KEY_SIZE)
        fail_msg("no private key of %zu bytes can be named", key.len);
    e4go_identity(&identity, E4_PUBLIC_KEY);
    if (rig_create(&rig, &identity, NULL, 1) != E4_OK)
        return E4_ERR_STORAGE;
    memcpy(command.key, key.data, 32);
    memcpy(command.public_key, key.data + 32, 32);
    return e4_apply(&rig.client, &command) == E4_OK ? E4_OK : E4_ERR_ARGUMENT;
}

static enum e4_result take_symmetric_key(struct bytes key)
{
    static struct rig rig;
    struct e4_identity identity = {.mode = E4_SYMMETRIC};

    memcpy(identity.key, key.data, E4_KEY_SIZE);
    return rig_create(&rig, &identity, NULL, 1);
}

static enum e4_result validate(const char *what, struct bytes input)
{
    const char *text = (const char *)input.data;
    uint8_t out[E4_KEY_SIZE];

    if (strcmp(what, "topic") == 0)
        return e4_topic_hash(out, text, input.len);
    if (strcmp(what, "name") == 0)
        return e4_id_from_name(out, text, input.len);
    if (strcmp(what, "password") == 0)
        return derive(out, input);
    if (strcmp(what, "ed25519_private") == 0)
        return take_private_key(input);
    if (input.len != E4_KEY_SIZE)
        fail_msg("%s: no key of %zu bytes can be named", what, input.len);
    if (strcmp(what, "sym_key") == 0)
        return take_symmetric_key(input);
    if (strcmp(what, "ed25519_public") == 0)
        return e4_sign_check_public(input.data);
    if (strcmp(what, "curve25519_public") == 0)
        return create_with_server_key(input.data);
    fail_msg("nothing checks a %s", what);
    return E4_ERR_ARGUMENT;
}

void e4go_validate(void **state)
{
    const json_t *test;
    size_t n;

    (void)state;
    suite_begin("e4go.json/validate");
    json_array_foreach(e4go_section("validate"), n, test)
    {
        const char *what = field_text(test, "what");

        if (!case_begin("%s %s %.40s", what, field_text(test, "name"),
                        field_text(test, "input_hex")))
            continue;
        expect_result(validate(what, case_field(test, "input_hex")),
                      e4go_expected("validate", field_text(test, "error"), E4_ERR_ARGUMENT),
                      what);
    }
    suite_end();
}
