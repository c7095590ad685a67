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

/* A process that has the folder open until it is killed, or this one ends. */
static pid_t start_holder(void)
{
    int ready[2], life[2];
    char byte = 0;
    pid_t child;

    CHECK(pipe(ready) == 0 && pipe(life) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        (void)close(life[1]);
        byte = folder_open(E4_POSIX_CREATE) == E4_OK ? 'y' : 'n';
        _exit(write(ready[1], &byte, 1) != 1 || read(life[0], &byte, 1) != 0);
    }
    CHECK(read(ready[0], &byte, 1) == 1 && byte == 'y');
    (void)close(ready[0]);
    (void)close(ready[1]);
    (void)close(life[0]); /* life[1] stays open as long as this process lives */
    return child;
}

static void kill_and_wait(pid_t child)
{
    int status;

    CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
}

TEST(one_process_at_a_time_has_a_folder_open_and_the_others_learn_which)
{
    char words[64];
    pid_t child;

    folder_begin();
    folder_make();
    child = start_holder();
    (void)snprintf(words, sizeof words, "is in use by process %ld", (long)child);
    CHECK(folder_open(0) == E4_ERR_STORAGE && why_says(words) && why_says(folder));
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_load(0) == 11);
    folder_write("lock", "", 0);
    CHECK(folder_open(0) == E4_ERR_STORAGE && why_says("is in use by another process"));
    kill_and_wait(child);
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11);
    folder_end();
}

TEST(a_process_has_a_folder_open_only_once)
{
    struct e4_posix again;
    struct e4_port again_port;

    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(e4_posix_open(&again, &again_port, folder, 0) == E4_ERR_STORAGE);
    CHECK(strstr(e4_posix_why(&again), "in use") != NULL);
    CHECK(folder_store(0, 1) == E4_OK);
    folder_end();
}

