/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of the POSIX port's batches on a sound file system. Crashes: test/power. */
#include <stdio.h>
#include <string.h>

#include "test/unit/port_folder.h"

enum { MANY = 1000, FILE_ROOM = 24 + 132 * MANY };

static uint8_t before[FILE_ROOM], after[FILE_ROOM];

/* Is the state file as it was when `before` was read? */
static bool is_as_before(size_t len)
{
    return folder_read("state", after, sizeof after) == len && memcmp(before, after, len) == 0;
}

/* Open a folder of two records and begin a batch. Returns the length of the state `before`. */
static size_t begin_batch(void)
{
    size_t len;

    folder_begin();
    folder_make();
    CHECK(folder_open(0) == E4_OK);
    len = folder_read("state", before, sizeof before);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK);
    return len;
}

TEST(a_batch_is_in_the_folder_at_its_end_and_not_before)
{
    size_t len = begin_batch();

    CHECK(folder_load(0) == 11 && folder_load(1) == -1 && folder_load(2) == 12);
    for (unsigned place = 2; place < MANY; place++)
        CHECK_AT(place, folder_store(place, 20 + (int)place % 7) == E4_OK);
    CHECK(folder_store(2, 40) == E4_OK && folder_load(2) == 40);
    CHECK(is_as_before(len) && !folder_has("state.new"));
    CHECK(folder_load_beside(2) == 12 && folder_load_beside(3) == -1);
    CHECK(e4_posix_batch_end(&posix) == E4_OK);
    for (int opened_again = 0; opened_again < 2; opened_again++) {
        CHECK(folder_load(0) == 11 && folder_load(1) == -1 && folder_load(2) == 40);
        for (unsigned place = 3; place < MANY; place++)
            CHECK_AT(place, folder_load(place) == 20 + (int)place % 7);
        CHECK(folder_load(MANY) == -1 && folder_open(0) == E4_OK);
    }
    folder_end();
}

TEST(a_batch_without_an_end_never_was)
{
    size_t len = begin_batch();

    CHECK(folder_store(0, 20) == E4_OK && folder_store(MANY, 21) == E4_OK);
    CHECK(folder_open(0) == E4_OK);
    CHECK(folder_load(0) == 11 && folder_load(2) == 12 && folder_load(MANY) == -1);
    CHECK(is_as_before(len) && !folder_has("state.new"));
    CHECK(e4_posix_batch_end(&posix) == E4_ERR_ARGUMENT); /* the new open is in none */
    CHECK(folder_store(0, 22) == E4_OK && folder_load_beside(0) == 22);
    folder_end();
}

TEST(the_first_records_of_a_device_may_come_in_a_batch)
{
    for (int end = 0; end < 2; end++) {
        folder_begin();
        CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
        CHECK(e4_posix_batch_begin(&posix) == E4_OK && folder_load(0) == -1);
        CHECK(folder_store(1, 20) == E4_OK && !folder_has("state"));
        CHECK(end == 0 || e4_posix_batch_end(&posix) == E4_OK);
        CHECK(folder_open(0) == E4_OK);
        CHECK_AT(end, folder_load(0) == -1 && folder_load(1) == (end == 0 ? -1 : 20));
        folder_end();
    }
}

TEST(a_batch_in_which_nothing_is_stored_touches_nothing)
{
    char state[PATH_ROOM], aside[PATH_ROOM];

    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK && e4_posix_batch_end(&posix) == E4_OK);
    CHECK(!folder_has("state") && folder_load(0) == -1);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK && folder_store(0, 12) == E4_OK);
    CHECK(e4_posix_batch_end(&posix) == E4_OK);
    folder_path(state, "state");
    folder_path(aside, "aside");
    CHECK(rename(state, aside) == 0); /* a store would make it anew */
    CHECK(e4_posix_batch_begin(&posix) == E4_OK && e4_posix_batch_end(&posix) == E4_OK);
    CHECK(!folder_has("state") && folder_load(0) == 12);
    folder_end();
}

TEST(what_a_batch_replaces_is_overwritten)
{
    char path[PATH_ROOM];
    uint8_t bytes[600];
    size_t len;
    FILE *file;

    folder_begin();
    folder_make();
    CHECK(folder_open(0) == E4_OK);
    folder_path(path, "state");
    file = fopen(path, "rb");
    CHECK(file != NULL && setvbuf(file, NULL, _IONBF, 0) == 0);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK && folder_store(0, 20) == E4_OK);
    CHECK(e4_posix_batch_end(&posix) == E4_OK);
    len = fread(bytes, 1, sizeof bytes, file); /* the file that was in force before */
    CHECK(len > 132 && fclose(file) == 0);
    for (size_t i = 0; i < len; i++)
        CHECK_AT(i, bytes[i] == 0);
    CHECK(!folder_has("state.old") && !folder_has("state.new"));
    folder_end();
}

TEST(batches_that_make_no_sense_are_refused)
{
    struct e4_posix none = {0};

    CHECK(e4_posix_batch_begin(&none) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_batch_end(&none) == E4_ERR_ARGUMENT);
    folder_begin();
    folder_make();
    CHECK(e4_posix_batch_begin(&posix) == E4_ERR_ARGUMENT); /* closed */
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(e4_posix_batch_begin(&posix) == E4_ERR_ARGUMENT);
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_batch_end(&posix) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK && folder_store(0, 20) == E4_OK);
    CHECK(e4_posix_batch_begin(&posix) == E4_ERR_ARGUMENT && folder_load(0) == 20);
    CHECK(e4_posix_batch_end(&posix) == E4_OK && folder_load_beside(0) == 20);
    CHECK(e4_posix_batch_end(&posix) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_batch_begin(&posix) == E4_OK);
    e4_posix_close(&posix);
    CHECK(e4_posix_batch_end(&posix) == E4_ERR_ARGUMENT && folder_open(0) == E4_OK);
    CHECK(folder_load(0) == 20);
    folder_end();
}

LAWS(LAW(a_batch_is_in_the_folder_at_its_end_and_not_before),
     LAW(a_batch_without_an_end_never_was),
     LAW(the_first_records_of_a_device_may_come_in_a_batch),
     LAW(a_batch_in_which_nothing_is_stored_touches_nothing),
     LAW(what_a_batch_replaces_is_overwritten), LAW(batches_that_make_no_sense_are_refused))
