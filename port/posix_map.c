/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSIX port's memory that outlives the process: a file that is mapped and shared. It
 * starts with a header of 64 bytes, and slots follow as the machine lays them out:
 *
 *    0  "e4share\n"
 *    8  version, bytes in a slot, number of slots; 4 bytes each, little-endian
 *   20  which start of the machine it is from; text, filled up with zeros
 *   60  CRC-32C of all before it, little-endian
 *
 * A file is never changed in size and never reused for something else, because others may
 * have it mapped: it loses its name, and a new one takes that. Its lock is held meanwhile.
 */
#define _DEFAULT_SOURCE 1 /* LOCK_EX */

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crc.h"

enum {
    VERSION = 1,
    HEADER_SIZE = 64,
    START_AT = 20,
    CRC_AT = 60,
    START_CAP = CRC_AT - START_AT
};

/* What one file is to hold. */
struct share {
    const char *name;
    uint32_t slot_size;
    uint32_t slot_count;
    const char *start;
};

static size_t size_of(const struct share *share)
{
    return HEADER_SIZE + (size_t)share->slot_size * share->slot_count;
}

static void make_header(uint8_t header[HEADER_SIZE], const struct share *share)
{
    size_t start_len = strlen(share->start);

    memset(header, 0, HEADER_SIZE);
    memcpy(header, "e4share\n", 8);
    e4_port_store32(header + 8, VERSION);
    e4_port_store32(header + 12, share->slot_size);
    e4_port_store32(header + 16, share->slot_count);
    memcpy(header + START_AT, share->start, start_len < START_CAP ? start_len : START_CAP);
    e4_port_store32(header + CRC_AT, e4_port_crc(0, header, CRC_AT));
}

/* Does the file hold just this? If it cannot be read it does not. */
static bool is_share(int fd, off_t size, const struct share *share)
{
    uint8_t want[HEADER_SIZE];
    uint8_t have[HEADER_SIZE];

    make_header(want, share);
    return size == (off_t)size_of(share) && e4_posix_read(fd, have, HEADER_SIZE, 0) &&
           memcmp(have, want, HEADER_SIZE) == 0;
}

/* Zeros on every byte, so that a full disk shows now, and then the header. */
static enum e4_result fill(struct e4_posix *state, int fd, const struct share *share)
{
    uint8_t header[HEADER_SIZE];
    enum e4_result result;

    make_header(header, share);
    if (e4_posix_write_zeros(fd, (off_t)size_of(share)) &&
        e4_posix_write(fd, header, HEADER_SIZE, 0))
        return E4_OK;
    result = e4_posix_fail(state, "write", share->name, errno);
    (void)unlinkat(state->folder, share->name, 0);
    return result;
}

