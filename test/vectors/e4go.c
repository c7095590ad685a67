/* SPDX-License-Identifier: Apache-2.0 */
/* What the runners of e4go.json share. */
#include "e4go.h"

#include <stdio.h>
#include <string.h>

#include "list.h"

static json_t *recorded;
static struct list deviations;

json_t *e4go_section(const char *name)
{
    json_t *section;

    if (recorded == NULL)
        recorded = suite_load("e4go.json");
    section = json_object_get(recorded, name);
    if (section == NULL)
        fail_msg("e4go.json has no section %s", name);
    return section;
}

void e4go_close(void)
{
    json_decref(recorded);
    recorded = NULL;
    list_free(&deviations);
}

enum e4_mode e4go_mode(const char *name)
{
    return strcmp(name, "pub") == 0 ? E4_PUBLIC_KEY : E4_SYMMETRIC;
}

const json_t *e4go_command_keys(void)
{
    return e4go_section("command_keys");
}

void e4go_identity(struct e4_identity *identity, enum e4_mode mode)
{
    const json_t *keys = e4go_command_keys();

    memset(identity, 0, sizeof *identity);
    identity->mode = mode;
    if (mode == E4_SYMMETRIC) {
        memcpy(identity->id, case_fixed(keys, "sym_client_id", 16), 16);
        memcpy(identity->key, case_fixed(keys, "sym_client_key", 32), 32);
        return;
    }
    memcpy(identity->id, case_fixed(keys, "pub_client_id", 16), 16);
    memcpy(identity->key, case_fixed(keys, "pub_client_private", 64), 32);
    memcpy(identity->server_key, case_fixed(keys, "c2_public", 32), 32);
}

enum e4_result e4go_result(const char *error, enum e4_result other)
{
    static const struct {
        const char *error;
        enum e4_result result;
    } known[] = {
        {"", E4_OK},
        {"TopicKeyNotFound", E4_ERR_NO_TOPIC},
        {"UnsupportedOperation", E4_ERR_MODE},
        {"InvalidCommand", E4_ERR_COMMAND},
        {"InvalidProtectedLen", E4_ERR_SHORT},
        {"TooShortCiphertext", E4_ERR_SHORT},
        {"TimestampInFuture", E4_ERR_FUTURE},
        {"TimestampTooOld", E4_ERR_STALE},
        {"InvalidSignature", E4_ERR_SIGNATURE},
        {"PubKeyNotFound", E4_ERR_NO_SENDER},
        {"NotAuthentic", E4_ERR_FORGED},
    };

    if (strcmp(error, "other") == 0)
        return other;
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(known[i].error, error) == 0)
            return known[i].result;
    fail_msg("e4go has no error %s", error);
    return E4_ERR_ARGUMENT;
}

static enum e4_result result_named(const char *name)
{
    static const struct {
        const char *name;
        enum e4_result result;
    } known[] = {
        {"OK", E4_OK},
        {"ARGUMENT", E4_ERR_ARGUMENT},
        {"SHORT", E4_ERR_SHORT},
        {"FORGED", E4_ERR_FORGED},
        {"SIGNATURE", E4_ERR_SIGNATURE},
        {"STALE", E4_ERR_STALE},
        {"FUTURE", E4_ERR_FUTURE},
        {"REPLAY", E4_ERR_REPLAY},
        {"COMMAND", E4_ERR_COMMAND},
        {"MODE", E4_ERR_MODE},
        {"ORDER", E4_ERR_ORDER},
    };

    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].result;
    fail_msg("deviations.list: no result %s", name);
    return E4_ERR_ARGUMENT;
}

static struct list *deviation_list(void)
{
    char path[4400];

    if (deviations.text == NULL) {
        suite_path(path, sizeof path, "deviations.list");
        list_read(&deviations, path, 5);
    }
    return &deviations;
}

enum e4_result e4go_expected(const char *section, const char *error, enum e4_result other)
{
    enum e4_result theirs = e4go_result(error, other);
    const struct list_line *line = list_find(deviation_list(), section, case_name());
    enum e4_result ours;

    if (line == NULL)
        return theirs;
    ours = result_named(line->field[3]);
    expect(strcmp(line->field[2], error[0] != '\0' ? error : "ok") == 0,
           "deviations.list says that e4go gives %s, it gives %s", line->field[2], error);
    expect(ours != theirs, "deviations.list names a deviation that is none");
    return ours;
}

void e4go_check_deviations(const char *section)
{
    if (list_unused(deviation_list(), section) > 0)
        fail_msg("deviations.list has lines that match no case");
}
