/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What core asks of a database. A store hands out transactions; a transaction has the
 * questions:
 *
 *     if (store->begin(store, &tx, STORE_WRITE, err) == 0 &&
 *         tx->ask->find_topic(tx, &topic, hash, err) == 0)
 *
 * All return 0, or -1 with err: ERR_NOT_FOUND where it is said, ERR_CONFLICT for what must be
 * unique, ERR_UNAVAILABLE when the database cannot be reached or is full, ERR_STATE when it is
 * damaged. After any error but ERR_NOT_FOUND a transaction is good for nothing but rollback.
 * What goes wrong with a change may be told by what follows it, at the latest by commit.
 * Keys arrive here sealed: no store ever sees one. Times are Unix seconds.
 */
#ifndef SERVER_STORE_STORE_H
#define SERVER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct store;
struct tx;

enum {
    STORE_ID_SIZE = 16,     /* a client's id, a topic's hash */
    STORE_SEALED_SIZE = 72, /* a key of 32 bytes, sealed */
    STORE_PRINT_SIZE = 16,
    STORE_NAME_SIZE = 256, /* a client's name, with its NUL */
    STORE_TOKEN_NAME_SIZE = 65,
    STORE_TOUCHED_SIZE = 1000, /* bytes */
    STORE_PUBLIC_SIZE = 32,
    STORE_HASH_SIZE = 32
};

/* Types of commands after which others to the client are to wait until they are done. */
enum { STORE_KEY_CHANGE = 0x02, STORE_SERVER_KEY_CHANGE = 0x07 };

struct store_client {
    uint8_t id[STORE_ID_SIZE];
    char name[STORE_NAME_SIZE];
    uint8_t key[STORE_SEALED_SIZE];
    int64_t key_version;
    uint8_t print[STORE_PRINT_SIZE]; /* of the key: no two clients have the same */
    int64_t server_version;          /* which server key the client holds; 0: none */
    bool receipts;                   /* it says what became of commands */
};

struct store_topic {
    uint8_t hash[STORE_ID_SIZE];
    uint8_t key[STORE_SEALED_SIZE];
    int64_t key_version;
    uint8_t old_key[STORE_SEALED_SIZE]; /* of key_version - 1 */
    bool has_old_key;
    int64_t changed_s; /* when the key came in place of the old one */
};

struct store_server_key {
    int64_t version; /* 1, 2, 3 and so on */
    uint8_t secret[STORE_SEALED_SIZE];
    uint8_t public_key[STORE_PUBLIC_SIZE];
    int64_t made_s;
};

/* How far commands to a client are: what core's outbox must know to time the next one. */
struct store_pace {
    int64_t issued_s;                    /* time of the newest command issued */
    uint8_t touched[STORE_TOUCHED_SIZE]; /* what the commands of that second were about */
    size_t touched_len;
    int64_t refresh_s;      /* when all is to be sent again; 0: not at all */
    int64_t refresh_wait_s; /* how long after that once more */
    int64_t misses;         /* how often it has said that it holds something else */
    int64_t forgot_s;       /* when it was last told to forget something */
    int64_t heard_s;        /* time of the newest report it gave, */
    int64_t hello_s;        /* and of the newest hello, by its own clock */
    int64_t answered_s;     /* when a hello was last answered by a repetition */
};

/* A command on its way. */
struct store_command {
    int64_t number; /* given by the store; rises in the order of adding */
    uint8_t client[STORE_ID_SIZE];
    int64_t type;
    uint8_t object[STORE_ID_SIZE]; /* topic or client that it is about; zeros: none */
    bool has_key;
    uint8_t key[STORE_SEALED_SIZE];
    int64_t version;  /* of the key that it carries, where it has one of its own */
    bool again;       /* it only repeats what was sent before */
    int64_t attempts; /* how often it was claimed before; not looked at when it is added */
};

/* One of those, for people. */
struct store_waiting {
    int64_t type;
    int64_t attempts;
    bool claimed;
    const char *about; /* name of the topic or client of its object; "": there is none */
};

/* Keys that a client may still have: those before a change of which nobody knows whether it was
 * carried out, and the change. */
struct store_former {
    int64_t number; /* given by the store; rises */
    uint8_t client[STORE_ID_SIZE];
    uint8_t key[STORE_SEALED_SIZE];
    int64_t key_version;
    int64_t server_version;
    int64_t type; /* of the command that was the change */
    bool has_next_key;
    uint8_t next_key[STORE_SEALED_SIZE]; /* that it carries, as a command's */
    int64_t next_version;
};

struct store_event {
    int64_t number; /* given by the store */
    int64_t type;
    const char *source;
    const char *target;
    int64_t time_s;
};

