/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSIX port's state file, kept in memory as it lies in the folder, little-endian:
 *
 *    0  "e4state\n"
 *    8  version, 4 bytes: 1
 *   12  number of entries, 4 bytes
 *   16  CRC-32C of the entries, 4 bytes
 *   20  CRC-32C of all before it, 4 bytes (in every version, so that a version is believed)
 *   24  entries, 132 bytes each: 1 or (never stored) 0 in 4 bytes, then the record
 *
 * A store replaces the file: the new one is written beside it and flushed, the old one gets a
 * second name, the new one takes over the first, and the folder is flushed. Only then is the
 * old one overwritten. Up to the rename the old state is in force, after it the new one. In a
 * batch the image runs ahead of the file, and a copy keeps what to go back to.
 */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crc.h"
#include "e4/keys.h"

enum { VERSION = 1, HEADER_SIZE = 24, ENTRY_SIZE = 4 + E4_RECORD_SIZE };
#define PLACES_MAX     131072U /* more than any e4_places() */
#define STATE_SIZE_MAX (HEADER_SIZE + (size_t)PLACES_MAX * ENTRY_SIZE)

static const char magic[] = "e4state\n"; /* without its NUL */
static const char state_name[] = "state";
static const char new_name[] = "state.new";
static const char old_name[] = "state.old";

static size_t size_of(uint32_t count)
{
    return HEADER_SIZE + (size_t)count * ENTRY_SIZE;
}

static uint8_t *entry_at(const struct e4_posix *state, unsigned place)
{
    return state->image + size_of(place);
}

/* Wipe and give back an image. */
static void drop(uint8_t **image, size_t *size)
{
    if (*image == NULL)
        return;
    e4_wipe(*image, *size);
    (void)munmap(*image, *size);
    *image = NULL;
    *size = 0;
}

void e4_posix_drop_state(struct e4_posix *state)
{
    drop(&state->image, &state->image_size);
    drop(&state->kept, &state->kept_size);
    state->batch = false;
}

/* Give the image room for size bytes; what is new is zero. */
static enum e4_result make_room(struct e4_posix *state, size_t size)
{
    size_t room = size < 4096 ? 4096 : 2 * size;
    void *memory;

    if (size <= state->image_size)
        return E4_OK;
    memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return e4_posix_fail(state, "find memory for", state_name, errno);
    if (state->image != NULL)
        memcpy(memory, state->image, size_of(state->count));
    drop(&state->image, &state->image_size);
    state->image = memory;
    state->image_size = room;
    return E4_OK;
}

/* Are all entries marked as stored or as not stored? */
static bool entries_are_marked(const struct e4_posix *state, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (e4_port_load32(entry_at(state, i)) > 1)
            return false;
    return true;
}

/* Look at the image, size bytes read from the file. E4_ERR_STORAGE: damaged. */
static enum e4_result check_image(const struct e4_posix *state, size_t size)
{
    const uint8_t *image = state->image;
    uint32_t count;

    if (size < HEADER_SIZE || memcmp(image, magic, 8) != 0 ||
        e4_port_load32(image + 20) != e4_port_crc(0, image, 20))
        return E4_ERR_STORAGE;
    if (e4_port_load32(image + 8) > VERSION)
        return E4_ERR_VERSION;
    count = e4_port_load32(image + 12);
    if (e4_port_load32(image + 8) != VERSION || count > PLACES_MAX || size != size_of(count) ||
        e4_port_load32(image + 16) != e4_port_crc(0, image + HEADER_SIZE, size - HEADER_SIZE) ||
        !entries_are_marked(state, count))
        return E4_ERR_STORAGE;
    return E4_OK;
}

/* Read the open state file into the image. *damaged: it came whole, but is not right. */
static enum e4_result read_image(struct e4_posix *state, bool *damaged)
{
    struct stat info;
    size_t size =
        0; /* also for one too large to be a state file: damaged, as an empty one is */
    enum e4_result result = e4_posix_check_file(state, state_name, state->file, &info);

    *damaged = false;
    if (result != E4_OK)
        return result;
    if (info.st_size <= (off_t)STATE_SIZE_MAX)
        size = (size_t)info.st_size;
    result = make_room(state, size);
    if (result != E4_OK)
        return result;
    if (!e4_posix_read(state->file, state->image, size, 0))
        return e4_posix_fail(state, "read", state_name, errno);
    result = check_image(state, size);
    if (result == E4_OK)
        state->count = e4_port_load32(state->image + 12);
    else if (result == E4_ERR_VERSION)
        (void)e4_posix_refuse(state, state_name, "was written by a newer version of E4");
    else
        *damaged = true;
    return result;
}

