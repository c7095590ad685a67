/* SPDX-License-Identifier: Apache-2.0 */
/* See refresh.h. */
#include "server/core/refresh.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "e4/keys.h"
#include "server/core/issue.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

enum { DUE_MAX = 64 };

int64_t refresh_next_wait(int64_t wait_s)
{
    int64_t next_s = wait_s < REFRESH_FIRST_S ? 4 * wait_s : 2 * wait_s;

    return next_s < REFRESH_LAST_S ? next_s : REFRESH_LAST_S;
}

void refresh_later(struct store_pace *pace, bool receipts, int64_t now_s)
{
    pace->refresh_wait_s = receipts ? REFRESH_RECEIPTS_S : REFRESH_FIRST_S;
    pace->refresh_s = now_s + pace->refresh_wait_s;
}

/* Nothing more is to be repeated of what the client was to forget. */
static int drop_removals(struct tx *tx, const uint8_t *client, struct err *err)
{
    if (tx->ask->drop_links(tx, STORE_GONE, client, err) != 0)
        return -1;
    return tx->ask->drop_links(tx, STORE_FORGOTTEN, client, err);
}

/*
 * What waits is enough of a repetition; what was not confirmed is about to be sent again. As
 * often as the client has said that it holds something else: the first time it may have missed
 * something, after that it holds too much, and is told to forget everything first. Receipts for
 * all of that prove what it holds.
 */
static int repeat(struct core *core, struct tx *tx, const uint8_t *client, int64_t misses,
                  struct err *err)
{
    int64_t waiting;

    if (tx->ask->count_commands(tx, &waiting, client, err) != 0)
        return -1;
    if (waiting > 0)
        return 0;
    if (tx->ask->drop_links(tx, STORE_UNCONFIRMED, client, err) != 0)
        return -1;
    return misses < 2
               ? outbox_repeat(tx, client, err)
               : outbox_repeat_from_nothing(tx, client, core->mode == E4_PUBLIC_KEY, err);
}

static int repeat_one(struct core *core, struct tx *tx, const uint8_t *client, int64_t now_s,
                      struct err *err)
{
    struct store_pace pace;

    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    pace.misses += pace.misses > 0; /* it has not said that this is over */
    if (repeat(core, tx, client, pace.misses, err) != 0)
        return -1;
    if (now_s - pace.forgot_s > REFRESH_GONE_S && drop_removals(tx, client, err) != 0)
        return -1; /* it was told often enough */
    pace.refresh_wait_s = refresh_next_wait(pace.refresh_wait_s);
    pace.refresh_s = now_s + pace.refresh_wait_s;
    return tx->ask->put_pace(tx, client, &pace, err);
}

int refresh_due(struct core *core, struct tx *tx, size_t most, size_t *count, int64_t now_s,
                struct err *err)
{
    uint8_t ids[DUE_MAX][STORE_ID_SIZE];

    if (most > DUE_MAX)
        most = DUE_MAX;
    if (tx->ask->due_clients(tx, ids, most, count, now_s, err) != 0)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        if (repeat_one(core, tx, ids[i], now_s, err) != 0)
            return -1;
    }
    return 0;
}

int refresh_confirmed(struct tx *tx, const uint8_t *client, struct err *err)
{
    struct store_pace pace;

    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    pace.refresh_s = 0;
    pace.misses = 0;
    if (tx->ask->put_pace(tx, client, &pace, err) != 0 ||
        tx->ask->drop_links(tx, STORE_UNCONFIRMED, client, err) != 0)
        return -1;
    return drop_removals(tx, client, err);
}

struct search {
    struct tx *tx;
    const uint8_t *client;
    bool found;
};

/* Is it on this topic of which it is to forget a key? */
static int find_revoked(void *ctx, const uint8_t *topic, struct err *err)
{
    struct search *search = ctx;
    struct tx *tx = search->tx;

    if (tx->ask->find_link(tx, STORE_CLIENT_TOPIC, search->client, topic, err) == 0)
        search->found = true;
    else if (err->kind != ERR_NOT_FOUND)
        return -1;
    return 0;
}

