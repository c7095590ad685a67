/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state file that holds anything, with right checksums or not: it is taken, or it is put
 * aside and the next open finds nothing; when it is taken, every place loads, and what is
 * stored then is there after the next open.
 */
#define _XOPEN_SOURCE 700 /* nftw() */
#include "fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e4/port_posix.h"
#include "port/crc.h"

enum { HEADER_SIZE = 24, ENTRY_SIZE = 132, FILE_MAX = HEADER_SIZE + 20 * ENTRY_SIZE };

static char folder[64];

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_folder(void)
{
    const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(folder, sizeof folder, "%s/e4-fuzz-XXXXXX", where);
    law(mkdtemp(folder) != NULL, "there is room for a folder");
    atexit(remove_folder);
}

static void put32(uint8_t *at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

/* Make the header fit what follows it. */
static void put_header(uint8_t *file, size_t len)
{
    size_t rest = len - HEADER_SIZE;

    memcpy(file, "e4state\n", 8);
    put32(file + 8, 1);
    put32(file + 12, (uint32_t)(rest / ENTRY_SIZE));
    put32(file + 16, e4_port_crc(0, file + HEADER_SIZE, rest));
    put32(file + 20, e4_port_crc(0, file, 20));
}

static void write_state(const uint8_t *file, size_t len)
{
    char path[96];
    int fd;

    snprintf(path, sizeof path, "%s/state", folder);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    law(fd >= 0 && write(fd, file, len) == (ssize_t)len && close(fd) == 0, "a file is written");
}

/* What a taken file gives, and that it goes on working. */
static void use(struct e4_posix *state, struct e4_port *port, unsigned place)
{
    uint8_t record[E4_RECORD_SIZE];
    uint8_t other[E4_RECORD_SIZE];
    uint8_t after[E4_RECORD_SIZE];
    enum e4_result before = port->load(port->ctx, place + 1, other);

    for (unsigned i = 0; i < 24; i++) {
        enum e4_result result = port->load(port->ctx, i, record);

        law(result == E4_OK || result == E4_ERR_EMPTY, "every place loads or is empty");
    }
    memset(record, 0x5a, sizeof record);
    law(port->store(port->ctx, place, record) == E4_OK, "a record is stored");
    e4_posix_close(state);
    law(e4_posix_open(state, port, folder, 0) == E4_OK, "it opens again");
    law(port->load(port->ctx, place, after) == E4_OK &&
            memcmp(record, after, sizeof after) == 0,
        "what was stored is there");
    law(port->load(port->ctx, place + 1, after) == before &&
            (before != E4_OK || memcmp(other, after, sizeof after) == 0),
        "the other records are as they were");
    e4_posix_close(state);
}

/* The file was not taken: it was put aside, and there is nothing. */
static void after_failure(struct e4_posix *state, struct e4_port *port, enum e4_result result)
{
    uint8_t record[E4_RECORD_SIZE];

    law(e4_posix_why(state)[0] != '\0', "it says why");
    if (result == E4_ERR_VERSION)
        return;
    law(result == E4_ERR_STORAGE, "a damaged file is told as one");
    law(e4_posix_damaged(state) != NULL, "it says where the damaged file is");
    law(unlink(e4_posix_damaged(state)) == 0, "the damaged file is there");
    law(e4_posix_open(state, port, folder, 0) == E4_OK, "the next open finds nothing wrong");
    law(port->load(port->ctx, 0, record) == E4_ERR_EMPTY, "and nothing at all");
    e4_posix_close(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t file[FILE_MAX];
    static struct e4_posix state;
    struct input input = {data, size};
    uint8_t how = take_byte(&input);
    unsigned place = take_byte(&input) % 22;
    struct e4_port port;
    size_t len = input.len < sizeof file ? input.len : sizeof file;
    enum e4_result result;

    if (folder[0] == '\0')
        make_folder();
    take_bytes(&input, file, len);
    if (how % 4 != 0 && len >= HEADER_SIZE) {
        len -= (len - HEADER_SIZE) % ENTRY_SIZE;
        for (size_t at = HEADER_SIZE; at < len && how % 8 > 1; at += ENTRY_SIZE)
            put32(file + at, file[at] & 1U);
        put_header(file, len);
    }
    write_state(file, len);
    memset(&state, 0, sizeof state);
    result = e4_posix_open(&state, &port, folder, 0);
    if (result == E4_OK)
        use(&state, &port, place);
    else
        after_failure(&state, &port, result);
    return 0;
}
