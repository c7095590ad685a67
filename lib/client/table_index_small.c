/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of table_index.c on a device, which has few topics: no index, names are compared one
 * after another.
 */
#include "client/table.h"

#include <string.h>

#include "crypto/bytes.h"

unsigned e4_table_find(const struct e4_table *table, const uint8_t name[E4_HASH_SIZE])
{
    for (unsigned slot = 0; slot < *table->top; slot++) {
        if (memcmp(e4_table_at(table, slot)->name, name, E4_HASH_SIZE) == 0)
            return slot;
    }
    return E4_NO_SLOT;
}

void e4_table_name(const struct e4_table *table, unsigned slot,
                   const uint8_t name[E4_HASH_SIZE])
{
    if (slot == *table->top)
        (*table->top)++;
    e4_copy16(e4_table_at(table, slot)->name, name);
}

void e4_table_reindex(const struct e4_table *table)
{
    (void)table;
}
