/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of tools/e4/keyfile.c and build.c: key files, and the commands made of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "law.h"
#include "tools/e4/build.h"
#include "tools/e4/keyfile.h"

static char folder[64];

static void enter(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

static void leave(void)
{
    char command[80];

    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK(chdir("/") == 0 && system(command) == 0);
}

static void put(const char *path, const void *bytes, size_t len, unsigned mode)
{
    const struct file_options options = {mode, true};
    struct err err;

    CHECK(file_write(path, bytes, len, &options, &err) == 0);
}

/* A key of this kind in a file, with its public half. */
static struct keyfile make(const char *path, enum keyfile_kind kind, uint8_t number)
{
    struct keyfile key = {.kind = kind, .secret = {number, 2, 3}};
    struct err err;

    CHECK(keyfile_complete(&key, &err) == 0);
    CHECK(keyfile_write(&key, path, false, &err) == 0);
    return key;
}

TEST(a_key_file_has_the_deployed_form_and_reads_back)
{
    static const struct {
        enum keyfile_kind kind;
        off_t len;
        bool pair;
    } row[] = {{KEYFILE_SYMMETRIC, 32, false},
               {KEYFILE_ED25519, 64, true},
               {KEYFILE_CURVE25519, 32, true}};

    for (size_t i = 0; i < COUNT(row); i++) {
        struct keyfile out, in;
        struct stat status;
        struct err err;

        enter();
        out = make("k", row[i].kind, 1);
        CHECK_AT(i, stat("k", &status) == 0 && status.st_size == row[i].len);
        CHECK_AT(i, (status.st_mode & 0777) == 0600);
        CHECK_AT(i, (stat("k.pub", &status) == 0) == row[i].pair);
        CHECK_AT(i, !row[i].pair || (status.st_size == 32 && (status.st_mode & 0777) == 0644));
        CHECK_AT(i, keyfile_read(&in, row[i].kind, "k", &err) == 0);
        CHECK_AT(i, memcmp(&in, &out, sizeof in) == 0);
        CHECK_AT(i, keyfile_read_any(&in, "k", &err) == 0 && in.kind == row[i].kind);
        CHECK_AT(i, memcmp(&in, &out, sizeof in) == 0);
        leave();
    }
}

TEST(a_key_file_that_is_no_good_is_refused_in_words)
{
    uint8_t bytes[65] = {1};
    static const uint8_t zero[64];
    static const char hex[] =
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
    struct keyfile key;
    struct err err;

    enter();
    for (size_t len = 0; len <= sizeof bytes; len++) {
        put("k", bytes, len, 0600);
        CHECK_AT(len, (keyfile_read(&key, KEYFILE_SYMMETRIC, "k", &err) == 0) == (len == 32));
        CHECK_AT(len, keyfile_read(&key, KEYFILE_ED25519, "k", &err) == -1);
        CHECK_AT(len, err.kind == ERR_INPUT && key.secret[0] == 0);
    }
    put("k", hex, sizeof hex - 1, 0600);
    CHECK(keyfile_read(&key, KEYFILE_SYMMETRIC, "k", &err) == -1);
    CHECK(strstr(err.text, "hexadecimal") != NULL);
    put("k", zero, 32, 0600);
    CHECK(keyfile_read(&key, KEYFILE_SYMMETRIC, "k", &err) == -1 && strstr(err.text, "zero"));
    put("k", zero, 64, 0600);
    CHECK(keyfile_read(&key, KEYFILE_ED25519, "k", &err) == -1 && strstr(err.text, "zero"));
    put("k", bytes, 32, 0640);
    CHECK(keyfile_read(&key, KEYFILE_SYMMETRIC, "k", &err) == -1 &&
          strstr(err.text, "chmod 600"));
    CHECK(keyfile_read(&key, KEYFILE_SYMMETRIC, "none", &err) == -1 &&
          strstr(err.text, "No such"));
    CHECK(keyfile_read_any(&key, "none", &err) == -1);
    put("k", bytes, 33, 0600);
    CHECK(keyfile_read_any(&key, "k", &err) == -1 && strstr(err.text, "33 bytes"));
    leave();
}

TEST(halves_that_do_not_belong_together_are_refused)
{
    struct keyfile one, other, in;
    uint8_t bytes[E4_PRIVATE_KEY_SIZE];
    struct err err;

    enter();
    one = make("one", KEYFILE_ED25519, 1);
    other = make("other", KEYFILE_CURVE25519, 2);
    memcpy(bytes, one.secret, 32);
    memcpy(bytes + 32, other.public_key, 32);
    put("bad", bytes, 64, 0600);
    CHECK(keyfile_read(&in, KEYFILE_ED25519, "bad", &err) == -1);
    CHECK(strstr(err.text, "half") != NULL);
    put("one.pub", other.public_key, 32, 0644);
    CHECK(keyfile_read(&in, KEYFILE_ED25519, "one", &err) == -1 && strstr(err.text, "one.pub"));
    CHECK(keyfile_read_any(&in, "one", &err) == -1);
    put("other.pub", one.public_key, 32, 0644);
    CHECK(keyfile_read(&in, KEYFILE_CURVE25519, "other", &err) == -1);
    put("other.pub", one.public_key, 31, 0644);
    CHECK(keyfile_read(&in, KEYFILE_CURVE25519, "other", &err) == -1 && strstr(err.text, "31"));
    leave();
}

TEST(private_and_public_are_not_mistaken_for_one_another)
{
    uint8_t public_key[E4_KEY_SIZE];
    struct keyfile key, in;
    struct err err;

    enter();
    key = make("server", KEYFILE_CURVE25519, 1);
    CHECK(keyfile_read_public(public_key, KEYFILE_CURVE25519, "server.pub", &err) == 0);
    CHECK(memcmp(public_key, key.public_key, 32) == 0);
    CHECK(keyfile_read_public(public_key, KEYFILE_CURVE25519, "server", &err) == -1);
    CHECK(strstr(err.text, "private") != NULL);
    CHECK(keyfile_read(&in, KEYFILE_CURVE25519, "server.pub", &err) == -1);
    CHECK(strstr(err.text, "public half") != NULL);
    leave();
}

TEST(public_keys_that_are_no_good_are_refused)
{
    static const uint8_t low_order[E4_KEY_SIZE] = {1};
    static const uint8_t zero[E4_KEY_SIZE];
    uint8_t key[E4_KEY_SIZE];
    struct err err;

    enter();
    put("p", low_order, 32, 0644);
    CHECK(keyfile_read_public(key, KEYFILE_ED25519, "p", &err) == -1);
    CHECK(keyfile_read_public(key, KEYFILE_CURVE25519, "p", &err) == -1);
    put("p", zero, 32, 0644);
    CHECK(keyfile_read_public(key, KEYFILE_ED25519, "p", &err) == -1 &&
          strstr(err.text, "zero"));
    put("p", zero, 31, 0644);
    CHECK(keyfile_read_public(key, KEYFILE_ED25519, "p", &err) == -1 && strstr(err.text, "31"));
    CHECK(keyfile_read_public(key, KEYFILE_ED25519, "none", &err) == -1);
    leave();
}

TEST(nothing_is_overwritten_unless_forced)
{
    struct keyfile first, second = {.kind = KEYFILE_ED25519, .secret = {9}}, in;
    struct keyfile plain = {.kind = KEYFILE_SYMMETRIC, .secret = {8}};
    struct err err;

    enter();
    first = make("k", KEYFILE_ED25519, 1);
    CHECK(keyfile_complete(&second, &err) == 0);
    CHECK(keyfile_write(&second, "k", false, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(keyfile_read(&in, KEYFILE_ED25519, "k", &err) == 0);
    CHECK(memcmp(&in, &first, sizeof in) == 0);
    CHECK(keyfile_write(&plain, "s.pub", false, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(strstr(err.text, "public halves") != NULL && access("s.pub", F_OK) != 0);
    CHECK(remove("k") == 0);
    CHECK(keyfile_write(&second, "k", false, &err) == -1); /* for the sake of k.pub */
    CHECK(access("k", F_OK) != 0);
    CHECK(keyfile_write(&second, "k", true, &err) == 0);
    CHECK(keyfile_read(&in, KEYFILE_ED25519, "k", &err) == 0);
    CHECK(memcmp(&in, &second, sizeof in) == 0);
    CHECK(keyfile_write(&plain, "k", true, &err) == 0 && access("k.pub", F_OK) != 0);
    CHECK(keyfile_read_any(&in, "k", &err) == 0 && in.kind == KEYFILE_SYMMETRIC);
    leave();
}

TEST(passwords_make_the_published_keys_and_short_ones_none)
{
    static const uint8_t want[4] = {0xae, 0x15, 0x3a, 0xa9};
    struct keyfile key;
    struct err err;

    CHECK(keyfile_from_password(&key, KEYFILE_SYMMETRIC, "testRandomPassword", 18, &err) == 0);
    CHECK(memcmp(key.secret, want, sizeof want) == 0);
    CHECK(keyfile_from_password(&key, KEYFILE_ED25519, "testRandomPassword", 18, &err) == 0);
    CHECK(memcmp(key.secret, want, sizeof want) == 0 && key.public_key[0] != 0);
    CHECK(keyfile_from_password(&key, KEYFILE_SYMMETRIC, "fifteen bytes..", 15, &err) == -1);
    CHECK(err.kind == ERR_INPUT && strstr(err.text, "15 bytes") != NULL);
    CHECK(keyfile_from_password(&key, KEYFILE_SYMMETRIC, "no UTF-8, \xe9 but long", 20, &err) ==
          -1);
    CHECK(strstr(err.text, "UTF-8") != NULL);
}

/* Build from words in one string. */
static int build(struct e4_command *command, enum e4_mode mode, const char *text,
                 struct err *err)
{
    char copy[128];
    char *words[8];
    size_t count = 0;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return build_command(command, mode, words, count, err);
}

TEST(every_command_is_built_from_its_words)
{
    static const struct {
        const char *words;
        enum e4_command_type type;
        bool symmetric; /* in symmetric mode too */
    } row[] = {
        {"set-topic-key room1 topic", E4_SET_TOPIC_KEY, true},
        {"remove-topic room1", E4_REMOVE_TOPIC, true},
        {"reset-topics", E4_RESET_TOPICS, true},
        {"set-id-key own", E4_SET_ID_KEY, false},
        {"set-pub-key bob own.pub", E4_SET_PUB_KEY, false},
        {"remove-pub-key bob", E4_REMOVE_PUB_KEY, false},
        {"reset-pub-keys", E4_RESET_PUB_KEYS, false},
        {"set-server-key server.pub", E4_SET_SERVER_KEY, false},
    };
    uint8_t room1[E4_HASH_SIZE], bob[E4_ID_SIZE];
    struct e4_command command;
    struct keyfile topic, own, server;
    struct err err;

    enter();
    topic = make("topic", KEYFILE_SYMMETRIC, 1);
    own = make("own", KEYFILE_ED25519, 2);
    server = make("server", KEYFILE_CURVE25519, 3);
    CHECK(e4_topic_hash(room1, "room1", 5) == E4_OK && e4_id_from_name(bob, "bob", 3) == E4_OK);
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, build(&command, E4_PUBLIC_KEY, row[i].words, &err) == 0);
        CHECK_AT(i, command.type == row[i].type);
        CHECK_AT(i,
                 (build(&command, E4_SYMMETRIC, row[i].words, &err) == 0) == row[i].symmetric);
    }
    CHECK(build(&command, E4_SYMMETRIC, "set-topic-key room1 topic", &err) == 0);
    CHECK(memcmp(command.topic, room1, 16) == 0 && memcmp(command.key, topic.secret, 32) == 0);
    CHECK(build(&command, E4_PUBLIC_KEY, "set-id-key own", &err) == 0);
    CHECK(memcmp(command.key, own.secret, 32) == 0);
    CHECK(memcmp(command.public_key, own.public_key, 32) == 0);
    CHECK(build(&command, E4_PUBLIC_KEY, "set-pub-key bob own.pub", &err) == 0);
    CHECK(memcmp(command.id, bob, 16) == 0 && memcmp(command.key, own.public_key, 32) == 0);
    CHECK(build(&command, E4_PUBLIC_KEY, "set-server-key server.pub", &err) == 0);
    CHECK(memcmp(command.key, server.public_key, 32) == 0);
    CHECK(build(&command, E4_SYMMETRIC, "set-id-key topic", &err) == 0);
    leave();
}

TEST(words_that_make_no_command_are_a_usage_error)
{
    static const char *const row[] = {"",
                                      "no-such",
                                      "set-topic-key",
                                      "set-topic-key room1",
                                      "reset-topics now",
                                      "remove-topic a b"};
    struct e4_command command;
    struct err err;

    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_AT(i, build(&command, E4_PUBLIC_KEY, row[i], &err) == -1);
        CHECK_AT(i, err.kind == ERR_USAGE);
    }
    CHECK(build(&command, E4_SYMMETRIC, "remove-topic a/#", &err) == -1 &&
          err.kind == ERR_INPUT);
}

LAWS(LAW(a_key_file_has_the_deployed_form_and_reads_back),
     LAW(a_key_file_that_is_no_good_is_refused_in_words),
     LAW(halves_that_do_not_belong_together_are_refused),
     LAW(private_and_public_are_not_mistaken_for_one_another),
     LAW(public_keys_that_are_no_good_are_refused), LAW(nothing_is_overwritten_unless_forced),
     LAW(passwords_make_the_published_keys_and_short_ones_none),
     LAW(every_command_is_built_from_its_words),
     LAW(words_that_make_no_command_are_a_usage_error))
