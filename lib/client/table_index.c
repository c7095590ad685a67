/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are hashes, so their first bytes pick a bucket. Slot b says in `first` where the chain
 * of bucket b starts, each slot of a chain in `next` where it goes on; both are an index plus
 * one, 0 for none. So a look-up costs the same however large the table is, and the index needs
 * no memory of its own.
 */
#include "client/table.h"

#include <string.h>

#include "crypto/bytes.h"
#include "crypto/load.h"

static struct e4_entry *bucket_of(const struct e4_table *table, const uint8_t *name)
{
    return e4_table_at(table, (uint16_t)(e4_load_le32(name) % table->count));
}

struct e4_entry *e4_table_find(const struct e4_table *table, const uint8_t name[E4_HASH_SIZE])
{
    uint16_t link;

    if (table->count == 0)
        return NULL;
    link = bucket_of(table, name)->first;
    while (link != 0) {
        struct e4_entry *entry = e4_table_at(table, (uint16_t)(link - 1));

        if (memcmp(entry->name, name, E4_HASH_SIZE) == 0)
            return entry;
        link = entry->next;
    }
    return NULL;
}

static unsigned slot_of(const struct e4_table *table, const struct e4_entry *entry)
{
    const uint8_t *at = (const uint8_t *)entry;

    return (unsigned)((size_t)(at - (const uint8_t *)table->slots) / table->slot_size);
}

static void link_slot(const struct e4_table *table, unsigned slot)
{
    struct e4_entry *entry = e4_table_at(table, slot);
    struct e4_entry *bucket = bucket_of(table, entry->name);

    entry->next = bucket->first;
    bucket->first = (uint16_t)(slot + 1);
}

static void unlink_slot(const struct e4_table *table, unsigned slot)
{
    struct e4_entry *entry = e4_table_at(table, slot);
    uint16_t *link = &bucket_of(table, entry->name)->first;

    while (*link != slot + 1)
        link = &e4_table_at(table, (uint16_t)(*link - 1))->next;
    *link = entry->next;
    entry->next = 0;
}

void e4_table_name(const struct e4_table *table, struct e4_entry *entry,
                   const uint8_t name[E4_HASH_SIZE])
{
    unsigned slot = slot_of(table, entry);

    if (slot < *table->top)
        unlink_slot(table, slot);
    else
        (*table->top)++;
    e4_copy16(entry->name, name);
    link_slot(table, slot);
}

void e4_table_reindex(const struct e4_table *table)
{
    for (unsigned slot = 0; slot < table->count; slot++) {
        struct e4_entry *entry = e4_table_at(table, slot);

        entry->first = 0;
        entry->next = 0;
    }
    for (unsigned slot = 0; slot < table->count; slot++) {
        if (e4_table_at(table, slot)->state != E4_FREE)
            link_slot(table, slot);
    }
}
