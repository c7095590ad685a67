/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/file.c, in a temporary folder. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "law.h"

static const struct file_options fresh = {0600, false};
static const struct file_options replacing = {0644, true};

static char folder[64];

/* Go to a new folder. */
static void enter(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/e4-test-XXXXXX");
    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

static unsigned count_files(void)
{
    DIR *list = opendir(".");
    unsigned count = 0;
    struct dirent *entry;

    while ((entry = readdir(list)) != NULL)
        count += entry->d_name[0] != '.';
    (void)closedir(list);
    return count;
}

/* Remove the folder with the files named, NULL last. */
static void leave(const char *const *names)
{
    for (; *names != NULL; names++)
        (void)remove(*names);
    CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

TEST(what_was_written_is_read)
{
    struct err err = {0};
    char text[8];
    size_t len;

    enter();
    CHECK(file_write("a", "hello", 5, &fresh, &err) == 0);
    CHECK(file_read("a", text, sizeof text, &len, &err) == 0);
    CHECK(len == 5 && memcmp(text, "hello", 5) == 0);
    CHECK(count_files() == 1);
    leave((const char *const[]){"a", NULL});
}

TEST(permissions_are_what_was_asked_for_whatever_the_umask)
{
    struct err err = {0};
    struct stat status;
    mode_t before = umask(0);

    enter();
    CHECK(file_write("a", "", 0, &fresh, &err) == 0);
    CHECK(stat("a", &status) == 0 && (status.st_mode & 0777) == 0600);
    (void)umask(077);
    CHECK(file_write("a", "", 0, &replacing, &err) == 0);
    CHECK(stat("a", &status) == 0 && (status.st_mode & 0777) == 0644);
    (void)umask(before);
    leave((const char *const[]){"a", NULL});
}

TEST(a_file_that_is_there_stays_unless_it_is_to_be_replaced)
{
    struct err err = {0};
    char text[8];
    size_t len;

    enter();
    CHECK(file_write("a", "old", 3, &fresh, &err) == 0);
    CHECK(file_write("a", "new", 3, &fresh, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(strstr(err.text, "--force") != NULL);
    CHECK(file_read("a", text, sizeof text, &len, &err) == 0 && memcmp(text, "old", 3) == 0);
    CHECK(file_write("a", "newer", 5, &replacing, &err) == 0);
    CHECK(file_read("a", text, sizeof text, &len, &err) == 0 && memcmp(text, "newer", 5) == 0);
    CHECK(count_files() == 1);
    leave((const char *const[]){"a", NULL});
}

TEST(a_dangling_link_is_a_file_that_is_there)
{
    struct err err = {0};

    enter();
    CHECK(symlink("nowhere", "a") == 0);
    CHECK(file_write("a", "x", 1, &fresh, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(count_files() == 1);
    leave((const char *const[]){"a", NULL});
}

TEST(a_folder_that_is_missing_is_an_error_and_leaves_nothing)
{
    struct err err = {0};

    enter();
    CHECK(file_write("no/a", "x", 1, &fresh, &err) == -1);
    CHECK(strstr(err.text, "no/a") != NULL && count_files() == 0);
    leave((const char *const[]){NULL});
}

TEST(more_than_there_is_room_for_is_an_error_and_nothing_stays)
{
    struct err err = {0};
    char text[5] = "";
    size_t len = 7;

    enter();
    CHECK(file_write("a", "hello!", 6, &fresh, &err) == 0);
    CHECK(file_read("a", text, sizeof text, &len, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(len == 0 && text[0] == '\0' && text[4] == '\0');
    leave((const char *const[]){"a", NULL});
}

TEST(what_cannot_be_read_is_an_error)
{
    struct err err = {0};
    char text[5];
    size_t len;

    enter();
    CHECK(file_read("missing", text, sizeof text, &len, &err) == -1 && err.kind == ERR_INPUT);
    CHECK(strstr(err.text, "No such file") != NULL);
    CHECK(file_read(".", text, sizeof text, &len, &err) == -1 && err.kind == ERR_INPUT);
    leave((const char *const[]){NULL});
}

TEST(a_full_disk_is_an_error)
{
    struct err err = {0};
    int fd = open("/dev/full", O_WRONLY);

    CHECK(fd >= 0);
    CHECK(file_write_fd(fd, "x", 1, "it", &err) == -1 && err.kind == ERR_SYSTEM);
    CHECK(strstr(err.text, "No space left") != NULL);
    (void)close(fd);
}

TEST(folders_are_made_with_those_above_them_and_twice)
{
    struct err err = {0};
    struct stat status;

    enter();
    CHECK(file_make_folder("a/b/c", &err) == 0);
    CHECK(file_make_folder("a/b/c", &err) == 0);
    CHECK(stat("a/b/c", &status) == 0 && S_ISDIR(status.st_mode));
    CHECK((status.st_mode & 0777) == 0700);
    CHECK(file_write("a/file", "", 0, &fresh, &err) == 0);
    CHECK(file_make_folder("a/file/x", &err) == -1 && err.kind == ERR_STATE);
    leave((const char *const[]){"a/file", "a/b/c", "a/b", "a", NULL});
}

LAWS(LAW(what_was_written_is_read), LAW(permissions_are_what_was_asked_for_whatever_the_umask),
     LAW(a_file_that_is_there_stays_unless_it_is_to_be_replaced),
     LAW(a_dangling_link_is_a_file_that_is_there),
     LAW(a_folder_that_is_missing_is_an_error_and_leaves_nothing),
     LAW(more_than_there_is_room_for_is_an_error_and_nothing_stays),
     LAW(what_cannot_be_read_is_an_error), LAW(a_full_disk_is_an_error),
     LAW(folders_are_made_with_those_above_them_and_twice))
