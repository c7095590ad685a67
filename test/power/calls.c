/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that fail when they are told to, and a journal of what they do; see calls.h. */
#include "test/power/calls.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct calls calls;

enum { CHANGES_MAX = 4000, NAMES_MAX = 16, FDS_MAX = 256, FOLDER = 0xffff };

static struct change changes[CHANGES_MAX];
static size_t change_count;
static struct {
    char name[32];
    unsigned inode; /* 0: free */
} names[NAMES_MAX];
static unsigned inodes;
static unsigned inode_of_fd[FDS_MAX];

/* The real ones, under the names that the linker gives them, and ours. */
int __real_open(const char *path, int flags, mode_t mode);
int __real_openat(int folder, const char *name, int flags, mode_t mode);
int __real_close(int fd);
int __real_mkdir(const char *path, mode_t mode);
int __real_fstat(int fd, struct stat *info);
int __real_fstatat(int folder, const char *name, struct stat *info, int flags);
int __real_fchown(int fd, uid_t user, gid_t group);
ssize_t __real_pread(int fd, void *data, size_t len, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
int __real_fsync(int fd);
int __real_flock(int fd, int operation);
int __real_linkat(int folder, const char *name, int folder_2, const char *name_2, int flags);
int __real_renameat(int folder, const char *name, int folder_2, const char *name_2);
int __real_unlinkat(int folder, const char *name, int flags);
void *__real_mmap(void *at, size_t len, int access, int flags, int fd, off_t from);
int __real_munmap(void *at, size_t len);
uid_t __real_geteuid(void);
time_t __real_time(time_t *now);

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_close(int fd);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_fstat(int fd, struct stat *info);
int __wrap_fstatat(int folder, const char *name, struct stat *info, int flags);
int __wrap_fchown(int fd, uid_t user, gid_t group);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_flock(int fd, int operation);
int __wrap_linkat(int folder, const char *name, int folder_2, const char *name_2, int flags);
int __wrap_renameat(int folder, const char *name, int folder_2, const char *name_2);
int __wrap_unlinkat(int folder, const char *name, int flags);
void *__wrap_mmap(void *at, size_t len, int access, int flags, int fd, off_t from);
int __wrap_munmap(void *at, size_t len);
uid_t __wrap_geteuid(void);
time_t __wrap_time(time_t *now);

void calls_reset(void)
{
    for (size_t i = 0; i < change_count; i++)
        free(changes[i].data);
    change_count = 0;
    inodes = 0;
    memset(names, 0, sizeof names);
    memset(inode_of_fd, 0, sizeof inode_of_fd);
    memset(&calls, 0, sizeof calls);
}

size_t journal_count(void)
{
    return change_count;
}

const struct change *journal_at(size_t n)
{
    return &changes[n];
}

static struct change *add_change(enum change_kind kind, unsigned inode)
{
    struct change *change = &changes[change_count++];

    assert(change_count < CHANGES_MAX);
    memset(change, 0, sizeof *change);
    change->kind = kind;
    change->inode = inode;
    return change;
}

void journal_note(unsigned number)
{
    add_change(CHANGE_NOTE, number);
}

static unsigned inode_called(const char *name)
{
    for (size_t i = 0; i < NAMES_MAX; i++)
        if (names[i].inode != 0 && strcmp(names[i].name, name) == 0)
            return names[i].inode;
    return 0;
}

static void forget_name(const char *name)
{
    for (size_t i = 0; i < NAMES_MAX; i++)
        if (names[i].inode != 0 && strcmp(names[i].name, name) == 0)
            names[i].inode = 0;
}

static unsigned adopt(const char *name, unsigned inode)
{
    size_t i = 0;

    forget_name(name);
    while (names[i].inode != 0)
        i++;
    assert(i < NAMES_MAX && strlen(name) < sizeof names[i].name);
    strcpy(names[i].name, name);
    names[i].inode = inode;
    return inode;
}

static unsigned note_new_file(const char *name)
{
    strcpy(add_change(CHANGE_CREATE, adopt(name, ++inodes))->name, name);
    return inodes;
}

static void note_write(unsigned inode, const void *data, size_t len, size_t at)
{
    struct change *change = add_change(CHANGE_WRITE, inode);

    change->at = at;
    change->len = len;
    change->data = malloc(len);
    assert(change->data != NULL);
    memcpy(change->data, data, len);
}

void journal_file(const char *name, const uint8_t *bytes, size_t len)
{
    unsigned inode = note_new_file(name);

    note_write(inode, bytes, len, 0);
    add_change(CHANGE_SYNC, inode);
    add_change(CHANGE_SYNC_FOLDER, 0);
}

void journal_second_name(const char *name, const char *second)
{
    strcpy(add_change(CHANGE_LINK, adopt(second, inode_called(name)))->name, second);
    add_change(CHANGE_SYNC_FOLDER, 0);
}

/* Does this call fail now? It has set errno then. */
static bool fails(const char *name, bool interruptible)
{
    if (!calls.watch)
        return false;
    if (calls.before != NULL && strcmp(calls.before, name) == 0 && --calls.nth == 0) {
        void (*intrude)(void) = calls.intrude;

        calls.before = NULL;
        calls.watch = false;
        intrude();
        calls.watch = true;
    }
    if ((calls.error == EINTR && !interruptible) ||
        (calls.only != NULL && strcmp(calls.only, name) != 0))
        return false;
    calls.count++;
    if (calls.fail_at == 0 || calls.count < calls.fail_at ||
        (calls.count > calls.fail_at && !calls.onwards))
        return false;
    if (calls.failed == NULL)
        calls.failed = name;
    errno = calls.error;
    return true;
}

static int opened(int fd, unsigned inode)
{
    if (fd >= 0 && calls.watch)
        calls.descriptors++;
    if (fd >= 0 && fd < FDS_MAX)
        inode_of_fd[fd] = inode;
    return fd;
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode;

    va_start(more, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (fails("open", true))
        return -1;
    return opened(__real_open(path, flags, mode), (flags & O_DIRECTORY) != 0 ? FOLDER : 0);
}

int __wrap_openat(int folder, const char *name, int flags, ...)
{
    va_list more;
    mode_t mode;
    int fd;

    va_start(more, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (fails("openat", true))
        return -1;
    fd = __real_openat(folder, name, flags, mode);
    if (fd >= 0 && calls.journal && (flags & O_CREAT) != 0)
        (void)note_new_file(name);
    return opened(fd, inode_called(name));
}

int __wrap_close(int fd)
{
    if (calls.watch)
        calls.descriptors--;
    return __real_close(fd);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return fails("mkdir", false) ? -1 : __real_mkdir(path, mode);
}

int __wrap_fstat(int fd, struct stat *info)
{
    return fails("fstat", false) ? -1 : __real_fstat(fd, info);
}

int __wrap_fstatat(int folder, const char *name, struct stat *info, int flags)
{
    return fails("fstatat", false) ? -1 : __real_fstatat(folder, name, info, flags);
}

int __wrap_fchown(int fd, uid_t user, gid_t group)
{
    return fails("fchown", false) ? -1 : __real_fchown(fd, user, group);
}

ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at)
{
    if (fails("pread", true))
        return -1;
    return calls.watch && calls.read_none ? 0 : __real_pread(fd, data, len, at);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
    ssize_t put;

    if (fails("pwrite", true))
        return -1;
    if (calls.watch && calls.write_none)
        return 0;
    if (calls.watch && calls.write_max > 0 && len > calls.write_max)
        len = calls.write_max;
    put = __real_pwrite(fd, data, len, at);
    if (put > 0 && calls.journal)
        note_write(inode_of_fd[fd], data, (size_t)put, (size_t)at);
    return put;
}

int __wrap_fsync(int fd)
{
    if (fails("fsync", true))
        return -1;
    if (calls.journal && inode_of_fd[fd] == FOLDER)
        add_change(CHANGE_SYNC_FOLDER, 0);
    else if (calls.journal)
        add_change(CHANGE_SYNC, inode_of_fd[fd]);
    return calls.no_sync ? 0 : __real_fsync(fd);
}

int __wrap_flock(int fd, int operation)
{
    return fails("flock", true) ? -1 : __real_flock(fd, operation);
}

int __wrap_linkat(int folder, const char *name, int folder_2, const char *name_2, int flags)
{
    int failed;

    if (fails("linkat", false))
        return -1;
    if (calls.watch && calls.no_links) {
        errno = EPERM;
        return -1;
    }
    failed = __real_linkat(folder, name, folder_2, name_2, flags);
    if (failed == 0 && calls.journal)
        strcpy(add_change(CHANGE_LINK, adopt(name_2, inode_called(name)))->name, name_2);
    return failed;
}

int __wrap_renameat(int folder, const char *name, int folder_2, const char *name_2)
{
    int failed;

    if (fails("renameat", false))
        return -1;
    failed = __real_renameat(folder, name, folder_2, name_2);
    if (failed == 0 && calls.journal) {
        struct change *change = add_change(CHANGE_RENAME, inode_called(name));

        strcpy(change->name, name);
        strcpy(change->name_2, name_2);
        (void)adopt(name_2, change->inode);
        forget_name(name);
    }
    return failed;
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    int failed;

    if (fails("unlinkat", false))
        return -1;
    failed = __real_unlinkat(folder, name, flags);
    if (failed == 0 && calls.journal) {
        strcpy(add_change(CHANGE_UNLINK, inode_called(name))->name, name);
        forget_name(name);
    }
    return failed;
}

void *__wrap_mmap(void *at, size_t len, int access, int flags, int fd, off_t from)
{
    if (fails("mmap", false))
        return MAP_FAILED;
    if (calls.watch)
        calls.mappings++;
    return __real_mmap(at, len, access, flags, fd, from);
}

int __wrap_munmap(void *at, size_t len)
{
    if (calls.watch)
        calls.mappings--;
    return __real_munmap(at, len);
}

uid_t __wrap_geteuid(void)
{
    return calls.watch && calls.fake_user ? calls.user : __real_geteuid();
}

time_t __wrap_time(time_t *now)
{
    return calls.watch && calls.no_time ? (time_t)-1 : __real_time(now);
}
