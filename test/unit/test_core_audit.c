/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/core/audit.c and audit_file.c. What somebody with the database can do to it by
 * SQL is in test/scenario/server_audit.sh. */
#define _DEFAULT_SOURCE /* mkdtemp() */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_rig.h"
#include "law.h"
#include "server/core/audit.h"
#include "server/core/seal.h"
#include "server/store/memory.h"

static const uint8_t master[CORE_MASTER_SIZE] = {1, 2, 3}; /* the rig's */

static int append(void *ctx, const struct audit *audit, struct err *err)
{
    char *all = ctx;

    (void)err;
    (void)sprintf(all + strlen(all), "%d:%s:%s:%s:%s ", (int)audit->number, audit->who,
                  audit->what, audit->first, audit->second);
    return 0;
}

TEST(each_change_has_one_record_and_what_failed_has_none)
{
    static struct device alice;
    struct rig rig;
    char all[500] = "";
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == 0 && count == 0);
    rig_device(&rig, &alice, "alice", 1);
    CHECK(topic_new(rig.core, "me", "room", &rig.err) == 0);
    CHECK(topic_remove(rig.core, "me", "hall", &rig.err) == -1);
    CHECK(link_topic(rig.core, "you", "alice", "room", &rig.err) == 0);
    CHECK(audit_read(rig.core, 0, 99, append, all, &rig.err) == 0);
    CHECK(strcmp(all, "1:test:NewClient:alice: 2:me:NewTopic:room: "
                      "3:you:NewTopicClient:alice:room ") == 0);
    CHECK(audit_read(rig.core, 2, 99, append, strcpy(all, ""), &rig.err) == 0);
    CHECK(strcmp(all, "3:you:NewTopicClient:alice:room ") == 0);
    CHECK(audit_read(rig.core, -1, 9, append, all, &rig.err) == -1);
    CHECK(audit_read(rig.core, 0, -9, append, all, &rig.err) == -1);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == 0 && count == 3);
    rig_close(&rig);
}

/* Add a record as somebody would who has the database but does not know the chain. */
static void forge(struct rig *rig, int64_t number)
{
    struct store_audit forged = {number, T0, "t", "NewTopic", "x", "", {0}};
    struct tx *tx = NULL;

    CHECK(rig->store->begin(rig->store, &tx, STORE_WRITE, &rig->err) == 0);
    CHECK(tx->ask->add_audit(tx, &forged, &rig->err) == 0);
    CHECK(rig->store->commit(&tx, &rig->err) == 0);
}

TEST(a_record_that_was_changed_or_lost_is_found)
{
    struct rig rig;
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    forge(&rig, 2);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == -1 && rig.err.kind == ERR_TAMPERED);
    CHECK(strstr(rig.err.text, "record 2 is one that nobody wrote") != NULL);
    rig_close(&rig);
    rig_open(&rig, E4_SYMMETRIC);
    forge(&rig, 2);
    CHECK(audit_verify(rig.core, &count, hash, &rig.err) == -1);
    CHECK(strstr(rig.err.text, "record 1 is missing") != NULL);
    rig_close(&rig);
}

/* Put a setting as it was, or something else in its place. */
static void put(struct rig *rig, const char *name, const uint8_t *value, size_t len)
{
    struct tx *tx = NULL;

    CHECK(rig->store->begin(rig->store, &tx, STORE_WRITE, &rig->err) == 0);
    CHECK(tx->ask->put(tx, name, value, len, &rig->err) == 0);
    CHECK(rig->store->commit(&tx, &rig->err) == 0);
}

static size_t get(struct rig *rig, const char *name, uint8_t *value, size_t cap)
{
    struct tx *tx = NULL;
    size_t len = 0;

    CHECK(rig->store->begin(rig->store, &tx, STORE_READ, &rig->err) == 0);
    CHECK(tx->ask->get(tx, name, value, cap, &len, &rig->err) == 0);
    store_rollback(&tx);
    return len;
}

