/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/token.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/token.h"

static struct rig rig;

static int add(const char *name, enum role role, int64_t expires_s, const char *text)
{
    struct token token = {.role = role, .expires_s = expires_s};

    (void)snprintf(token.name, sizeof token.name, "%s", name);
    return token_add(rig.core, "test", &token, text, &rig.err);
}

TEST(a_token_is_known_by_its_text_until_it_is_removed)
{
    char text[2][TOKEN_SIZE];
    struct token token;

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(text); i++)
        CHECK(token_make(text[i], &rig.err) == 0);
    CHECK(strlen(text[0]) == TOKEN_SIZE - 1 && strncmp(text[0], "e4t_", 4) == 0);
    CHECK(strcmp(text[0], text[1]) != 0);
    CHECK(token_find(rig.core, &token, text[0], &rig.err) == -1);
    CHECK(rig.err.kind == ERR_STRANGER);
    CHECK(add("one", ROLE_VIEWER, 0, text[0]) == 0);
    CHECK(add("two", ROLE_ADMIN, 0, text[1]) == 0);
    CHECK(token_find(rig.core, &token, text[0], &rig.err) == 0);
    CHECK(strcmp(token.name, "one") == 0 && token.role == ROLE_VIEWER && token.expires_s == 0);
    CHECK(token.made_s == (int64_t)rig.now_s);
    text[0][TOKEN_SIZE - 2] ^= 1;
    CHECK(token_find(rig.core, &token, text[0], &rig.err) == -1);
    CHECK(token_find(rig.core, &token, "", &rig.err) == -1);
    text[0][TOKEN_SIZE - 2] ^= 1;
    CHECK(token_remove(rig.core, "test", "one", &rig.err) == 0);
    CHECK(token_find(rig.core, &token, text[0], &rig.err) == -1);
    CHECK(token_find(rig.core, &token, text[1], &rig.err) == 0 && token.role == ROLE_ADMIN);
    CHECK(token_remove(rig.core, "test", "one", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    rig_close(&rig);
}

TEST(a_token_ends_when_it_was_said_to)
{
    char text[TOKEN_SIZE];
    struct token token;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(token_make(text, &rig.err) == 0);
    CHECK(add("a", ROLE_VIEWER, (int64_t)rig.now_s, text) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(add("a", ROLE_VIEWER, (int64_t)rig.now_s + 10, text) == 0);
    rig.now_s += 9;
    CHECK(token_find(rig.core, &token, text, &rig.err) == 0);
    rig.now_s += 1;
    CHECK(token_find(rig.core, &token, text, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_STRANGER);
    assert_string_equal(rig.err.text, "the token a has expired");
    rig_close(&rig);
}

TEST(names_and_roles_are_checked)
{
    static const struct {
        const char *name;
        int role;
        enum err_kind want;
    } row[] = {
        {"a.B-9_", ROLE_OPERATOR, ERR_NONE},
        {"a.B-9_", ROLE_OPERATOR, ERR_CONFLICT},
        {"", ROLE_VIEWER, ERR_INPUT},
        {"a b", ROLE_VIEWER, ERR_INPUT},
        {"a\n", ROLE_VIEWER, ERR_INPUT},
        {"\xc3\xa9", ROLE_VIEWER, ERR_INPUT},
        {"x", ROLE_ANYONE, ERR_INPUT},
        {"x", ROLE_ADMIN + 1, ERR_INPUT},
        {"x", -1, ERR_INPUT},
    };
    char text[TOKEN_SIZE];

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(row); i++) {
        rig.err.kind = ERR_NONE;
        CHECK(token_make(text, &rig.err) == 0);
        CHECK_AT(i, (add(row[i].name, (enum role)row[i].role, 0, text) == 0) ==
                        (row[i].want == ERR_NONE));
        CHECK_AT(i, rig.err.kind == row[i].want);
    }
    CHECK(token_remove(rig.core, "test", "a b", &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    rig_close(&rig);
}

TEST(a_scope_is_text_and_not_for_administrators)
{
    struct token token = {.name = "a", .scope = "zone/", .role = ROLE_OPERATOR}, found;
    char text[TOKEN_SIZE];

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(token_make(text, &rig.err) == 0);
    CHECK(token_add(rig.core, "test", &token, text, &rig.err) == 0);
    CHECK(token_find(rig.core, &found, text, &rig.err) == 0);
    assert_string_equal(found.scope, "zone/");
    memcpy(token.name, "b", 2);
    token.role = ROLE_ADMIN;
    CHECK(token_make(text, &rig.err) == 0);
    CHECK(token_add(rig.core, "test", &token, text, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT && strstr(rig.err.text, "scope") != NULL);
    token.role = ROLE_VIEWER;
    memcpy(token.scope, "\xff", 2);
    CHECK(token_add(rig.core, "test", &token, text, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT && strstr(rig.err.text, "scope") != NULL);
    rig_close(&rig);
}

static int note(void *ctx, const struct token *token, struct err *err)
{
    char *names = ctx;

    (void)err;
    (void)strcat(names, token->name);
    return 0;
}

static int refuse(void *ctx, const struct token *token, struct err *err)
{
    (void)ctx;
    (void)token;
    return err_set(err, ERR_BUSY, "enough");
}

TEST(tokens_are_listed_by_name_and_survive_a_restart)
{
    static const char *const names[] = {"b", "c", "a"};
    char text[TOKEN_SIZE];
    char listed[16] = "";

    rig_open(&rig, E4_SYMMETRIC);
    for (size_t i = 0; i < COUNT(names); i++) {
        CHECK(token_make(text, &rig.err) == 0);
        CHECK(add(names[i], ROLE_VIEWER, 0, text) == 0);
    }
    rig_restart(&rig);
    CHECK(token_list(rig.core, note, listed, &rig.err) == 0);
    assert_string_equal(listed, "abc");
    CHECK(token_list(rig.core, refuse, NULL, &rig.err) == -1 && rig.err.kind == ERR_BUSY);
    rig_close(&rig);
}

TEST(the_last_administrator_that_does_not_expire_stays)
{
    char text[TOKEN_SIZE];
    static const char *const names[] = {"first", "second"};

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(token_make(text, &rig.err) == 0 && add("guest", ROLE_ADMIN, 0x7fffffff, text) == 0);
    for (size_t i = 0; i < COUNT(names); i++)
        CHECK(token_make(text, &rig.err) == 0 && add(names[i], ROLE_ADMIN, 0, text) == 0);
    CHECK(token_remove(rig.core, "test", "first", &rig.err) == 0);
    CHECK(token_remove(rig.core, "test", "second", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_CONFLICT);
    CHECK(token_find(rig.core, &(struct token){0}, text, &rig.err) == 0);
    CHECK(token_remove(rig.core, "test", "guest", &rig.err) == 0);
    rig_close(&rig);
}

LAWS(LAW(a_token_is_known_by_its_text_until_it_is_removed),
     LAW(a_token_ends_when_it_was_said_to), LAW(names_and_roles_are_checked),
     LAW(a_scope_is_text_and_not_for_administrators),
     LAW(tokens_are_listed_by_name_and_survive_a_restart),
     LAW(the_last_administrator_that_does_not_expire_stays))