TEST(a_reader_sees_what_was_stored_when_it_opened_and_stores_nothing)
{
    struct e4_posix reader;
    struct e4_port reader_port;
    uint8_t record[E4_RECORD_SIZE] = {0};

    folder_begin();
    folder_make();
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_open(&reader, &reader_port, folder, E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(folder_store(0, 20) == E4_OK && folder_store(1, 21) == E4_OK);
    CHECK(folder_load_from(&reader_port, 0) == 11 && folder_load_from(&reader_port, 1) == -1);
    CHECK(reader_port.store(reader_port.ctx, 0, record) == E4_ERR_STORAGE);
    CHECK(strstr(e4_posix_why(&reader), "for reading only") != NULL);
    e4_posix_close(&reader);
    CHECK(e4_posix_open(&reader, &reader_port, folder, E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(folder_load_from(&reader_port, 0) == 20 && folder_load_from(&reader_port, 1) == 21);
    e4_posix_close(&reader);
    folder_end();
}

/* Count in three places, always in their order, until killed. */
static pid_t start_writer(void)
{
    pid_t parent = getpid();
    pid_t child = fork();

    CHECK(child >= 0);
    if (child != 0)
        return child;
    for (int n = 2; folder_open(0) == E4_OK && getppid() == parent; n = n % 200 + 1)
        for (unsigned place = 0; place < 3; place++)
            if (folder_store(place, n) != E4_OK)
                _exit(1);
    _exit(1);
}

TEST(readers_beside_a_busy_writer_always_see_one_moment)
{
    pid_t child;
    unsigned changes = 0;
    int last = 1;

    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(folder_store(0, 1) == E4_OK && folder_store(1, 1) == E4_OK);
    CHECK(folder_store(2, 1) == E4_OK);
    e4_posix_close(&posix);
    child = start_writer();
    for (unsigned n = 0; n < 1000000 && changes < 10; n++) {
        int a, b, c;

        CHECK_AT(n, folder_open(E4_POSIX_READ_ONLY) == E4_OK);
        a = folder_load(0);
        b = folder_load(1);
        c = folder_load(2);
        CHECK_AT(n, (b == a && c == b) || (b == a && c == (a + 198) % 200 + 1) ||
                        (b == c && b == (a + 198) % 200 + 1));
        changes += a != last;
        last = a;
    }
    CHECK(waitpid(child, NULL, WNOHANG) == 0); /* the writer is still well */
    kill_and_wait(child);
    CHECK(changes > 1);
    folder_end();
}

TEST(a_state_that_is_wrong_in_any_byte_is_refused)
{
    uint8_t bytes[HEADER + 3 * ENTRY + 1];
    size_t len;

    folder_begin();
    folder_make();
    len = folder_read("state", bytes, sizeof bytes);
    CHECK(len == HEADER + 3 * ENTRY);
    for (size_t at = 0; at < len; at++) {
        for (unsigned flip = 1; flip < 256; flip <<= 1) {
            bytes[at] ^= (uint8_t)flip;
            folder_write("state", bytes, len);
            CHECK_AT(at, folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE);
            CHECK_AT(at, why_says("/state is damaged"));
            bytes[at] ^= (uint8_t)flip;
        }
    }
    for (size_t short_len = 0; short_len < len; short_len++) {
        folder_write("state", bytes, short_len);
        CHECK_AT(short_len, folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE);
    }
    bytes[len] = 0;
    folder_write("state", bytes, len + 1);
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_ERR_STORAGE);
    folder_write("state", bytes, len);
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_load(0) == 11);
    folder_end();
}

TEST(a_damaged_state_is_moved_aside_and_told_once)
{
    static const char *const name[] = {"state.damaged-1", "state.damaged-2"};
    uint8_t bytes[600], moved[600];
    char path[PATH_ROOM];
    size_t len;

    folder_begin();
    for (size_t i = 0; i < COUNT(name); i++) {
        folder_make();
        len = folder_read("state", bytes, sizeof bytes);
        bytes[HEADER + 50] ^= 1;
        folder_write("state", bytes, len);
        CHECK_AT(i, e4_posix_damaged(&posix) == NULL);
        CHECK_AT(i, folder_open(0) == E4_ERR_STORAGE);
        folder_path(path, name[i]);
        CHECK_AT(i, strcmp(e4_posix_damaged(&posix), path) == 0 && why_says(path));
        CHECK_AT(i, why_says("/state is damaged and was moved to"));
        CHECK_AT(i, folder_read(name[i], moved, sizeof moved) == len);
        CHECK_AT(i, memcmp(bytes, moved, len) == 0 && !folder_has("state"));
        CHECK_AT(i, folder_open(0) == E4_OK && folder_load(0) == -1);
        CHECK_AT(i, e4_posix_damaged(&posix) == NULL && e4_posix_why(&posix)[0] == '\0');
    }
    folder_end();
}

/* Make the header of these bytes say what they are. */
static void reseal(uint8_t *bytes, size_t len, uint32_t version, uint32_t count)
{
    e4_port_store32(bytes + 8, version);
    e4_port_store32(bytes + 12, count);
    e4_port_store32(bytes + 16, e4_port_crc(0, bytes + HEADER, len - HEADER));
    e4_port_store32(bytes + 20, e4_port_crc(0, bytes, 20));
}

TEST(a_state_of_a_newer_version_is_left_alone)
{
    uint8_t bytes[HEADER + 3 * ENTRY], after[sizeof bytes + 1];

    folder_begin();
    folder_make();
    CHECK(folder_read("state", bytes, sizeof bytes) == sizeof bytes);
    reseal(bytes, sizeof bytes, 2, 77);
    folder_write("state", bytes, sizeof bytes);
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_ERR_VERSION && why_says("newer version"));
    CHECK(folder_open(0) == E4_ERR_VERSION && why_says("newer version"));
    CHECK(folder_read("state", after, sizeof after) == sizeof bytes);
    CHECK(memcmp(bytes, after, sizeof bytes) == 0 && e4_posix_damaged(&posix) == NULL);
    folder_end();
}

