/* SPDX-License-Identifier: Apache-2.0 */
/* See holding.h: sorted lists and binary search. */
#include "tools/e4/holding.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static bool next(const struct e4_client *client, enum holding_kind kind, uint16_t *at,
                 struct e4_held *held)
{
    return kind == HOLDING_TOPICS ? e4_next_topic(client, at, held)
                                  : e4_next_peer(client, at, held);
}

static int compare(const void *a, const void *b)
{
    const struct e4_held *one = a;
    const struct e4_held *other = b;

    return memcmp(one->name, other->name, sizeof one->name);
}

int holding_take(struct holding *holding, const struct e4_client *client,
                 enum holding_kind kind, struct err *err)
{
    struct e4_held held;
    uint16_t at = 0;

    *holding = (struct holding){0};
    while (next(client, kind, &at, &held))
        holding->count++;
    holding->list = calloc(holding->count + 1, sizeof *holding->list);
    if (holding->list == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory");
    at = 0;
    for (size_t i = 0; i < holding->count; i++)
        (void)next(client, kind, &at, &holding->list[i]);
    qsort(holding->list, holding->count, sizeof *holding->list, compare);
    return 0;
}

void holding_free(struct holding *holding)
{
    free(holding->list);
    *holding = (struct holding){0};
}

const struct e4_held *holding_find(const struct holding *holding,
                                   const uint8_t name[E4_HASH_SIZE])
{
    struct e4_held wanted = {.command_s = 0};

    if (holding->count == 0)
        return NULL;
    memcpy(wanted.name, name, sizeof wanted.name);
    return bsearch(&wanted, holding->list, holding->count, sizeof *holding->list, compare);
}

const struct e4_held *holding_only(const struct holding *one, const struct holding *other)
{
    for (size_t i = 0; i < one->count; i++) {
        const struct e4_held *held = &one->list[i];
        const struct e4_held *match = holding_find(other, held->name);

        if (match == NULL ||
            memcmp(match->fingerprint, held->fingerprint, sizeof held->fingerprint) != 0)
            return held;
    }
    return NULL;
}
