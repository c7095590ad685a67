/* SPDX-License-Identifier: Apache-2.0 */
/* See event.h. Events are added by the changes that they tell of, with change_event(). */
#include "server/core/event.h"

#include "base/err.h"
#include "server/core/state.h"

int event_newest(struct core *core, int64_t *number, struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->newest_event(tx, number, err);
    store_rollback(&tx);
    return rc;
}

struct reading {
    event_each each;
    void *ctx;
};

static int hand_on(void *ctx, const struct store_event *found, struct err *err)
{
    const struct reading *reading = ctx;
    struct event event = {found->number, (enum event_type)found->type, found->source,
                          found->target, found->time_s};

    return reading->each(reading->ctx, &event, err);
}

int event_read(struct core *core, int64_t after, int64_t count, event_each each, void *ctx,
               struct err *err)
{
    struct reading reading = {each, ctx};
    struct tx *tx = NULL;
    int rc;

    if (after < 0 || count < 0)
        return err_set(err, ERR_INPUT, "%s: negative", after < 0 ? "after" : "count");
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->read_events(tx, after, count, hand_on, &reading, err);
    store_rollback(&tx);
    return rc;
}
