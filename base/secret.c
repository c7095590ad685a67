/* SPDX-License-Identifier: Apache-2.0 */
/* See secret.h. What POSIX lacks is Linux's: prctl, madvise, getrandom. */
#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "e4/keys.h"
#include "base/err.h"
#include "base/file.h"

int secret_no_dumps(struct err *err)
{
    static const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_system(err, ERR_SYSTEM, errno, "cannot turn core dumps off");
    return 0;
}

void *secret_alloc(size_t len, struct err *err)
{
    void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        (void)err_system(err, ERR_SYSTEM, errno, "no memory for %zu bytes", len);
        return NULL;
    }
    /* Advice: where the system takes none of it, the memory works all the same. */
    (void)madvise(memory, len, MADV_HUGEPAGE);
    (void)madvise(memory, len, MADV_DONTDUMP);
    (void)mlock(memory, len);
    return memory;
}

void secret_free(void *memory, size_t len)
{
    if (memory == NULL)
        return;
    e4_wipe(memory, len);
    (void)munmap(memory, len);
}

int secret_random(uint8_t *out, size_t len, struct err *err)
{
    while (len > 0) {
        ssize_t n = getrandom(out, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(err, ERR_SYSTEM, errno, "no random bytes from the system");
        out += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Files are private to their owner; pipes and terminals are what the caller makes of them. */
static int check_permissions(int fd, const char *path, struct err *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return err_system(err, ERR_INPUT, errno, "cannot read %s", path);
    if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: others may read or change this secret (mode %03o); chmod 600 %s",
                       path, (unsigned)status.st_mode & 0777U, path);
    return 0;
}

int secret_read(const char *path, void *buf, size_t cap, size_t *len, struct err *err)
{
    int fd;
    int rc = -1;

    *len = 0;
    if (strcmp(path, "-") == 0)
        return file_read_fd(STDIN_FILENO, buf, cap, len, "standard input", err);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_system(err, ERR_INPUT, errno, "cannot read %s", path);
    if (check_permissions(fd, path, err) == 0)
        rc = file_read_fd(fd, buf, cap, len, path, err);
    (void)close(fd);
    return rc;
}

bool secret_is_given(const struct secret_source *source)
{
    return source->file != NULL || source->value != NULL ||
           (source->variable != NULL && getenv(source->variable) != NULL);
}

/* Signals that end a program; while a password is typed they only end the typing. */
static const int ending[] = {SIGHUP, SIGINT, SIGTERM};
enum { ENDINGS = sizeof ending / sizeof ending[0] };

static void ignore_signal(int number)
{
    (void)number;
}

/* Ask for a line on the terminal that is standard input, without showing what is typed. */
static ssize_t ask_unseen(char *line, size_t cap, const struct termios *shown)
{
    struct sigaction interrupt = {.sa_handler = ignore_signal}; /* no SA_RESTART */
    struct sigaction before[ENDINGS];
    struct termios unseen = *shown;
    ssize_t n;

    for (size_t i = 0; i < ENDINGS; i++)
        (void)sigaction(ending[i], &interrupt, &before[i]);
    unseen.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    (void)fputs("password: ", stderr); /* only now, for what was typed before is dropped */
    n = read(STDIN_FILENO, line, cap);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, shown);
    for (size_t i = 0; i < ENDINGS; i++)
        (void)sigaction(ending[i], &before[i], NULL);
    return n;
}

static int ask(char *password, size_t cap, size_t *len, struct err *err)
{
    struct termios shown;
    ssize_t n;

    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return err_system(err, ERR_INPUT, errno, "cannot ask for a password");
    n = ask_unseen(password, cap, &shown);
    (void)putc('\n', stderr);
    if (n < 0)
        return err_system(err, ERR_INPUT, errno, "cannot read the password");
    *len = (size_t)n;
    return 0;
}

/* A password that is in memory already. */
static int take(char *password, size_t *len, const char *value, const char *what,
                struct err *err)
{
    size_t used = strlen(value);

    if (used > SECRET_PASSWORD_MAX)
        return err_set(err, ERR_INPUT, "%s: longer than %d bytes", what, SECRET_PASSWORD_MAX);
    memcpy(password, value, used + 1);
    *len = used;
    return 0;
}

int secret_password(char password[SECRET_PASSWORD_MAX + 1], size_t *len,
                    const struct secret_source *source, struct err *err)
{
    const char *variable = source->variable != NULL ? getenv(source->variable) : NULL;
    size_t used = 0;
    int rc;

    *len = 0;
    if (source->value != NULL)
        return take(password, len, source->value, "the password", err);
    if (source->file == NULL && variable != NULL)
        return take(password, len, variable, source->variable, err);
    if (source->file == NULL)
        return err_set(err, ERR_USAGE, "no password is given");
    if (strcmp(source->file, "-") == 0 && isatty(STDIN_FILENO))
        rc = ask(password, SECRET_PASSWORD_MAX, &used, err);
    else
        rc = secret_read(source->file, password, SECRET_PASSWORD_MAX, &used, err);
    if (rc != 0)
        return -1;
    if (used > 0 && password[used - 1] == '\n')
        used--;
    if (used > 0 && password[used - 1] == '\r')
        used--;
    password[used] = '\0';
    *len = used;
    return 0;
}
