/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h: settings, events, audit records and tokens. */
#include <stdio.h>
#include <string.h>

#include "law.h"
#include "store_rig.h"

static struct err err;

static void settings(void)
{
    uint8_t value[8];
    size_t len;

    begin(STORE_WRITE);
    CHECK(ask->get(tx, "mode", value, sizeof value, &len, &err) == -1);
    CHECK(err.kind == ERR_NOT_FOUND);
    CHECK(ask->put(tx, "mode", (const uint8_t *)"abc", 3, &err) == 0);
    CHECK(ask->put(tx, "mode", (const uint8_t *)"de", 2, &err) == 0);
    commit();
    begin(STORE_READ);
    CHECK(ask->get(tx, "mode", value, sizeof value, &len, &err) == 0);
    CHECK(len == 2 && memcmp(value, "de", 2) == 0);
    CHECK(ask->get(tx, "mode", value, 1, &len, &err) == -1 && err.kind == ERR_STATE);
    store_rollback(&tx);
}

TEST(a_setting_is_what_was_put_last)
{
    on_each(settings);
}

static int append_event(void *ctx, const struct store_event *event, struct err *error)
{
    char *all = ctx;

    (void)error;
    (void)snprintf(all + strlen(all), 200 - strlen(all), "%d%s%s%d ", (int)event->type,
                   event->source, event->target, (int)event->time_s);
    return 0;
}

static void events(void)
{
    struct store_event event = {0, 1, "a", "b", 5};
    char all[200] = "";
    int64_t first, newest;

    begin(STORE_WRITE);
    CHECK(ask->newest_event(tx, &first, &err) == 0 && first == 0);
    CHECK(ask->add_event(tx, &event, &err) == 0);
    CHECK(ask->newest_event(tx, &first, &err) == 0 && first > 0);
    event = (struct store_event){0, 2, "c", "", 6};
    CHECK(ask->add_event(tx, &event, &err) == 0 && ask->add_event(tx, &event, &err) == 0);
    CHECK(ask->read_events(tx, 0, 2, append_event, all, &err) == 0);
    CHECK(strcmp(all, "1ab5 2c6 ") == 0);
    all[0] = '\0';
    CHECK(ask->read_events(tx, first, 9, append_event, all, &err) == 0);
    CHECK(strcmp(all, "2c6 2c6 ") == 0);
    CHECK(ask->newest_event(tx, &newest, &err) == 0);
    CHECK(ask->drop_events(tx, newest - 1, &err) == 0);
    all[0] = '\0';
    CHECK(ask->read_events(tx, 0, 9, append_event, all, &err) == 0 && strcmp(all, "2c6 ") == 0);
    store_rollback(&tx);
}

TEST(events_are_read_from_a_number_on)
{
    on_each(events);
}

static int append_audit(void *ctx, const struct store_audit *audit, struct err *error)
{
    char *all = ctx;

    (void)error;
    (void)snprintf(all + strlen(all), 200 - strlen(all), "%d%d%s%s%s%s%u ", (int)audit->number,
                   (int)audit->time_s, audit->who, audit->what, audit->first, audit->second,
                   audit->hash[31]);
    return 0;
}

static void audits(void)
{
    struct store_audit audit = {1, 5, "w", "x", "f", "s", {0}};
    uint8_t hash[STORE_HASH_SIZE];
    char all[200] = "";
    int64_t number;

    begin(STORE_WRITE);
    CHECK(ask->newest_audit(tx, &number, hash, &err) == 0 && number == 0 && hash[31] == 0);
    audit.hash[31] = 8;
    CHECK(ask->add_audit(tx, &audit, &err) == 0);
    audit.number = 2;
    audit.hash[31] = 9;
    CHECK(ask->add_audit(tx, &audit, &err) == 0);
    CHECK(ask->newest_audit(tx, &number, hash, &err) == 0 && number == 2 && hash[31] == 9);
    CHECK(ask->read_audit(tx, 0, 9, append_audit, all, &err) == 0);
    CHECK(strcmp(all, "15wxfs8 25wxfs9 ") == 0);
    all[0] = '\0';
    CHECK(ask->read_audit(tx, 1, 1, append_audit, all, &err) == 0);
    CHECK(strcmp(all, "25wxfs9 ") == 0);
    CHECK(ask->add_audit(tx, &audit, &err) == -1 && err.kind == ERR_CONFLICT);
    store_rollback(&tx);
}

TEST(audit_records_are_read_from_a_number_on)
{
    on_each(audits);
}

static int append_token(void *ctx, const struct store_token *token, struct err *error)
{
    return append_name(ctx, token->name, error);
}

static void tokens(void)
{
    struct store_token token = {
        .name = "zoe", .scope = "a/", .role = 2, .made_s = 3, .expires_s = 4};
    struct store_token found;
    char all[2000] = "";

    id(token.hash, 1);
    begin(STORE_WRITE);
    CHECK(ask->add_token(tx, &token, &err) == 0);
    id(token.hash, 2);
    memcpy(token.name, "amy", 4);
    CHECK(ask->add_token(tx, &token, &err) == 0);
    commit();
    begin(STORE_WRITE);
    CHECK(ask->add_token(tx, &token, &err) == -1 && err.kind == ERR_CONFLICT);
    store_rollback(&tx);
    begin(STORE_WRITE);
    CHECK(ask->find_token(tx, &found, token.hash, &err) == 0);
    CHECK(strcmp(found.name, "amy") == 0 && found.role == 2 && found.expires_s == 4);
    CHECK(strcmp(found.scope, "a/") == 0);
    CHECK(ask->read_tokens(tx, append_token, all, &err) == 0 && strcmp(all, "amy zoe ") == 0);
    CHECK(ask->remove_token(tx, "amy", &err) == 0);
    CHECK(ask->remove_token(tx, "amy", &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(ask->find_token(tx, &found, token.hash, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(tokens_have_names_of_their_own)
{
    on_each(tokens);
}

LAWS(LAW(a_setting_is_what_was_put_last), LAW(events_are_read_from_a_number_on),
     LAW(audit_records_are_read_from_a_number_on), LAW(tokens_have_names_of_their_own))
