/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/client.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/event.h"
#include "server/core/message.h"

static int append(void *ctx, const char *name, struct err *err)
{
    char *all = ctx;

    (void)err;
    strcat(strcat(all, name), " ");
    return 0;
}

static int make(struct rig *rig, const char *name, unsigned n)
{
    uint8_t key[E4_KEY_SIZE];

    if (core_mode(rig->core) == E4_PUBLIC_KEY)
        public_of(key, n);
    else
        key_of(key, n);
    return client_new(rig->core, "test", name, key, sizeof key, &rig->err);
}

TEST(clients_are_counted_and_listed_by_name)
{
    static const struct range all = {0, 100}, middle = {1, 1}, none = {0, 0},
                              bad[] = {{-1, 1}, {1, -1}};
    struct rig rig;
    char names[100] = "";
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(make(&rig, "bob", 1) == 0 && make(&rig, "alice", 2) == 0 &&
          make(&rig, "eve", 3) == 0);
    CHECK(client_count(rig.core, &count, &rig.err) == 0 && count == 3);
    CHECK(client_list(rig.core, &all, append, names, &rig.err) == 0);
    CHECK(strcmp(names, "alice bob eve ") == 0);
    CHECK(client_list(rig.core, &middle, append, strcpy(names, ""), &rig.err) == 0);
    CHECK(strcmp(names, "bob ") == 0);
    CHECK(client_list(rig.core, &none, append, strcpy(names, ""), &rig.err) == 0);
    CHECK(strcmp(names, "") == 0);
    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK(client_list(rig.core, &bad[i], append, names, &rig.err) == -1);
        CHECK(rig.err.kind == ERR_INPUT);
    }
    rig_close(&rig);
}

