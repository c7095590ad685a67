/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of port/posix_map.c: memory that outlives the process, and the lock on it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port/crc.h"
#include "port/posix.h"
#include "test/unit/port_folder.h"

enum { SENT = 8, SEEN = 100, HEADER = 64 };

static struct e4_sent_slot *sent;
static struct e4_seen_slot *seen;

/* Open the device and map both, as if the machine had been started under this name. */
static enum e4_result map_since(const char *start)
{
    enum e4_result result = folder_open(E4_POSIX_CREATE);

    sent = NULL;
    seen = NULL;
    return result != E4_OK ? result
                           : e4_posix_map_since(&posix, &sent, SENT, &seen, SEEN, start);
}

static bool is_zero(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static bool sent_is_new(void)
{
    return is_zero(sent, SENT * sizeof *sent);
}

static bool seen_is_new(void)
{
    return is_zero(seen, SEEN * sizeof *seen);
}

static void mark_both(void)
{
    sent[SENT - 1].mark = 7;
    seen[SEEN - 1].mark = 8;
    seen[SEEN - 1].sent_s = 9;
}

static bool both_are_marked(void)
{
    return sent[SENT - 1].mark == 7 && seen[SEEN - 1].mark == 8 && seen[SEEN - 1].sent_s == 9;
}

/* Open, map, mark, and die without closing anything. */
static bool mark_and_die(void)
{
    if (folder_open(E4_POSIX_CREATE) != E4_OK ||
        e4_posix_map(&posix, &sent, SENT, &seen, SEEN) != E4_OK)
        return false;
    if (both_are_marked() || !sent_is_new() || !seen_is_new())
        return false;
    mark_both();
    return true;
}

TEST(what_is_mapped_outlives_the_process)
{
    folder_begin();
    in_child(mark_and_die);
    CHECK(folder_mode("sent") == 0600 && folder_mode("seen") == 0600);
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_map(&posix, &sent, SENT, &seen, SEEN) == E4_OK && both_are_marked());
    folder_end();
}

TEST(what_is_mapped_is_new_after_the_machine_was_started_anew)
{
    folder_begin();
    CHECK(map_since("monday") == E4_OK && sent_is_new() && seen_is_new());
    mark_both();
    CHECK(map_since("monday") == E4_OK && both_are_marked());
    CHECK(map_since("tuesday") == E4_OK && sent_is_new() && seen_is_new());
    mark_both();
    CHECK(map_since("") == E4_OK && sent_is_new() && seen_is_new());
    mark_both();
    CHECK(map_since("") == E4_OK && both_are_marked()); /* where the system does not say */
    CHECK(map_since("a name that is longer than there is room for it in the header") == E4_OK);
    CHECK(sent_is_new());
    folder_end();
}

TEST(what_is_mapped_is_new_when_its_size_is_another)
{
    folder_begin();
    CHECK(map_since("x") == E4_OK);
    mark_both();
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_map_since(&posix, &sent, SENT, &seen, SEEN + 1, "x") == E4_OK);
    CHECK(sent[SENT - 1].mark == 7 && is_zero(seen, (SEEN + 1) * sizeof *seen));
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_map_since(&posix, &sent, SENT - 1, &seen, SEEN + 1, "x") == E4_OK);
    CHECK(is_zero(sent, (SENT - 1) * sizeof *sent));
    folder_end();
}

TEST(what_is_mapped_is_new_when_a_byte_of_its_header_is_wrong_or_a_part_is_missing)
{
    uint8_t bytes[HEADER + SENT * sizeof *sent];
    char path[PATH_ROOM];

    folder_begin();
    CHECK(map_since("x") == E4_OK);
    mark_both();
    e4_posix_close(&posix);
    CHECK(folder_read("sent", bytes, sizeof bytes) == sizeof bytes);
    folder_path(path, "sent");
    for (size_t at = 0; at < HEADER; at++) {
        bytes[at] ^= 0x10;
        folder_write("sent", bytes, sizeof bytes);
        CHECK_AT(at, map_since("x") == E4_OK && sent_is_new());
        e4_posix_close(&posix);
        bytes[at] ^= 0x10;
    }
    for (size_t len = 0; len < sizeof bytes; len += 9) {
        folder_write("sent", bytes, len);
        CHECK_AT(len, map_since("x") == E4_OK && sent_is_new());
        e4_posix_close(&posix);
    }
    folder_write("sent", bytes, sizeof bytes);
    CHECK(map_since("x") == E4_OK && both_are_marked());
    folder_end();
}

