/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/ledger.c. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "law.h"
#include "tools/e4/ledger.h"

#define NOW  1700000000UL
#define NONE "00000000000000000000000000000000"
#define ONE  "01000000000000000000000000000000"

static const uint8_t device_id[E4_ID_SIZE] = {1};

static struct ledger_thing about(char kind, uint8_t name)
{
    struct ledger_thing thing = {kind, {name}};

    return thing;
}

/* When the next command about this would be sent; it is noted as sent. */
static uint64_t issue(struct ledger *ledger, char kind, uint8_t name, uint64_t now_s)
{
    struct ledger_thing thing = about(kind, name);
    uint64_t at_s = ledger_next(ledger, &thing, now_s);

    ledger_note(ledger, &thing, at_s);
    return at_s;
}

TEST(a_command_is_dated_back_two_seconds)
{
    struct ledger ledger = {0};

    CHECK(issue(&ledger, 't', 1, NOW) == NOW - 2);
    CHECK(issue(&ledger, 't', 1, NOW + 10) == NOW + 8);
    memset(&ledger, 0, sizeof ledger);
    CHECK(issue(&ledger, 't', 1, 1) == 0);
}

TEST(time_never_goes_back)
{
    struct ledger ledger = {0};

    CHECK(issue(&ledger, 't', 1, NOW) == NOW - 2);
    CHECK(issue(&ledger, 't', 2, NOW - 100) == NOW - 2);
    CHECK(issue(&ledger, 't', 2, NOW - 100) == NOW - 1);
    CHECK(issue(&ledger, 't', 3, NOW - 100) == NOW - 1);
}

TEST(two_commands_about_the_same_thing_never_share_a_second)
{
    static const struct {
        struct ledger_thing first, second;
        bool share;
    } row[] = {
        {{'t', {1}}, {'t', {1}}, false}, {{'t', {1}}, {'t', {2}}, true},
        {{'t', {1}}, {'p', {1}}, true},  {{'p', {1}}, {'p', {1}}, false},
        {{'t', {1}}, {'T', {0}}, false}, {{'T', {0}}, {'t', {1}}, false},
        {{'T', {0}}, {'T', {0}}, false}, {{'T', {0}}, {'p', {1}}, true},
        {{'p', {1}}, {'P', {0}}, false}, {{'P', {0}}, {'p', {1}}, false},
        {{'i', {0}}, {'i', {0}}, false}, {{'i', {0}}, {'s', {0}}, true},
        {{'s', {0}}, {'s', {0}}, false}, {{'i', {0}}, {'t', {1}}, true},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct ledger ledger = {0};
        uint64_t first_s = issue(&ledger, row[i].first.kind, row[i].first.name[0], NOW);
        uint64_t second_s = issue(&ledger, row[i].second.kind, row[i].second.name[0], NOW);

        CHECK_AT(i, second_s == first_s + !row[i].share);
    }
}

TEST(a_second_that_is_full_is_followed_by_the_next)
{
    struct ledger ledger = {0};

    for (unsigned i = 0; i < LEDGER_THINGS; i++)
        CHECK_AT(i, issue(&ledger, 't', (uint8_t)i, NOW) == NOW - 2);
    CHECK(issue(&ledger, 'p', 0, NOW) == NOW - 1);
    CHECK(ledger.count == 1);
}

TEST(every_command_is_about_what_it_changes)
{
    static const struct {
        enum e4_command_type type;
        char kind;
        uint8_t name;
    } row[] = {
        {E4_REMOVE_TOPIC, 't', 5},  {E4_RESET_TOPICS, 'T', 0},   {E4_SET_ID_KEY, 'i', 0},
        {E4_SET_TOPIC_KEY, 't', 5}, {E4_REMOVE_PUB_KEY, 'p', 6}, {E4_RESET_PUB_KEYS, 'P', 0},
        {E4_SET_PUB_KEY, 'p', 6},   {E4_SET_SERVER_KEY, 's', 0},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct e4_command command = {.type = row[i].type, .topic = {5}, .id = {6}};
        struct ledger_thing thing = ledger_thing_of(&command);

        CHECK_AT(i, thing.kind == row[i].kind && thing.name[0] == row[i].name);
    }
}