static bool verifies(struct rig *rig, int64_t wanted)
{
    uint8_t hash[AUDIT_HASH_SIZE];
    int64_t count;

    return audit_verify(rig->core, &count, hash, &rig->err) == 0 && count == wanted;
}

static bool is_tampered(struct rig *rig, const char *words)
{
    return !verifies(rig, 0) && rig->err.kind == ERR_TAMPERED &&
           strstr(rig->err.text, words) != NULL;
}

TEST(the_head_is_what_was_written_or_nothing_is_changed_any_more)
{
    struct rig rig;
    uint8_t head[256];
    uint8_t other[256];
    size_t len;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    len = get(&rig, "audit", head, sizeof head);
    for (size_t i = 0; i < len; i++) {
        memcpy(other, head, len);
        other[i] ^= 1;
        put(&rig, "audit", other, len);
        CHECK_AT(i, is_tampered(&rig, "where it ends"));
        CHECK_AT(i, topic_new(rig.core, "t", "hall", &rig.err) == -1);
        CHECK_AT(i, rig.err.kind == ERR_TAMPERED);
    }
    CHECK(dispatch_step(rig.dispatch, 0, &rig.err) == 0); /* what was changed before is sent */
    put(&rig, "audit", head, len - 1);
    CHECK(is_tampered(&rig, "where it ends"));
    put(&rig, "audit", head, len);
    CHECK(verifies(&rig, 1));
    rig_close(&rig);
}

TEST(an_older_head_does_not_hide_newer_records)
{
    struct rig rig;
    uint8_t head[256];
    size_t len;

    rig_open(&rig, E4_SYMMETRIC);
    CHECK(topic_new(rig.core, "t", "room", &rig.err) == 0);
    len = get(&rig, "audit", head, sizeof head);
    CHECK(topic_new(rig.core, "t", "hall", &rig.err) == 0);
    put(&rig, "audit", head, len);
    CHECK(is_tampered(&rig, "record 2 is one that nobody wrote"));
    CHECK(topic_new(rig.core, "t", "yard", &rig.err) == -1 && rig.err.kind == ERR_TAMPERED);
    rig_close(&rig);
}

/* Make the state one from before the trail had a key, with records of these hashes. */
static void make_old(struct store *store, uint8_t (*hash)[STORE_HASH_SIZE], int64_t count,
                     struct err *err)
{
    static const uint8_t nobody[STORE_ID_SIZE];
    static const uint8_t zeros[E4_KEY_SIZE];
    static const uint8_t mode = E4_SYMMETRIC;
    const struct seal_place place = {"meta", nobody, 1};
    uint8_t sealed[STORE_SEALED_SIZE];
    struct seal *seal;
    struct tx *tx = NULL;

    CHECK(seal_new(&seal, master, err) == 0);
    CHECK(seal_key(seal, sealed, &place, zeros, err) == 0);
    CHECK(store->begin(store, &tx, STORE_WRITE, err) == 0);
    CHECK(tx->ask->put(tx, "proof", sealed, sizeof sealed, err) == 0);
    CHECK(tx->ask->put(tx, "mode", &mode, 1, err) == 0);
    for (int64_t i = 0; i < count; i++) {
        struct store_audit audit = {i + 1, T0, "t", "NewTopic", "room", "", {0}};

        memcpy(audit.hash, hash[i], sizeof audit.hash);
        CHECK(tx->ask->add_audit(tx, &audit, err) == 0);
    }
    CHECK(store->commit(&tx, err) == 0);
    seal_free(seal);
}

