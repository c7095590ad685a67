/* SPDX-License-Identifier: Apache-2.0 */
/* The topics or public keys that a device holds at a moment, and what changed between two
 * moments. */
#ifndef TOOLS_E4_HOLDING_H
#define TOOLS_E4_HOLDING_H

#include "e4/e4.h"

struct err;

enum holding_kind { HOLDING_TOPICS, HOLDING_PEERS };

struct holding { /* by name in ascending order */
    struct e4_held *list;
    size_t count;
};

/* Write down what a client holds. */
int holding_take(struct holding *holding, const struct e4_client *client,
                 enum holding_kind kind, struct err *err);
void holding_free(struct holding *holding);

/* The first entry of one that the other does not have with the same key; NULL: none. */
const struct e4_held *holding_only(const struct holding *one, const struct holding *other);
/* The entry of this name; NULL: none. */
const struct e4_held *holding_find(const struct holding *holding,
                                   const uint8_t name[E4_HASH_SIZE]);

#endif
