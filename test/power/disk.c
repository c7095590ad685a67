/* SPDX-License-Identifier: Apache-2.0 */
/* Folders as a crash leaves them; see disk.h. */
#include "test/power/disk.h"

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test/power/calls.h"

enum { INODES_MAX = 64, NAMES_MAX = 16, SIZE_MAX_FILE = 4096 };

struct file {
    uint8_t bytes[SIZE_MAX_FILE];
    size_t len;
};

/* The disk as it is for sure, and then as this crash leaves it. */
static struct file files[INODES_MAX];
static struct {
    char name[32];
    unsigned inode; /* 0: free */
} names[NAMES_MAX];

static void unname(const char *name)
{
    for (size_t i = 0; i < NAMES_MAX; i++)
        if (names[i].inode != 0 && strcmp(names[i].name, name) == 0)
            names[i].inode = 0;
}

static void give_name(const char *name, unsigned inode)
{
    size_t i = 0;

    unname(name);
    while (names[i].inode != 0)
        i++;
    assert(i < NAMES_MAX);
    strcpy(names[i].name, name);
    names[i].inode = inode;
}

static bool is_of_names(const struct change *change)
{
    return change->kind == CHANGE_CREATE || change->kind == CHANGE_LINK ||
           change->kind == CHANGE_RENAME || change->kind == CHANGE_UNLINK;
}

static void apply_name(const struct change *change)
{
    if (change->kind == CHANGE_CREATE || change->kind == CHANGE_LINK)
        give_name(change->name, change->inode);
    else
        unname(change->name);
    if (change->kind == CHANGE_RENAME)
        give_name(change->name_2, change->inode);
}

/* len bytes of a write, or as many zeros. */
static void apply_write(const struct change *change, size_t len, bool zeros)
{
    struct file *file = &files[change->inode];

    assert(change->inode < INODES_MAX && change->at + len <= SIZE_MAX_FILE);
    if (zeros)
        memset(file->bytes + change->at, 0, len);
    else
        memcpy(file->bytes + change->at, change->data, len);
    if (file->len < change->at + len)
        file->len = change->at + len;
}

/* The last change before `changes` that flushed the folder, or this inode; 0: none, else its
 * number + 1. */
static size_t flushed_until(size_t changes, enum change_kind kind, unsigned inode)
{
    for (size_t n = changes; n > 0; n--) {
        const struct change *change = journal_at(n - 1);

        if (change->kind == kind && change->inode == inode)
            return n;
    }
    return 0;
}

unsigned disk_unflushed_names(size_t changes)
{
    unsigned count = 0;

    for (size_t n = flushed_until(changes, CHANGE_SYNC_FOLDER, 0); n < changes; n++)
        count += is_of_names(journal_at(n));
    return count;
}

static void make_names(const struct crash *crash)
{
    size_t flushed = flushed_until(crash->changes, CHANGE_SYNC_FOLDER, 0);
    unsigned bit = 0;

    memset(names, 0, sizeof names);
    for (size_t n = 0; n < crash->changes; n++) {
        const struct change *change = journal_at(n);

        if (is_of_names(change) && (n < flushed || (crash->names >> bit++ & 1) != 0))
            apply_name(change);
    }
}

/* Is this the last write to its file before the crash? */
static bool is_last(size_t at, size_t end)
{
    for (size_t n = at + 1; n < end; n++)
        if (journal_at(n)->kind == CHANGE_WRITE &&
            journal_at(n)->inode == journal_at(at)->inode)
            return false;
    return true;
}

static void make_contents(const struct crash *crash)
{
    size_t end = crash->changes + (crash->bytes > 0 ? 1 : 0);

    memset(files, 0, sizeof files);
    for (size_t n = 0; n < end; n++) {
        const struct change *change = journal_at(n);
        size_t len = n == crash->changes ? crash->bytes : change->len;

        if (change->kind != CHANGE_WRITE)
            continue;
        if (n < flushed_until(crash->changes, CHANGE_SYNC, change->inode) ||
            crash->way == UNFLUSHED_KEPT)
            apply_write(change, len, false);
        else if (crash->way != UNFLUSHED_LOST)
            apply_write(change, len, crash->way == UNFLUSHED_ZEROS || !is_last(n, end));
    }
}

/* A file, or a further name of one that has been made. */
static void make_file(int folder, size_t i)
{
    const struct file *file = &files[names[i].inode];
    int fd;

    for (size_t before = 0; before < i; before++)
        if (names[before].inode == names[i].inode) {
            int failed = linkat(folder, names[before].name, folder, names[i].name, 0);

            assert(failed == 0);
            (void)failed;
            return;
        }
    fd = openat(folder, names[i].name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert(fd >= 0);
    if (write(fd, file->bytes, file->len) != (ssize_t)file->len)
        assert(false);
    (void)close(fd);
}

void disk_make(const struct crash *crash, const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY);

    assert(folder >= 0);
    make_names(crash);
    make_contents(crash);
    for (size_t i = 0; i < NAMES_MAX; i++)
        if (names[i].inode != 0)
            make_file(folder, i);
    (void)close(folder);
}
