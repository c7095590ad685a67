/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See gate.h. Connections are counted by what the system knows, because nobody says when they
 * end: that takes a while, so it is done only when as many have come as there was room for. A
 * closed gate is a socket filter that lets nothing through: whoever connects tries again, as
 * after a packet that was lost.
 */
#include "server/api/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <asm/socket.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

enum {
    BACKLOG = 1000,  /* at most, and half of the room: they are still accepted once it closed */
    OPENS_AGAIN = 8, /* when an eighth of the room is there */
    DESCRIPTORS = 1 << 16
};

/* How far descriptors go. */
static int descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > DESCRIPTORS)
        return DESCRIPTORS;
    return (int)limit.rlim_cur;
}

/* Is this a socket at the port? */
static bool is_at(int fd, unsigned port)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return false;
    if (address.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&address)->sin_port) == port;
    return address.ss_family == AF_INET6 &&
           ntohs(((struct sockaddr_in6 *)&address)->sin6_port) == port;
}

static bool listens(int fd)
{
    int yes = 0;
    socklen_t len = sizeof yes;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes != 0;
}

static int count(const struct gate *gate)
{
    const int end = descriptors();
    int found = 0;

    for (int fd = 0; fd < end; fd++)
        found += is_at(fd, gate->port) && !listens(fd);
    return found;
}

int gate_set(struct gate *gate, unsigned port, unsigned most, struct err *err)
{
    const int end = descriptors();
    int fd = 0;

    while (fd < end && !(is_at(fd, port) && listens(fd)))
        fd++;
    if (fd == end)
        return err_set(err, ERR_SYSTEM, "nothing listens on port %u", port);
    gate->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (gate->fd < 0 || listen(gate->fd, most / 2 < BACKLOG ? (int)most / 2 : BACKLOG) != 0)
        return err_system(err, ERR_SYSTEM, errno, "port %u", port);
    gate->port = port;
    gate->most = (int)most;
    atomic_store(&gate->room, gate->most);
    (void)pthread_mutex_init(&gate->lock, NULL);
    atomic_store(&gate->is_set, true);
    return 0;
}

static void close_gate(struct gate *gate)
{
    struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const struct sock_fprog filter = {1, nothing};

    if (atomic_exchange(&gate->closed, true))
        return;
    if (setsockopt(gate->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0)
        log_warning("grpc", "%d connections: others wait until one of them ends", gate->most);
    else
        log_error("grpc", "%d connections, and no way to stop more", gate->most);
}

static void open_gate(struct gate *gate)
{
    const int unused = 0;

    if (setsockopt(gate->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) != 0)
        return;
    atomic_store(&gate->closed, false);
    log_info("grpc", "there is room for connections again");
}

void gate_pass(struct gate *gate)
{
    if (!atomic_load(&gate->is_set) || atomic_fetch_sub(&gate->room, 1) > 1)
        return;
    (void)pthread_mutex_lock(&gate->lock);
    if (gate->fd >= 0) {
        atomic_store(&gate->room, gate->most - count(gate));
        if (atomic_load(&gate->room) <= 0)
            close_gate(gate);
    }
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_look(struct gate *gate)
{
    if (!atomic_load(&gate->is_set) || !atomic_load(&gate->closed))
        return;
    (void)pthread_mutex_lock(&gate->lock);
    if (gate->fd >= 0 && atomic_load(&gate->closed)) {
        atomic_store(&gate->room, gate->most - count(gate));
        if (atomic_load(&gate->room) > gate->most / OPENS_AGAIN)
            open_gate(gate);
    }
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_end(struct gate *gate)
{
    if (!atomic_load(&gate->is_set))
        return;
    (void)pthread_mutex_lock(&gate->lock);
    (void)close(gate->fd);
    gate->fd = -1;
    (void)pthread_mutex_unlock(&gate->lock);
}
