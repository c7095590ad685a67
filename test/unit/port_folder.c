/* SPDX-License-Identifier: Apache-2.0 */
/* A device's folder for tests; see port_folder.h. */
#include "test/unit/port_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char folder[200];
struct e4_posix posix;
struct e4_port port;
static pid_t owner; /* the process whose test is between begin and end; 0: none */

void folder_path(char path[PATH_ROOM], const char *name)
{
    (void)snprintf(path, PATH_ROOM, "%s/%s", folder, name);
}

void folder_remove(const char *name)
{
    char path[PATH_ROOM];

    folder_path(path, name);
    CHECK(remove(path) == 0);
}

/* Take away the folder, and the one that it lies in. */
static void take_away(void)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[PATH_ROOM];

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        folder_path(path, entry->d_name);
        if (entry->d_name[0] != '.')
            (void)remove(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(folder);
    *strrchr(folder, '/') = '\0';
    (void)rmdir(folder);
    owner = 0;
}

/* A test that failed has left its folder, unless this is a child of it. */
static void take_away_left(void)
{
    if (owner == getpid())
        take_away();
}

/* A folder of the test's own, which does not exist yet, in one that does. */
void folder_begin(void)
{
    static bool prepared;
    const char *top = getenv("TMPDIR");

    if (!prepared)
        CHECK(atexit(take_away_left) == 0);
    prepared = true;
    take_away_left();
    if (top == NULL) /* memory, where there is such a thing: thousands of files are made here */
        top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/e4-port-XXXXXX", top);
    CHECK(mkdtemp(folder) != NULL);
    owner = getpid();
    strcat(folder, "/device");
    memset(&posix, 0, sizeof posix);
}

void folder_end(void)
{
    e4_posix_close(&posix);
    take_away();
    CHECK(access(folder, F_OK) != 0);
}

enum e4_result folder_open(unsigned flags)
{
    e4_posix_close(&posix);
    return e4_posix_open(&posix, &port, folder, flags);
}

enum e4_result folder_store(unsigned place, int fill)
{
    uint8_t record[E4_RECORD_SIZE];

    memset(record, fill, sizeof record);
    return port.store(port.ctx, place, record);
}

int folder_load_from(const struct e4_port *from, unsigned place)
{
    uint8_t record[E4_RECORD_SIZE] = {0};

    if (from->load(from->ctx, place, record) != E4_OK)
        return -1;
    for (size_t i = 1; i < sizeof record; i++)
        if (record[i] != record[0])
            return -2;
    return record[0];
}

int folder_load_beside(unsigned place)
{
    struct e4_posix reader;
    struct e4_port reader_port;
    int fill;

    CHECK(e4_posix_open(&reader, &reader_port, folder, E4_POSIX_READ_ONLY) == E4_OK);
    fill = folder_load_from(&reader_port, place);
    e4_posix_close(&reader);
    return fill;
}

/* What all bytes of a record are; -1 if there is none. */
int folder_load(unsigned place)
{
    return folder_load_from(&port, place);
}

/* A device with three records, the second of them never stored. */
void folder_make(void)
{
    CHECK(folder_open(E4_POSIX_CREATE) == E4_OK);
    CHECK(folder_store(0, 10) == E4_OK && folder_store(2, 12) == E4_OK &&
          folder_store(0, 11) == E4_OK);
    e4_posix_close(&posix);
}

size_t folder_read(const char *name, uint8_t *bytes, size_t cap)
{
    char path[PATH_ROOM];
    FILE *file;
    size_t len = 0;

    folder_path(path, name);
    file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    len = fread(bytes, 1, cap, file);
    fclose(file);
    return len;
}

void folder_write(const char *name, const void *bytes, size_t len)
{
    char path[PATH_ROOM];
    int fd;

    folder_path(path, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0);
}

bool folder_has(const char *name)
{
    struct stat info;
    char path[PATH_ROOM];

    folder_path(path, name);
    return lstat(path, &info) == 0;
}

unsigned folder_mode(const char *name)
{
    struct stat info;
    char path[PATH_ROOM];

    folder_path(path, name);
    CHECK(lstat(path, &info) == 0);
    return (unsigned)info.st_mode & 07777U;
}

bool why_says(const char *words)
{
    return strstr(e4_posix_why(&posix), words) != NULL;
}

/* Run a part of a test in a process of its own; what it returns must hold. */
void in_child(bool (*part)(void))
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(part() ? 0 : 1);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
