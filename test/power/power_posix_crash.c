/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the POSIX port when power is cut: after any of its system calls and at any byte of a
 * write, with what was not flushed kept, lost, or a part of each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/posix.h"
#include "test/power/calls.h"
#include "test/power/disk.h"
#include "test/unit/port_folder.h"

enum { PLACES = 3, STORES = 5 };

/* What is stored, one after the other: in which place, and what. */
static const struct {
    unsigned place;
    int fill;
} steps[STORES] = {{0, 0x21}, {1, 0x22}, {0, 0x23}, {2, 0x24}, {0, 0x25}};

/* How many of them a moment has behind it: each is one of its own, or there is a batch. */
static const unsigned singly[] = {0, 1, 2, 3, 4, 5}, in_a_batch[] = {0, 1, 4, 5};
static const unsigned *behind;

/* What a place holds at a moment. */
static int expected(unsigned place, unsigned moment)
{
    int fill = -1;

    for (unsigned n = 0; n < behind[moment]; n++)
        if (steps[n].place == place)
            fill = steps[n].fill;
    return fill;
}

/* Notes in the journal: 2 * n when what leads from moment n to the next begins, 2 * n + 3 when
 * that has been reported done. */
static unsigned last_note(size_t changes)
{
    for (size_t n = changes; n > 0; n--)
        if (journal_at(n - 1)->kind == CHANGE_NOTE)
            return journal_at(n - 1)->inode;
    return 1;
}

static void empty_folder(void)
{
    static const char *const name[] = {"lock", "state", "state.new", "state.old"};

    for (size_t i = 0; i < COUNT(name); i++)
        if (folder_has(name[i]))
            folder_remove(name[i]);
}

/* Does a record of this number, or a good part of one, lie in the file? */
static bool file_contains(const char *name, int fill)
{
    uint8_t bytes[4096];
    size_t len = folder_read(name, bytes, sizeof bytes);
    unsigned run = 0;

    for (size_t i = 0; i < len; i++) {
        run = bytes[i] == fill ? run + 1 : 0;
        if (run == 8)
            return true;
    }
    return false;
}

/* It opens; all is as at a moment, or perhaps the next; what was replaced is gone. */
static void check_opened(size_t row, unsigned moment, bool perhaps_next)
{
    CHECK_AT(row, folder_open(0) == E4_OK && e4_posix_damaged(&posix) == NULL);
    if (perhaps_next) {
        unsigned last = behind[moment + 1] - 1;

        if (folder_load(steps[last].place) == steps[last].fill)
            moment++;
    }
    for (unsigned place = 0; place < PLACES; place++)
        CHECK_AT(row, folder_load(place) == expected(place, moment));
    CHECK_AT(row, !folder_has("state.new") && !folder_has("state.old"));
    for (unsigned n = 0; n < STORES; n++)
        CHECK_AT(row, file_contains("state", steps[n].fill) ==
                          (expected(steps[n].place, moment) == steps[n].fill));
}

static unsigned long crashes;

/* One crash while something was stored, and what comes after it. */
static void check_store(const struct crash *crash)
{
    unsigned note = last_note(crash->changes);

    if (note % 2 == 0)
        check_opened(crash->changes, note / 2, true);
    else
        check_opened(crash->changes, (note - 1) / 2, false);
    CHECK_AT(crash->changes, folder_store(1, 0x66) == E4_OK && folder_open(0) == E4_OK);
    CHECK_AT(crash->changes, folder_load(1) == 0x66);
}

/* One crash while it was opened: nothing has changed. */
static void check_open(const struct crash *crash)
{
    CHECK_AT(crash->changes, folder_open(0) == E4_OK && folder_load(0) == 11);
    CHECK_AT(crash->changes, folder_load(1) == -1 && folder_load(2) == 12);
    CHECK_AT(crash->changes, !folder_has("state.new") && !folder_has("state.old"));
}