/* Has the open state file lost its name since, to another one? */
static bool was_replaced(const struct e4_posix *state)
{
    struct stat named;
    struct stat opened;

    return fstatat(state->folder, state_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstat(state->file, &opened) == 0 && named.st_ino != opened.st_ino;
}

/* Keep a damaged state file under a name that is free. The sentence says what became of it. */
static enum e4_result set_aside(struct e4_posix *state)
{
    char name[32];
    char complaint[sizeof state->damaged + 64];
    struct stat info;
    unsigned n = 0;

    do
        (void)snprintf(name, sizeof name, "state.damaged-%u", ++n);
    while (fstatat(state->folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0);
    if (renameat(state->folder, state_name, state->folder, name) != 0)
        return e4_posix_fail(state, "move aside the damaged", state_name, errno);
    (void)snprintf(state->damaged, sizeof state->damaged, "%s/%s", state->path, name);
    if (!e4_posix_sync_folder(state))
        return e4_posix_fail(state, "flush", "", errno);
    (void)snprintf(complaint, sizeof complaint, "is damaged and was moved to %s",
                   state->damaged);
    return e4_posix_refuse(state, state_name, complaint);
}

/* Once, for a file that may be replaced, and then overwritten, while it is read. */
static enum e4_result take_once(struct e4_posix *state, bool *again)
{
    bool damaged;
    enum e4_result result;

    *again = false;
    state->file = e4_posix_open_file(state, state_name, state->read_only ? O_RDONLY : O_RDWR);
    if (state->file < 0 && errno == ENOENT)
        return E4_OK;
    if (state->file < 0)
        return e4_posix_fail(state, "open", state_name, errno);
    result = read_image(state, &damaged);
    if (!damaged)
        return result;
    if (!state->read_only)
        return set_aside(state);
    *again = was_replaced(state);
    return e4_posix_refuse(state, state_name, "is damaged");
}

enum e4_result e4_posix_take_state(struct e4_posix *state)
{
    enum e4_result result;
    bool again;

    do {
        e4_posix_shut(&state->file);
        result = take_once(state, &again);
    } while (again);
    if (result == E4_OK && !state->read_only) {
        /* What a crash left. If it cannot be removed now, the sentence says so. */
        (void)e4_posix_discard(state, new_name);
        (void)e4_posix_discard(state, old_name);
    }
    return result;
}

enum e4_result e4_posix_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    const struct e4_posix *state = ctx;

    if (place >= state->count || e4_port_load32(entry_at(state, place)) == 0)
        return E4_ERR_EMPTY;
    memcpy(record, entry_at(state, place) + 4, E4_RECORD_SIZE);
    return E4_OK;
}

/* Make the new file, write the image into it and flush it. */
static enum e4_result write_new(struct e4_posix *state, int *fd)
{
    *fd = e4_posix_create_file(state, new_name);
    if (*fd < 0 && errno == EEXIST && e4_posix_discard(state, new_name) == E4_OK)
        *fd = e4_posix_create_file(state, new_name);
    if (*fd < 0)
        return e4_posix_fail(state, "create", new_name, errno);
    if (!e4_posix_write(*fd, state->image, size_of(state->count), 0))
        return e4_posix_fail(state, "write", new_name, errno);
    if (!e4_posix_sync(*fd))
        return e4_posix_fail(state, "flush", new_name, errno);
    return E4_OK;
}

/* A second name keeps the old file at hand; false where the file system has no such thing. */
static bool name_old(struct e4_posix *state)
{
    if (state->file < 0)
        return false;
    if (linkat(state->folder, state_name, state->folder, old_name, 0) == 0)
        return true;
    return errno == EEXIST && e4_posix_discard(state, old_name) == E4_OK &&
           linkat(state->folder, state_name, state->folder, old_name, 0) == 0;
}

/*
 * The folder could not be flushed: back to the old file, which a power cut may yet undo.
 * False if not even that works; then the new one stays in force in the folder.
 */
static bool put_back(struct e4_posix *state, bool old_is_named)
{
    int failed;

    if (old_is_named)
        failed = renameat(state->folder, old_name, state->folder, state_name);
    else if (state->file < 0)
        failed = unlinkat(state->folder, state_name, 0);
    else
        return false;
    (void)e4_posix_sync_folder(state);
    return failed == 0;
}

/* The new file is in force. Overwrite the old one; if that fails, its name stays for later. */
static void retire_old(struct e4_posix *state, bool old_is_named)
{
    if (old_is_named)
        (void)e4_posix_discard(state, old_name);
    else if (state->file >= 0 && !e4_posix_overwrite(state->file))
        (void)e4_posix_fail(state, "overwrite", old_name, errno);
}

/* Put the new file in the place of the old one. *stays: it is there in spite of an error. */
static enum e4_result swap(struct e4_posix *state, bool *stays)
{
    bool old_is_named = name_old(state);
    enum e4_result result;

    if (renameat(state->folder, new_name, state->folder, state_name) != 0) {
        result = e4_posix_fail(state, "replace", state_name, errno);
        if (old_is_named)
            (void)unlinkat(state->folder, old_name,
                           0); /* the second name of what is in force */
        return result;
    }
    if (!e4_posix_sync_folder(state)) {
        result = e4_posix_fail(state, "flush", "", errno);
        *stays = !put_back(state, old_is_named);
        return result;
    }
    retire_old(state, old_is_named);
    return E4_OK;
}

/* Bring the image to the disk in place of the state file: all of it, or nothing changes. */
static enum e4_result replace_file(struct e4_posix *state)
{
    bool stays = false;
    int fd = -1;
    enum e4_result result = write_new(state, &fd);

    if (result == E4_OK)
        result = swap(state, &stays);
    if (result == E4_OK) {
        e4_posix_shut(&state->file);
        state->file = fd;
        return E4_OK;
    }
    if (fd >= 0 && !stays) {
        (void)e4_posix_overwrite(fd);
        (void)unlinkat(state->folder, new_name, 0);
    }
    e4_posix_shut(&fd);
    return result;
}

/* Make the header say what the image holds, and bring it to the disk. */
static enum e4_result commit(struct e4_posix *state)
{
    uint8_t *image = state->image;

    memcpy(image, magic, 8);
    e4_port_store32(image + 8, VERSION);
    e4_port_store32(image + 12, state->count);
    e4_port_store32(image + 16,
                    e4_port_crc(0, image + HEADER_SIZE, size_of(state->count) - HEADER_SIZE));
    e4_port_store32(image + 20, e4_port_crc(0, image, 20));
    return replace_file(state);
}

enum e4_result e4_posix_store(void *ctx, unsigned place, const uint8_t record[E4_RECORD_SIZE])
{
    struct e4_posix *state = ctx;
    uint8_t before[ENTRY_SIZE];
    enum e4_result result;

    if (state->read_only)
        return e4_posix_refuse(state, "", "was opened for reading only");
    if (place >= PLACES_MAX)
        return e4_posix_refuse(state, "", "cannot hold so many records");
    result = make_room(state, size_of(place + 1));
    if (result != E4_OK)
        return result;
    memcpy(before, entry_at(state, place), ENTRY_SIZE);
    e4_port_store32(entry_at(state, place), 1);
    memcpy(entry_at(state, place) + 4, record, E4_RECORD_SIZE);
    if (place >= state->count)
        state->count = place + 1;
    if (state->batch)
        state->noted = true;
    else
        result = commit(state);
    if (result != E4_OK)
        memcpy(entry_at(state, place), before, ENTRY_SIZE);
    e4_wipe(before, sizeof before);
    return result;
}

/* Exchange the image and what is kept of it. */
static void exchange(struct e4_posix *state)
{
    uint8_t *image = state->image;
    size_t size = state->image_size;

    state->image = state->kept;
    state->image_size = state->kept_size;
    state->kept = image;
    state->kept_size = size;
}

enum e4_result e4_posix_batch_begin(struct e4_posix *state)
{
    enum e4_result result;

    if (!state->is_open || state->read_only || state->batch)
        return E4_ERR_ARGUMENT;
    exchange(state);
    result = make_room(state, size_of(state->count));
    if (result != E4_OK) {
        exchange(state);
        return result;
    }
    if (state->kept != NULL)
        memcpy(state->image, state->kept, size_of(state->count));
    state->kept_count = state->count;
    state->noted = false;
    state->batch = true;
    return E4_OK;
}

enum e4_result e4_posix_batch_end(struct e4_posix *state)
{
    enum e4_result result = E4_OK;

    if (!state->batch)
        return E4_ERR_ARGUMENT;
    if (state->noted)
        result = commit(state);
    if (result != E4_OK) {
        exchange(state);
        state->count = state->kept_count;
    }
    drop(&state->kept, &state->kept_size);
    state->batch = false;
    return result;
}