TEST(a_file_that_lost_its_name_stays_whole_for_who_has_it_mapped)
{
    struct e4_posix reader;
    struct e4_port reader_port;
    struct e4_sent_slot *readers = NULL;

    folder_begin();
    CHECK(map_since("x") == E4_OK);
    CHECK(e4_posix_open(&reader, &reader_port, folder, E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(e4_posix_map_since(&reader, &readers, SENT, NULL, 0, "x") == E4_OK);
    readers[0].mark = 3;
    CHECK(sent[0].mark == 3); /* the same memory */
    CHECK(folder_open(0) == E4_OK);
    CHECK(e4_posix_map_since(&posix, &sent, 1, NULL, 0, "x") == E4_OK && sent[0].mark == 0);
    sent[0].mark = 4;
    CHECK(readers[0].mark == 3 && is_zero(readers + 1, (SENT - 1) * sizeof *readers));
    e4_posix_close(&reader);
    folder_end();
}

TEST(requests_for_memory_that_make_no_sense_are_refused)
{
    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(e4_posix_map(&posix, NULL, 0, NULL, 0) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_lock_sent(&posix) == E4_ERR_ARGUMENT);
    e4_posix_unlock_sent(&posix);
    CHECK(e4_posix_map(&posix, NULL, 0, &seen, SEEN) == E4_OK && seen_is_new());
    CHECK(e4_posix_lock_sent(&posix) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_map(&posix, &sent, SENT, NULL, 0) ==
          E4_ERR_ARGUMENT); /* once for each open */
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(e4_posix_map(&posix, &sent, SENT, &seen, SEEN) == E4_ERR_ARGUMENT);
    CHECK(e4_posix_map(&posix, &sent, SENT, NULL, 0) == E4_OK && sent_is_new());
    CHECK(e4_posix_map(&posix, &sent, SENT, NULL, 0) == E4_ERR_ARGUMENT);
    folder_end();
}

TEST(memory_that_others_could_read_is_refused_and_what_was_mapped_before_it_is_let_go)
{
    char path[PATH_ROOM];

    folder_begin();
    CHECK(map_since("x") == E4_OK);
    folder_path(path, "seen");
    CHECK(chmod(path, 0640) == 0);
    CHECK(map_since("x") == E4_ERR_STORAGE && why_says("/seen is open to other users"));
    CHECK(sent == NULL && seen == NULL);
    CHECK(e4_posix_map_since(&posix, &sent, SENT, NULL, 0, "x") == E4_OK);
    folder_path(path, "sent");
    CHECK(chmod(path, 0604) == 0);
    CHECK(map_since("x") == E4_ERR_STORAGE && why_says("/sent is open to other users"));
    CHECK(remove(path) == 0 && symlink("elsewhere", path) == 0);
    CHECK(map_since("x") == E4_ERR_STORAGE && why_says("/sent: it is a symbolic link"));
    folder_end();
}

enum { SENDERS = 4, TURNS = 3000 };

/* Count up, holding the lock, in a way that would miscount without. */
static bool count_up(void)
{
    if (folder_open(E4_POSIX_READ_ONLY) != E4_OK ||
        e4_posix_map(&posix, &sent, SENT, NULL, 0) != E4_OK)
        return false;
    for (int i = 0; i < TURNS; i++) {
        volatile uint64_t *mark = &sent[0].mark;
        uint64_t seen_mark;

        if (e4_posix_lock_sent(&posix) != E4_OK)
            return false;
        seen_mark = *mark;
        for (int n = 0; n < 50; n++)
            *mark = seen_mark;
        *mark = seen_mark + 1;
        e4_posix_unlock_sent(&posix);
    }
    return true;
}

TEST(one_process_at_a_time_holds_the_lock)
{
    pid_t child[SENDERS];

    folder_begin();
    CHECK(map_since("") == E4_OK); /* dropped by the senders, who ask what start this is */
    for (int i = 0; i < SENDERS; i++) {
        child[i] = fork();
        CHECK(child[i] >= 0);
        if (child[i] == 0)
            _exit(count_up() ? 0 : 1);
    }
    for (int i = 0; i < SENDERS; i++) {
        int status;

        CHECK(waitpid(child[i], &status, 0) == child[i]);
        CHECK_AT(i, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK(folder_open(E4_POSIX_READ_ONLY) == E4_OK);
    CHECK(e4_posix_map(&posix, &sent, SENT, NULL, 0) == E4_OK);
    CHECK(sent[0].mark == SENDERS * TURNS);
    folder_end();
}

static bool lock_and_die(void)
{
    return folder_open(E4_POSIX_READ_ONLY) == E4_OK &&
           e4_posix_map(&posix, &sent, SENT, NULL, 0) == E4_OK &&
           e4_posix_lock_sent(&posix) == E4_OK;
}

TEST(the_lock_goes_with_a_process_that_dies)
{
    folder_begin();
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    in_child(lock_and_die);
    CHECK(e4_posix_map(&posix, &sent, SENT, NULL, 0) == E4_OK);
    CHECK(e4_posix_lock_sent(&posix) == E4_OK);
    e4_posix_unlock_sent(&posix);
    folder_end();
}

LAWS(LAW(what_is_mapped_outlives_the_process),
     LAW(what_is_mapped_is_new_after_the_machine_was_started_anew),
     LAW(what_is_mapped_is_new_when_its_size_is_another),
     LAW(what_is_mapped_is_new_when_a_byte_of_its_header_is_wrong_or_a_part_is_missing),
     LAW(a_file_that_lost_its_name_stays_whole_for_who_has_it_mapped),
     LAW(requests_for_memory_that_make_no_sense_are_refused),
     LAW(memory_that_others_could_read_is_refused_and_what_was_mapped_before_it_is_let_go),
     LAW(one_process_at_a_time_holds_the_lock), LAW(the_lock_goes_with_a_process_that_dies))
