/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line to a device: a serial port, a Unix socket, or TCP. Text goes out and comes in line by
 * line, in bounded time, and Ctrl-C leaves the port as it was found.
 */
#ifndef TOOLS_E4_SERIAL_H
#define TOOLS_E4_SERIAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct err;

enum { SERIAL_LINE_MAX = 255 }; /* bytes of a line; longer ones that come in are passed over */

struct serial { /* private */
    const char *where;
    int fd;
    bool is_terminal;
    struct termios before; /* as the port was found */
    sigset_t mask_before;
    struct sigaction action_before[3];
    bool caught;            /* signals are ours */
    unsigned long received; /* bytes */
    char buf[256];          /* read, and not yet taken */
    size_t begin;
    size_t end;
    char line[SERIAL_LINE_MAX + 1];
    size_t len;
    bool too_long;
};

/* Is this a rate that serial ports have? */
bool serial_rate_is_known(unsigned long rate);

/*
 * Open "tcp:HOST:PORT", or a path: a Unix socket, or a serial port, which is set to rate, eight
 * bits, no parity, no flow control, and is ours alone. ERR_NETWORK: it is missing, in use, or
 * refuses; ERR_INPUT: the path is something else. From now on SIGINT, SIGTERM and SIGHUP only
 * interrupt what is waited for here.
 */
int serial_open(struct serial *serial, const char *where, unsigned long rate, struct err *err);

/* Leave the port as it was, and signals too. One that came meanwhile is delivered again: the
 * program ends. All zero is fine. */
void serial_close(struct serial *serial);

/* Has a signal come? */
bool serial_interrupted(void);

/* Milliseconds on a clock that only goes forward. */
uint64_t serial_now_ms(void);

/* Send bytes. ERR_NETWORK: the line is gone, was interrupted, or takes nothing until then. */
int serial_send(struct serial *serial, const char *text, size_t len, uint64_t until_ms,
                struct err *err);

/*
 * The next line that comes in, without its end and with NUL; it stays until the next call. 1:
 * there is one; 0: none until then. ERR_NETWORK: the line is gone, or was interrupted.
 */
int serial_line(struct serial *serial, const char **line, uint64_t until_ms, struct err *err);

#endif
