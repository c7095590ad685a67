/* SPDX-License-Identifier: Apache-2.0 */
/* The POSIX port: opening, locking and closing a state folder, and the time. */
#define _DEFAULT_SOURCE 1 /* LOCK_EX */

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char lock_name[] = "lock";

/* time(), because it costs an eighth of clock_gettime() and nobody needs less than a second. */
static enum e4_result posix_now(void *ctx, uint64_t *now_s)
{
    time_t now = time(NULL);

    (void)ctx;
    if (now < 0)
        return E4_ERR_CLOCK;
    *now_s = (uint64_t)now;
    return E4_OK;
}

/* Make the folder; and flush its parent, or a power cut takes the folder with all in it. */
static enum e4_result make_folder(struct e4_posix *state, bool *made)
{
    *made = mkdir(state->path, 0700) == 0;
    if (!*made && errno != EEXIST)
        return e4_posix_fail(state, "make the folder", "", errno);
    return E4_OK;
}

static enum e4_result flush_parent(struct e4_posix *state)
{
    int parent = e4_posix_open_file(state, "..", O_RDONLY | O_DIRECTORY);
    enum e4_result result = E4_OK;

    /* EACCES: one may make folders in the parent but not read it; then it is left to the
     * system. */
    if (parent < 0)
        return errno == EACCES ? E4_OK : e4_posix_fail(state, "open the parent of", "", errno);
    if (!e4_posix_sync(parent) && errno != EINVAL)
        result = e4_posix_fail(state, "flush the parent of", "", errno);
    e4_posix_shut(&parent);
    return result;
}

static enum e4_result check_folder(struct e4_posix *state)
{
    struct stat info;
    char complaint[96];

    if (fstat(state->folder, &info) != 0)
        return e4_posix_fail(state, "examine", "", errno);
    if (info.st_uid != geteuid() && info.st_uid != 0 && geteuid() != 0)
        return e4_posix_refuse(state, "", "belongs to another user");
    if ((info.st_mode & 022) != 0) {
        (void)snprintf(complaint, sizeof complaint,
                       "can be changed by other users (its mode is %03o and should be 700)",
                       (unsigned)info.st_mode & 0777U);
        return e4_posix_refuse(state, "", complaint);
    }
    state->owner = info.st_uid;
    return E4_OK;
}

static enum e4_result open_folder(struct e4_posix *state, unsigned flags)
{
    bool made = false;
    enum e4_result result = E4_OK;

    if ((flags & E4_POSIX_CREATE) != 0)
        result = make_folder(state, &made);
    if (result != E4_OK)
        return result;
    do
        state->folder = open(state->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (state->folder < 0 && errno == EINTR);
    if (state->folder < 0)
        return e4_posix_fail(state, "open the folder", "", errno);
    result = check_folder(state);
    if (result == E4_OK && made)
        result = flush_parent(state);
    return result;
}

/* The sentence says which process it is, as far as that can be told. */
static enum e4_result refuse_in_use(struct e4_posix *state)
{
    char text[16] = "";
    char complaint[64] = "is in use by another process";
    long process;

    (void)e4_posix_read(state->lock, text, sizeof text - 1, 0);
    process = strtol(text, NULL, 10);
    if (process > 0)
        (void)snprintf(complaint, sizeof complaint, "is in use by process %ld", process);
    return e4_posix_refuse(state, "", complaint);
}

/* The number is for people only, so that a full disk does not keep a device from starting. */
static void leave_number(const struct e4_posix *state)
{
    char text[16] = "";

    (void)snprintf(text, sizeof text - 1, "%ld", (long)getpid());
    (void)e4_posix_write(state->lock, text, sizeof text - 1, 0);
}

static enum e4_result take_lock(struct e4_posix *state)
{
    struct stat info;
    enum e4_result result;

    state->lock = e4_posix_create_file(state, lock_name);
    if (state->lock < 0 && errno == EEXIST)
        state->lock = e4_posix_open_file(state, lock_name, O_RDWR);
    if (state->lock < 0)
        return e4_posix_fail(state, "open", lock_name, errno);
    result = e4_posix_check_file(state, lock_name, state->lock, &info);
    if (result != E4_OK)
        return result;
    if (!e4_posix_flock(state->lock, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? refuse_in_use(state)
                                    : e4_posix_fail(state, "lock", lock_name, errno);
    leave_number(state);
    return E4_OK;
}

static enum e4_result open_state(struct e4_posix *state, unsigned flags)
{
    enum e4_result result = open_folder(state, flags);

    if (result == E4_OK && !state->read_only)
        result = take_lock(state);
    if (result == E4_OK)
        result = e4_posix_take_state(state);
    return result;
}

enum e4_result e4_posix_open(struct e4_posix *state, struct e4_port *port, const char *folder,
                             unsigned flags)
{
    size_t path_len = strlen(folder);
    enum e4_result result;

    memset(state, 0, sizeof *state);
    if (path_len == 0 || path_len >= E4_POSIX_PATH_SIZE || flags > E4_POSIX_READ_ONLY) {
        (void)snprintf(state->why, sizeof state->why, "%s",
                       flags > E4_POSIX_READ_ONLY ? "these ways to open do not go together"
                       : path_len == 0            ? "the folder's name is empty"
                                                  : "the folder's name is too long");
        return E4_ERR_ARGUMENT;
    }
    memcpy(state->path, folder, path_len + 1);
    state->is_open = true;
    state->read_only = flags == E4_POSIX_READ_ONLY;
    state->folder = state->lock = state->file = state->sent = -1;
    result = open_state(state, flags);
    if (result != E4_OK) {
        e4_posix_close(state);
        return result;
    }
    port->ctx = state;
    port->now = posix_now;
    port->load = e4_posix_load;
    port->store = e4_posix_store;
    port->set_clock = NULL;
    return E4_OK;
}

void e4_posix_close(struct e4_posix *state)
{
    if (!state->is_open)
        return;
    e4_posix_unmap(state);
    e4_posix_drop_state(state);
    e4_posix_shut(&state->file);
    e4_posix_shut(&state->lock);
    e4_posix_shut(&state->folder);
    state->count = 0;
    state->is_open = false;
}

const char *e4_posix_why(const struct e4_posix *state)
{
    return state->why;
}

const char *e4_posix_damaged(const struct e4_posix *state)
{
    return state->damaged[0] == '\0' ? NULL : state->damaged;
}
