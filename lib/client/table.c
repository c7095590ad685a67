/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of topics and peers: which are free, and in the order of their names. */
#include "client/table.h"

#include <string.h>

#include "client/time.h"
#include "crypto/ct.h"

struct e4_entry *e4_table_at(const struct e4_table *table, unsigned slot)
{
    void *at = (uint8_t *)table->slots + (size_t)slot * table->slot_size;

    return (struct e4_entry *)at;
}

struct e4_entry *e4_table_spare(const struct e4_table *table, const uint64_t *command_s)
{
    struct e4_entry *oldest = NULL;

    if (*table->top < table->count)
        return e4_table_at(table, *table->top);
    for (unsigned slot = 0; slot < table->count; slot++) {
        struct e4_entry *entry = e4_table_at(table, slot);

        if (entry->state == E4_REMOVED &&
            (command_s == NULL || e4_before(&entry->command_s, command_s))) {
            command_s = &entry->command_s;
            oldest = entry;
        }
    }
    return oldest;
}

unsigned e4_table_after(const struct e4_table *table, unsigned slot)
{
    return (uint16_t)(e4_table_at(table, slot)->next - 1U);
}

/* Chain every held slot through `next`, in no order. */
static unsigned chain_held(const struct e4_table *table)
{
    unsigned head = E4_NO_SLOT;

    for (unsigned slot = 0; slot < table->count; slot++) {
        struct e4_entry *entry = e4_table_at(table, slot);

        if (entry->state != E4_HELD)
            continue;
        entry->next = (uint16_t)(head + 1U);
        head = slot;
    }
    return head;
}

/* A chain under construction. */
struct chain {
    unsigned head, tail;
};

static void append(const struct e4_table *table, struct chain *chain, unsigned slot)
{
    if (chain->head == E4_NO_SLOT)
        chain->head = slot;
    else
        e4_table_at(table, chain->tail)->next = (uint16_t)(slot + 1);
    chain->tail = slot;
}

/* Merge sorted runs of up to `width` slots at *a and *b onto the chain; both move past them. */
static void merge_runs(const struct e4_table *table, struct chain *chain, unsigned *a,
                       unsigned *b, uint32_t width)
{
    uint32_t left = width, right = width;

    while ((left > 0 && *a != E4_NO_SLOT) || (right > 0 && *b != E4_NO_SLOT)) {
        bool take_a =
            left > 0; /* then there is an *a: only the last run is shorter, with no *b */
        unsigned taken;

        if (take_a && right > 0 && *b != E4_NO_SLOT)
            take_a = memcmp(e4_table_at(table, *a)->name, e4_table_at(table, *b)->name,
                            E4_HASH_SIZE) < 0;
        taken = take_a ? *a : *b;
        if (take_a)
            left--;
        else
            right--;
        *(take_a ? a : b) = e4_table_after(table, taken);
        append(table, chain, taken);
    }
}

/* Merge sort from the bottom up: runs of 1, 2, 4, ... slots. */
unsigned e4_table_sort(const struct e4_table *table)
{
    unsigned head = chain_held(table);

    for (uint32_t width = 1; width < table->count; width *= 2) {
        struct chain sorted = {E4_NO_SLOT, E4_NO_SLOT};
        unsigned a = head;

        while (a != E4_NO_SLOT) {
            unsigned b = a;

            for (uint32_t i = 0; i < width && b != E4_NO_SLOT; i++)
                b = e4_table_after(table, b);
            merge_runs(table, &sorted, &a, &b, width);
            a = b;
        }
        if (sorted.tail != E4_NO_SLOT)
            e4_table_at(table, sorted.tail)->next = 0;
        head = sorted.head;
    }
    return head;
}