struct store_audit {
    int64_t number;
    int64_t time_s;
    const char *who;
    const char *what;
    const char *first;
    const char *second;
    uint8_t hash[STORE_HASH_SIZE];
};

/* Who may ask; of the token itself only its hash. */
struct store_token {
    uint8_t hash[STORE_ID_SIZE];
    char name[STORE_TOKEN_NAME_SIZE];
    char scope[STORE_NAME_SIZE]; /* what names it is for begin with */
    int64_t role;
    int64_t made_s;
    int64_t expires_s; /* 0: never */
};

/* Lists of names, in the order of their bytes. */
enum store_list {
    STORE_CLIENTS,
    STORE_TOPICS,
    STORE_TOPICS_OF_CLIENT,
    STORE_CLIENTS_OF_TOPIC,
    STORE_SOURCES_OF_TARGET, /* clients linked to a client */
    STORE_HOLDERS_OF_SOURCE, /* clients that it is linked to, or that hold its public key */
    STORE_LISTS
};

/* Names from one on, in the order of their bytes, up to before another; NULL: up to the last.
 */
struct store_bounds {
    const char *from;
    const char *before;
};

enum store_link {
    STORE_CLIENT_TOPIC,  /* from a client to a topic */
    STORE_TARGET_SOURCE, /* from a target to a source */
    STORE_HELD,          /* from a client to one, or the server, whose public key it holds */
    STORE_GONE,          /* from a client to a topic whose keys, or old one, it is to forget */
    STORE_FORGOTTEN,     /* from a client to one whose public key it is to forget */
    STORE_UNCONFIRMED,   /* from a client to the tag of a command that it was sent */
    STORE_LINKS
};

/* Where sealed keys stand: the table, and which column of it. */
enum store_sealed {
    STORE_SEALED_CLIENT,
    STORE_SEALED_TOPIC,
    STORE_SEALED_TOPIC_OLD,
    STORE_SEALED_SERVER_KEY,
    STORE_SEALED_COMMAND,
    STORE_SEALED_FORMER,
    STORE_SEALED_FORMER_NEXT,
    STORE_SEALED_KINDS
};

/* One of them. Of a row that has a number, that is what tells it from others, else the id. */
struct store_sealed_key {
    uint8_t id[STORE_ID_SIZE]; /* of the client or topic that it is bound to; zeros: none */
    int64_t number;
    int64_t version; /* that it is bound to */
    uint8_t key[STORE_SEALED_SIZE];
};

typedef int (*store_name_each)(void *ctx, const char *name, struct err *err);
typedef int (*store_id_each)(void *ctx, const uint8_t *id, struct err *err);
typedef int (*store_event_each)(void *ctx, const struct store_event *event, struct err *err);
typedef int (*store_audit_each)(void *ctx, const struct store_audit *audit, struct err *err);
typedef int (*store_former_each)(void *ctx, const struct store_former *former, struct err *err);
typedef int (*store_waiting_each)(void *ctx, const struct store_waiting *waiting,
                                  struct err *err);
typedef int (*store_token_each)(void *ctx, const struct store_token *token, struct err *err);

struct store_questions {
    /* Settings of the state itself. *len is what it has; ERR_NOT_FOUND. */
    int (*get)(struct tx *tx, const char *name, uint8_t *value, size_t cap, size_t *len,
               struct err *err);
    int (*put)(struct tx *tx, const char *name, const uint8_t *value, size_t len,
               struct err *err);

    /* ERR_NOT_FOUND for finding and removing; put makes or replaces, and leaves the pace. */
    int (*find_client)(struct tx *tx, struct store_client *client, const uint8_t *id,
                       struct err *err);
    int (*find_print)(struct tx *tx, struct store_client *client, const uint8_t *print,
                      struct err *err);
    int (*put_client)(struct tx *tx, const struct store_client *client, struct err *err);
    int (*remove_client)(struct tx *tx, const uint8_t *id, struct err *err);
    int (*find_topic)(struct tx *tx, struct store_topic *topic, const uint8_t *hash,
                      struct err *err);
    int (*put_topic)(struct tx *tx, const struct store_topic *topic, const char *name,
                     struct err *err);
    int (*remove_topic)(struct tx *tx, const uint8_t *hash, struct err *err);

    /* Adding a link twice is fine; removing one that is not there is ERR_NOT_FOUND. */
    int (*add_link)(struct tx *tx, enum store_link link, const uint8_t *from, const uint8_t *to,
                    struct err *err);
    int (*remove_link)(struct tx *tx, enum store_link link, const uint8_t *from,
                       const uint8_t *to, struct err *err);
    /* Is there this link? ERR_NOT_FOUND. */
    int (*find_link)(struct tx *tx, enum store_link link, const uint8_t *from,
                     const uint8_t *to, struct err *err);

