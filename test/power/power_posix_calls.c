/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the POSIX port when system calls fail: each of them once, or from then on, with each
 * error that matters. An error is told, nothing that was stored is lost, nothing leaks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/posix.h"
#include "test/power/calls.h"
#include "test/unit/port_folder.h"

enum { PLACES = 61, LAST = PLACES - 1, SENT = 8, SEEN = 16 };

/* What is stored for sure; and by stores that failed, what may be there instead: bits. */
static int stored[PLACES];
static unsigned perhaps[PLACES];

static bool may_hold(unsigned place, int fill)
{
    return fill == stored[place] || (fill > 0 && (perhaps[place] >> fill & 1) != 0);
}

static void check_why(enum e4_result result)
{
    bool told = e4_posix_why(&posix)[0] != '\0';

    CHECK_AT(calls.count, result == E4_OK || (result == E4_ERR_STORAGE && told));
    CHECK_AT(calls.count, calls.failed != NULL || !told);
}

static void record_result(unsigned place, int fill, enum e4_result result)
{
    if (result == E4_OK) {
        stored[place] = fill;
        perhaps[place] = 0;
    } else {
        perhaps[place] |= 1U << fill;
        CHECK_AT(calls.count, folder_load(place) == stored[place]); /* as long as it is open */
    }
}

static void try_store(unsigned place, int fill)
{
    enum e4_result result = folder_store(place, fill);

    check_why(result);
    record_result(place, fill, result);
}

/* Two records as one; the second needs more memory than there is. */
static void try_batch(int fill)
{
    static const unsigned place[] = {2, LAST};
    enum e4_result result = e4_posix_batch_begin(&posix), noted[COUNT(place)];

    check_why(result);
    if (result != E4_OK)
        return;
    for (size_t i = 0; i < COUNT(place); i++) {
        noted[i] = folder_store(place[i], fill);
        check_why(noted[i]);
        CHECK_AT(calls.count,
                 folder_load(place[i]) == (noted[i] == E4_OK ? fill : stored[place[i]]));
    }
    result = e4_posix_batch_end(&posix);
    check_why(result);
    for (size_t i = 0; i < COUNT(place); i++)
        if (noted[i] == E4_OK)
            record_result(place[i], fill, result);
}

/* A device's life in short: made, opened, read by another, opened with its memory. */
static void live(void)
{
    struct e4_sent_slot *sent = NULL;
    struct e4_seen_slot *seen = NULL;
    enum e4_result result = folder_open(E4_POSIX_CREATE);

    check_why(result);
    if (result == E4_OK) {
        try_store(0, 1);
        try_batch(5);
        try_store(LAST, 2);
        try_store(0, 3);
    }
    result = folder_open(E4_POSIX_READ_ONLY);
    check_why(result);
    if (result == E4_OK) {
        CHECK(may_hold(0, folder_load(0)));
        result = e4_posix_map(&posix, &sent, SENT, NULL, 0);
        check_why(result);
        CHECK((result == E4_OK) == (sent != NULL));
    }
    if (sent != NULL && e4_posix_lock_sent(&posix) == E4_OK)
        e4_posix_unlock_sent(&posix);
    result = folder_open(0);
    check_why(result);
    if (result == E4_OK) {
        result = e4_posix_map(&posix, &sent, SENT, &seen, SEEN);
        check_why(result);
        if (result == E4_OK)
            seen[SEEN - 1].mark = sent[SENT - 1].mark = 1; /* all of it can be written to */
        try_store(1, 4);
    }
    CHECK(e4_posix_damaged(&posix) == NULL);
    e4_posix_close(&posix);
}

/* The calls work again: what is found? */
static void check_after(bool strict)
{
    static const char *const left[] = {"state.new", "state.old", "state.damaged-1"};
    enum e4_result result;

    calls.watch = false;
    result = folder_open(E4_POSIX_CREATE);
    CHECK_AT(calls.fail_at, result == E4_OK && e4_posix_why(&posix)[0] == '\0');
    for (unsigned place = 0; place < PLACES; place++) {
        int fill = folder_load(place);

        CHECK_AT(calls.fail_at, strict ? fill == stored[place] : may_hold(place, fill));
    }
    for (size_t i = 0; i < COUNT(left); i++)
        CHECK_AT(i, !folder_has(left[i]));
    CHECK(folder_store(0, 9) == E4_OK && folder_load(0) == 9);
    e4_posix_close(&posix);
}

/* A new folder, and calls that are watched. */
static void life_begin(void)
{
    folder_begin();
    calls_reset();
    for (unsigned place = 0; place < PLACES; place++)
        stored[place] = -1;
    memset(perhaps, 0, sizeof perhaps);
    calls.no_sync = true;
    calls.watch = true;
}

