/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands that talk to a broker share: its options, signals, and one turn of the
 * loop. */
#ifndef TOOLS_E4_NET_H
#define TOOLS_E4_NET_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mqtt.h"

struct err;

/* What the command line says of the broker. Starts out zero. */
struct net_options {
    struct mqtt_options mqtt; /* may be changed before net_open() */
    const char *topic;        /* from --url; NULL: none */
    unsigned wait_s;          /* end after so long; 0: never */
    bool quiet;               /* errors only */
    bool debug;
    const char *password_file;
    char *url;      /* private: what --url was cut into */
    char *password; /* private: wiped in the end */
};

/*
 * The options, as a child of a subcommand's own; its input is a struct net_options. The
 * letters are those of mosquitto_pub and mosquitto_sub.
 */
extern const struct argp net_argp;
void net_options_free(struct net_options *options);

/* The number that arg is, from 0 to max; anything else ends the program with a usage error. */
unsigned long net_number(const struct argp_state *state, const char *arg, unsigned long max);
/* A QoS: 0, 1 or 2. */
int net_qos(const struct argp_state *state, const char *arg);

/* A connection, and what ends it. */
struct net {
    struct mqtt *mqtt;
    const struct net_options *options;
    uint64_t deadline_ms; /* 0: none */
};

/*
 * Begin to connect. From now on SIGPIPE is ignored. The log event is ours: --debug prints it.
 */
int net_open(struct net *net, struct net_options *options, const struct mqtt_events *events,
             struct err *err);
void net_close(struct net *net);

/* From now on SIGINT, SIGTERM and SIGHUP are reported by net_turn(), once; the next one kills.
 */
int net_catch_signals(struct err *err);

/*
 * Wait until something happens, and let events come. fd may be read from as well; -1: no fd.
 * Returns a sum of what is so, or -1: the broker was given up, and err says why.
 */
enum {
    NET_INPUT = 1 /* fd is readable */,
    NET_STOP = 2 /* a signal */,
    NET_LATE = 4 /* wait_s */
};
int net_turn(struct net *net, int fd, struct err *err);

/* Set err to what NET_LATE means, and what had not happened until then. Always returns -1. */
int net_late(const struct net *net, struct err *err);

/* Print a note on standard error unless --quiet. */
void net_note(const struct net_options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
