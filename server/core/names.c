/* SPDX-License-Identifier: Apache-2.0 */
/* See names.h. */
#include "server/core/names.h"

#include "base/err.h"
#include "server/core/state.h"

static enum store_list list_of(enum names_of of)
{
    return of == NAMES_CLIENTS ? STORE_CLIENTS : STORE_TOPICS;
}

int names_count(struct core *core, int64_t *count, enum names_of of, const char *prefix,
                struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (prefix[0] == '\0')
        return state_count(core, count, list_of(of), NULL, err);
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->count_prefix(tx, count, list_of(of), prefix, err);
    store_rollback(&tx);
    return rc;
}

int names_list(struct core *core, enum names_of of, const char *prefix,
               const struct range *range, core_each each, void *ctx, struct err *err)
{
    struct tx *tx = NULL;
    int rc;

    if (prefix[0] == '\0')
        return state_list(core, list_of(of), NULL, range, each, ctx, err);
    if (range->offset < 0 || range->count < 0)
        return err_set(err, ERR_INPUT, "%s: negative", range->offset < 0 ? "offset" : "count");
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = tx->ask->list_prefix(tx, list_of(of), prefix, range->offset, range->count, each, ctx,
                              err);
    store_rollback(&tx);
    return rc;
}