/* A life in which a call fails, or it and all after it. Were there so many calls? */
static bool live_with_failure(unsigned at, int error, bool onwards, bool no_links)
{
    bool reached, strict = !onwards;

    life_begin();
    calls.fail_at = at;
    calls.error = error;
    calls.onwards = onwards;
    calls.no_links = no_links;
    live();
    reached = calls.failed != NULL;
    CHECK_AT(at, calls.descriptors == 0 && calls.mappings == 0);
    if (reached && no_links && strcmp(calls.failed, "fsync") == 0)
        strict = false; /* then there is no way back to the old file */
    check_after(strict);
    folder_end();
    return reached;
}

TEST(any_call_may_fail_once_or_for_good_with_any_error)
{
    static const int error[] = {EIO,    ENOSPC, EACCES, EPERM,  EROFS, EMFILE,     ENOMEM,
                                EDQUOT, EINVAL, ENOSYS, ENOLCK, ELOOP, EWOULDBLOCK};

    for (size_t i = 0; i < COUNT(error); i++) {
        unsigned at = 1;

        while (live_with_failure(at, error[i], false, false))
            at++;
        CHECK_AT(i, at > 60); /* calls in a life */
        for (at = 1; live_with_failure(at, error[i], true, false); at++)
            continue;
    }
}

TEST(the_same_where_files_have_no_second_names)
{
    for (unsigned at = 1; live_with_failure(at, EIO, false, true); at++)
        continue;
    for (unsigned at = 1; live_with_failure(at, EIO, true, true); at++)
        continue;
}

TEST(signals_and_short_writes_go_unnoticed)
{
    unsigned at = 0;
    bool reached;

    do {
        life_begin();
        calls.fail_at = ++at;
        calls.error = EINTR;
        calls.write_max = at % 2 == 0 ? 1 + at : 0;
        live();
        reached = calls.failed != NULL;
        CHECK_AT(at, stored[0] == 3 && stored[1] == 4);
        CHECK_AT(at, stored[2] == 5 && stored[LAST] == 2);
        CHECK_AT(at, calls.descriptors == 0 && calls.mappings == 0);
        check_after(true);
        folder_end();
    } while (reached);
    CHECK(at > 40);
}

TEST(a_file_that_takes_or_gives_nothing_is_an_error_and_no_damage)
{
    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 1) == E4_OK);
    calls.write_none = true;
    CHECK(folder_store(0, 2) == E4_ERR_STORAGE && why_says("cannot write"));
    calls.write_none = false;
    calls.read_none = true;
    CHECK(folder_open(0) == E4_ERR_STORAGE && why_says("cannot read"));
    CHECK(e4_posix_damaged(&posix) == NULL);
    calls.read_none = false;
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 1);
    folder_end();
}

/* A folder with a damaged state. */
static void damaged_begin(void)
{
    static const uint8_t bytes[24] = "e4state";

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    folder_write("state", bytes, sizeof bytes);
    calls.count = 0;
    calls.error = EIO;
}

TEST(a_damaged_state_that_cannot_be_moved_aside_stays_and_is_refused_again)
{
    unsigned at = 0;
    bool reached;

    do {
        damaged_begin();
        calls.fail_at = ++at;
        CHECK_AT(at, folder_open(0) == E4_ERR_STORAGE && why_says(folder));
        reached = calls.failed != NULL;
        CHECK_AT(at, folder_has("state") != folder_has("state.damaged-1"));
        CHECK_AT(at, folder_has("state.damaged-1") == (e4_posix_damaged(&posix) != NULL));
        calls.fail_at = 0;
        CHECK_AT(at, folder_has("state") == (folder_open(0) == E4_ERR_STORAGE));
        CHECK_AT(at, folder_has("state.damaged-1"));
        folder_end();
    } while (reached);
}

TEST(a_damaged_state_is_refused_to_readers_whatever_else_fails)
{
    unsigned at = 0;
    bool reached;

    do {
        damaged_begin();
        calls.fail_at = ++at;
        CHECK_AT(at, folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE && why_says(folder));
        reached = calls.failed != NULL;
        CHECK_AT(at, folder_has("state") && !folder_has("state.damaged-1"));
        folder_end();
    } while (reached);
}

TEST(a_store_whose_folder_cannot_be_flushed_is_taken_back)
{
    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    calls.only = "fsync";
    calls.error = EIO;
    for (int stored_before = 0; stored_before < 2; stored_before++) {
        int before = stored_before ? 1 : -1;

        calls.count = 0;
        calls.fail_at = 2; /* the first flushes the file */
        CHECK(folder_store(0, 2) == E4_ERR_STORAGE && why_says("cannot flush"));
        CHECK(folder_load(0) == before && folder_load_beside(0) == before);
        CHECK(folder_has("state") == stored_before && !folder_has("state.old"));
        calls.fail_at = 0;
        CHECK(folder_store(0, 1) == E4_OK && folder_load_beside(0) == 1);
    }
    folder_end();
}

