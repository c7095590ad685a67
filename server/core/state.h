/* SPDX-License-Identifier: Apache-2.0 */
/* What a core is made of, and what its files share: names that become ids, and changes. */
#ifndef SERVER_CORE_STATE_H
#define SERVER_CORE_STATE_H

#include "server/core/core.h"
#include "server/core/seal.h"
#include "server/core/sent.h"
#include "server/core/tally.h"
#include "server/store/store.h"

struct core {
    struct store *store;
    struct seal *seal;
    struct sent *sent;
    struct audit_trail *trail;
    struct audit_file *audit_file; /* NULL: there is none */
    enum e4_mode mode;
    bool keep_new_keys;
    uint64_t (*now_s)(void *ctx);
    void *ctx;
    struct {
        void (*changed)(void *ctx);
        void *ctx;
    } listener[CORE_LISTENERS];
    size_t listeners;
    struct tally tally;
    bool took_next;      /* core_took_next() */
    bool is_rekeying;    /* when it was opened */
    struct rekey *rekey; /* NULL: the master key stays */
};

/* Zeros: the id where there is none. */
extern const uint8_t state_nobody[STORE_ID_SIZE];

int64_t state_now(const struct core *core);

/* Is this public-key mode? ERR_MODE otherwise, naming what cannot be done. */
int state_needs_public_keys(const struct core *core, const char *what, struct err *err);

/* The id of a client's name, the hash of a topic. ERR_INPUT. */
int state_client_id(uint8_t id[STORE_ID_SIZE], const char *name, struct err *err);
int state_topic_hash(uint8_t hash[STORE_ID_SIZE], const char *topic, struct err *err);

/* ERR_INPUT for a bad name, ERR_NOT_FOUND with the name in its text. */
int state_find_client(struct tx *tx, struct store_client *client, const char *name,
                      struct err *err);
int state_find_topic(struct tx *tx, struct store_topic *topic, const char *name,
                     struct err *err);

/* The keys of rows that were found. The caller wipes. */
int state_client_key(const struct core *core, uint8_t key[E4_KEY_SIZE],
                     const struct store_client *client, struct err *err);
int state_topic_key(const struct core *core, uint8_t key[E4_KEY_SIZE],
                    const struct store_topic *topic, struct err *err);
int state_server_secret(const struct core *core, uint8_t secret[E4_KEY_SIZE],
                        const struct store_server_key *key, struct err *err);

/* Give a row of a client a key: seal it, note its print. */
int state_put_client_key(const struct core *core, struct store_client *client,
                         const uint8_t key[E4_KEY_SIZE], int64_t version, struct err *err);

/* The key that a client has is free for others from now on. What follows under it has later
 * times: whoever gets it begins after those. */
int state_retire_key(struct tx *tx, const struct store_client *client, struct err *err);
int state_begin_after_retired(struct tx *tx, const struct store_client *client,
                              struct err *err);

/* Seal the key that is in a setting once more, with what seals by now. One that is not there is
 * fine. */
int state_reseal(const struct seal *seal, struct tx *tx, const char *name,
                 const struct seal_place *place, struct err *err);

/* One transaction that reads; the caller calls store_rollback(). */
int state_begin_read(struct core *core, struct tx **tx, struct err *err);
/* One that reads a part of a list. ERR_INPUT: the range is negative. */
int state_begin_list(struct core *core, struct tx **tx, const struct range *range,
                     struct err *err);

/* A list or count in a transaction of its own. of may be NULL. */
int state_count(struct core *core, int64_t *count, enum store_list list, const uint8_t *of,
                struct err *err);
int state_list(struct core *core, enum store_list list, const uint8_t *of,
               const struct range *range, core_each each, void *ctx, struct err *err);

/* A change under way. Between begin and end all that is done in tx is undone by the end, unless
 * commit was called and succeeded. */
struct change {
    struct core *core;
    struct tx *tx;
    const char *who;
    int64_t now_s;
};

int change_begin(struct change *change, struct core *core, const char *who, struct err *err);
/* With its audit record: the method, and what it was done to ("" for nothing). */
int change_commit(struct change *change, const char *what, const char *first,
                  const char *second, struct err *err);
void change_end(struct change *change);
/* One more event of this change. */
int change_event(struct change *change, int64_t type, const char *source, const char *target,
                 struct err *err);

#endif
