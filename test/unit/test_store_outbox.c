/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h: commands on their way, and whose turn it is. */
#include <stdio.h>
#include <string.h>

#include "law.h"
#include "store_rig.h"

static struct err err;

static void commands(void)
{
    struct store_command found;
    uint8_t one[STORE_ID_SIZE];
    int64_t first, second, count, oldest, newest;

    id(one, 1);
    begin(STORE_WRITE);
    CHECK(ask->span_commands(tx, &oldest, &newest, &err) == 0 && oldest == 0 && newest == 0);
    add_client(1);
    add_client(2);
    first = add_command(1, 3, 8);
    second = add_command(2, 3, 8);
    (void)add_command(1, 3, 9);
    (void)add_command(7, 0x100, 0); /* of nobody */
    CHECK(second > first && next_are(0, 9, "1217") && next_are(0, 2, "12"));
    CHECK(ask->claim_command(tx, first, &err) == 0 && next_are(0, 9, "217"));
    CHECK(ask->unclaim_command(tx, second, &err) == 0 && next_are(0, 9, "217"));
    CHECK(ask->unclaim_command(tx, first, &err) == 0 && next_are(0, 9, "1217"));
    CHECK(ask->claim_command(tx, first, &err) == 0 &&
          ask->claim_command(tx, second, &err) == 0);
    CHECK(ask->unclaim_command(tx, 0, &err) == 0 && next_are(0, 9, "1217"));
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    CHECK(next_are(99, 9, "27") && next_are_of(100, "1127"));
    CHECK(ask->find_command(tx, &found, second, &err) == 0 && found.version == 6);
    CHECK(found.type == 3 && found.object[1] == 8 && !found.has_key && !found.again);
    CHECK(ask->count_commands(tx, &count, NULL, &err) == 0 && count == 4);
    CHECK(ask->span_commands(tx, &oldest, &newest, &err) == 0);
    CHECK(oldest == first && newest >= second + 2);
    CHECK(ask->count_commands(tx, &count, one, &err) == 0 && count == 2);
    CHECK(ask->remove_command(tx, first, &err) == 0);
    CHECK(ask->remove_command(tx, first, &err) == 0); /* gone is fine */
    CHECK(ask->find_command(tx, &found, first, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(next_are_of(100, "127"));
    store_rollback(&tx);
}

TEST(commands_come_in_order_unless_they_are_claimed_or_their_client_is_delayed)
{
    on_each(commands);
}

static void delayed(void)
{
    struct store_command command = {.type = 4};
    uint8_t one[STORE_ID_SIZE], three[STORE_ID_SIZE];
    int64_t first;

    id(one, 1);
    id(three, 3);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    first = add_command(1, 3, 8);
    CHECK(ask->claim_command(tx, first, &err) == 0);
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    (void)add_command(1, 3, 9);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS, NULL, &err) == 0);
    CHECK(next_are_of(99, "2") && next_are_of(100, "112"));
    CHECK(ask->unclaim_command(tx, first, &err) == 0);
    CHECK(next_are_of(99, "2") && next_are_of(100, "1112"));
    CHECK(ask->claim_command(tx, first, &err) == 0 && ask->unclaim_command(tx, 0, &err) == 0);
    CHECK(next_are_of(99, "2"));
    CHECK(ask->delay_client(tx, one, 0, &err) == 0 && next_are_of(0, "1112"));
    CHECK(ask->delay_client(tx, one, 100, &err) == 0);
    CHECK(ask->remove_client(tx, one, &err) == 0 && next_are_of(0, "1112"));
    add_client(3); /* and of a topic, of a target and so on */
    add_topic(5);
    CHECK(ask->delay_client(tx, three, 100, &err) == 0);
    link_both(STORE_CLIENT_TOPIC, 3, 5);
    link_both(STORE_TARGET_SOURCE, 3, 2);
    link_both(STORE_TARGET_SOURCE, 2, 3);
    id(one, 5);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS_OF_TOPIC, one, &err) == 0);
    id(one, 2);
    CHECK(ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, one, &err) == 0);
    CHECK(ask->add_commands(tx, &command, STORE_SOURCES_OF_TARGET, one, &err) == 0);
    CHECK(next_are_of(99, "1112") && next_are_of(100, "1112333"));
    store_rollback(&tx);
}

TEST(all_commands_of_a_delayed_client_wait_whenever_they_were_added)
{
    on_each(delayed);
}

static void key_changes(void)
{
    static const int64_t types[] = {STORE_KEY_CHANGE, STORE_SERVER_KEY_CHANGE};

    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    for (size_t i = 0; i < COUNT(types); i++) {
        int64_t change = add_command(1, types[i], 0);
        int64_t after = add_command(1, 3, 8);
        int64_t other = add_command(2, 3, 8);

        CHECK(next_are(0, 9, "112"));
        CHECK(ask->claim_command(tx, change, &err) == 0 && next_are(0, 9, "2"));
        CHECK(ask->remove_command(tx, change, &err) == 0 && next_are(0, 9, "12"));
        CHECK(ask->remove_command(tx, after, &err) == 0);
        CHECK(ask->remove_command(tx, other, &err) == 0);
    }
    store_rollback(&tx);
}