/* A batch whose end meets a failing call. Were there so many calls? */
static bool batch_with_failure(unsigned at, bool stored_before)
{
    int before = stored_before ? 1 : -1;
    bool done, reached;

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(!stored_before || folder_store(0, 1) == E4_OK);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK);
    CHECK(folder_store(0, 2) == E4_OK && folder_store(LAST, 3) == E4_OK);
    calls.count = 0;
    calls.error = EIO;
    calls.fail_at = at;
    done = e4_posix_batch_end(&posix) == E4_OK;
    reached = calls.failed != NULL;
    calls.fail_at = 0;
    CHECK_AT(at, done || why_says("cannot "));
    CHECK_AT(at, folder_load(0) == (done ? 2 : before) && folder_load(LAST) == (done ? 3 : -1));
    CHECK_AT(at, folder_load_beside(0) == folder_load(0) &&
                     folder_load_beside(LAST) == folder_load(LAST));
    CHECK_AT(at, e4_posix_batch_end(&posix) == E4_ERR_ARGUMENT); /* it is over */
    CHECK_AT(at, folder_store(1, 4) == E4_OK && folder_load_beside(1) == 4);
    CHECK_AT(at, folder_load_beside(0) == (done ? 2 : before));
    CHECK_AT(at, folder_load_beside(LAST) == (done ? 3 : -1));
    e4_posix_close(&posix);
    CHECK_AT(at, calls.descriptors == 0 && calls.mappings == 0);
    folder_end();
    return reached;
}

TEST(a_batch_that_cannot_be_stored_leaves_all_as_it_was)
{
    for (int stored_before = 0; stored_before < 2; stored_before++) {
        unsigned at = 1;

        while (batch_with_failure(at, stored_before != 0))
            at++;
        CHECK_AT(stored_before, at > 5);
    }
}

TEST(a_folder_that_is_made_is_flushed_into_its_parent)
{
    life_begin();
    calls.only = "fsync";
    calls.error = EIO;
    calls.fail_at = 1;
    CHECK(folder_open(E4_POSIX_CREATE) == E4_ERR_STORAGE && why_says("the parent of"));
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    folder_end();
}

TEST(old_keys_that_cannot_be_overwritten_are_told_and_overwritten_later)
{
    uint8_t bytes[300];

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 0x77) == E4_OK);
    calls.only = "pwrite";
    calls.error = EIO;
    calls.fail_at = 2; /* the first one writes the new state */
    calls.count = 0;
    CHECK(folder_store(0, 0x78) == E4_OK && folder_load(0) == 0x78);
    CHECK(why_says("cannot overwrite") && why_says("/state.old"));
    CHECK(folder_read("state.old", bytes, sizeof bytes) == 24 + 132 && bytes[100] == 0x77);
    calls.count = 0; /* and again, before the next one takes its name */
    CHECK(folder_store(0, 0x79) == E4_OK && folder_load(0) == 0x79);
    CHECK(folder_read("state.old", bytes, sizeof bytes) == 24 + 132 && bytes[100] == 0x77);
    CHECK(folder_store(0, 0x7a) == E4_OK && !folder_has("state.old"));
    calls.count = 0;
    CHECK(folder_store(0, 0x7b) == E4_OK && folder_has("state.old"));
    CHECK(folder_open(0) == E4_OK && !folder_has("state.old") && folder_load(0) == 0x7b);
    folder_end();
}

TEST(an_old_state_that_gets_no_second_name_is_overwritten_all_the_same)
{
    uint8_t bytes[300];
    char path[PATH_ROOM];
    int fd;

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 0x77) == E4_OK);
    folder_path(path, "state");
    fd = open(path, O_RDONLY);
    folder_write("state.old", "in the way", 10);
    calls.only = "linkat";
    calls.error = EIO;
    calls.count = 0;
    calls.fail_at = 2; /* the first finds the name taken */
    CHECK(folder_store(0, 0x78) == E4_OK && calls.failed != NULL && folder_load(0) == 0x78);
    CHECK(read(fd, bytes, sizeof bytes) == 24 + 132 && bytes[100] == 0);
    CHECK(close(fd) == 0);
    calls.descriptors = 0;
    folder_end();
}

TEST(without_a_time_the_clock_is_unknown)
{
    uint64_t now_s = 5;

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    calls.no_time = true;
    CHECK(port.now(port.ctx, &now_s) == E4_ERR_CLOCK && now_s == 5);
    folder_end();
}

