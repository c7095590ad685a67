/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/store/store.h: keys, whether they are in use, former or retired. */
#include <stdio.h>
#include <string.h>

#include "law.h"
#include "store_rig.h"

static struct err err;

static void server_keys(void)
{
    struct store_server_key key = {.made_s = 5}, found;

    begin(STORE_WRITE);
    CHECK(ask->find_server_key(tx, &found, 0, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (key.version = 1; key.version <= 3; key.version++) {
        memset(key.secret, (int)key.version, sizeof key.secret);
        memset(key.public_key, (int)key.version, sizeof key.public_key);
        CHECK(ask->add_server_key(tx, &key, &err) == 0);
    }
    CHECK(ask->find_server_key(tx, &found, 0, &err) == 0 && found.version == 3);
    CHECK(ask->find_server_key(tx, &found, 2, &err) == 0 && found.version == 2);
    CHECK(found.secret[0] == 2 && found.public_key[31] == 2 && found.made_s == 5);
    CHECK(ask->find_server_key(tx, &found, 4, &err) == -1 && err.kind == ERR_NOT_FOUND);
    store_rollback(&tx);
}

TEST(server_keys_of_all_versions_stay)
{
    on_each(server_keys);
}

static void add_former(unsigned client, int64_t version, bool has_next_key)
{
    struct store_former former = {.key_version = version,
                                  .server_version = version + 1,
                                  .type = version + 2,
                                  .has_next_key = has_next_key,
                                  .next_version = version + 3};

    id(former.client, client);
    memset(former.key, (int)version, sizeof former.key);
    memset(former.next_key, (int)version + 1, sizeof former.next_key);
    CHECK(ask->add_former(tx, &former, &err) == 0);
}

static int append_version(void *ctx, const struct store_former *former, struct err *error)
{
    char *out = ctx;

    (void)error;
    (void)snprintf(out + strlen(out), 64 - strlen(out), "%d ", (int)former->key_version);
    return 0;
}

static bool formers_are(unsigned client, const char *versions)
{
    uint8_t of[STORE_ID_SIZE];
    char found[64] = "";

    id(of, client);
    CHECK(ask->read_formers(tx, of, append_version, found, &err) == 0);
    return strcmp(found, versions) == 0;
}

static void formers(void)
{
    struct store_former found;
    uint8_t first[STORE_ID_SIZE];
    uint8_t sealed[STORE_SEALED_SIZE];
    int64_t oldest;

    id(first, 1);
    begin(STORE_WRITE);
    add_client(1);
    add_client(2);
    CHECK(ask->find_former(tx, &found, first, 0, &err) == -1 && err.kind == ERR_NOT_FOUND);
    for (int version = 1; version <= 4; version++)
        add_former(1, version, version % 2 == 0);
    add_former(2, 7, true);
    commit();
    begin(STORE_WRITE);
    CHECK(formers_are(1, "1 2 3 4 ") && formers_are(2, "7 ") && formers_are(3, ""));
    CHECK(ask->find_former(tx, &found, first, 0, &err) == 0);
    CHECK(found.key_version == 4 && found.server_version == 5 && found.type == 6);
    memset(sealed, 4, sizeof sealed);
    CHECK(memcmp(found.client, first, sizeof first) == 0);
    CHECK(memcmp(found.key, sealed, sizeof sealed) == 0);
    memset(sealed, 5, sizeof sealed);
    CHECK(found.has_next_key && memcmp(found.next_key, sealed, sizeof sealed) == 0);
    oldest = found.number - 3;
    CHECK(ask->find_former(tx, &found, first, oldest, &err) == 0);
    CHECK(found.number == oldest && found.key_version == 1 && !found.has_next_key);
    CHECK(found.next_version == 4);
    CHECK(ask->find_former(tx, &found, first, oldest + 4, &err) == -1); /* another's */
    CHECK(ask->drop_formers(tx, first, 3, &err) == 0 && formers_are(1, "2 3 4 "));
    CHECK(ask->drop_formers(tx, first, 3, &err) == 0 && formers_are(1, "2 3 4 "));
    CHECK(ask->drop_formers(tx, first, 0, &err) == 0 && formers_are(1, ""));
    CHECK(formers_are(2, "7 "));
    id(first, 2);
    CHECK(ask->remove_client(tx, first, &err) == 0 && formers_are(2, ""));
    commit();
}

TEST(keys_that_a_client_may_still_have_are_kept_until_dropped)
{
    on_each(formers);
}

static void retired_keys(void)
{
    uint8_t print[STORE_PRINT_SIZE] = {1, 2}, other[STORE_PRINT_SIZE] = {1, 3};
    int64_t issued_s;

    begin(STORE_WRITE);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == -1 && err.kind == ERR_NOT_FOUND);
    CHECK(ask->retire_key(tx, print, 7, &err) == 0 && ask->retire_key(tx, other, 8, &err) == 0);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == 0 && issued_s == 7);
    CHECK(ask->retire_key(tx, print, 9, &err) == 0);
    commit();
    begin(STORE_READ);
    CHECK(ask->retired_key(tx, &issued_s, print, &err) == 0 && issued_s == 9);
    CHECK(ask->retired_key(tx, &issued_s, other, &err) == 0 && issued_s == 8);
    store_rollback(&tx);
}

