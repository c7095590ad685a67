/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See audit_file.h. The file is only appended to, a line at a time; a line that was cut off by
 * a crash or a full disk is taken back before the next one.
 */
#include "server/core/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/log.h"
#include "server/core/audit.h"
#include "server/core/state.h"

#define LEAD "{\"number\":" /* how each line begins */
enum { LEAD_LEN = sizeof LEAD - 1, NUMBER_MAX = 20, BLOCK = 4096 };

struct audit_file {
    struct core *core;
    char *path;
    pthread_mutex_t lock; /* guards what follows */
    int fd;
    off_t size;   /* of whole lines */
    int64_t last; /* the number of the last record written */
    bool behind;  /* the last attempt to write failed */
};

static int format_line(char **line, size_t *len, const struct store_audit *audit,
                       struct err *err)
{
    const time_t when = (time_t)audit->time_s;
    struct json_out json;
    char text[32] = "";
    struct tm tm;
    FILE *out = open_memstream(line, len);
    bool good;

    if (out == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    if (gmtime_r(&when, &tm) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_number(&json, "number", audit->number);
    json_out_string(&json, "time", text);
    json_out_string(&json, "who", audit->who);
    json_out_string(&json, "what", audit->what);
    json_out_string(&json, "first", audit->first);
    json_out_string(&json, "second", audit->second);
    json_out_hex(&json, "hash", audit->hash, sizeof audit->hash);
    json_out_close(&json, '}');
    json_out_end(&json);
    good = ferror(out) == 0;
    if (fclose(out) == 0 && good)
        return 0;
    free(*line);
    *line = NULL;
    (void)err_set(err, ERR_SYSTEM, "out of memory");
    return -1;
}

/* The number of the record in the line that begins at an offset; 0: it is no line of ours. */
static int64_t number_at(int fd, off_t at)
{
    char text[LEAD_LEN + NUMBER_MAX + 1] = "";
    char *end;
    long long number;

    if (pread(fd, text, sizeof text - 1, at) < LEAD_LEN + 2 ||
        memcmp(text, LEAD, LEAD_LEN) != 0 || text[LEAD_LEN] < '1' || text[LEAD_LEN] > '9')
        return 0;
    errno = 0;
    number = strtoll(text + LEAD_LEN, &end, 10);
    return errno == 0 && *end == ',' ? number : 0;
}

/* Where the last line end before an offset is: the offset after it. 0: there is none. */
static int line_end_before(off_t *end, int fd, off_t at, const char *path, struct err *err)
{
    char block[BLOCK];

    while (at > 0) {
        size_t len = at < BLOCK ? (size_t)at : BLOCK;
        ssize_t got = pread(fd, block, len, at - (off_t)len);

        if (got != (ssize_t)len)
            return err_system(err, ERR_STATE, got < 0 ? errno : EIO, "cannot read %s", path);
        for (; len > 0; len--, at--) {
            if (block[len - 1] == '\n') {
                *end = at;
                return 0;
            }
        }
    }
    *end = 0;
    return 0;
}

/* Find the end of the last whole line, its number, and leave nothing after it. */
static int find_end(int fd, const char *path, off_t *size, int64_t *last, struct err *err)
{
    struct stat status;
    off_t begin;

    if (fstat(fd, &status) != 0)
        return err_system(err, ERR_STATE, errno, "cannot read %s", path);
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0)
        return err_set(err, ERR_STATE,
                       "%s: not a file that only its owner may read; chmod 600 %s", path, path);
    *last = 0;
    if (line_end_before(size, fd, status.st_size, path, err) != 0)
        return -1;
    if (*size > 0) {
        if (line_end_before(&begin, fd, *size - 1, path, err) != 0)
            return -1;
        *last = number_at(fd, begin);
        if (*last == 0)
            return err_set(err, ERR_STATE, "%s: its last line is no record; move it away",
                           path);
    }
    if (*size != status.st_size && ftruncate(fd, *size) != 0)
        return err_system(err, ERR_STATE, errno, "cannot write %s", path);
    return 0;
}

static int open_path(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    return fd >= 0 ? fd : err_system(err, ERR_STATE, errno, "cannot open %s", path);
}

static int write_record(void *ctx, const struct store_audit *audit, struct err *err)
{
    struct audit_file *file = ctx;
    char *line;
    size_t len;
    int rc;

    if (format_line(&line, &len, audit, err) != 0)
        return -1;
    rc = file_write_fd(file->fd, line, len, file->path, err);
    free(line);
    if (rc == 0) {
        file->size += (off_t)len;
        file->last = audit->number;
    } else if (ftruncate(file->fd, file->size) != 0) {
        (void)err_prefix(err, "a line was cut off");
    }
    return rc;
}

/* Add what the database has and the file has not. */
static int catch_up(struct audit_file *file, struct err *err)
{
    uint8_t hash[STORE_HASH_SIZE];
    struct tx *tx = NULL;
    int64_t newest;
    int rc;

    if (state_begin_read(file->core, &tx, err) != 0)
        return -1;
    rc = tx->ask->newest_audit(tx, &newest, hash, err);
    if (rc == 0 && newest < file->last)
        rc = err_set(err, ERR_STATE,
                     "%s: has record %lld, and the database none after %lld: records were cut "
                     "off, or an older copy was put back; if that was you, move the file away",
                     file->path, (long long)file->last, (long long)newest);
    if (rc == 0 && newest > file->last)
        rc = tx->ask->read_audit(tx, file->last, INT64_MAX, write_record, file, err);
    store_rollback(&tx);
    return rc;
}

void audit_file_add(struct audit_file *file, const struct store_audit *audit)
{
    struct err err;
    int rc = 0;

    if (file == NULL)
        return;
    (void)pthread_mutex_lock(&file->lock);
    /* Others may have committed before, and come here later. */
    if (audit->number == file->last + 1 && !file->behind)
        rc = write_record(file, audit, &err);
    else if (audit->number > file->last)
        rc = catch_up(file, &err);
    if (rc != 0)
        log_error("audit", "%s; the record is in the database", err.text);
    else if (file->behind)
        log_info("audit", "%s has all records again", file->path);
    file->behind = rc != 0;
    (void)pthread_mutex_unlock(&file->lock);
}

int audit_keep_file(struct core *core, const char *path, struct err *err)
{
    struct audit_file *file = calloc(1, sizeof *file);

    if (file == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)pthread_mutex_init(&file->lock, NULL);
    file->core = core;
    file->fd = -1;
    file->path = strdup(path);
    if (file->path == NULL)
        (void)err_set(err, ERR_SYSTEM, "out of memory");
    else
        file->fd = open_path(path, err);
    if (file->fd < 0 || find_end(file->fd, path, &file->size, &file->last, err) != 0 ||
        catch_up(file, err) != 0) {
        audit_file_close(file);
        return -1;
    }
    core->audit_file = file;
    return 0;
}

int audit_reopen_file(struct core *core, struct err *err)
{
    struct audit_file *file = core->audit_file;
    int64_t last;
    off_t size;
    int fd;

    if (file == NULL)
        return 0;
    fd = open_path(file->path, err);
    if (fd < 0)
        return -1;
    (void)pthread_mutex_lock(&file->lock); /* or else a line might be taken for one cut off */
    if (find_end(fd, file->path, &size, &last, err) != 0) {
        (void)pthread_mutex_unlock(&file->lock);
        (void)close(fd);
        return -1;
    }
    (void)close(file->fd);
    file->fd = fd;
    file->size = size;
    if (last != 0)
        file->last = last;
    (void)pthread_mutex_unlock(&file->lock);
    return 0;
}

bool audit_is_behind(struct core *core)
{
    bool behind;

    if (core->audit_file == NULL)
        return false;
    (void)pthread_mutex_lock(&core->audit_file->lock);
    behind = core->audit_file->behind;
    (void)pthread_mutex_unlock(&core->audit_file->lock);
    return behind;
}

void audit_file_close(struct audit_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        (void)close(file->fd);
    (void)pthread_mutex_destroy(&file->lock);
    free(file->path);
    free(file);
}

struct audit_reader {
    FILE *in;
    char *path;
    off_t left;   /* bytes that have not been compared yet */
    int64_t next; /* which record they begin with */
    int64_t last; /* and which they end with */
};

/* Is what has the name still the file that is written to? */
static bool is_same(int fd, int other)
{
    struct stat one;
    struct stat two;

    return fstat(fd, &one) == 0 && fstat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

static int look_at(struct audit_reader *reader, struct audit_file *file, struct err *err)
{
    struct stat status;

    reader->path = file->path;
    reader->in = fopen(file->path, "re");
    if (reader->in == NULL || !is_same(fileno(reader->in), file->fd))
        return err_set(err, ERR_TAMPERED, "%s: was removed or replaced", file->path);
    if (fstat(file->fd, &status) != 0 || status.st_size != file->size)
        return err_set(err, ERR_TAMPERED, "%s: was made shorter, or longer, by another",
                       file->path);
    reader->left = file->size;
    reader->last = file->last;
    reader->next = file->last + 1;
    if (file->size > 0) {
        reader->next = number_at(fileno(reader->in), 0);
        if (reader->next == 0 || reader->next > reader->last)
            return err_set(err, ERR_TAMPERED, "%s: its first line was changed", file->path);
    }
    return 0;
}

int audit_reader_open(struct audit_reader **reader, struct audit_file *file, struct err *err)
{
    struct audit_reader *made;
    int rc;

    *reader = NULL;
    if (file == NULL)
        return 0;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)pthread_mutex_lock(&file->lock);
    rc = look_at(made, file, err);
    (void)pthread_mutex_unlock(&file->lock);
    if (rc == 0)
        *reader = made;
    else
        audit_reader_close(made);
    return rc;
}

/* Do so many of the next bytes equal these? */
static bool is_next(struct audit_reader *reader, const char *line, size_t len)
{
    char block[BLOCK];

    for (size_t at = 0; at < len;) {
        size_t part = len - at < BLOCK ? len - at : BLOCK;

        if (fread(block, 1, part, reader->in) != part || memcmp(block, line + at, part) != 0)
            return false;
        at += part;
    }
    return true;
}

int audit_reader_compare(struct audit_reader *reader, const struct store_audit *audit,
                         struct err *err)
{
    char *line;
    size_t len;
    bool same;

    if (reader == NULL || audit->number != reader->next || reader->left == 0)
        return 0;
    if (format_line(&line, &len, audit, err) != 0)
        return -1;
    same = (off_t)len <= reader->left && is_next(reader, line, len);
    free(line);
    if (!same)
        return err_set(err, ERR_TAMPERED, "%s: record %lld was changed, moved or lost",
                       reader->path, (long long)audit->number);
    reader->left -= (off_t)len;
    reader->next++;
    return 0;
}

int audit_reader_end(struct audit_reader *reader, struct err *err)
{
    if (reader == NULL || reader->next == reader->last + 1)
        return reader == NULL || reader->left == 0
                   ? 0
                   : err_set(err, ERR_TAMPERED, "%s: has more than was written", reader->path);
    return err_set(err, ERR_TAMPERED, "%s: has record %lld, and the database has not",
                   reader->path, (long long)reader->last);
}

void audit_reader_close(struct audit_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->in != NULL)
        (void)fclose(reader->in);
    free(reader);
}
