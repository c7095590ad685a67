/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client should do, worked out from PROTOCOL.md without any cryptography: keys, texts
 * and people are numbers, and a frame is a note of how it was made. One model, two sets of
 * rules: those of the deployed Go client, and those with what libe4 adds.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEL_TOPICS = 6, MODEL_PEERS = 4, MODEL_SEEN_MAX = 4096 };
enum { NOBODY = -1, NO_KEY = -1, RECEIVING = -1 };

enum outcome {
    DONE,
    NO_TOPIC,
    NO_SENDER,
    TOO_SHORT,
    FORGED,
    BAD_SIGNATURE,
    TOO_OLD,
    IN_FUTURE,
    REPLAYED,
    NO_COMMAND, /* authentic, but cannot be carried out */
    WRONG_MODE,
    OUT_OF_ORDER,
    REFUSED /* an argument that the caller may not use */
};
const char *outcome_name(enum outcome outcome);

/* How a client differs from the deployed Go client: all false and 0 for that one itself. */
struct rules {
    bool once;           /* a frame is accepted once */
    bool in_order;       /* commands are carried out in the order of their times */
    bool own_keys;       /* no two topics share a key */
    bool empty_texts;    /* an empty symmetric text is opened, and none is sent */
    bool remove_nothing; /* removing what is not held succeeds */
    bool good_peers;     /* a public key must be one */
    bool exact_lengths;  /* a frame has its fixed parts, and a command no more than its own */
    int64_t skew_s;
};
extern const struct rules rules_of_e4go;
extern const struct rules rules_of_libe4;

enum layout { SYMMETRIC_LAYOUT, SIGNED_LAYOUT };

/* The key that a frame is sealed with: a topic's by its number, or a client's command key. */
struct key {
    bool is_command_key;
    int number;     /* topic key, or client key */
    int server_key; /* command keys of public-key mode; otherwise 0 */
};

/* A command's plain form. */
enum action {
    REMOVE_TOPIC,
    RESET_TOPICS,
    SET_ID_KEY,
    SET_TOPIC_KEY,
    REMOVE_PUB_KEY,
    RESET_PUB_KEYS,
    SET_PUB_KEY,
    SET_SERVER_KEY,
    MALFORMED,   /* of no known type, or of the wrong length */
    MALFORMED_PK /* the same, of a type that only public-key mode has */
};
struct order {
    enum action action;
    int topic; /* 0 where it has none, and so are the others */
    int peer;
    int key; /* topic key, client key, signing key or server key; NO_KEY: one that is none */
};

/* How a frame was made. */
struct made {
    enum layout layout;
    struct key key;
    int64_t sent_s;
    unsigned text; /* its number; 0: no bytes, or a command */
    size_t text_len;
    bool is_order;
    struct order order;
    int signer; /* signed frames */
    int signing_key;
    bool spoilt; /* what was signed was not what was sealed */
};

/* A frame as it arrives: what its bytes show, and what it was. */
struct arrival {
    size_t len;
    int64_t sent_s; /* of its first eight bytes, where there are so many */
    int signer;     /* NOBODY, or whose id stands where a signer's would */
    bool intact;    /* every byte is as it was made */
    const struct made *made;
};

struct model_topic {
    bool held;
    int key;
    int old_key;
    bool touched; /* by a command, at this time */
    int64_t command_s;
};

struct model_peer {
    bool held;
    int key;
    bool touched;
    int64_t command_s;
};

/* A frame that was accepted. */
struct seen {
    struct key key;
    int64_t sent_s;
    unsigned text;
    struct order order;
    int signer;
};

struct model {
    const struct rules *rules;
    bool public_key;
    struct key command_key;
    struct model_topic topic[MODEL_TOPICS];
    struct model_peer peer[MODEL_PEERS];
    int64_t newest_s; /* command */
    int64_t reset_topics_s;
    int64_t reset_peers_s;
    int64_t id_key_s;
    int64_t server_key_s;
    struct seen seen[MODEL_SEEN_MAX];
    size_t seen_count;
};

void model_start(struct model *model, const struct rules *rules, bool public_key,
                 struct key command_key);

/* The client is taken up anew from what it stored, with or without its memory of frames. */
void model_restart(struct model *model, bool keeps_memory);

/* A frame arrives under a topic, or RECEIVING. */
enum outcome model_receive(struct model *model, int topic, const struct arrival *arrival,
                           int64_t now_s);

/* It is to protect a text; with DONE, *key is the topic key that it uses. */
enum outcome model_protect(const struct model *model, int topic, size_t text_len, int *key);

#endif