/* The hash without a key of record number, "t NewTopic room", at T0. */
static void old_hash(uint8_t hash[STORE_HASH_SIZE], const uint8_t before[STORE_HASH_SIZE],
                     int64_t number)
{
    static const char *const text[] = {"t", "NewTopic", "room", ""};
    uint8_t bytes[200];
    size_t len = STORE_HASH_SIZE + 16;

    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, before, STORE_HASH_SIZE);
    for (unsigned i = 0; i < 8; i++) {
        bytes[STORE_HASH_SIZE + i] = (uint8_t)((uint64_t)number >> (8 * i));
        bytes[STORE_HASH_SIZE + 8 + i] = (uint8_t)((uint64_t)T0 >> (8 * i));
    }
    for (size_t i = 0; i < COUNT(text); i++) {
        bytes[len] = (uint8_t)strlen(text[i]);
        memcpy(bytes + len + 8, text[i], strlen(text[i]));
        len += 8 + strlen(text[i]);
    }
    seal_hash(hash, NULL, bytes, len);
}

TEST(records_from_before_the_key_are_held_by_it_from_then_on)
{
    static const uint8_t none[STORE_HASH_SIZE];
    const struct core_options how = {.master = master};
    uint8_t hash[3][STORE_HASH_SIZE];

    old_hash(hash[0], none, 1);
    old_hash(hash[1], hash[0], 2);
    memset(hash[2], 3, sizeof hash[2]); /* one that is wrong, and so remains */
    for (int64_t count = 0; count <= 3; count++) {
        struct core_options options = how;
        struct rig rig = {.now_s = T0};

        CHECK(memory_open(&rig.store, &rig.err) == 0);
        make_old(rig.store, hash, count, &rig.err);
        options.store = rig.store;
        CHECK(core_open(&rig.core, &options, &rig.err) == 0);
        CHECK_AT(count, topic_new(rig.core, "t", "hall", &rig.err) == 0);
        if (count < 3)
            CHECK_AT(count, verifies(&rig, count + 1));
        else
            CHECK(is_tampered(&rig, "record 3 was changed"));
        core_close(rig.core);
        CHECK(core_open(&rig.core, &options, &rig.err) == 0); /* and it stays so */
        CHECK_AT(count, verifies(&rig, count + 1) == (count < 3));
        core_close(rig.core);
        rig.store->close(rig.store);
    }
}