TEST(a_file_that_is_damaged_or_another_devices_is_refused)
{
    static const struct {
        const char *text;
        bool good;
    } row[] = {
        {"e4-ledger 1 " ONE "\n1700000000\n", true},
        {"e4-ledger 1 " ONE "\n1700000000\nt " ONE "\nT " NONE "\n", true},
        {"e4-ledger 1 " NONE "\n1700000000\n", false},
        {"e4-ledger 2 " ONE "\n1700000000\n", false},
        {"e4-ledger 1 " ONE "\n", false},
        {"e4-ledger 1 " ONE "\n\n", false},
        {"e4-ledger 1 " ONE "\n17x\n", false},
        {"e4-ledger 1 " ONE "\n1700000000", false},
        {"e4-ledger 1 " ONE "\n99999999999999999999\n", false},
        {"e4-ledger 1 " ONE "\n1700000000\nx " ONE "\n", false},
        {"e4-ledger 1 " ONE "\n1700000000\nt " ONE, false},
        {"e4-ledger 1 " ONE "\n1700000000\nt 01\n", false},
        {"", false},
        {"\n", false},
    };

    for (size_t i = 0; i < COUNT(row); i++) {
        struct ledger ledger;
        struct err err = {0};
        int rc = ledger_parse(&ledger, device_id, row[i].text, strlen(row[i].text), &err);

        CHECK_AT(i, rc == (row[i].good ? 0 : -1));
        CHECK_AT(i, row[i].good ? ledger.newest_s == NOW : err.kind == ERR_STATE);
    }
}

TEST(what_was_issued_is_remembered_in_the_file)
{
    struct e4_command command = {.type = E4_SET_TOPIC_KEY, .topic = {7}};
    char path[64], lock[72];
    uint64_t first_s, second_s;
    struct err err;

    (void)snprintf(path, sizeof path, "/tmp/e4-test-ledger-%ld", (long)getpid());
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    CHECK(ledger_issue(&first_s, path, device_id, &command, &err) == 0);
    CHECK(ledger_issue(&second_s, path, device_id, &command, &err) == 0);
    CHECK(first_s + 2 <= (uint64_t)time(NULL) && second_s > first_s);
    command.topic[0] = 8;
    CHECK(ledger_issue(&first_s, path, device_id, &command, &err) == 0 && first_s >= second_s);
    CHECK(remove(path) == 0 && remove(lock) == 0);
}

TEST(a_clock_that_is_far_behind_is_refused)
{
    struct e4_command command = {.type = E4_RESET_TOPICS};
    char path[64], lock[72];
    uint64_t at_s;
    struct err err;
    FILE *file;

    (void)snprintf(path, sizeof path, "/tmp/e4-test-ledger-%ld", (long)getpid());
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    file = fopen(path, "w");
    CHECK(file != NULL);
    (void)fprintf(file, "e4-ledger 1 " ONE "\n%lu\n", (unsigned long)time(NULL) + 1000);
    CHECK(fclose(file) == 0);
    CHECK(ledger_issue(&at_s, path, device_id, &command, &err) == -1 && err.kind == ERR_STATE);
    CHECK(strstr(err.text, "clock") != NULL);
    CHECK(remove(path) == 0 && remove(lock) == 0);
}

LAWS(LAW(a_command_is_dated_back_two_seconds), LAW(time_never_goes_back),
     LAW(two_commands_about_the_same_thing_never_share_a_second),
     LAW(a_second_that_is_full_is_followed_by_the_next),
     LAW(every_command_is_about_what_it_changes),
     LAW(a_file_that_is_damaged_or_another_devices_is_refused),
     LAW(what_was_issued_is_remembered_in_the_file), LAW(a_clock_that_is_far_behind_is_refused))
