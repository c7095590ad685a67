/* SPDX-License-Identifier: Apache-2.0 */
/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "e4/keys.h"

int file_read_fd(int fd, void *buf, size_t cap, size_t *len, const char *what, struct err *err)
{
    uint8_t *bytes = buf;
    size_t used = 0;
    int rc = -1;

    for (;;) {
        uint8_t more;
        ssize_t n = used < cap ? read(fd, bytes + used, cap - used) : read(fd, &more, 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)err_system(err, ERR_INPUT, errno, "cannot read %s", what);
            break;
        }
        if (n > 0 && used == cap) {
            e4_wipe(&more, 1);
            (void)err_set(err, ERR_INPUT, "%s: longer than %zu bytes", what, cap);
            break;
        }
        used += (size_t)n;
        if (n == 0) {
            rc = 0;
            break;
        }
    }
    if (rc != 0)
        e4_wipe(buf, used);
    *len = rc == 0 ? used : 0;
    return rc;
}

int file_read(const char *path, void *buf, size_t cap, size_t *len, struct err *err)
{
    int fd;
    int rc;

    *len = 0;
    if (strcmp(path, "-") == 0)
        return file_read_fd(STDIN_FILENO, buf, cap, len, "standard input", err);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_system(err, ERR_INPUT, errno, "cannot read %s", path);
    rc = file_read_fd(fd, buf, cap, len, path, err);
    (void)close(fd);
    return rc;
}

int file_write_fd(int fd, const void *data, size_t len, const char *what, struct err *err)
{
    const uint8_t *bytes = data;

    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(err, ERR_SYSTEM, errno, "cannot write %s", what);
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

char *file_join(const char *folder, const char *name, struct err *err)
{
    size_t len = strlen(folder) + strlen(name) + 2;
    char *path = malloc(len);

    if (path == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    else
        (void)snprintf(path, len, "%s/%s", folder, name);
    return path;
}

/* The folder that a file is in; the caller frees it. */
static char *folder_of(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = malloc(len + 1);

    if (folder == NULL) {
        (void)err_set(err, ERR_SYSTEM, "out of memory");
        return NULL;
    }
    memcpy(folder, slash == NULL ? "." : path, len);
    folder[len] = '\0';
    return folder;
}

/* Make the names in a folder durable. */
static int sync_folder(const char *path, struct err *err)
{
    char *folder = folder_of(path, err);
    int fd;
    int rc = 0;

    if (folder == NULL)
        return -1;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems cannot sync a folder and say EINVAL; there is nothing more to be done.
     */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        rc = err_system(err, ERR_SYSTEM, errno, "cannot write folder %s", folder);
    if (fd >= 0)
        (void)close(fd);
    free(folder);
    return rc;
}

/* Fill a new file, which is open, and make it durable. */
static int fill(int fd, const void *data, size_t len, unsigned mode, const char *path,
                struct err *err)
{
    if (fchmod(fd, (mode_t)mode) != 0)
        return err_system(err, ERR_SYSTEM, errno, "cannot set permissions of %s", path);
    if (file_write_fd(fd, data, len, path, err) != 0)
        return -1;
    if (fsync(fd) != 0)
        return err_system(err, ERR_SYSTEM, errno, "cannot write %s", path);
    return 0;
}

/* Put the new file in the place of one that may be there. */
static int settle_over(const char *temporary, const char *path, struct err *err)
{
    if (rename(temporary, path) != 0)
        return err_system(err, ERR_SYSTEM, errno, "cannot write %s", path);
    return sync_folder(path, err);
}

/*
 * Give the new file its name if nothing has it: unlike rename(), link() never replaces a file,
 * not even one made a moment ago. After an error nothing has it because of this.
 */
static int settle_fresh(const char *temporary, const char *path, struct err *err)
{
    int rc = 0;

    if (link(temporary, path) != 0) {
        if (errno == EEXIST)
            return err_set(err, ERR_INPUT, "%s is there already; --force replaces it", path);
        return err_system(err, ERR_SYSTEM, errno, "cannot write %s", path);
    }
    if (unlink(temporary) != 0)
        rc = err_system(err, ERR_SYSTEM, errno, "cannot remove %s", temporary);
    else
        rc = sync_folder(path, err);
    if (rc != 0)
        (void)unlink(path);
    return rc;
}

int file_write(const char *path, const void *data, size_t len,
               const struct file_options *options, struct err *err)
{
    static const char ending[] = ".XXXXXX";
    size_t path_len = strlen(path);
    char *temporary = malloc(path_len + sizeof ending);
    int fd = -1;
    int rc = -1;

    if (temporary == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    memcpy(temporary, path, path_len);
    memcpy(temporary + path_len, ending, sizeof ending);
    fd = mkstemp(temporary); /* mode 0600 */
    if (fd < 0) {
        (void)err_system(err, ERR_SYSTEM, errno, "cannot write %s", path);
        goto done;
    }
    if (fill(fd, data, len, options->mode, path, err) != 0)
        goto done;
    if (options->replace)
        rc = settle_over(temporary, path, err);
    else
        rc = settle_fresh(temporary, path, err);

done:
    if (fd >= 0) {
        (void)close(fd);
        if (rc != 0)
            (void)unlink(temporary);
    }
    free(temporary);
    return rc;
}

int file_make_folder(const char *path, struct err *err)
{
    char *part = strdup(path);
    char *slash = part;
    int rc = 0;

    if (part == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    while (rc == 0 && slash != NULL) {
        slash = strchr(slash + 1, '/');
        if (slash != NULL)
            *slash = '\0';
        if (*part != '\0' && mkdir(part, 0700) != 0 && errno != EEXIST && errno != EISDIR)
            rc = err_system(err, ERR_STATE, errno, "cannot make folder %s", part);
        if (slash != NULL)
            *slash = '/';
    }
    free(part);
    return rc;
}
