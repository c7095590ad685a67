/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of port/posix*.c on a sound file system. Crashes and failing calls: test/power. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "port/crc.h"
#include "test/unit/port_folder.h"

enum { HEADER = 24, ENTRY = 132 };

TEST(a_folder_is_made_only_when_asked_for_and_for_its_owner_alone)
{
    folder_begin();
    CHECK(folder_open(0) == E4_ERR_STORAGE);
    CHECK(why_says(folder) && why_says("No such file or directory"));
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE && !folder_has(""));
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && e4_posix_why(&posix)[0] == '\0');
    CHECK(folder_mode("") == 0700 && folder_mode("lock") == 0600 && !folder_has("state"));
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(folder_store(0, 1) == E4_OK && folder_mode("state") == 0600);
    e4_posix_close(&posix);
    CHECK(e4_posix_open(&posix, &port, "/no/such/folder", E4_POSIX_CREATE) == E4_ERR_STORAGE);
    CHECK(why_says("cannot make the folder /no/such/folder: No such file or directory"));
    folder_end();
}

TEST(what_was_stored_is_there_when_it_is_opened_again)
{
    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && folder_load(0) == -1 &&
          folder_load(5) == -1);
    CHECK(folder_store(5, 1) == E4_OK && folder_load(5) == 1 && folder_load(4) == -1 &&
          folder_load(6) == -1);
    CHECK(folder_store(0, 2) == E4_OK && folder_store(5, 3) == E4_OK);
    CHECK(folder_load(0) == 2 && folder_load(5) == 3 && folder_load(4) == -1);
    CHECK(folder_open(0) == E4_OK);
    CHECK(folder_load(0) == 2 && folder_load(5) == 3 && folder_load(4) == -1 &&
          folder_load(6) == -1);
    CHECK(folder_store(2000, 4) == E4_OK && folder_load(2000) == 4 && folder_load(5) == 3 &&
          folder_load(1999) == -1);
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_load(2000) == 4 &&
          folder_load(5) == 3);
    folder_end();
}

TEST(ways_to_open_that_make_no_sense_are_refused)
{
    static char long_name[E4_POSIX_PATH_SIZE + 1];

    folder_begin();
    CHECK(e4_posix_open(&posix, &port, "", 0) == E4_ERR_ARGUMENT && why_says("empty"));
    memset(long_name, 'x', E4_POSIX_PATH_SIZE);
    CHECK(e4_posix_open(&posix, &port, long_name, 0) == E4_ERR_ARGUMENT &&
          why_says("too long"));
    long_name[E4_POSIX_PATH_SIZE - 1] = '\0';
    CHECK(e4_posix_open(&posix, &port, long_name, 0) == E4_ERR_STORAGE);
    CHECK(folder_open(E4_POSIX_CREATE | E4_POSIX_READ_ONLY) == E4_ERR_ARGUMENT);
    CHECK(why_says("together") && folder_open(4) == E4_ERR_ARGUMENT);
    folder_end();
}

TEST(closing_twice_or_what_was_never_opened_does_nothing)
{
    folder_begin();
    e4_posix_close(&posix);
    CHECK(fcntl(0, F_GETFD) >= 0 || errno != EBADF); /* descriptor 0 is still there */
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    e4_posix_close(&posix);
    e4_posix_close(&posix);
    CHECK(folder_open(0) == E4_OK);
    folder_end();
}

TEST(there_is_an_end_to_the_places)
{
    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(folder_store(131072, 1) == E4_ERR_STORAGE && why_says("so many records"));
    CHECK(!folder_has("state") && folder_store(0, 1) == E4_OK);
    folder_end();
}

TEST(the_time_is_the_system_s)
{
    uint64_t now_s = 0;
    time_t before, after;

    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK && port.set_clock == NULL);
    before = time(NULL);
    CHECK(port.now(port.ctx, &now_s) == E4_OK);
    after = time(NULL);
    CHECK((time_t)now_s >= before && (time_t)now_s <= after);
    folder_end();
}

TEST(what_others_could_read_or_change_is_refused)
{
    static const struct {
        const char *name;
        unsigned mode;
        const char *words; /* of the refusal; NULL: none */
    } row[] = {
        {"", 0755, NULL},           {"", 0711, NULL},
        {"", 0770, "mode is 770"},  {"", 0702, "can be changed by other users"},
        {"state", 0400, NULL},      {"state", 0640, "/state is open to other users"},
        {"state", 0604, "604"},     {"state", 0610, "must be 600"},
        {"lock", 0644, "/lock is"}, {"lock", 0602, "/lock is open"},
    };
    char path[PATH_ROOM];

    folder_begin();
    folder_make();
    for (size_t i = 0; i < COUNT(row); i++) {
        bool lock = strcmp(row[i].name, "lock") == 0;
        unsigned before = folder_mode(row[i].name);

        folder_path(path, row[i].name);
        CHECK_AT(i, chmod(path, row[i].mode) == 0);
        if (row[i].words == NULL) {
            CHECK_AT(i, folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_load(0) == 11);
        } else {
            CHECK_AT(i, lock || folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE);
            CHECK_AT(i, folder_open(0) == E4_ERR_STORAGE && why_says(row[i].words));
        }
        CHECK_AT(i, chmod(path, before) == 0);
    }
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11 && folder_load(2) == 12);
    folder_end();
}

/* As another user, who may look into the folder. */
static bool stranger_is_refused(void)
{
    if (setuid(65534) != 0)
        return false;
    return folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE &&
           why_says("belongs to another user");
}

TEST(what_belongs_to_somebody_else_is_refused_and_the_administrator_leaves_files_to_the_owner)
{
    char path[PATH_ROOM];
    struct stat info;

    if (geteuid() != 0) {
        printf("SKIP: only the administrator can give files away\n");
        skip();
    }
    folder_begin();
    folder_make();
    folder_path(path, "state");
    CHECK(chown(path, 12345, (gid_t)-1) == 0);
    CHECK(folder_open(0) == E4_ERR_STORAGE && why_says("/state belongs to another user"));
    folder_path(path, "lock");
    CHECK(chown(path, 12345, (gid_t)-1) == 0 && folder_open(0) == E4_ERR_STORAGE);
    CHECK(why_says("/lock belongs to another user"));
    CHECK(chown(folder, 12345, (gid_t)-1) == 0 && chmod(folder, 0755) == 0);
    *strrchr(folder, '/') = '\0';
    CHECK(chmod(folder, 0755) == 0);
    folder[strlen(folder)] = '/';
    in_child(stranger_is_refused);
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11 && folder_store(0, 12) == E4_OK);
    folder_path(path, "state");
    CHECK(stat(path, &info) == 0 && info.st_uid == 12345);
    folder_end();
}

LAWS(
    LAW(a_folder_is_made_only_when_asked_for_and_for_its_owner_alone),
    LAW(what_was_stored_is_there_when_it_is_opened_again),
    LAW(ways_to_open_that_make_no_sense_are_refused),
    LAW(closing_twice_or_what_was_never_opened_does_nothing),
    LAW(there_is_an_end_to_the_places), LAW(the_time_is_the_system_s),
    LAW(what_others_could_read_or_change_is_refused),
    LAW(what_belongs_to_somebody_else_is_refused_and_the_administrator_leaves_files_to_the_owner))