TEST(a_state_without_the_trails_key_is_refused)
{
    static const uint8_t nothing[STORE_SEALED_SIZE];
    struct core_options how = {.master = master};
    struct core *core;
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    how.store = rig.store;
    put(&rig, "audit-key", nothing, sizeof nothing);
    CHECK(core_open(&core, &how, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    put(&rig, "audit-key", nothing, 3);
    CHECK(core_open(&core, &how, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    rig_close(&rig);
}

/* A folder for the file, and what is in it. */
static char place[64];
static char path[96];

static void place_begin(void)
{
    (void)strcpy(place, "/tmp/e4-audit.XXXXXX");
    CHECK(mkdtemp(place) != NULL);
    (void)sprintf(path, "%s/audit.jsonl", place);
}

static void place_end(void)
{
    (void)unlink(path);
    CHECK(rmdir(place) == 0);
}

static size_t file_text(char text[2000])
{
    FILE *in = fopen(path, "r");
    size_t len;

    CHECK(in != NULL);
    len = fread(text, 1, 1999, in);
    text[len] = '\0';
    CHECK(fclose(in) == 0);
    return len;
}

static void write_text(const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len && close(fd) == 0);
}

/* A server with three records, the file from the second of them on. */
static void open_with_file(struct rig *rig)
{
    place_begin();
    rig_open(rig, E4_SYMMETRIC);
    CHECK(topic_new(rig->core, "me", "a", &rig->err) == 0);
    CHECK(audit_keep_file(rig->core, path, &rig->err) == 0);
    CHECK(topic_new(rig->core, "me", "b \" \\", &rig->err) == 0);
    CHECK(topic_new(rig->core, "me", "c", &rig->err) == 0);
}

static void close_with_file(struct rig *rig)
{
    rig_close(rig);
    place_end();
}

TEST(each_record_is_a_line_of_the_file_too)
{
    struct rig rig;
    struct stat status;
    char text[2000];

    open_with_file(&rig);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    (void)file_text(text);
    CHECK(strncmp(text, "{\"number\":1,\"time\":\"20", 22) == 0);
    CHECK(strstr(text,
                 "Z\",\"who\":\"me\",\"what\":\"NewTopic\",\"first\":\"a\",\"second\":\"\","
                 "\"hash\":\"") != NULL);
    CHECK(strstr(text, "\n{\"number\":2,") != NULL);
    CHECK(strstr(text, "\"first\":\"b \\\" \\\\\"") != NULL);
    CHECK(strstr(text, "\n{\"number\":3,") != NULL);
    CHECK(text[strlen(text) - 1] == '\n');
    CHECK(verifies(&rig, 3));
    CHECK(!audit_is_behind(rig.core));
    close_with_file(&rig);
}

TEST(a_file_that_lacks_records_gets_them_at_the_next_start)
{
    struct rig rig;
    char whole[2000];
    char text[2000];
    size_t len;

    open_with_file(&rig);
    len = file_text(whole);
    for (size_t cut = 0; cut < len; cut += 7) {
        write_text(whole, cut);
        rig_restart(&rig);
        CHECK_AT(cut, audit_keep_file(rig.core, path, &rig.err) == 0);
        CHECK_AT(cut, file_text(text) == len && strcmp(text, whole) == 0);
        CHECK_AT(cut, verifies(&rig, 3));
    }
    close_with_file(&rig);
}

TEST(a_file_with_records_that_the_database_has_not_is_refused)
{
    static const char ahead[] = "{\"number\":4,\"time\":\"\"}\n";
    static const char *const foreign[] = {"hello\n", "{\"number\":x}\n", "{\"number\":0,}\n",
                                          "{\"number\":-1,}\n", "{}\n"};
    struct rig rig;

    open_with_file(&rig);
    write_text(ahead, sizeof ahead - 1);
    rig_restart(&rig);
    CHECK(audit_keep_file(rig.core, path, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    CHECK(strstr(rig.err.text, "has record 4, and the database none after 3") != NULL);
    for (size_t i = 0; i < COUNT(foreign); i++) {
        write_text(foreign[i], strlen(foreign[i]));
        CHECK_AT(i, audit_keep_file(rig.core, path, &rig.err) == -1);
        CHECK_AT(i, rig.err.kind == ERR_STATE);
    }
    CHECK(chmod(path, 0640) == 0);
    CHECK(audit_keep_file(rig.core, path, &rig.err) == -1 && rig.err.kind == ERR_STATE);
    close_with_file(&rig);
}

/* After something was done to the file, both as the server runs and after a new start. */
static void finds(struct rig *rig, size_t row, const char *text, size_t len)
{
    write_text(text, len);
    CHECK_AT(row, is_tampered(rig, path));
    rig_restart(rig);
    if (audit_keep_file(rig->core, path, &rig->err) == 0)
        CHECK_AT(row, is_tampered(rig, path));
    else
        CHECK_AT(row, rig->err.kind == ERR_STATE);
    /* And back. */
    (void)unlink(path);
    rig_restart(rig);
    CHECK_AT(row, audit_keep_file(rig->core, path, &rig->err) == 0 && verifies(rig, 3));
}

TEST(every_change_to_the_file_is_found)
{
    struct rig rig;
    char whole[2000];
    char text[4000];
    size_t len;
    size_t first;
    size_t second;

    open_with_file(&rig);
    len = file_text(whole);
    first = (size_t)(strchr(whole, '\n') + 1 - whole);
    second = (size_t)(strchr(whole + first, '\n') + 1 - whole) - first;
    for (size_t i = 0; i < len; i += 11) { /* a byte */
        memcpy(text, whole, len);
        text[i] ^= 1;
        finds(&rig, i, text, len);
    }
    memcpy(text, whole, first); /* the second line is lost */
    memcpy(text + first, whole + first + second, len - first - second);
    finds(&rig, 1001, text, len - second);
    memcpy(text, whole + first, second); /* the first two are in another order */
    memcpy(text + second, whole, first);
    memcpy(text + first + second, whole + first + second, len - first - second);
    finds(&rig, 1002, text, len);
    memcpy(text, whole, len); /* the last one is there twice */
    memcpy(text + len, whole + first + second, len - first - second);
    finds(&rig, 1003, text, len + len - first - second);
    write_text(whole, first); /* its end is cut off, while the server runs */
    CHECK(is_tampered(&rig, "was made shorter"));
    (void)unlink(path);
    CHECK(is_tampered(&rig, "was removed or replaced"));
    write_text(whole, len);
    CHECK(is_tampered(&rig, "was removed or replaced"));
    close_with_file(&rig);
}

TEST(a_file_that_was_moved_away_goes_on_in_a_new_one)
{
    struct rig rig;
    char text[2000];
    char old[128];

    open_with_file(&rig);
    (void)sprintf(old, "%s.1", path);
    CHECK(rename(path, old) == 0);
    CHECK(topic_new(rig.core, "me", "d", &rig.err) == 0);
    CHECK(audit_reopen_file(rig.core, &rig.err) == 0);
    CHECK(file_text(text) == 0);
    CHECK(verifies(&rig, 4));
    CHECK(topic_new(rig.core, "me", "e", &rig.err) == 0);
    (void)file_text(text);
    CHECK(strncmp(text, "{\"number\":5,", 12) == 0);
    CHECK(verifies(&rig, 5));
    CHECK(audit_reopen_file(rig.core, &rig.err) == 0); /* the same once more */
    CHECK(topic_new(rig.core, "me", "f", &rig.err) == 0 && verifies(&rig, 6));
    CHECK(unlink(old) == 0);
    close_with_file(&rig);
}

TEST(a_record_that_found_no_room_in_the_file_is_made_up_for)
{
    struct rig rig;
    char text[2000];
    int full = open("/dev/full", O_WRONLY | O_APPEND);
    int good;
    int fd;

    if (full < 0)
        return;
    open_with_file(&rig);
    /* The descriptor of the file is the one after the newest that is open. */
    fd = dup(full);
    CHECK(fd > 3 && close(fd) == 0);
    for (fd--; fd > 3; fd--) {
        struct stat here;
        struct stat there;

        if (fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
            here.st_dev == there.st_dev)
            break;
    }
    CHECK(fd > 3);
    good = dup(fd);
    CHECK(good >= 0 && dup2(full, fd) == fd);
    CHECK(topic_new(rig.core, "me", "d", &rig.err) == 0); /* the change is made */
    CHECK(audit_is_behind(rig.core));
    CHECK(topic_new(rig.core, "me", "e", &rig.err) == 0);
    CHECK(audit_is_behind(rig.core));
    CHECK(dup2(good, fd) == fd);
    CHECK(topic_new(rig.core, "me", "f", &rig.err) == 0);
    CHECK(!audit_is_behind(rig.core));
    (void)file_text(text);
    CHECK(strstr(text, "\n{\"number\":4,") != NULL && strstr(text, "\n{\"number\":6,") != NULL);
    CHECK(verifies(&rig, 6));
    (void)close(good);
    (void)close(full);
    close_with_file(&rig);
}

LAWS(LAW(each_change_has_one_record_and_what_failed_has_none),
     LAW(a_record_that_was_changed_or_lost_is_found),
     LAW(the_head_is_what_was_written_or_nothing_is_changed_any_more),
     LAW(an_older_head_does_not_hide_newer_records),
     LAW(records_from_before_the_key_are_held_by_it_from_then_on),
     LAW(a_state_without_the_trails_key_is_refused), LAW(each_record_is_a_line_of_the_file_too),
     LAW(a_file_that_lacks_records_gets_them_at_the_next_start),
     LAW(a_file_with_records_that_the_database_has_not_is_refused),
     LAW(every_change_to_the_file_is_found),
     LAW(a_file_that_was_moved_away_goes_on_in_a_new_one),
     LAW(a_record_that_found_no_room_in_the_file_is_made_up_for))
