/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of topics or of peers: the caller's array of slots, and an index laid into it
 * (table_index.c).
 */
#ifndef E4_CLIENT_TABLE_H
#define E4_CLIENT_TABLE_H

#include "e4/e4.h"

enum { E4_FREE = 0, E4_HELD = 1, E4_REMOVED = 2 };
#define E4_NO_SLOT 0xFFFFU

struct e4_table {
    void *slots; /* each starts with a struct e4_entry */
    size_t slot_size;
    uint16_t count;
    uint16_t *top; /* slots from here on are free; those below have names */
    bool topics;   /* each slot is a struct e4_topic_slot */
};

struct e4_entry *e4_table_at(const struct e4_table *table, unsigned slot);

/* The entry of a name, held or removed; NULL if there is none. */
struct e4_entry *e4_table_find(const struct e4_table *table, const uint8_t name[E4_HASH_SIZE]);

/* Give an entry a name: another one, or the first that is free its first, which takes it into
 * use.
 */
void e4_table_name(const struct e4_table *table, struct e4_entry *entry,
                   const uint8_t name[E4_HASH_SIZE]);

/*
 * An entry for a new name at the time command_s: that at *top, or one that was removed; NULL if
 * the table is full. A removed entry is given up only once time has moved on: until then it
 * guards against undoing. NULL: at any time.
 */
struct e4_entry *e4_table_spare(const struct e4_table *table, const uint64_t *command_s);

/*
 * Sort the held slots by name. Returns the first; e4_table_after() the one after it, and
 * E4_NO_SLOT after the last. The index is out of use until e4_table_reindex().
 */
unsigned e4_table_sort(const struct e4_table *table);
unsigned e4_table_after(const struct e4_table *table, unsigned slot);
void e4_table_reindex(const struct e4_table *table);

#endif
