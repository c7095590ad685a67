/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that is connected: what e4 sub and e4 shell share. It carries out commands, saves
 * itself, and hands texts and news to whoever shows them.
 */
#ifndef TOOLS_E4_SESSION_H
#define TOOLS_E4_SESSION_H

#include <argp.h>

#include "base/err.h"
#include "tools/e4/later.h"
#include "tools/e4/net.h"
#include "tools/e4/receive.h"

/* What the command line says. Start with {.qos = 1}. */
struct session_options {
    struct net_options net;
    const char *state;
    int qos;
    bool clean;
    bool allow_clear;
    bool receipts;
    bool unknown_signers;
    bool report_repeats;
    bool refuse_before_start;
    uint32_t max_age_s;
    bool max_age_given; /* false: as the library has it */
};

/* As a child of a subcommand's options; its input is a struct session_options. */
extern const struct argp session_argp;

enum session_news {
    SESSION_NOTE,    /* connected, subscribed, a command carried out */
    SESSION_WARNING, /* connection lost, a message refused */
    SESSION_DETAIL   /* of interest with --debug only */
};

/* Who shows what happens. */
struct session_view {
    void *ctx;
    int (*text)(void *ctx, const struct received *received,
                struct err *err); /* -1 ends the session */
    void (*news)(void *ctx, enum session_news news, const char *line);
    /* Of what was published with mqtt_publish(), as in mqtt.h; NULL: nobody wants to know. */
    void (*published)(void *ctx, uint64_t ticket, const char *refused);
};

struct session {
    struct net net;
    struct device device;
    struct receiver receiver;
    const struct session_options *options;
    struct session_view view;
    unsigned granted; /* subscriptions, that to the receiving topic left out */
    unsigned refused;
    unsigned lost;      /* attempts to connect that failed, since the first one was made */
    bool finished;      /* private, as the rest: session_finish() */
    struct err failure; /* what an event could not return */
    struct later later;
    size_t left_behind; /* messages of those, at the end */
    char client_id[64];
    uint64_t save_ms; /* when it is time to save */
};

/*
 * Take up the device and begin to connect, subscribed to its receiving topic. The session must
 * not move in memory. After an error it is closed.
 */
int session_open(struct session *session, struct session_options *options,
                 const struct session_view *view, struct err *err);
/* One turn of the loop: net_turn(), and saving now and then. */
int session_turn(struct session *session, int fd, struct err *err);
/* Subscribe with the options' QoS. */
int session_subscribe(struct session *session, const char *topic, struct err *err);
/* Take in nothing more: the broker keeps what it has. Then there is only session_close() left.
 */
void session_finish(struct session *session);
/* Say goodbye, save and close. Nothing happens to one that is closed. -1: it could not be
 * saved. */
int session_close(struct session *session, struct err *err);

#endif