    /* All clients of a topic, STORE_HOLDERS_OF_SOURCE, are to forget it: STORE_GONE,
     * STORE_FORGOTTEN for each. */
    int (*bury_topic)(struct tx *tx, const uint8_t *topic, struct err *err);
    int (*bury_source)(struct tx *tx, const uint8_t *source, struct err *err);
    /* Nobody holds this public key any more. */
    int (*drop_holders)(struct tx *tx, const uint8_t *source, struct err *err);
    int (*drop_links)(struct tx *tx, enum store_link link, const uint8_t *from,
                      struct err *err);
    /* What is linked from it, in the order of the bytes. each as for list. */
    int (*list_links)(struct tx *tx, enum store_link link, const uint8_t *from,
                      store_id_each each, void *ctx, struct err *err);

    /* of is the client or topic of the four last lists. each may ask in the same transaction,
     * but not change what is listed. */
    int (*count)(struct tx *tx, int64_t *count, enum store_list list, const uint8_t *of,
                 struct err *err);
    int (*list)(struct tx *tx, enum store_list list, const uint8_t *of, int64_t offset,
                int64_t count, store_name_each each, void *ctx, struct err *err);

    /* The same of the first two lists, for names within bounds. */
    int (*count_within)(struct tx *tx, int64_t *count, enum store_list list,
                        const struct store_bounds *bounds, struct err *err);
    int (*list_within)(struct tx *tx, enum store_list list, const struct store_bounds *bounds,
                       int64_t offset, int64_t count, store_name_each each, void *ctx,
                       struct err *err);

    /* version 0: the newest. */
    int (*find_server_key)(struct tx *tx, struct store_server_key *key, int64_t version,
                           struct err *err);
    int (*add_server_key)(struct tx *tx, const struct store_server_key *key, struct err *err);

    /* Commands wait, then are claimed by a server, then removed. Next are the first waiting
     * ones, in the order of their numbers for each client, without those of clients that are
     * delayed (delay_client), that have a claimed STORE_KEY_CHANGE or STORE_SERVER_KEY_CHANGE,
     * or of which another server has claimed some. */
    int (*add_command)(struct tx *tx, const struct store_command *command, struct err *err);
    /* The same for each client of a list; command->client is not looked at. */
    int (*add_commands)(struct tx *tx, const struct store_command *command,
                        enum store_list list, const uint8_t *of, struct err *err);
    /* Forget waiting and claimed ones of a type about an object. client NULL: of any. */
    int (*drop_commands)(struct tx *tx, const uint8_t *client, int64_t type,
                         const uint8_t *object, struct err *err);
    /* The same for all objects. */
    int (*drop_type)(struct tx *tx, const uint8_t *client, int64_t type, struct err *err);
    int (*next_commands)(struct tx *tx, struct store_command *commands, size_t cap,
                         size_t *count, int64_t now_s, struct err *err);
    int (*claim_command)(struct tx *tx, int64_t number, struct err *err);
    /* One that this server has claimed; 0: all of them. */
    int (*unclaim_command)(struct tx *tx, int64_t number, struct err *err);
    /* Which of the servers on one database this is. It is another one, without claims, after
     * the store had to connect again. */
    int (*owner)(struct tx *tx, int64_t *owner, struct err *err);
    /* What was claimed by servers that are gone waits again. */
    int (*take_back)(struct tx *tx, struct err *err);
    /* Be the one server that does what is to be done once, if there is no other, or do not. It
     * is for as long as it has its number. */
    int (*lead)(struct tx *tx, bool wanted, bool *leads, struct err *err);
    int (*find_command)(struct tx *tx, struct store_command *command, int64_t number,
                        struct err *err);
    /* The oldest or newest of this type to a client: ERR_NOT_FOUND. */
    int (*pick_command)(struct tx *tx, struct store_command *command, const uint8_t *client,
                        int64_t type, bool newest, struct err *err);
    int (*remove_command)(struct tx *tx, int64_t number, struct err *err); /* gone is fine */
    /* client NULL: all of them. */
    int (*count_commands)(struct tx *tx, int64_t *count, const uint8_t *client,
                          struct err *err);
    /* Those about an object; and the first ones to a client, claimed or not. */
    int (*count_about)(struct tx *tx, int64_t *count, const uint8_t *object, struct err *err);
    int (*read_waiting)(struct tx *tx, const uint8_t *client, int64_t count,
                        store_waiting_each each, void *ctx, struct err *err);
    /* Clients of a topic for whom no command waits and nothing is to be repeated. */
    int (*count_confirmed)(struct tx *tx, int64_t *count, const uint8_t *topic,
                           struct err *err);
    /* The numbers of the first and the last one, waiting or claimed; 0: there is none. */
    int (*span_commands)(struct tx *tx, int64_t *oldest, int64_t *newest, struct err *err);
    int (*find_pace)(struct tx *tx, struct store_pace *pace, const uint8_t *client,
                     struct err *err);
    /* What sending to a client begins with, at once: also whether find_former() finds one. */
    int (*find_recipient)(struct tx *tx, struct store_client *client, struct store_pace *pace,
                          bool *has_former, const uint8_t *id, struct err *err);
    int (*put_pace)(struct tx *tx, const uint8_t *client, const struct store_pace *pace,
                    struct err *err);
    /* Time of the newest command under a key that no client has any more; ERR_NOT_FOUND. */
    int (*retire_key)(struct tx *tx, const uint8_t *print, int64_t issued_s, struct err *err);
    int (*retired_key)(struct tx *tx, int64_t *issued_s, const uint8_t *print, struct err *err);
    int (*delay_client)(struct tx *tx, const uint8_t *client, int64_t until_s, struct err *err);

