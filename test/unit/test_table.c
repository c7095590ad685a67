/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of lib/client/table.c: names in slots, found alike fast in small tables and large. */
#include <string.h>

#include "client/table.h"
#include "fixture.h"
#include "law.h"

/* Devices, whose tables have no index, have few slots. */
enum { MANY = LIBRARY_IS_SMALL ? 1000 : 65534, SMALL = 37 };

static struct e4_peer_slot slots[MANY];
static uint16_t top;

static struct e4_table table_of(uint16_t count)
{
    struct e4_table table = {slots, sizeof slots[0], count, &top, true};

    memset(slots, 0, sizeof slots);
    top = 0;
    return table;
}

static const uint64_t *second(unsigned n)
{
    static const uint64_t seconds[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    return &seconds[n];
}

/* Names as hashes are: random; but `narrow` lets all fall into one bucket of the table. */
static void name_of(uint8_t name[E4_HASH_SIZE], unsigned n, bool narrow)
{
    uint8_t key[E4_KEY_SIZE];

    key_of(key, n);
    memcpy(name, key, E4_HASH_SIZE);
    if (narrow)
        memset(name, 0, 4);
}

/* The place of an entry in the table. */
static unsigned slot_of(const struct e4_entry *entry)
{
    return entry == NULL ? E4_NO_SLOT : (unsigned)((const struct e4_peer_slot *)entry - slots);
}

static unsigned spare(const struct e4_table *table, const uint64_t *command_s)
{
    return slot_of(e4_table_spare(table, command_s));
}

static unsigned add(const struct e4_table *table, unsigned n, bool narrow, uint8_t state)
{
    unsigned slot = spare(table, second(1));
    uint8_t name[E4_HASH_SIZE];

    if (slot == E4_NO_SLOT)
        return slot;
    name_of(name, n, narrow);
    e4_table_name(table, e4_table_at(table, slot), name);
    e4_table_at(table, slot)->state = state;
    return slot;
}

static unsigned find(const struct e4_table *table, unsigned n, bool narrow)
{
    uint8_t name[E4_HASH_SIZE];

    name_of(name, n, narrow);
    return slot_of(e4_table_find(table, name));
}

/* The longest chain, and a check that chains hold each named slot once. */
static unsigned longest_chain(const struct e4_table *table)
{
    unsigned longest = 0, all = LIBRARY_IS_SMALL ? *table->top : 0;

    for (uint16_t bucket = 0; bucket < table->count; bucket++) {
        unsigned len = 0;

        for (uint16_t link = e4_table_at(table, bucket)->first; link != 0; len++)
            link = e4_table_at(table, (uint16_t)(link - 1))->next;
        all += len;
        longest = len > longest ? len : longest;
    }
    CHECK(all == *table->top);
    return longest;
}

TEST(a_table_without_slots_holds_nothing_and_has_no_room)
{
    struct e4_table table = table_of(0);

    CHECK(find(&table, 1, false) == E4_NO_SLOT);
    CHECK(spare(&table, NULL) == E4_NO_SLOT);
    CHECK(e4_table_sort(&table) == E4_NO_SLOT);
    e4_table_reindex(&table);
}

TEST(a_table_of_one_slot_holds_one_name)
{
    struct e4_table table = table_of(1);

    CHECK(find(&table, 1, false) == E4_NO_SLOT);
    CHECK(add(&table, 1, false, E4_HELD) == 0);
    CHECK(find(&table, 1, false) == 0 && find(&table, 2, false) == E4_NO_SLOT);
    CHECK(add(&table, 2, false, E4_HELD) == E4_NO_SLOT);
    CHECK(e4_table_sort(&table) == 0 && e4_table_after(&table, 0) == E4_NO_SLOT);
    e4_table_reindex(&table);
    CHECK(find(&table, 1, false) == 0);
}

TEST(a_full_table_finds_every_name_by_a_short_chain)
{
    struct e4_table table = table_of(MANY);

    for (unsigned n = 0; n < MANY; n++)
        CHECK_AT(n, add(&table, n, false, E4_HELD) == n);
    CHECK(add(&table, MANY, false, E4_HELD) == E4_NO_SLOT);
    for (unsigned n = 0; n < MANY; n++)
        CHECK_AT(n, find(&table, n, false) == n);
    for (unsigned n = MANY; n < 2 * MANY; n++)
        CHECK_AT(n, find(&table, n, false) == E4_NO_SLOT);
    CHECK(longest_chain(&table) <= 10); /* at random: 8 or 9 */
}

TEST(names_are_found_whatever_names_slots_had_before)
{
    for (int narrow = 0; narrow < 2; narrow++) {
        struct e4_table table = table_of(SMALL);
        unsigned named[SMALL];
        uint64_t state = 1;

        for (unsigned n = 0; n < SMALL; n++) {
            CHECK_AT(n, add(&table, n, narrow, E4_HELD) == n);
            named[n] = n;
        }
        for (unsigned step = SMALL; step < 5000; step++) {
            uint16_t slot = (uint16_t)(random_next(&state) % SMALL);
            uint8_t name[E4_HASH_SIZE];

            name_of(name, step, narrow);
            e4_table_name(&table, e4_table_at(&table, slot), name);
            CHECK_AT(step, find(&table, named[slot], narrow) == E4_NO_SLOT);
            named[slot] = step;
            for (uint16_t n = 0; n < SMALL; n++)
                CHECK_AT(step, find(&table, named[n], narrow) == n);
            CHECK_AT(step, longest_chain(&table) <= SMALL && top == SMALL);
        }
    }
}

TEST(a_removed_entry_is_given_up_oldest_first_and_only_to_a_later_time)
{
    static const struct {
        uint64_t command_s;
        uint16_t want;
    } row[] = {
        {0, E4_NO_SLOT}, {5, E4_NO_SLOT}, {6, 2}, {7, 2}, {8, 2}, {9, 2}, {UINT64_MAX, 2},
    };
    struct e4_table table = table_of(4);

    for (unsigned n = 0; n < 4; n++)
        add(&table, n, false, n == 1 ? E4_HELD : E4_REMOVED);
    slots[0].entry.command_s = 7;
    slots[1].entry.command_s = 1;
    slots[2].entry.command_s = 5;
    slots[3].entry.command_s = 8;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_AT(i, spare(&table, &row[i].command_s) == row[i].want);
    slots[2].entry.state = E4_HELD;
    CHECK(spare(&table, second(9)) == 0);
}

TEST(asking_for_a_spare_slot_changes_nothing)
{
    struct e4_table table = table_of(2);

    CHECK(spare(&table, second(1)) == 0 && spare(&table, second(1)) == 0);
    CHECK(top == 0 && all_zero(slots, 2 * sizeof slots[0]));
}

/* Are exactly the held slots passed, each once, in rising order of names? */
static void check_sorted(const struct e4_table *table, unsigned held)
{
    unsigned before = E4_NO_SLOT;
    unsigned count = 0;

    for (unsigned slot = e4_table_sort(table); slot != E4_NO_SLOT;
         slot = e4_table_after(table, slot)) {
        const struct e4_entry *entry = e4_table_at(table, slot);

        CHECK_AT(slot, entry->state == E4_HELD);
        CHECK_AT(slot, before == E4_NO_SLOT || memcmp(e4_table_at(table, before)->name,
                                                      entry->name, E4_HASH_SIZE) < 0);
        before = slot;
        count++;
    }
    CHECK_AT(held, count == held);
}

TEST(sorting_passes_the_held_names_in_order_and_the_index_comes_back)
{
    static const uint16_t size[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 1000, MANY};
    uint64_t state = 9;

    for (size_t i = 0; i < COUNT(size); i++) {
        struct e4_table table = table_of(size[i]);
        unsigned held = 0;

        for (unsigned n = 0; n < size[i]; n++) {
            uint8_t kind = random_next(&state) % 4 == 0 ? E4_REMOVED : E4_HELD;

            add(&table, n, false, kind);
            held += kind == E4_HELD;
        }
        check_sorted(&table, held);
        e4_table_reindex(&table);
        for (unsigned n = 0; n < size[i]; n++)
            CHECK_AT(n, find(&table, n, false) == n);
        CHECK_AT(i, longest_chain(&table) <= 10);
        check_sorted(&table, held); /* and again */
    }
}

TEST(sorting_a_part_of_a_table_leaves_the_rest_free)
{
    for (unsigned used = 0; used <= SMALL; used++) {
        struct e4_table table = table_of(SMALL);

        for (unsigned n = 0; n < used; n++)
            add(&table, n, true, E4_HELD);
        check_sorted(&table, used);
        e4_table_reindex(&table);
        for (unsigned n = 0; n < SMALL; n++)
            CHECK_AT(n, find(&table, n, true) == (n < used ? n : E4_NO_SLOT));
    }
}

LAWS(LAW(a_table_without_slots_holds_nothing_and_has_no_room),
     LAW(a_table_of_one_slot_holds_one_name),
     LAW(a_full_table_finds_every_name_by_a_short_chain),
     LAW(names_are_found_whatever_names_slots_had_before),
     LAW(a_removed_entry_is_given_up_oldest_first_and_only_to_a_later_time),
     LAW(asking_for_a_spare_slot_changes_nothing),
     LAW(sorting_passes_the_held_names_in_order_and_the_index_comes_back),
     LAW(sorting_a_part_of_a_table_leaves_the_rest_free))