TEST(a_state_with_right_check_values_and_wrong_contents_is_damaged)
{
    static const struct {
        uint32_t version;
        uint32_t count;
        uint32_t mark; /* of the last entry: 0 or 1 */
        enum e4_result want;
    } row[] = {
        {1, 3, 1, E4_OK},          {1, 3, 0, E4_OK},
        {0, 3, 1, E4_ERR_STORAGE}, {1, 2, 1, E4_ERR_STORAGE},
        {1, 4, 1, E4_ERR_STORAGE}, {1, 0xffffffff, 1, E4_ERR_STORAGE},
        {1, 3, 2, E4_ERR_STORAGE}, {1, 3, 0x01000000, E4_ERR_STORAGE},
    };
    uint8_t bytes[HEADER + 3 * ENTRY];
    char path[PATH_ROOM];

    folder_begin();
    folder_make();
    CHECK(folder_read("state", bytes, sizeof bytes) == sizeof bytes);
    for (size_t i = 0; i < COUNT(row); i++) {
        e4_port_store32(bytes + HEADER + 2 * ENTRY, row[i].mark);
        reseal(bytes, sizeof bytes, row[i].version, row[i].count);
        folder_write("state", bytes, sizeof bytes);
        CHECK_AT(i, folder_open(E4_POSIX_READ_ONLY) == row[i].want);
    }
    folder_path(path, "state");
    CHECK(truncate(path, HEADER + 131073L * ENTRY) == 0); /* more than there can be */
    CHECK(folder_open(0) == E4_ERR_STORAGE && e4_posix_damaged(&posix) != NULL);
    folder_end();
}

TEST(what_a_crash_left_is_removed_and_the_state_is_not_even_under_a_second_name)
{
    char path[PATH_ROOM], second[PATH_ROOM];

    folder_begin();
    folder_make();
    folder_write("state.new", "half", 4);
    folder_write("state.old", "old secrets", 11);
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK && folder_has("state.new"));
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11);
    CHECK(!folder_has("state.new") && !folder_has("state.old"));
    e4_posix_close(&posix);
    folder_path(path, "state");
    folder_path(second,
                "state.old"); /* as power left it between the linking and the renaming */
    CHECK(link(path, second) == 0);
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11 && !folder_has("state.old"));
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11 && folder_load(2) == 12);
    folder_path(path, "state.new");
    CHECK(mkfifo(path, 0600) == 0); /* or whatever else that can be removed */
    CHECK(folder_open(0) == E4_OK && !folder_has("state.new"));
    folder_write("state.new", "appeared since", 14);
    CHECK(folder_store(0, 5) == E4_OK && folder_load(0) == 5 && !folder_has("state.new"));
    folder_end();
}

TEST(what_lies_in_the_way_and_cannot_be_removed_is_told)
{
    char path[PATH_ROOM];

    folder_begin();
    folder_make();
    folder_path(path, "state.new");
    CHECK(mkdir(path, 0700) == 0);
    CHECK(folder_open(0) == E4_OK && why_says("cannot remove") && why_says(path));
    CHECK(folder_store(0, 5) == E4_ERR_STORAGE && why_says(path) && folder_load(0) == 11);
    folder_remove("state.new");
    CHECK(folder_store(0, 5) == E4_OK && folder_open(0) == E4_OK && folder_load(0) == 5);
    folder_end();
}

TEST(what_is_no_regular_file_is_refused_and_not_waited_for)
{
    static const char *const name[] = {"state", "lock"};
    char path[PATH_ROOM];

    folder_begin();
    folder_make();
    for (size_t i = 0; i < COUNT(name); i++) {
        folder_path(path, name[i]);
        CHECK_AT(i, remove(path) == 0 && mkfifo(path, 0600) == 0);
        CHECK_AT(i, folder_open(0) == E4_ERR_STORAGE && why_says("is not a regular file"));
        CHECK_AT(i, remove(path) == 0 && symlink("elsewhere", path) == 0);
        CHECK_AT(i, folder_open(0) == E4_ERR_STORAGE && why_says("it is a symbolic link"));
        CHECK_AT(i, remove(path) == 0 && mkdir(path, 0700) == 0);
        CHECK_AT(i, folder_open(0) == E4_ERR_STORAGE && why_says(path));
        CHECK_AT(i, remove(path) == 0);
    }
    CHECK(folder_open(0) == E4_OK);
    folder_path(path, "lock");
    CHECK(e4_posix_open(&(struct e4_posix){0}, &port, path, 0) == E4_ERR_STORAGE);
    folder_end();
}

