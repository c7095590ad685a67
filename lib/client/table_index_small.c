/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of table_index.c on a device, which has few topics: no index, names are compared one
 * after another.
 */
#include "client/table.h"

#include <string.h>

#include "crypto/bytes.h"

struct e4_entry *e4_table_find(const struct e4_table *table, const uint8_t name[E4_HASH_SIZE])
{
    for (unsigned slot = 0; slot < *table->top; slot++) {
        struct e4_entry *entry = e4_table_at(table, slot);

        if (memcmp(entry->name, name, E4_HASH_SIZE) == 0)
            return entry;
    }
    return NULL;
}

void e4_table_name(const struct e4_table *table, struct e4_entry *entry,
                   const uint8_t name[E4_HASH_SIZE])
{
    if (entry->state == E4_FREE)
        (*table->top)++;
    e4_copy16(entry->name, name);
}

void e4_table_reindex(const struct e4_table *table)
{
    (void)table;
}