/* All that can be left of the first so many changes, and of bytes of the next. */
static void check_crashes_at(size_t changes, size_t bytes, void (*check)(const struct crash *))
{
    struct crash crash = {changes, bytes, 0, UNFLUSHED_LOST};
    unsigned names = disk_unflushed_names(changes);

    for (crash.names = 0; crash.names < 1U << names; crash.names++)
        for (int way = 0; way < UNFLUSHED_WAYS; way++) {
            crash.way = (enum unflushed)way;
            crashes++;
            empty_folder();
            disk_make(&crash, folder);
            check(&crash);
            e4_posix_close(&posix);
        }
}

/* The same after each change from `first` on. */
static void check_all_crashes(size_t first, void (*check)(const struct crash *))
{
    size_t step = getenv("E4_LONG") != NULL ? 1 : 5; /* of the bytes of a write */

    calls.journal = false;
    for (size_t changes = first; changes <= journal_count(); changes++) {
        check_crashes_at(changes, 0, check);
        if (changes < journal_count() && journal_at(changes)->kind == CHANGE_WRITE)
            for (size_t bytes = 1; bytes < journal_at(changes)->len; bytes += step)
                check_crashes_at(changes, bytes, check);
    }
}

static void life_begin(void)
{
    folder_begin();
    calls_reset();
    calls.no_sync = true;
    crashes = 0;
}

static void life_end(void)
{
    printf("%lu crashes, after each of %lu changes and within\n", crashes,
           (unsigned long)journal_count());
    folder_end();
}

/* An empty folder, opened, and all that happens written down. */
static void journal_begin(void)
{
    life_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    e4_posix_close(&posix);
    folder_remove("lock");
    calls.journal = true;
    CHECK(folder_open(0) == E4_OK);
}

static void store_step(unsigned n)
{
    CHECK(folder_store(steps[n].place, steps[n].fill) == E4_OK);
}

TEST(a_power_cut_at_any_moment_leaves_the_old_record_or_the_new_one)
{
    behind = singly;
    journal_begin();
    for (unsigned n = 0; n < STORES; n++) {
        journal_note(2 * n);
        store_step(n);
        journal_note(2 * n + 3);
    }
    e4_posix_close(&posix);
    check_all_crashes(0, check_store);
    life_end();
}

TEST(a_power_cut_at_any_moment_leaves_all_of_a_batch_or_nothing)
{
    behind = in_a_batch;
    journal_begin();
    for (unsigned moment = 0; moment < COUNT(in_a_batch) - 1; moment++) {
        bool batch = behind[moment + 1] - behind[moment] > 1;

        journal_note(2 * moment);
        CHECK(!batch || e4_posix_batch_begin(&posix) == E4_OK);
        for (unsigned n = behind[moment]; n < behind[moment + 1]; n++)
            store_step(n);
        CHECK(!batch || e4_posix_batch_end(&posix) == E4_OK);
        journal_note(2 * moment + 3);
    }
    e4_posix_close(&posix);
    check_all_crashes(0, check_store);
    life_end();
}

TEST(power_may_be_cut_again_while_what_a_crash_left_is_removed)
{
    uint8_t bytes[600];
    char path[PATH_ROOM], second[PATH_ROOM];

    for (int linked = 0; linked < 2; linked++) {
        size_t len, first;

        life_begin();
        folder_make();
        len = folder_read("state", bytes, sizeof bytes);
        journal_file("state", bytes, len);
        folder_write("state.new", bytes, len / 2);
        journal_file("state.new", bytes, len / 2);
        folder_path(path, "state");
        folder_path(second, "state.old");
        if (linked) {
            CHECK(link(path, second) == 0);
            journal_second_name("state", "state.old");
        } else {
            bytes[99] ^= 1;
            folder_write("state.old", bytes, len);
            journal_file("state.old", bytes, len);
        }
        first = journal_count();
        calls.journal = true;
        CHECK(folder_open(0) == E4_OK);
        CHECK(journal_count() >= first + (linked ? 4 : 6));
        e4_posix_close(&posix);
        check_all_crashes(first, check_open);
        life_end();
    }
}

LAWS(LAW(a_power_cut_at_any_moment_leaves_the_old_record_or_the_new_one),
     LAW(a_power_cut_at_any_moment_leaves_all_of_a_batch_or_nothing),
     LAW(power_may_be_cut_again_while_what_a_crash_left_is_removed))