TEST(where_there_is_no_room_nothing_changes)
{
    struct rlimit limit, tight;

    folder_begin();
    folder_make();
    CHECK(folder_open(0) == E4_OK);
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    tight = limit;
    for (rlim_t room = 0; room < HEADER + 3 * ENTRY; room += 40) {
        tight.rlim_cur = room;
        CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
        CHECK_AT(room, folder_store(0, 99) == E4_ERR_STORAGE);
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        CHECK_AT(room, why_says("cannot write") && why_says("File too large"));
        CHECK_AT(room, folder_load(0) == 11 && !folder_has("state.new"));
    }
    CHECK(folder_open(0) == E4_OK && folder_load(0) == 11 && folder_load(2) == 12);
    CHECK(folder_store(0, 99) == E4_OK && folder_load(0) == 99);
    folder_end();
}

TEST(a_replaced_record_is_overwritten_where_it_lay_unless_somebody_linked_the_file)
{
    char path[PATH_ROOM], copy[PATH_ROOM];
    uint8_t bytes[600];
    ssize_t len;
    int fd;

    folder_begin();
    folder_make();
    CHECK(folder_open(0) == E4_OK);
    folder_path(path, "state");
    fd = open(path, O_RDONLY);
    CHECK(fd >= 0 && folder_store(0, 20) == E4_OK);
    len = read(fd, bytes, sizeof bytes);
    CHECK(len == HEADER + 3 * ENTRY && close(fd) == 0);
    for (ssize_t i = 0; i < len; i++)
        CHECK_AT(i, bytes[i] == 0);
    folder_path(copy, "backup");
    CHECK(link(path, copy) == 0 && folder_store(0, 30) == E4_OK);
    CHECK(folder_read("backup", bytes, sizeof bytes) == (size_t)len && bytes[HEADER + 4] == 20);
    CHECK(!folder_has("state.old") && !folder_has("state.new"));
    folder_end();
}

LAWS(
    LAW(a_folder_is_made_only_when_asked_for_and_for_its_owner_alone),
    LAW(what_was_stored_is_there_when_it_is_opened_again),
    LAW(ways_to_open_that_make_no_sense_are_refused),
    LAW(closing_twice_or_what_was_never_opened_does_nothing),
    LAW(there_is_an_end_to_the_places), LAW(the_time_is_the_system_s),
    LAW(what_others_could_read_or_change_is_refused),
    LAW(what_belongs_to_somebody_else_is_refused_and_the_administrator_leaves_files_to_the_owner),
    LAW(one_process_at_a_time_has_a_folder_open_and_the_others_learn_which),
    LAW(a_process_has_a_folder_open_only_once),
    LAW(a_reader_sees_what_was_stored_when_it_opened_and_stores_nothing),
    LAW(readers_beside_a_busy_writer_always_see_one_moment),
    LAW(a_state_that_is_wrong_in_any_byte_is_refused),
    LAW(a_damaged_state_is_moved_aside_and_told_once),
    LAW(a_state_of_a_newer_version_is_left_alone),
    LAW(a_state_with_right_check_values_and_wrong_contents_is_damaged),
    LAW(what_a_crash_left_is_removed_and_the_state_is_not_even_under_a_second_name),
    LAW(what_lies_in_the_way_and_cannot_be_removed_is_told),
    LAW(what_is_no_regular_file_is_refused_and_not_waited_for),
    LAW(where_there_is_no_room_nothing_changes),
    LAW(a_replaced_record_is_overwritten_where_it_lay_unless_somebody_linked_the_file))