/* Another process may make or remove the file between one call and the next. */
static int open_or_create(const struct e4_posix *state, const char *name)
{
    int fd;

    do {
        fd = e4_posix_open_file(state, name, O_RDWR);
        if (fd < 0 && errno == ENOENT)
            fd = e4_posix_create_file(state, name);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

/* The file is open and locked. *again: it is not what is wanted, and has lost its name. */
static enum e4_result settle(struct e4_posix *state, int fd, const struct share *share,
                             bool *again)
{
    struct stat info;
    enum e4_result result = e4_posix_check_file(state, share->name, fd, &info);

    *again = false;
    if (result != E4_OK)
        return result;
    if (info.st_nlink > 0 && info.st_size == 0)
        return fill(state, fd, share);
    if (info.st_nlink > 0 && is_share(fd, info.st_size, share))
        return E4_OK;
    /* Without a name: another process was first to replace it. */
    if (info.st_nlink > 0 && unlinkat(state->folder, share->name, 0) != 0)
        return e4_posix_fail(state, "remove", share->name, errno);
    *again = true;
    return E4_OK;
}

/* Open the file of that name with the right contents, and map it. */
static enum e4_result take(struct e4_posix *state, int *fd, const struct share *share,
                           void **memory)
{
    enum e4_result result;
    bool again;

    do {
        e4_posix_shut(fd);
        *fd = open_or_create(state, share->name);
        if (*fd < 0)
            return e4_posix_fail(state, "open", share->name, errno);
        if (!e4_posix_flock(*fd, LOCK_EX))
            return e4_posix_fail(state, "lock", share->name, errno);
        result = settle(state, *fd, share, &again);
        if (result != E4_OK)
            return result;
    } while (again);
    *memory = mmap(NULL, size_of(share), PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (*memory == MAP_FAILED) {
        *memory = NULL;
        return e4_posix_fail(state, "map", share->name, errno);
    }
    return E4_OK;
}

static void *slots_in(void *memory)
{
    return (uint8_t *)memory + HEADER_SIZE;
}

static enum e4_result take_sent(struct e4_posix *state, const struct share *share)
{
    enum e4_result result = take(state, &state->sent, share, &state->sent_memory);

    if (result != E4_OK)
        return result;
    state->sent_size = size_of(share);
    e4_posix_unlock_sent(state);
    return E4_OK;
}

static enum e4_result take_seen(struct e4_posix *state, const struct share *share)
{
    int fd = -1;
    enum e4_result result = take(state, &fd, share, &state->seen_memory);

    if (result == E4_OK)
        state->seen_size = size_of(share);
    e4_posix_shut(&fd);
    return result;
}

enum e4_result e4_posix_map_since(struct e4_posix *state, struct e4_sent_slot **sent,
                                  uint16_t sent_count, struct e4_seen_slot **seen,
                                  uint32_t seen_count, const char *start)
{
    const struct share sent_share = {"sent", sizeof **sent, sent_count, start};
    const struct share seen_share = {"seen", sizeof **seen, seen_count, start};
    enum e4_result result = E4_OK;

    if (sent_count == 0 && seen_count == 0)
        return E4_ERR_ARGUMENT;
    if (state->sent_memory != NULL || state->seen_memory != NULL ||
        (seen_count > 0 && state->read_only))
        return E4_ERR_ARGUMENT;
    if (sent_count > 0)
        result = take_sent(state, &sent_share);
    if (result == E4_OK && seen_count > 0)
        result = take_seen(state, &seen_share);
    if (result != E4_OK) {
        e4_posix_unmap(state);
        return result;
    }
    if (sent_count > 0)
        *sent = slots_in(state->sent_memory);
    if (seen_count > 0)
        *seen = slots_in(state->seen_memory);
    return E4_OK;
}

/* Which start of the machine this is; "" where the system does not say. */
static void find_start(char start[START_CAP + 1])
{
    static const char path[] = "/proc/sys/kernel/random/boot_id";
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    memset(start, 0, START_CAP + 1);
    if (fd >= 0 && !e4_posix_read(fd, start, 36, 0))
        start[0] = '\0';
    e4_posix_shut(&fd);
}

enum e4_result e4_posix_map(struct e4_posix *state, struct e4_sent_slot **sent,
                            uint16_t sent_count, struct e4_seen_slot **seen,
                            uint32_t seen_count)
{
    char start[START_CAP + 1];

    find_start(start);
    return e4_posix_map_since(state, sent, sent_count, seen, seen_count, start);
}

void e4_posix_unmap(struct e4_posix *state)
{
    if (state->sent_memory != NULL)
        (void)munmap(state->sent_memory, state->sent_size);
    if (state->seen_memory != NULL)
        (void)munmap(state->seen_memory, state->seen_size);
    state->sent_memory = NULL;
    state->seen_memory = NULL;
    e4_posix_shut(&state->sent);
}

enum e4_result e4_posix_lock_sent(struct e4_posix *state)
{
    if (state->sent < 0)
        return E4_ERR_ARGUMENT;
    if (!e4_posix_flock(state->sent, LOCK_EX))
        return e4_posix_fail(state, "lock", "sent", errno);
    return E4_OK;
}

void e4_posix_unlock_sent(struct e4_posix *state)
{
    if (state->sent >= 0)
        (void)e4_posix_flock(state->sent, LOCK_UN);
}
