/* SPDX-License-Identifier: Apache-2.0 */
/* See serial.h. The rates above 38,400 and TIOCEXCL are not POSIX's but every system's. */
#define _DEFAULT_SOURCE
#include "tools/e4/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

static const struct {
    unsigned long rate;
    speed_t speed;
} rates[] = {
    {1200, B1200},     {2400, B2400},     {4800, B4800},     {9600, B9600},
    {19200, B19200},   {38400, B38400},   {57600, B57600},   {115200, B115200},
    {230400, B230400}, {460800, B460800}, {921600, B921600},
};
enum { RATES = sizeof rates / sizeof *rates };

/* Index of a rate; RATES: there is none such. */
static size_t find_rate(unsigned long rate)
{
    size_t i = 0;

    while (i < RATES && rates[i].rate != rate)
        i++;
    return i;
}

bool serial_rate_is_known(unsigned long rate)
{
    return find_rate(rate) < RATES;
}

uint64_t serial_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Signals that end a program are held back, except while pselect() waits. */

static const int ending[] = {SIGHUP, SIGINT, SIGTERM};
enum { ENDINGS = sizeof ending / sizeof *ending };
static volatile sig_atomic_t came;

static void on_signal(int number)
{
    came = number;
}

bool serial_interrupted(void)
{
    return came != 0;
}

static int catch_signals(struct serial *serial, struct err *err)
{
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t held;

    (void)sigemptyset(&held);
    for (size_t i = 0; i < ENDINGS; i++)
        (void)sigaddset(&held, ending[i]);
    if (sigprocmask(SIG_BLOCK, &held, &serial->mask_before) != 0)
        return err_system(err, ERR_SYSTEM, errno, "catching signals");
    for (size_t i = 0; i < ENDINGS; i++) {
        (void)sigaction(ending[i], NULL, &serial->action_before[i]);
        if (serial->action_before[i].sa_handler != SIG_IGN)
            (void)sigaction(ending[i], &action, NULL);
    }
    serial->caught = true;
    return 0;
}

static void release_signals(struct serial *serial)
{
    if (!serial->caught)
        return;
    (void)sigprocmask(SIG_SETMASK, &serial->mask_before, NULL);
    for (size_t i = 0; i < ENDINGS; i++)
        (void)sigaction(ending[i], &serial->action_before[i], NULL);
    if (came != 0)
        (void)raise(came);
}

/* Wait until fd can be read or written. 1: it can; 0: not until then; -1: interrupted. */
static int wait_for(struct serial *serial, bool to_write, uint64_t until_ms, struct err *err)
{
    uint64_t now_ms = serial_now_ms();
    uint64_t left_ms = until_ms > now_ms ? until_ms - now_ms : 0;
    struct timespec most = {(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};
    fd_set set;
    int ready;

    FD_ZERO(&set);
    FD_SET(serial->fd, &set);
    ready = pselect(serial->fd + 1, to_write ? NULL : &set, to_write ? &set : NULL, NULL, &most,
                    &serial->mask_before);
    if (ready < 0 && errno != EINTR)
        return err_system(err, ERR_SYSTEM, errno, "waiting for %s", serial->where);
    if (came != 0)
        return err_set(err, ERR_NETWORK, "%s: interrupted", serial->where);
    return ready > 0;
}

/* A serial port as bytes: eight bits, no parity, nothing translated, no flow control. */
static int set_up_port(struct serial *serial, unsigned long rate, struct err *err)
{
    struct termios raw;
    speed_t speed = rates[find_rate(rate)].speed;

    if (tcgetattr(serial->fd, &serial->before) != 0)
        return err_system(err, ERR_INPUT, errno, "%s: not a serial port", serial->where);
    raw = serial->before;
    raw.c_iflag = 0;
    raw.c_oflag = 0;
    raw.c_lflag = 0;
    raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS);
    raw.c_cflag |= CS8 | CREAD | CLOCAL;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (cfsetispeed(&raw, speed) != 0 || cfsetospeed(&raw, speed) != 0 ||
        tcsetattr(serial->fd, TCSANOW, &raw) != 0)
        return err_system(err, ERR_NETWORK, errno, "%s: cannot be set to %lu baud",
                          serial->where, rate);
    serial->is_terminal = true;
    (void)ioctl(serial->fd, TIOCEXCL); /* for those that do not lock */
    /* tcsetattr() is content with having done something. */
    if (tcgetattr(serial->fd, &raw) != 0 || cfgetospeed(&raw) != speed)
        return err_set(err, ERR_NETWORK, "%s: cannot be set to %lu baud", serial->where, rate);
    (void)tcflush(serial->fd, TCIOFLUSH);
    return 0;
}