TEST(names_and_keys_that_are_none_are_refused_and_say_what_is_wrong)
{
    static const uint8_t zeros[E4_KEY_SIZE];
    uint8_t key[E4_KEY_SIZE];
    char long_name[258];
    struct rig rig;
    int64_t count;

    key_of(key, 1);
    memset(long_name, 'x', 256);
    long_name[256] = '\0';
    rig_open(&rig, E4_SYMMETRIC);
    CHECK(client_new(rig.core, "t", "", key, 32, &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(strstr(rig.err.text, "name") != NULL);
    CHECK(client_new(rig.core, "t", "\xff", key, 32, &rig.err) == -1);
    CHECK(client_new(rig.core, "t", long_name, key, 32, &rig.err) == -1);
    long_name[255] = '\0';
    CHECK(client_new(rig.core, "t", long_name, key, 32, &rig.err) == 0);
    CHECK(client_new(rig.core, "t", "a", key, 31, &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(client_new(rig.core, "t", "a", key, 0, &rig.err) == -1);
    CHECK(strstr(rig.err.text, "key") != NULL);
    CHECK(client_new(rig.core, "t", "a", zeros, 32, &rig.err) == -1 &&
          rig.err.kind == ERR_INPUT);
    CHECK(client_count(rig.core, &count, &rig.err) == 0 && count == 1);
    rig_close(&rig);
}

TEST(a_public_key_must_be_one_and_the_server_is_no_client)
{
    uint8_t low_order[E4_KEY_SIZE] = {1};
    struct rig rig;

    rig_open(&rig, E4_PUBLIC_KEY);
    CHECK(client_new(rig.core, "t", "a", low_order, 32, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT);
    CHECK(make(&rig, MESSAGE_SIGNER, 1) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(make(&rig, "a", 1) == 0);
    rig_close(&rig);
}

TEST(a_key_belongs_to_one_client)
{
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(make(&rig, "alice", 1) == 0);
    CHECK(make(&rig, "bob", 1) == -1 && rig.err.kind == ERR_CONFLICT);
    CHECK(strstr(rig.err.text, "alice") != NULL);
    CHECK(make(&rig, "alice", 1) == 0); /* its own, again */
    CHECK(make(&rig, "alice", 2) == 0); /* and another */
    CHECK(make(&rig, "bob", 1) == 0);
    rig_close(&rig);
}

TEST(a_client_set_up_anew_gets_its_topics_under_the_new_key)
{
    static struct device alice;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    rig_device(&rig, &alice, "alice", 1);
    CHECK(topic_new(rig.core, "test", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "test", "alice", "room", &rig.err) == 0);
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(client_new_key(rig.core, "test", "alice", &rig.err) ==
          0); /* which comes to nothing */
    rig.now_s += 5;
    rig_device(&rig, &alice, "alice", 2);
    CHECK(rig_deliver(&rig, &alice) == 1);
    CHECK(rig_talk(&alice, &alice, "room"));
    rig_close(&rig);
}

TEST(what_is_not_there_is_not_found)
{
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND && strstr(rig.err.text, "alice") != NULL);
    CHECK(client_reset(rig.core, "t", "alice", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(client_new_key(rig.core, "t", "alice", &rig.err) == -1);
    CHECK(rig.err.kind == ERR_NOT_FOUND);
    CHECK(client_remove(rig.core, "t", "", &rig.err) == -1 && rig.err.kind == ERR_INPUT);
    CHECK(make(&rig, "alice", 1) == 0);
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == 0);
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == -1);
    rig_close(&rig);
}

static int note_event(void *ctx, const struct event *event, struct err *err)
{
    char *all = ctx;

    (void)err;
    (void)sprintf(all + strlen(all), "%d:%s:%s ", (int)event->type, event->source,
                  event->target);
    return 0;
}

TEST(who_leaves_topics_leaves_events)
{
    struct rig rig;
    char all[300] = "";
    int64_t newest;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(make(&rig, "alice", 1) == 0 && make(&rig, "bob", 2) == 0);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(event_newest(rig.core, &newest, &rig.err) == 0 && newest == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "bob", "room", &rig.err) == 0);
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == 0);
    CHECK(client_reset(rig.core, "t", "bob", &rig.err) == 0);
    CHECK(event_read(rig.core, newest, 99, note_event, all, &rig.err) == 0);
    CHECK(strcmp(all, "1:alice:room 1:bob:room 2:alice:room 2:bob:room ") == 0);
    CHECK(event_newest(rig.core, &newest, &rig.err) == 0);
    CHECK(event_read(rig.core, newest, 99, note_event, strcpy(all, ""), &rig.err) == 0);
    CHECK(all[0] == '\0');
    CHECK(event_read(rig.core, -1, 99, note_event, all, &rig.err) == -1);
    CHECK(event_read(rig.core, 0, -1, note_event, all, &rig.err) == -1);
    CHECK(rig.err.kind == ERR_INPUT);
    rig_close(&rig);
}

TEST(a_removed_clients_public_key_is_withdrawn)
{
    static struct device alice, bob;
    struct rig rig;

    rig_open(&rig, E4_PUBLIC_KEY);
    rig_device(&rig, &alice, "alice", 1);
    rig_device(&rig, &bob, "bob", 2);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "alice", "room", &rig.err) == 0);
    CHECK(link_topic(rig.core, "t", "bob", "room", &rig.err) == 0);
    CHECK(rig_deliver(&rig, &alice) == 1);
    rig.read = 0;
    CHECK(link_send_key(rig.core, "t", "bob", "alice", &rig.err) == 0);
    CHECK(rig_deliver(&rig, &bob) == 2 && rig_talk(&alice, &bob, "room"));
    CHECK(client_remove(rig.core, "t", "alice", &rig.err) == 0);
    rig_pass(&rig, &bob, 3);
    alice.memory.now_s = rig.now_s;
    CHECK(rig_deliver(&rig, &bob) == 1 && !rig_talk(&alice, &bob, "room"));
    rig_close(&rig);
}

LAWS(LAW(clients_are_counted_and_listed_by_name),
     LAW(names_and_keys_that_are_none_are_refused_and_say_what_is_wrong),
     LAW(a_public_key_must_be_one_and_the_server_is_no_client),
     LAW(a_key_belongs_to_one_client),
     LAW(a_client_set_up_anew_gets_its_topics_under_the_new_key),
     LAW(what_is_not_there_is_not_found), LAW(who_leaves_topics_leaves_events),
     LAW(a_removed_clients_public_key_is_withdrawn))
