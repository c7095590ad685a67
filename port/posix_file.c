/* SPDX-License-Identifier: Apache-2.0 */
/* The POSIX port's dealings with single files: whole, checked, and again after a signal. */
#define _DEFAULT_SOURCE 1 /* flock() */

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum e4_result e4_posix_fail(struct e4_posix *state, const char *doing, const char *name,
                             int error)
{
    (void)snprintf(state->why, sizeof state->why, "cannot %s %s%s%s: %s", doing, state->path,
                   name[0] != '\0' ? "/" : "", name,
                   error == ELOOP ? "it is a symbolic link" : strerror(error));
    return E4_ERR_STORAGE;
}

enum e4_result e4_posix_refuse(struct e4_posix *state, const char *name, const char *complaint)
{
    (void)snprintf(state->why, sizeof state->why, "%s%s%s %s", state->path,
                   name[0] != '\0' ? "/" : "", name, complaint);
    return E4_ERR_STORAGE;
}

int e4_posix_open_file(const struct e4_posix *state, const char *name, int flags)
{
    int fd;

    do {
        /* O_NONBLOCK: a FIFO that lies there is refused, not waited for. */
        fd = openat(state->folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                    0600);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int e4_posix_create_file(const struct e4_posix *state, const char *name)
{
    int fd = e4_posix_open_file(state, name, O_RDWR | O_CREAT | O_EXCL);
    int error;

    if (fd < 0 || geteuid() == state->owner)
        return fd;
    /* The administrator at work in a folder of somebody's: the files remain theirs. */
    if (fchown(fd, state->owner, (gid_t)-1) == 0)
        return fd;
    error = errno;
    (void)unlinkat(state->folder, name, 0);
    e4_posix_shut(&fd);
    errno = error;
    return -1;
}

void e4_posix_shut(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* everything that matters was flushed before */
    *fd = -1;
}

enum e4_result e4_posix_check_file(struct e4_posix *state, const char *name, int fd,
                                   struct stat *info)
{
    char complaint[96];

    if (fstat(fd, info) != 0)
        return e4_posix_fail(state, "examine", name, errno);
    if (!S_ISREG(info->st_mode))
        return e4_posix_refuse(state, name, "is not a regular file");
    if (info->st_uid != state->owner)
        return e4_posix_refuse(state, name, "belongs to another user than its folder");
    if ((info->st_mode & 077) != 0) {
        (void)snprintf(complaint, sizeof complaint,
                       "is open to other users (its mode is %03o and must be 600)",
                       (unsigned)info->st_mode & 0777U);
        return e4_posix_refuse(state, name, complaint);
    }
    return E4_OK;
}

bool e4_posix_read(int fd, void *data, size_t len, off_t at)
{
    uint8_t *to = data;

    while (len > 0) {
        ssize_t got = pread(fd, to, len, at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO;
        if (got <= 0)
            return false;
        to += got;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

bool e4_posix_write(int fd, const void *data, size_t len, off_t at)
{
    const uint8_t *from = data;

    while (len > 0) {
        ssize_t put = pwrite(fd, from, len, at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put == 0)
            errno = EIO;
        if (put <= 0)
            return false;
        from += put;
        at += put;
        len -= (size_t)put;
    }
    return true;
}

bool e4_posix_write_zeros(int fd, off_t len)
{
    static const uint8_t zeros[4096];

    for (off_t at = 0; at < len; at += (off_t)sizeof zeros) {
        off_t left = len - at;

        if (!e4_posix_write(fd, zeros, left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros,
                            at))
            return false;
    }
    return true;
}

bool e4_posix_sync(int fd)
{
    int failed;

    do
        failed = fsync(fd);
    while (failed != 0 && errno == EINTR);
    return failed == 0;
}

bool e4_posix_sync_folder(const struct e4_posix *state)
{
    /* EINVAL: a file system that has nothing to flush there */
    return e4_posix_sync(state->folder) || errno == EINVAL;
}

bool e4_posix_flock(int fd, int operation)
{
    int failed;

    do
        failed = flock(fd, operation);
    while (failed != 0 && errno == EINTR);
    return failed == 0;
}

bool e4_posix_overwrite(int fd)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return false;
    if (!S_ISREG(info.st_mode) || info.st_nlink > 1)
        return true;
    return e4_posix_write_zeros(fd, info.st_size) && e4_posix_sync(fd);
}

enum e4_result e4_posix_discard(struct e4_posix *state, const char *name)
{
    int fd = e4_posix_open_file(state, name, O_RDWR);
    enum e4_result result = E4_OK;

    if (fd < 0 && errno == ENOENT)
        return E4_OK;
    if (fd >= 0 && !e4_posix_overwrite(fd))
        result = e4_posix_fail(state, "overwrite", name, errno);
    else if (unlinkat(state->folder, name, 0) != 0)
        result = e4_posix_fail(state, "remove", name, errno);
    e4_posix_shut(&fd);
    return result;
}
