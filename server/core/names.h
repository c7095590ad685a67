/* SPDX-License-Identifier: Apache-2.0 */
/* Clients and topics whose names begin alike. The rules of core.h hold. */
#ifndef SERVER_CORE_NAMES_H
#define SERVER_CORE_NAMES_H

#include "server/core/core.h"

enum names_of { NAMES_CLIENTS, NAMES_TOPICS };

/* CountClients, CountTopics, GetClients and GetTopics of what begins with this prefix; "": all.
 */
int names_count(struct core *core, int64_t *count, enum names_of of, const char *prefix,
                struct err *err);
int names_list(struct core *core, enum names_of of, const char *prefix,
               const struct range *range, core_each each, void *ctx, struct err *err);

/* So many of those after a name, which need not exist; "": from the first on. It takes no
 * longer the further on that is. ERR_INPUT: the prefix or the name is not UTF-8, or count
 * negative. */
int names_after(struct core *core, enum names_of of, const char *prefix, const char *after,
                int64_t count, core_each each, void *ctx, struct err *err);

#endif