TEST(nothing_comes_for_a_client_whose_key_is_being_changed)
{
    on_each(key_changes);
}

static void many_commands(void)
{
    struct store_command command = {.type = 3, .again = true, .has_key = true};
    struct store_command found;
    uint8_t eight[STORE_ID_SIZE], one[STORE_ID_SIZE];
    int64_t number;

    id(eight, 8);
    id(one, 1);
    id(command.object, 8);
    memset(command.key, 3, sizeof command.key);
    begin(STORE_WRITE);
    for (unsigned i = 1; i < 6; i++)
        add_client(i);
    add_topic(8);
    link_both(STORE_CLIENT_TOPIC, 4, 8);
    link_both(STORE_CLIENT_TOPIC, 2, 8);
    link_both(STORE_TARGET_SOURCE, 3, 1);
    link_both(STORE_HELD, 5, 1);
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS_OF_TOPIC, eight, &err) == 0);
    CHECK(next_are(0, 9, "24") || next_are(0, 9, "42"));
    CHECK(ask->pick_command(tx, &found, client_of(2).id, 3, false, &err) == 0);
    CHECK(found.again && found.has_key && found.key[71] == 3 && found.object[1] == 8);
    CHECK(ask->drop_commands(tx, NULL, 3, eight, &err) == 0 && next_are(0, 9, ""));
    CHECK(ask->add_commands(tx, &command, STORE_HOLDERS_OF_SOURCE, one, &err) == 0);
    CHECK(next_are(0, 9, "35") || next_are(0, 9, "53"));
    CHECK(ask->drop_commands(tx, client_of(3).id, 3, one, &err) == 0);   /* another object */
    CHECK(ask->drop_commands(tx, client_of(3).id, 2, eight, &err) == 0); /* another type */
    CHECK(ask->drop_commands(tx, client_of(3).id, 3, eight, &err) == 0 && next_are(0, 9, "5"));
    CHECK(ask->drop_type(tx, client_of(5).id, 2, &err) == 0 && next_are(0, 9, "5"));
    CHECK(ask->drop_type(tx, client_of(5).id, 3, &err) == 0 && next_are(0, 9, ""));
    CHECK(ask->add_commands(tx, &command, STORE_CLIENTS, NULL, &err) == 0);
    CHECK(ask->count_commands(tx, &number, NULL, &err) == 0 && number == 5);
    CHECK(ask->pick_command(tx, &found, one, 2, true, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(commands_to_many_are_added_and_dropped_at_once)
{
    on_each(many_commands);
}

static void numbers_go_on(void)
{
    int64_t first, second;

    begin(STORE_WRITE);
    first = add_command(1, 3, 8);
    CHECK(ask->remove_command(tx, first, &err) == 0);
    second = add_command(1, 3, 8);
    CHECK(second > first); /* what is acknowledged late must not be taken for another */
    store_rollback(&tx);
}

TEST(a_commands_number_is_never_given_again)
{
    on_each(numbers_go_on);
}

static int append_waiting(void *ctx, const struct store_waiting *waiting, struct err *error)
{
    char *all = ctx;

    (void)error;
    if (waiting->type == 666)
        return err_set(error, ERR_BUSY, "stop here");
    (void)snprintf(all + strlen(all), 2000 - strlen(all), "%d%s%d:%s ", (int)waiting->type,
                   waiting->claimed ? "!" : "-", (int)waiting->attempts, waiting->about);
    return 0;
}

static void on_their_way(void)
{
    static const int64_t types[] = {3, 6, 2, 666};
    struct store_command command = {.type = 0};
    struct store_pace pace = {.refresh_s = 5};
    uint8_t nine[STORE_ID_SIZE];
    int64_t count;
    char all[2000] = "";

    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    add_topic(9);
    id(nine, 9);
    link_both(STORE_CLIENT_TOPIC, 1, 9);
    link_both(STORE_CLIENT_TOPIC, 2, 9);
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 2);
    CHECK(ask->put_pace(tx, client_of(2).id, &pace, &err) == 0);
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 1);
    id(command.client, 1);
    for (size_t i = 0; i < COUNT(types); i++) {
        static const unsigned objects[] = {9, 2, 0, 0};

        command.type = types[i];
        id(command.object, objects[i]);
        CHECK(ask->add_command(tx, &command, &err) == 0);
    }
    CHECK(ask->count_confirmed(tx, &count, nine, &err) == 0 && count == 0);
    CHECK(ask->count_about(tx, &count, nine, &err) == 0 && count == 1);
    CHECK(ask->pick_command(tx, &command, client_of(1).id, 6, false, &err) == 0);
    CHECK(ask->claim_command(tx, command.number, &err) == 0);
    CHECK(ask->read_waiting(tx, client_of(1).id, 3, append_waiting, all, &err) == 0);
    CHECK(strcmp(all, "3-0:topic009 6!1:client002 2-0: ") == 0);
    CHECK(ask->read_waiting(tx, client_of(1).id, 9, append_waiting, all, &err) == -1);
    CHECK(err.kind == ERR_BUSY);
    CHECK(ask->read_waiting(tx, client_of(2).id, 9, append_waiting, all, &err) == 0);
    store_rollback(&tx);
}