TEST(a_retired_key_keeps_the_newest_time_that_it_was_given)
{
    on_each(retired_keys);
}

/* Rows with sealed keys of each kind, three in all, of which the first and the last have one
 * where there may be none. */
static void add_sealed(void)
{
    for (unsigned n = 1; n <= 3; n++) {
        const bool has = n != 2;
        struct store_topic topic = {.key_version = n + 10, .has_old_key = has};
        struct store_server_key server = {.version = n};
        struct store_command command = {.type = 2, .version = n + 20, .has_key = has};

        add_client(n);
        put_topic(n, topic);
        CHECK(ask->add_server_key(tx, &server, &err) == 0);
        id(command.client, n);
        CHECK(ask->add_command(tx, &command, &err) == 0);
        add_former(n, n + 30, has);
    }
}

/* All sealed keys of a kind, some at a time: how many there are, and the last one. */
static unsigned read_sealed(enum store_sealed kind, struct store_sealed_key *last)
{
    struct store_sealed_key found[2];
    struct store_sealed_key after = {.number = 0};
    unsigned all = 0;
    size_t count;

    do {
        CHECK(ask->next_sealed(tx, kind, &after, found, COUNT(found), &count, &err) == 0);
        for (size_t i = 0; i < count; i++) {
            CHECK(memcmp(&found[i], &after, offsetof(struct store_sealed_key, version)) != 0);
            after = found[i];
        }
        all += (unsigned)count;
    } while (count > 0);
    *last = after;
    return all;
}

static void sealed_keys(void)
{
    static const struct {
        unsigned count;
        int64_t version; /* of the last */
        bool has_id;
    } row[STORE_SEALED_KINDS] = {
        [STORE_SEALED_CLIENT] = {3, 3, true},      [STORE_SEALED_TOPIC] = {3, 13, true},
        [STORE_SEALED_TOPIC_OLD] = {2, 12, true},  [STORE_SEALED_SERVER_KEY] = {3, 3, false},
        [STORE_SEALED_COMMAND] = {2, 23, true},    [STORE_SEALED_FORMER] = {3, 33, true},
        [STORE_SEALED_FORMER_NEXT] = {2, 0, true},
    };
    struct store_sealed_key last, again;

    begin(STORE_WRITE);
    for (unsigned kind = 0; kind < STORE_SEALED_KINDS; kind++)
        CHECK_AT(kind, read_sealed((enum store_sealed)kind, &last) == 0);
    add_sealed();
    for (unsigned i = 0; i < STORE_SEALED_KINDS; i++) {
        const enum store_sealed kind = (enum store_sealed)i;

        CHECK_AT(i, read_sealed(kind, &last) == row[i].count);
        CHECK_AT(i, row[i].version == 0 || last.version == row[i].version);
        CHECK_AT(i, last.id[1] == (row[i].has_id ? 3 : 0));
        memset(last.key, (int)i + 100, sizeof last.key);
        CHECK_AT(i, ask->put_sealed(tx, kind, &last, &err) == 0);
        CHECK_AT(i, read_sealed(kind, &again) == row[i].count);
        CHECK_AT(i, memcmp(&again, &last, sizeof last) == 0);
    }
    for (unsigned i = 0; i < STORE_SEALED_KINDS; i++) { /* each in its own place */
        (void)read_sealed((enum store_sealed)i, &last);
        CHECK_AT(i, last.key[0] == i + 100 && last.key[71] == i + 100);
    }
    store_rollback(&tx);
}

TEST(sealed_keys_of_each_kind_are_read_some_at_a_time_and_put_back_in_their_place)
{
    on_each(sealed_keys);
}

LAWS(LAW(server_keys_of_all_versions_stay),
     LAW(keys_that_a_client_may_still_have_are_kept_until_dropped),
     LAW(a_retired_key_keeps_the_newest_time_that_it_was_given),
     LAW(sealed_keys_of_each_kind_are_read_some_at_a_time_and_put_back_in_their_place))
