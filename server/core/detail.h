/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one client or topic stands: what is desired of it, what it has confirmed, and what is on
 * its way. The rules of core.h hold.
 */
#ifndef SERVER_CORE_DETAIL_H
#define SERVER_CORE_DETAIL_H

#include "server/core/core.h"

enum detail_state {
    DETAIL_CONFIRMED = 1, /* it has shown that it holds what it should */
    DETAIL_SENT,          /* all was sent; it has not said that it has it */
    DETAIL_WAITING,       /* some of it is not yet with the broker */
    DETAIL_DIFFERS        /* it has said that it holds something else, and is being set right */
};

/* Times are Unix seconds; 0: never. */
struct client_detail {
    char receiving[E4_RECEIVING_TOPIC_SIZE];
    enum detail_state state;
    bool receipts;       /* it says what became of commands */
    int64_t topics;      /* that it should hold, */
    int64_t public_keys; /* and public keys, */
    int64_t forgetting;  /* and of both those that it may not have forgotten yet */
    int64_t waiting;     /* commands not yet with the broker */
    int64_t unconfirmed; /* commands that it has given no receipt for */
    int64_t key_changes; /* of its key or the server's, that it may have missed */
    int64_t commanded_s; /* time of the newest command */
    int64_t heard_s;     /* of the newest report, by its clock */
    int64_t repeats_s;   /* when all is sent again */
};
int detail_client(struct core *core, struct client_detail *detail, const char *client,
                  struct err *err);

struct topic_detail {
    int64_t clients;   /* that should hold it, */
    int64_t confirmed; /* and those of them that are DETAIL_CONFIRMED */
    int64_t waiting;   /* commands about it that are not yet with the broker */
    int64_t keys;      /* how many it has had */
    int64_t changed_s; /* when the newest of them was made */
};
int detail_topic(struct core *core, struct topic_detail *detail, const char *topic,
                 struct err *err);

/* A command on its way. */
struct waiting {
    const char *what;  /* "SetTopicKey" */
    const char *about; /* the topic's or client's name; "": nothing, or what is gone */
    int64_t attempts;
    bool sent; /* the broker has not acknowledged it */
};
typedef int (*detail_each)(void *ctx, const struct waiting *waiting, struct err *err);

/* The next ones to a client, in order. */
int detail_waiting(struct core *core, const char *client, int64_t count, detail_each each,
                   void *ctx, struct err *err);

#endif