/* Is a hello to be answered now? Soon after another was, it is when all is due again. */
static bool may_answer(struct store_pace *pace, int64_t now_s)
{
    int64_t next_s = pace->answered_s + REFRESH_ANSWER_S;

    if (now_s < next_s && now_s >= pace->answered_s) {
        if (pace->refresh_s == 0 || pace->refresh_s > next_s)
            pace->refresh_s = next_s;
        return false;
    }
    pace->answered_s = now_s;
    pace->refresh_wait_s = REFRESH_ANSWER_S;
    pace->refresh_s = now_s + REFRESH_ANSWER_S;
    return true;
}

/* Answer a hello, after which the client has missed something so often. */
static int answer(struct core *core, struct tx *tx, const uint8_t *client,
                  struct store_pace *pace, int64_t misses, struct err *err)
{
    bool now = may_answer(pace, state_now(core));

    pace->misses = misses;
    if (tx->ask->put_pace(tx, client, pace, err) != 0)
        return -1;
    return now ? repeat(core, tx, client, misses, err) : 0;
}

int refresh_matched(struct core *core, struct tx *tx, const uint8_t *client, struct err *err)
{
    struct search search = {tx, client, false};
    struct store_pace pace;

    if (tx->ask->list_links(tx, STORE_GONE, client, find_revoked, &search, err) != 0)
        return -1;
    if (!search.found)
        return refresh_confirmed(tx, client, err);
    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    return answer(core, tx, client, &pace, 0, err);
}

int refresh_missed(struct core *core, struct tx *tx, const uint8_t *client, struct err *err)
{
    struct store_pace pace;

    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    return answer(core, tx, client, &pace, pace.misses + 1, err);
}

int refresh_behind(struct core *core, struct tx *tx, const uint8_t *client, struct err *err)
{
    struct store_pace pace;

    if (tx->ask->find_pace(tx, &pace, client, err) != 0)
        return -1;
    return answer(core, tx, client, &pace, pace.misses, err);
}

/* The entries of a digest, as they come. */
struct digest {
    struct core *core;
    struct tx *tx;
    uint8_t *bytes;
    size_t len;
    size_t cap;
};

enum { ENTRY = STORE_ID_SIZE + E4_KEY_SIZE };

static int add_entry(struct digest *digest, const uint8_t *id, const uint8_t *value,
                     struct err *err)
{
    if (digest->len + ENTRY > digest->cap) {
        size_t cap = digest->cap == 0 ? (size_t)(16 * ENTRY) : 2 * digest->cap;
        uint8_t *more = realloc(digest->bytes, cap); /* hashes and public keys: no secrets */

        if (more == NULL)
            return err_set(err, ERR_SYSTEM, "out of memory");
        digest->bytes = more;
        digest->cap = cap;
    }
    memcpy(digest->bytes + digest->len, id, STORE_ID_SIZE);
    memcpy(digest->bytes + digest->len + STORE_ID_SIZE, value, E4_KEY_SIZE);
    digest->len += ENTRY;
    return 0;
}

static int add_topic(void *ctx, const uint8_t *hash, struct err *err)
{
    struct digest *digest = ctx;
    struct store_topic topic;
    uint8_t key[E4_KEY_SIZE] = {0};
    uint8_t key_hash[32];
    int rc = -1;

    if (digest->tx->ask->find_topic(digest->tx, &topic, hash, err) == 0 &&
        state_topic_key(digest->core, key, &topic, err) == 0) {
        e4_hash_full(key_hash, key, sizeof key);
        rc = add_entry(digest, hash, key_hash, err);
    }
    e4_wipe(key, sizeof key);
    return rc;
}

static int add_public_key(void *ctx, const uint8_t *id, struct err *err)
{
    struct digest *digest = ctx;
    uint8_t key[E4_KEY_SIZE];

    if (issue_public_key(digest->core, digest->tx, key, id, err) != 0)
        return -1;
    return add_entry(digest, id, key, err);
}

int refresh_digest(struct core *core, struct tx *tx, uint8_t out[32], const uint8_t *client,
                   struct err *err)
{
    struct digest digest = {.core = core, .tx = tx};
    int rc = tx->ask->list_links(tx, STORE_CLIENT_TOPIC, client, add_topic, &digest, err);

    if (rc == 0)
        rc = tx->ask->list_links(tx, STORE_HELD, client, add_public_key, &digest, err);
    if (rc == 0)
        e4_hash_full(out, digest.bytes, digest.len);
    free(digest.bytes);
    return rc;
}
