/* SPDX-License-Identifier: Apache-2.0 */
/* See detail.h. */
#include "server/core/detail.h"

#include "base/err.h"
#include "e4/wire.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

static int count_link(void *ctx, const uint8_t *id, struct err *err)
{
    (void)id;
    (void)err;
    ++*(int64_t *)ctx;
    return 0;
}

static int count_former(void *ctx, const struct store_former *former, struct err *err)
{
    (void)former;
    return count_link(ctx, NULL, err);
}

/* What a client should hold, should forget, and has not confirmed. */
static int count_links(struct tx *tx, struct client_detail *detail, const uint8_t *client,
                       struct err *err)
{
    const struct {
        enum store_link link;
        int64_t *count;
    } counted[] = {{STORE_CLIENT_TOPIC, &detail->topics},
                   {STORE_HELD, &detail->public_keys},
                   {STORE_GONE, &detail->forgetting},
                   {STORE_FORGOTTEN, &detail->forgetting},
                   {STORE_UNCONFIRMED, &detail->unconfirmed}};

    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        if (tx->ask->list_links(tx, counted[i].link, client, count_link, counted[i].count,
                                err) != 0)
            return -1;
    }
    return tx->ask->read_formers(tx, client, count_former, &detail->key_changes, err);
}

static enum detail_state state_of(const struct client_detail *detail,
                                  const struct store_pace *pace)
{
    if (pace->misses > 0)
        return DETAIL_DIFFERS;
    if (detail->waiting > 0)
        return DETAIL_WAITING;
    return pace->refresh_s == 0 ? DETAIL_CONFIRMED : DETAIL_SENT;
}

static int look_at_client(struct tx *tx, struct client_detail *detail, const char *name,
                          struct err *err)
{
    struct store_client client;
    struct store_pace pace;

    if (state_find_client(tx, &client, name, err) != 0 ||
        tx->ask->find_pace(tx, &pace, client.id, err) != 0)
        return -1;
    *detail = (struct client_detail){.receipts = client.receipts,
                                     .commanded_s = pace.issued_s,
                                     .heard_s = pace.heard_s,
                                     .repeats_s = pace.refresh_s};
    e4_receiving_topic(detail->receiving, client.id);
    if (tx->ask->count_commands(tx, &detail->waiting, client.id, err) != 0 ||
        count_links(tx, detail, client.id, err) != 0)
        return -1;
    detail->state = state_of(detail, &pace);
    return 0;
}

int detail_client(struct core *core, struct client_detail *detail, const char *client,
                  struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = look_at_client(tx, detail, client, err);
    store_rollback(&tx);
    return rc;
}

static int look_at_topic(struct tx *tx, struct topic_detail *detail, const char *name,
                         struct err *err)
{
    struct store_topic topic;

    if (state_find_topic(tx, &topic, name, err) != 0)
        return -1;
    *detail = (struct topic_detail){.keys = topic.key_version, .changed_s = topic.changed_s};
    if (tx->ask->count(tx, &detail->clients, STORE_CLIENTS_OF_TOPIC, topic.hash, err) != 0 ||
        tx->ask->count_confirmed(tx, &detail->confirmed, topic.hash, err) != 0)
        return -1;
    return tx->ask->count_about(tx, &detail->waiting, topic.hash, err);
}

int detail_topic(struct core *core, struct topic_detail *detail, const char *topic,
                 struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = look_at_topic(tx, detail, topic, err);
    store_rollback(&tx);
    return rc;
}

static const char *words_of(int64_t type)
{
    if (type == OUTBOX_CLEAR)
        return "the retained command goes";
    if (type == OUTBOX_FORMER)
        return "a key change again";
    return e4_command_name((enum e4_command_type)type);
}

struct reading {
    detail_each each;
    void *ctx;
};

static int hand_on(void *ctx, const struct store_waiting *row, struct err *err)
{
    const struct reading *reading = ctx;
    const struct waiting waiting = {words_of(row->type), row->about, row->attempts,
                                    row->claimed};

    return reading->each(reading->ctx, &waiting, err);
}

int detail_waiting(struct core *core, const char *name, int64_t count, detail_each each,
                   void *ctx, struct err *err)
{
    struct reading reading = {each, ctx};
    struct store_client client;
    struct tx *tx = NULL;
    int rc;

    if (count < 0)
        return err_set(err, ERR_INPUT, "count: negative");
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = state_find_client(tx, &client, name, err);
    if (rc == 0)
        rc = tx->ask->read_waiting(tx, client.id, count, hand_on, &reading, err);
    store_rollback(&tx);
    return rc;
}