TEST(whoever_neither_owns_the_folder_nor_administers_is_refused)
{
    struct stat info;

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 1) == E4_OK);
    CHECK(stat(folder, &info) == 0);
    calls.fake_user = true;
    calls.user = info.st_uid + 1;
    if (info.st_uid == 0) { /* anybody may use what the administrator left open for him */
        CHECK(folder_open(0) == E4_OK && folder_store(0, 2) == E4_OK);
        CHECK(chown(folder, 12345, (gid_t)-1) == 0);
    }
    CHECK(folder_open(0) == E4_ERR_STORAGE && why_says("belongs to another user"));
    CHECK(chown(folder, info.st_uid, (gid_t)-1) == 0);
    calls.user = 0;
    CHECK(folder_open(0) == E4_OK && folder_store(0, 3) == E4_OK && folder_load(0) == 3);
    folder_end();
}

TEST(a_file_that_cannot_be_given_to_the_folder_s_owner_is_not_left)
{
    struct stat info;

    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 1) == E4_OK);
    CHECK(stat(folder, &info) == 0);
    calls.fake_user = true;
    calls.user = info.st_uid == 0 ? 1 : 0;
    calls.only = "fchown";
    calls.error = EPERM;
    calls.fail_at = 1;
    calls.onwards = true;
    CHECK(folder_store(0, 2) == E4_ERR_STORAGE && why_says("Operation not permitted"));
    CHECK(folder_load(0) == 1 && !folder_has("state.new"));
    folder_end();
}

/* The writer of a state that somebody else reads. */
static struct e4_posix writer;
static struct e4_port writer_port;

static void store_42(void)
{
    uint8_t record[E4_RECORD_SIZE];

    memset(record, 42, sizeof record);
    CHECK(writer_port.store(writer_port.ctx, 0, record) == E4_OK);
}

TEST(a_reader_whose_file_is_replaced_under_its_hands_reads_the_new_one)
{
    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_store(0, 1) == E4_OK);
    e4_posix_close(&posix);
    CHECK(e4_posix_open(&writer, &writer_port, folder, 0) == E4_OK);
    calls.before = "pread";
    calls.nth = 1;
    calls.intrude = store_42;
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_load(0) == 42);
    e4_posix_close(&writer);
    folder_end();
}

/* Another process makes the file that is about to be made, or replaces the one just opened. */
static void make_sent(void)
{
    folder_write("sent", "", 0);
}

static void replace_sent(void)
{
    folder_remove("sent");
    folder_write("sent", "", 0);
}

TEST(processes_that_make_or_replace_the_shared_memory_at_once_end_up_with_the_same)
{
    struct e4_sent_slot *mine = NULL, *theirs = NULL;

    for (int way = 0; way < 2; way++) {
        life_begin();
        CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
        calls.before = way == 0 ? "openat" : "flock";
        calls.nth = way == 0 ? 2 : 1; /* once to open it, which fails; then to make it */
        calls.intrude = way == 0 ? make_sent : replace_sent;
        CHECK_AT(way, e4_posix_map(&posix, &mine, SENT, NULL, 0) == E4_OK);
        CHECK_AT(way, calls.before == NULL);
        CHECK(e4_posix_open(&writer, &writer_port, folder, E4_POSIX_READ_ONLY) == E4_OK);
        CHECK(e4_posix_map(&writer, &theirs, SENT, NULL, 0) == E4_OK);
        mine[1].mark = 5;
        CHECK_AT(way, theirs[1].mark == 5);
        e4_posix_close(&writer);
        folder_end();
    }
}

LAWS(LAW(any_call_may_fail_once_or_for_good_with_any_error),
     LAW(the_same_where_files_have_no_second_names), LAW(signals_and_short_writes_go_unnoticed),
     LAW(a_file_that_takes_or_gives_nothing_is_an_error_and_no_damage),
     LAW(a_damaged_state_that_cannot_be_moved_aside_stays_and_is_refused_again),
     LAW(a_damaged_state_is_refused_to_readers_whatever_else_fails),
     LAW(an_old_state_that_gets_no_second_name_is_overwritten_all_the_same),
     LAW(a_store_whose_folder_cannot_be_flushed_is_taken_back),
     LAW(a_batch_that_cannot_be_stored_leaves_all_as_it_was),
     LAW(a_folder_that_is_made_is_flushed_into_its_parent),
     LAW(old_keys_that_cannot_be_overwritten_are_told_and_overwritten_later),
     LAW(without_a_time_the_clock_is_unknown),
     LAW(whoever_neither_owns_the_folder_nor_administers_is_refused),
     LAW(a_file_that_cannot_be_given_to_the_folder_s_owner_is_not_left),
     LAW(a_reader_whose_file_is_replaced_under_its_hands_reads_the_new_one),
     LAW(processes_that_make_or_replace_the_shared_memory_at_once_end_up_with_the_same))