TEST(what_is_on_its_way_is_told_with_names_and_who_waits_for_nothing_is_counted)
{
    on_each(on_their_way);
}

static void recipient(void)
{
    struct store_client client = client_of(1), found;
    struct store_former former = {.key_version = 2};
    struct store_pace pace = {.issued_s = 5, .touched = {7, 8}, .touched_len = 2};
    struct store_pace read;
    bool has_former;

    pace.refresh_s = 6;
    pace.refresh_wait_s = 9;
    pace.misses = 1;
    begin(STORE_WRITE);
    add_client(1);
    CHECK(ask->put_pace(tx, client.id, &pace, &err) == 0);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client.id, &err) == 0);
    CHECK(!has_former && strcmp(found.name, client.name) == 0);
    CHECK(memcmp(found.key, client.key, sizeof found.key) == 0 && found.key_version == 3);
    CHECK(read.issued_s == 5 && read.touched_len == 2 && read.touched[1] == 8);
    CHECK(read.refresh_s == 6 && read.refresh_wait_s == 9 && read.misses == 1);
    memcpy(former.client, client.id, sizeof former.client);
    CHECK(ask->add_former(tx, &former, &err) == 0);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client.id, &err) == 0);
    CHECK(has_former);
    CHECK(ask->find_recipient(tx, &found, &read, &has_former, client_of(2).id, &err) == -1);
    CHECK(err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(a_recipient_is_a_client_and_its_pace_and_whether_it_has_former_keys)
{
    on_each(recipient);
}

static void paces(void)
{
    struct store_pace pace = {.issued_s = 0}, found;
    uint8_t ids[3][STORE_ID_SIZE];
    size_t count;

    begin(STORE_WRITE);
    CHECK(ask->find_pace(tx, &pace, client_of(1).id, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (unsigned i = 1; i < 5; i++) {
        add_client(i);
        CHECK(ask->find_pace(tx, &pace, client_of(i).id, &err) == 0);
        CHECK(pace.issued_s == 0 && pace.touched_len == 0 && pace.refresh_s == 0);
        pace = (struct store_pace){7, {1, 2, 3}, 3, 100 - 10 * i, 5, 2, 77, 78, 79, 80};
        if (i < 4)
            CHECK(ask->put_pace(tx, client_of(i).id, &pace, &err) == 0);
    }
    add_client(1); /* put again, which leaves the pace */
    CHECK(ask->find_pace(tx, &found, client_of(1).id, &err) == 0);
    CHECK(found.issued_s == 7 && found.touched_len == 3 && found.touched[2] == 3);
    CHECK(found.refresh_s == 90 && found.refresh_wait_s == 5 && found.misses == 2);
    CHECK(found.forgot_s == 77 && found.heard_s == 78);
    CHECK(found.hello_s == 79 && found.answered_s == 80);
    CHECK(ask->due_clients(tx, ids, 3, &count, 69, &err) == 0 && count == 0);
    CHECK(ask->due_clients(tx, ids, 3, &count, 80, &err) == 0 && count == 2);
    CHECK(ids[0][1] == 3 && ids[1][1] == 2);
    CHECK(ask->due_clients(tx, ids, 1, &count, 99, &err) == 0 && count == 1 && ids[0][1] == 3);
    store_rollback(&tx);
}

TEST(a_pace_is_kept_and_says_who_is_due)
{
    on_each(paces);
}

LAWS(LAW(commands_come_in_order_unless_they_are_claimed_or_their_client_is_delayed),
     LAW(all_commands_of_a_delayed_client_wait_whenever_they_were_added),
     LAW(nothing_comes_for_a_client_whose_key_is_being_changed),
     LAW(commands_to_many_are_added_and_dropped_at_once),
     LAW(a_commands_number_is_never_given_again),
     LAW(what_is_on_its_way_is_told_with_names_and_who_waits_for_nothing_is_counted),
     LAW(a_recipient_is_a_client_and_its_pace_and_whether_it_has_former_keys),
     LAW(a_pace_is_kept_and_says_who_is_due))