static int open_port(struct serial *serial, unsigned long rate, struct err *err)
{
    serial->fd = open(serial->where, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (serial->fd < 0 && errno == EBUSY)
        return err_set(err, ERR_NETWORK, "%s: in use by another program", serial->where);
    if (serial->fd < 0)
        return err_system(err, ERR_NETWORK, errno, "cannot open %s", serial->where);
    if (flock(serial->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_NETWORK, "%s: in use by another program", serial->where);
    return set_up_port(serial, rate, err);
}

/* Connect without blocking, so that it can be interrupted. */
static int connect_to(struct serial *serial, const struct sockaddr *to, socklen_t to_len,
                      uint64_t until_ms, struct err *err)
{
    int error = 0;
    socklen_t error_len = sizeof error;
    int ready;

    serial->fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (serial->fd < 0)
        return err_system(err, ERR_NETWORK, errno, "cannot reach %s", serial->where);
    if (connect(serial->fd, to, to_len) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return err_system(err, ERR_NETWORK, errno, "cannot reach %s", serial->where);
    ready = wait_for(serial, true, until_ms, err);
    if (ready < 0)
        return -1;
    if (ready == 0)
        return err_set(err, ERR_NETWORK, "cannot reach %s: no answer", serial->where);
    if (getsockopt(serial->fd, SOL_SOCKET, SO_ERROR, &error, &error_len) != 0)
        error = errno;
    if (error != 0)
        return err_system(err, ERR_NETWORK, error, "cannot reach %s", serial->where);
    return 0;
}

static int open_unix(struct serial *serial, struct err *err)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(serial->where);

    if (len >= sizeof to.sun_path)
        return err_set(err, ERR_INPUT, "%s: a path too long for a socket", serial->where);
    memcpy(to.sun_path, serial->where, len + 1);
    return connect_to(serial, (const struct sockaddr *)&to, sizeof to, 0, err);
}

/* HOST:PORT; a host with colons of its own stands in brackets. */
static int open_tcp(struct serial *serial, const char *at, struct err *err)
{
    enum { PATIENCE_MS = 10000 };
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    const char *colon = strrchr(at, ':');
    struct addrinfo *found = NULL;
    char host[256];
    size_t len = colon != NULL ? (size_t)(colon - at) : 0;
    int rc;

    if (len > 1 && at[0] == '[' && at[len - 1] == ']') {
        at++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof host || colon[1] == '\0')
        return err_set(err, ERR_USAGE, "%s: not tcp:HOST:PORT", serial->where);
    memcpy(host, at, len);
    host[len] = '\0';
    rc = getaddrinfo(host, colon + 1, &hints, &found);
    if (rc != 0)
        return err_set(err, ERR_NETWORK, "cannot reach %s: %s", serial->where,
                       gai_strerror(rc));
    rc = catch_signals(serial, err);
    if (rc == 0)
        rc = connect_to(serial, found->ai_addr, found->ai_addrlen,
                        serial_now_ms() + PATIENCE_MS, err);
    freeaddrinfo(found);
    return rc;
}

int serial_open(struct serial *serial, const char *where, unsigned long rate, struct err *err)
{
    struct stat status;
    int rc = -1;

    memset(serial, 0, sizeof *serial);
    serial->where = where;
    serial->fd = -1;
    if (strncmp(where, "tcp:", 4) == 0)
        rc = open_tcp(serial, where + 4, err);
    else if (stat(where, &status) != 0)
        (void)err_system(err, ERR_NETWORK, errno, "cannot open %s", where);
    else if (!S_ISSOCK(status.st_mode) && !S_ISCHR(status.st_mode))
        (void)err_set(err, ERR_INPUT, "%s: neither a serial port nor a socket", where);
    else if (catch_signals(serial, err) == 0)
        rc = S_ISSOCK(status.st_mode) ? open_unix(serial, err) : open_port(serial, rate, err);
    if (rc != 0)
        serial_close(serial);
    return rc;
}

void serial_close(struct serial *serial)
{
    if (serial->where == NULL)
        return;
    if (serial->is_terminal) {
        (void)tcsetattr(serial->fd, TCSANOW, &serial->before);
        (void)ioctl(serial->fd, TIOCNXCL);
    }
    if (serial->fd >= 0)
        (void)close(serial->fd);
    release_signals(serial);
    memset(serial, 0, sizeof *serial);
}

static int gone(const struct serial *serial, ssize_t got, struct err *err)
{
    if (got < 0)
        return err_system(err, ERR_NETWORK, errno, "%s", serial->where);
    return err_set(err, ERR_NETWORK, "%s: the other side has hung up", serial->where);
}

int serial_send(struct serial *serial, const char *text, size_t len, uint64_t until_ms,
                struct err *err)
{
    while (len > 0) {
        int ready = wait_for(serial, true, until_ms, err);
        ssize_t n;

        if (ready < 0)
            return -1;
        if (ready == 0 && serial_now_ms() >= until_ms)
            return err_set(err, ERR_NETWORK, "%s: takes nothing", serial->where);
        n = write(serial->fd, text, len);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n < 0)
            return gone(serial, n, err);
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Add what was read to the line. True: its end was among it. */
static bool take(struct serial *serial)
{
    while (serial->begin < serial->end) {
        char byte = serial->buf[serial->begin++];

        if (byte == '\n') {
            bool whole = !serial->too_long;

            serial->line[serial->len] = '\0';
            serial->len = 0;
            serial->too_long = false;
            if (whole)
                return true;
        } else if (serial->len == SERIAL_LINE_MAX) {
            serial->too_long = true;
        } else if (byte != '\r' && byte != '\0') {
            serial->line[serial->len++] = byte;
        }
    }
    return false;
}

int serial_line(struct serial *serial, const char **line, uint64_t until_ms, struct err *err)
{
    while (!take(serial)) {
        int ready = wait_for(serial, false, until_ms, err);
        ssize_t n;

        if (ready < 0)
            return -1;
        if (ready == 0 && serial_now_ms() >= until_ms)
            return 0;
        n = ready > 0 ? read(serial->fd, serial->buf, sizeof serial->buf) : -1;
        if (ready == 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
            continue;
        if (n <= 0)
            return gone(serial, n, err);
        serial->begin = 0;
        serial->end = (size_t)n;
        serial->received += (unsigned long)n;
    }
    *line = serial->line;
    return 1;
}
