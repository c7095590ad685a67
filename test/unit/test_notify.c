/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of base/notify.c, with a service manager's socket. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"
#include "law.h"

/* A socket by this name, of which the first byte may stand for NUL. */
static int manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    memcpy(address.sun_path, name, strlen(name));
    if (*name == '@')
        address.sun_path[0] = '\0';
    CHECK(fd >= 0);
    CHECK(bind(fd, (struct sockaddr *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
    CHECK(setenv("NOTIFY_SOCKET", name, 1) == 0);
    return fd;
}

static bool was_told(int fd, const char *what)
{
    char text[64] = "";
    ssize_t len = recv(fd, text, sizeof text - 1, 0);

    return len == (ssize_t)strlen(what) && memcmp(text, what, (size_t)len) == 0;
}

TEST(the_manager_is_told_when_we_are_ready_and_when_we_stop)
{
    char names[2][64];

    (void)snprintf(names[0], sizeof names[0], "/tmp/e4-test-notify-%ld", (long)getpid());
    (void)snprintf(names[1], sizeof names[1], "@e4-test-notify-%ld", (long)getpid());
    for (size_t i = 0; i < COUNT(names); i++) {
        int fd = manager(names[i]);

        notify_ready();
        notify_stopping();
        CHECK_AT(i, was_told(fd, "READY=1"));
        CHECK_AT(i, was_told(fd, "STOPPING=1"));
        (void)close(fd);
    }
    (void)unlink(names[0]);
}

TEST(without_a_manager_nobody_is_told)
{
    char name[] = "/tmp/e4-test-notify-XXXXXX";
    int fd;

    CHECK(mkdtemp(name) != NULL && rmdir(name) == 0);
    fd = manager(name);
    CHECK(unsetenv("NOTIFY_SOCKET") == 0);
    notify_ready();
    CHECK(setenv("NOTIFY_SOCKET", "relative", 1) == 0);
    notify_ready();
    CHECK(!was_told(fd, "READY=1"));
    (void)close(fd);
    (void)unlink(name);
    CHECK(setenv("NOTIFY_SOCKET", name, 1) == 0);
    notify_ready(); /* which is told to the log, and no more */
}

LAWS(LAW(the_manager_is_told_when_we_are_ready_and_when_we_stop),
     LAW(without_a_manager_nobody_is_told))
