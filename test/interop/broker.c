/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping mosquitto. */
#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { START_TRIES = 5, WAIT_STEPS = 200, WAIT_STEP_MS = 25 };

static const char *find_mosquitto(void)
{
    static const char *const places[] = {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto",
                                         "/usr/bin/mosquitto", "/usr/local/bin/mosquitto"};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static struct sockaddr_in loopback(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A port that was free a moment ago. */
static unsigned free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    unsigned port = 0;

    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        port = ntohs(address.sin_port);
    if (fd >= 0)
        close(fd);
    if (port == 0)
        fail_msg("no free port: %s", strerror(errno));
    return port;
}

static bool answers(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool connected = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

    if (fd >= 0)
        close(fd);
    return connected;
}

static void file_of(const struct broker *broker, const char *name, char *path, size_t cap)
{
    snprintf(path, cap, "%s/%s", broker->folder, name);
}

static void write_config(const struct broker *broker)
{
    char path[128];
    FILE *file;

    file_of(broker, "mosquitto.conf", path, sizeof path);
    file = fopen(path, "w");
    if (file == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    fprintf(file,
            "listener %u 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_queued_messages 0\nset_tcp_nodelay true\n",
            broker->port);
    if (fclose(file) != 0)
        fail_msg("%s: %s", path, strerror(errno));
}

static void run(const struct broker *broker, const char *program)
{
    char config[128];
    char log[128];
    int fd;

    file_of(broker, "mosquitto.conf", config, sizeof config);
    file_of(broker, "log", log, sizeof log);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
        execl(program, program, "-c", config, (char *)NULL);
    _exit(127);
}

/* Up, or ended because somebody else took the port. */
static bool comes_up(struct broker *broker)
{
    const struct timespec step = {.tv_nsec = WAIT_STEP_MS * 1000000L};

    for (int i = 0; i < WAIT_STEPS; i++) {
        if (waitpid(broker->pid, NULL, WNOHANG) == broker->pid)
            return false;
        if (answers(broker->port))
            return true;
        nanosleep(&step, NULL);
    }
    kill(broker->pid, SIGKILL);
    waitpid(broker->pid, NULL, 0);
    return false;
}

bool broker_exists(void)
{
    return find_mosquitto() != NULL;
}

bool broker_start(struct broker *broker)
{
    const char *program = find_mosquitto();

    snprintf(broker->folder, sizeof broker->folder, "/tmp/e4-interop-XXXXXX");
    if (mkdtemp(broker->folder) == NULL)
        fail_msg("%s: %s", broker->folder, strerror(errno));
    for (int i = 0; i < START_TRIES; i++) {
        broker->port = free_port();
        write_config(broker);
        broker->pid = fork();
        if (broker->pid == 0)
            run(broker, program);
        if (broker->pid > 0 && comes_up(broker))
            return true;
        broker->pid = 0; /* it has ended */
    }
    print_error("mosquitto does not come up; see %s/log\n", broker->folder);
    return false;
}

void broker_stop(struct broker *broker)
{
    static const char *const names[] = {"mosquitto.conf", "log"};
    char path[128];

    if (broker->pid <= 0)
        return;
    kill(broker->pid, SIGTERM);
    waitpid(broker->pid, NULL, 0);
    broker->pid = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_of(broker, names[i], path, sizeof path);
        unlink(path);
    }
    rmdir(broker->folder);
}
