/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a program, makes its call number $FAIL_CALL to the system or for memory fail;
 * with $FAIL_ON all later ones too. Which call that was is written to the file $FAIL_LOG; it
 * stays absent if the program makes fewer calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

static long number; /* 0: not set up yet, so that nothing fails */
static long count;
static bool on;

/* The function behind the one of this name here. */
static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static void note(const char *name)
{
    int (*real_open)(const char *, int, ...) = (int (*)(const char *, int, ...))next("open");
    ssize_t (*real_write)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))next("write");
    const char *path = getenv("FAIL_LOG");
    int fd = path != NULL ? real_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

    if (fd < 0 || real_write(fd, name, strlen(name)) < 0)
        _exit(99);
    (void)close(fd);
}

/* Is it this call's turn? Of a long run of the same call the first few are counted. */
static bool fails(const char *name, int error)
{
    enum { RUN_MAX = 4 };
    static const char *last = "";
    static int run;

    if (number == 0)
        return false;
    run = strcmp(name, last) == 0 ? run + 1 : 1;
    last = name;
    if (run > RUN_MAX)
        return on && count >= number && (errno = error) != 0;
    count++;
    if (count < number || (count > number && !on))
        return false;
    if (count == number)
        note(name);
    errno = error;
    return true;
}

/* Calls fail from main() to the program's own end. What a compiler adds after that, to write
 * down which lines ran, is not the program's. */
static void tear_down(void)
{
    number = 0;
}

static int (*real_main)(int argc, char **argv, char **environment);

static int failing_main(int argc, char **argv, char **environment)
{
    const char *text = getenv("FAIL_CALL");

    on = getenv("FAIL_ON") != NULL;
    if (atexit(tear_down) != 0)
        _exit(99);
    number = text != NULL ? strtol(text, NULL, 10) : 0;
    return real_main(argc, argv, environment);
}

/* What every program begins with. */
typedef int start_function(int (*main)(int, char **, char **), int argc, char **argv,
                           void (*init)(void), void (*fini)(void), void (*loader)(void),
                           void *stack);
start_function __libc_start_main;

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*loader)(void), void *stack)
{
    start_function *real = (start_function *)next("__libc_start_main");

    real_main = main;
    return real(failing_main, argc, argv, init, fini, loader, stack);
}

/* Memory. glibc's own names for these, because dlsym() itself needs memory. */
void *__libc_malloc(size_t len);
void *__libc_calloc(size_t n, size_t len);
void *__libc_realloc(void *memory, size_t len);

void *malloc(size_t len)
{
    return fails("malloc", ENOMEM) ? NULL : __libc_malloc(len);
}

void *calloc(size_t n, size_t len)
{
    return fails("calloc", ENOMEM) ? NULL : __libc_calloc(n, len);
}

void *realloc(void *memory, size_t len)
{
    return fails("realloc", ENOMEM) ? NULL : __libc_realloc(memory, len);
}

/* CALL(result, name, parameters, arguments, error, failure) */
#define CALL(type, name, parameters, arguments, error, failure)                                \
    type name parameters                                                                       \
    {                                                                                          \
        type(*real) parameters = (type(*) parameters)next(#name);                              \
                                                                                               \
        return fails(#name, error) ? failure : real arguments;                                 \
    }

CALL(ssize_t, read, (int fd, void *buf, size_t len), (fd, buf, len), EIO, -1)
CALL(ssize_t, write, (int fd, const void *buf, size_t len), (fd, buf, len), ENOSPC, -1)
CALL(ssize_t, pread, (int fd, void *buf, size_t len, off_t at), (fd, buf, len, at), EIO, -1)
CALL(ssize_t, pwrite, (int fd, const void *buf, size_t len, off_t at), (fd, buf, len, at),
     ENOSPC, -1)
CALL(int, fsync, (int fd), (fd), EIO, -1)
CALL(int, fdatasync, (int fd), (fd), EIO, -1)
CALL(int, ftruncate, (int fd, off_t len), (fd, len), EIO, -1)
CALL(int, rename, (const char *from, const char *to), (from, to), EIO, -1)
CALL(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), EIO, -1)
CALL(int, link, (const char *from, const char *to), (from, to), EMLINK, -1)
CALL(int, linkat, (int a, const char *from, int b, const char *to, int flags),
     (a, from, b, to, flags), EMLINK, -1)
CALL(int, unlink, (const char *path), (path), EIO, -1)
CALL(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags), EIO, -1)
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC, -1)
CALL(int, mkstemp, (char *path), (path), ENOSPC, -1)
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), EPERM, -1)
CALL(int, stat, (const char *path, struct stat *out), (path, out), EIO, -1)
CALL(int, fstat, (int fd, struct stat *out), (fd, out), EIO, -1)
CALL(int, access, (const char *path, int mode), (path, mode), EIO, -1)
CALL(void *, mmap, (void *at, size_t len, int prot, int flags, int fd, off_t from),
     (at, len, prot, flags, fd, from), ENOMEM, MAP_FAILED)
CALL(int, msync, (void *at, size_t len, int flags), (at, len, flags), EIO, -1)
CALL(int, mlock, (const void *at, size_t len), (at, len), ENOMEM, -1)
CALL(int, madvise, (void *at, size_t len, int advice), (at, len, advice), EINVAL, -1)
CALL(int, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit),
     EPERM, -1)

CALL(int, socket, (int family, int type, int protocol), (family, type, protocol), EMFILE, -1)
CALL(int, pselect,
     (int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *most,
      const sigset_t *mask),
     (n, in, out, other, most, mask), ENOMEM, -1)
CALL(int, flock, (int fd, int how), (fd, how), EWOULDBLOCK, -1)
CALL(int, tcgetattr, (int fd, struct termios *now), (fd, now), EIO, -1)
CALL(int, tcsetattr, (int fd, int when, const struct termios *now), (fd, when, now), EIO, -1)
CALL(int, sigprocmask, (int how, const sigset_t *mask, sigset_t *before), (how, mask, before),
     EINVAL, -1)

CALL(int, poll, (struct pollfd * list, nfds_t len, int most_ms), (list, len, most_ms), ENOMEM,
     -1)
CALL(int, pipe, (int ends[2]), (ends), EMFILE, -1)
CALL(int, dup, (int fd), (fd), EMFILE, -1)
CALL(int, sigaction, (int number_, const struct sigaction *action, struct sigaction *before),
     (number_, action, before), EINVAL, -1)

/* libsodium asks for 16 bytes as it starts, and ends the whole program if it gets none. */
ssize_t getrandom(void *buf, size_t len, unsigned flags)
{
    ssize_t (*real)(void *, size_t, unsigned) =
        (ssize_t(*)(void *, size_t, unsigned))next("getrandom");

    return len != 16 && fails("getrandom", ENOSYS) ? -1 : real(buf, len, flags);
}

int open(const char *path, int flags, ...)
{
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))next("open");
    mode_t mode;
    va_list args;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails("open", EMFILE) ? -1 : real(path, flags, mode);
}

int openat(int fd, const char *path, int flags, ...)
{
    int (*real)(int, const char *, int, ...) =
        (int (*)(int, const char *, int, ...))next("openat");
    mode_t mode;
    va_list args;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fails("openat", EMFILE) ? -1 : real(fd, path, flags, mode);
}