    /* Clients whose refresh_s has come, those that waited longest first. */
    int (*due_clients)(struct tx *tx, uint8_t (*ids)[STORE_ID_SIZE], size_t cap, size_t *count,
                       int64_t now_s, struct err *err);

    /* number 0: the newest. ERR_NOT_FOUND. They are read from the oldest on, and dropped but
     * for so many of the newest. */
    int (*add_former)(struct tx *tx, const struct store_former *former, struct err *err);
    int (*find_former)(struct tx *tx, struct store_former *former, const uint8_t *client,
                       int64_t number, struct err *err);
    int (*read_formers)(struct tx *tx, const uint8_t *client, store_former_each each, void *ctx,
                        struct err *err);
    int (*drop_formers)(struct tx *tx, const uint8_t *client, int64_t kept, struct err *err);

    int (*add_event)(struct tx *tx, const struct store_event *event, struct err *err);
    int (*newest_event)(struct tx *tx, int64_t *number, struct err *err);
    int (*read_events)(struct tx *tx, int64_t after, int64_t count, store_event_each each,
                       void *ctx, struct err *err);
    int (*drop_events)(struct tx *tx, int64_t up_to, struct err *err);

    /* ERR_CONFLICT: there is one of this number. */
    int (*add_audit)(struct tx *tx, const struct store_audit *audit, struct err *err);
    /* Number and hash of the newest record: 0 and zeros if there is none. */
    int (*newest_audit)(struct tx *tx, int64_t *number, uint8_t hash[STORE_HASH_SIZE],
                        struct err *err);
    int (*read_audit)(struct tx *tx, int64_t after, int64_t count, store_audit_each each,
                      void *ctx, struct err *err);

    /* Sealed keys that follow on after (zeros: the first), up to cap; and one of them, sealed
     * anew. */
    int (*next_sealed)(struct tx *tx, enum store_sealed kind,
                       const struct store_sealed_key *after, struct store_sealed_key *keys,
                       size_t cap, size_t *count, struct err *err);
    int (*put_sealed)(struct tx *tx, enum store_sealed kind, const struct store_sealed_key *key,
                      struct err *err);

    /* ERR_CONFLICT: another has the name. The list is in the order of names. */
    int (*add_token)(struct tx *tx, const struct store_token *token, struct err *err);
    int (*find_token)(struct tx *tx, struct store_token *token, const uint8_t *hash,
                      struct err *err);
    int (*remove_token)(struct tx *tx, const char *name, struct err *err);
    int (*read_tokens)(struct tx *tx, store_token_each each, void *ctx, struct err *err);
};

enum store_access { STORE_READ, STORE_WRITE };

struct tx {
    const struct store_questions *ask;
    struct store *store;
};

struct store {
    /* A view of the whole at one moment; with STORE_WRITE, changes that nobody else sees before
     * commit. It may block until other writers are done. */
    int (*begin)(struct store *store, struct tx **tx, enum store_access access,
                 struct err *err);
    /* Durable when it returns 0; otherwise nothing was changed. Either way *tx is NULL. */
    int (*commit)(struct tx **tx, struct err *err);
    /* Undo. NULL is fine, so that this may follow a commit. *tx is NULL. */
    void (*rollback)(struct tx **tx);
    void (*close)(struct store *store);
};

/* Undo whatever has not been committed. */
static inline void store_rollback(struct tx **tx)
{
    if (*tx != NULL)
        (*tx)->store->rollback(tx);
}

#endif
