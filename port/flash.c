/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash port: which record is in force, how a store adds one, and turns from one sector to
 * the other. What a sector looks like is in flash_sector.h.
 *
 * In the sector in use the last slot of a place is the one in force. A slot whose marks were
 * cut may be read as in force now and as dead the next time; opening settles that by a turn,
 * in which the slot is copied or not, before anyone acts on it.
 */
#include "e4/port_flash.h"

#include <string.h>

#include "e4/keys.h"
#include "flash_sector.h"

enum { NOWHERE = 2 /* as the active sector */, PLACES_AT_ONCE = 512 };
#define NO_PLACE 0xffffU

/* Going through the records in force, newest first, for PLACES_AT_ONCE places at a time. */
struct walk {
    unsigned first_place;
    uint32_t slot;
    bool more; /* places after these were seen */
    uint8_t met[PLACES_AT_ONCE / 8];
};

static void start_walk(const struct e4_flash *flash, struct walk *walk, unsigned first_place)
{
    memset(walk, 0, sizeof *walk);
    walk->first_place = first_place;
    walk->slot = flash->used;
}

/* Is this place one of those walked through now, and not met before? */
static bool is_new(struct walk *walk, unsigned place)
{
    unsigned bit;

    if (place < walk->first_place)
        return false;
    bit = place - walk->first_place;
    if (bit >= PLACES_AT_ONCE) {
        walk->more = true;
        return false;
    }
    if ((walk->met[bit / 8] >> bit % 8 & 1) != 0)
        return false;
    walk->met[bit / 8] = (uint8_t)(walk->met[bit / 8] | 1 << bit % 8);
    return true;
}

/* The next slot with a record in force. E4_ERR_EMPTY: no more. E4_ERR_STORAGE: damaged. */
static enum e4_result next_record(const struct e4_flash *flash, struct walk *walk,
                                  unsigned *place)
{
    for (;;) {
        while (walk->slot > 0) {
            enum e4_slot kind = e4_slot_look(flash, --walk->slot, place);

            if (kind == E4_SLOT_DAMAGED)
                return E4_ERR_STORAGE;
            if (kind == E4_SLOT_IN_FORCE && is_new(walk, *place))
                return E4_OK;
        }
        if (!walk->more)
            return E4_ERR_EMPTY;
        start_walk(flash, walk, walk->first_place + PLACES_AT_ONCE);
    }
}

/* Copy what is in force to the first slots of a sector, but for one place. */
static enum e4_result copy_all(const struct e4_flash *flash, unsigned target, unsigned except,
                               uint32_t *count)
{
    uint8_t record[E4_RECORD_SIZE];
    struct walk walk;
    unsigned place;
    enum e4_result result;

    start_walk(flash, &walk, 0);
    while ((result = next_record(flash, &walk, &place)) == E4_OK) {
        if (place == except)
            continue;
        if (!e4_slot_read(flash, walk.slot, place, record) ||
            !e4_slot_write(flash, target, *count, place, record)) {
            result = E4_ERR_STORAGE;
            break;
        }
        ++*count;
    }
    e4_wipe(record, sizeof record);
    return result == E4_ERR_EMPTY ? E4_OK : result;
}

/*
 * The choice between the sectors may hang on a mark that was cut, and on how that was read this
 * time. Before the other one goes, write it down in the one in use.
 */
static void settle(const struct e4_flash *flash)
{
    if (e4_sector_mark_of(flash, flash->active, E4_BELIEVED) != E4_MARK_SET)
        (void)e4_sector_set_mark(flash, flash->active, E4_BELIEVED); /* or hope for the best */
}

/*
 * Erase the other sector and have it ready for the next turn. The sector in use remembers that,
 * once in its turn: what was not erased to its end can look just as empty.
 */
static void make_spare(struct e4_flash *flash)
{
    settle(flash);
    flash->spare_ready = e4_sector_prepare(flash, 1U - flash->active, flash->turn + 1);
    if (flash->spare_ready &&
        e4_sector_mark_of(flash, flash->active, E4_SPARE_READY) == E4_MARK_ERASED)
        (void)e4_sector_set_mark(flash, flash->active, E4_SPARE_READY); /* or erase it again */
}

/*
 * Before the other sector is touched: it is not what the sector in use remembers any more. Is
 * it erased, and will nobody believe that from now on? Otherwise it needs erasing, ready or
 * not.
 */
static bool take_spare(struct e4_flash *flash)
{
    bool is_ready = flash->spare_ready;

    flash->spare_ready = false;
    if (flash->active == NOWHERE ||
        e4_sector_mark_of(flash, flash->active, E4_SPARE_READY) == E4_MARK_ERASED ||
        e4_sector_mark_of(flash, flash->active, E4_SPARE_TAKEN) == E4_MARK_SET)
        return is_ready;
    return e4_sector_set_mark(flash, flash->active, E4_SPARE_TAKEN) && is_ready;
}

/*
 * Go over to the other sector with all that is in force; with a new record for place unless
 * that is NO_PLACE. Until its last mark the old sector counts, afterwards the new one.
 */
static enum e4_result turn(struct e4_flash *flash, unsigned place,
                           const uint8_t record[E4_RECORD_SIZE])
{
    uint8_t target = flash->active == 0 ? 1 : 0;
    uint32_t count = 0;

    if (!take_spare(flash) && !e4_sector_prepare(flash, target, flash->turn + 1))
        return E4_ERR_STORAGE;
    if (flash->active != NOWHERE && copy_all(flash, target, place, &count) != E4_OK)
        return E4_ERR_STORAGE;
    if (place != NO_PLACE && !e4_slot_write(flash, target, count++, place, record))
        return E4_ERR_STORAGE;
    if (!e4_sector_set_mark(flash, target, E4_IN_USE) ||
        !e4_sector_set_mark(flash, target, E4_SURELY))
        return E4_ERR_STORAGE;
    flash->active = target;
    flash->turn++;
    flash->used = count;
    flash->full = false;
    make_spare(flash);
    return E4_OK;
}

/* The slot with the record in force for a place; results as those of load(). */
static enum e4_result find(const struct e4_flash *flash, unsigned place, uint32_t *slot)
{
    unsigned found;

    for (*slot = flash->used; *slot > 0;) {
        enum e4_slot kind = e4_slot_look(flash, --*slot, &found);

        if (kind == E4_SLOT_DAMAGED)
            return E4_ERR_STORAGE; /* it may have been of this place */
        if (kind == E4_SLOT_IN_FORCE && found == place)
            return E4_OK;
    }
    return E4_ERR_EMPTY;
}

static enum e4_result flash_load(void *ctx, unsigned place, uint8_t record[E4_RECORD_SIZE])
{
    const struct e4_flash *flash = (const struct e4_flash *)ctx;
    uint32_t slot;
    enum e4_result result = find(flash, place, &slot);

    if (result != E4_OK)
        return result;
    return e4_slot_read(flash, slot, place, record) ? E4_OK : E4_ERR_STORAGE;
}

static enum e4_result flash_store(void *ctx, unsigned place,
                                  const uint8_t record[E4_RECORD_SIZE])
{
    struct e4_flash *flash = (struct e4_flash *)ctx;
    uint32_t slot;
    bool replaces;

    if (place >= e4_flash_capacity(flash) || place >= NO_PLACE)
        return E4_ERR_STORAGE;
    if (e4_flash_room(flash) == 0)
        return turn(flash, place, record);
    replaces = flash->zero_over && find(flash, place, &slot) == E4_OK;
    if (!e4_slot_write(flash, flash->active, flash->used, place, record)) {
        /* The flash fails here; perhaps not in the other sector. The slot is not counted. */
        flash->full = true;
        return turn(flash, place, record);
    }
    flash->used++;
    if (replaces && !e4_slot_zero(flash, slot))
        flash->full = true; /* then the next store gets rid of it */
    return E4_OK;
}

static enum e4_result flash_now(void *ctx, uint64_t *now_s)
{
    const struct e4_flash *flash = (const struct e4_flash *)ctx;

    return flash->now == NULL ? E4_ERR_CLOCK : flash->now(flash->ctx, now_s);
}

static void flash_set_clock(void *ctx, uint64_t now_s)
{
    const struct e4_flash *flash = (const struct e4_flash *)ctx;

    flash->set_clock(flash->ctx, now_s);
}

/* Sector 0 is the first ever in use. Has 1 not even been made ready for the turn after that? */
static bool is_first_turn(const struct e4_sector sector[2])
{
    return (!sector[0].made || sector[0].turn == 1) &&
           (sector[1].blank || (sector[1].bare && sector[1].turn == 1));
}

static bool is_usable(const struct e4_sector *sector)
{
    return sector->made && sector->mark[E4_IN_USE] == E4_MARK_SET;
}

/* As if this sector were the one in use. */
static struct e4_flash view(const struct e4_flash *flash, uint8_t sector)
{
    struct e4_flash seen = *flash;

    seen.active = sector;
    seen.used = e4_slots_used(flash, sector);
    return seen;
}

/* Can the record in force for a place be read? */
static bool is_sound(const struct e4_flash *flash, unsigned place)
{
    uint8_t record[E4_RECORD_SIZE];
    uint32_t slot;
    bool sound = find(flash, place, &slot) == E4_OK && e4_slot_read(flash, slot, place, record);

    e4_wipe(record, sizeof record);
    return sound;
}

/* Is nothing damaged in a sector, and has it a sound record for each place that one is in force
 * for, here or in the other? */
static bool is_whole(const struct e4_flash *flash, uint8_t sector)
{
    struct e4_flash mine = view(flash, sector);
    struct e4_flash theirs = view(flash, (uint8_t)(1 - sector));
    struct walk walk;
    unsigned place;
    enum e4_result result;

    start_walk(&mine, &walk, 0);
    while ((result = next_record(&mine, &walk, &place)) == E4_OK)
        if (!is_sound(&mine, place))
            return false;
    if (result == E4_ERR_STORAGE)
        return false;
    start_walk(&theirs, &walk, 0);
    while (next_record(&theirs, &walk, &place) == E4_OK)
        if (!is_sound(&mine, place))
            return false;
    return mine.used > 0; /* if the other is damaged there is nothing to go back to */
}

/*
 * Was the turn to this sector made to its end? That a mark after the first is begun says so,
 * however it reads now: one that reads as set once never reads as erased.
 *
 * While the other sector is erased, this one is whole, and its marks go on saying so. But while
 * this one is erased because they were read as erased, a page of it can be as it was, and they
 * be read otherwise now: then it is not whole.
 */
static bool is_in_charge(const struct e4_flash *flash, uint8_t sector,
                         const struct e4_sector *found)
{
    if (found->mark[E4_BELIEVED] == E4_MARK_SET)
        return true;
    return (found->mark[E4_SURELY] != E4_MARK_ERASED ||
            found->mark[E4_BELIEVED] != E4_MARK_ERASED) &&
           is_whole(flash, sector);
}

/*
 * Choose the sector in use by what both say. As long as the old one has not been erased (or
 * there was none, and there will be none), a new one that is not sure counts for nothing.
 */
static enum e4_result choose(struct e4_flash *flash, const struct e4_sector sector[2])
{
    bool usable[2] = {is_usable(&sector[0]), is_usable(&sector[1])};
    uint8_t newer = sector[1].turn > sector[0].turn;

    flash->active = NOWHERE;
    flash->turn = 0;
    if (usable[0] && usable[1])
        flash->active =
            is_in_charge(flash, newer, &sector[newer]) ? newer : (uint8_t)(1 - newer);
    else if (usable[1] ||
             (usable[0] && (!is_first_turn(sector) || is_in_charge(flash, 0, sector))))
        flash->active = usable[1];
    else if (!is_first_turn(sector))
        return E4_ERR_STORAGE; /* what was in use is damaged, or this is something else */
    if (flash->active != NOWHERE)
        flash->turn = sector[flash->active].turn;
    return E4_OK;
}

/* How often the sectors were erased: each says it of itself, or else the other of it. */
static void recall_erases(struct e4_flash *flash, const struct e4_sector sector[2])
{
    for (unsigned i = 0; i < 2; i++) {
        if (sector[i].made)
            flash->erases[i] = sector[i].erases;
        else if (sector[1 - i].made)
            flash->erases[i] = sector[1 - i].other_erases + 1; /* its header is gone since */
        else
            flash->erases[i] = 0;
    }
}

/* Finish a turn that was cut short, and make one where something is not sure. */
static enum e4_result repair(struct e4_flash *flash, const struct e4_sector sector[2])
{
    const struct e4_sector *active = &sector[flash->active];
    const struct e4_sector *spare = &sector[1 - flash->active];
    bool is_bare = spare->bare && spare->turn == flash->turn + 1;
    bool is_sure = active->mark[E4_SURELY] == E4_MARK_SET;

    flash->used = e4_slots_used(flash, flash->active);
    flash->spare_ready = is_bare && active->mark[E4_SPARE_READY] == E4_MARK_SET &&
                         active->mark[E4_SPARE_TAKEN] == E4_MARK_ERASED;
    /* What was in doubt is copied: if this sector was about to be erased once, for it did not
     * seem to be in use, what is left of it may not take more records. */
    if (!is_sure ||
        (flash->used > 0 && e4_slot_is_unsure(flash, flash->active, flash->used - 1))) {
        settle(flash);
        return turn(flash, NO_PLACE, NULL);
    }
    /* Keys may be left in the other sector. If it fails, the next turn tries again. */
    if (!is_bare)
        make_spare(flash);
    return E4_OK;
}

static enum e4_result mount(struct e4_flash *flash)
{
    struct e4_sector sector[2];
    enum e4_result result = E4_OK;

    flash->used = 0;
    flash->full = false;
    flash->spare_ready = false;
    for (unsigned i = 0; i < 2 && result == E4_OK; i++)
        result = e4_sector_look(flash, i, &sector[i]);
    if (result == E4_OK)
        result = choose(flash, sector);
    if (result != E4_OK)
        return result;
    recall_erases(flash, sector);
    if (flash->active != NOWHERE)
        return repair(flash, sector);
    /* If power was cut in the first store, nothing of it may turn up later. */
    if (sector[0].made && !sector[0].bare)
        flash->spare_ready = e4_sector_prepare(flash, 0, 1);
    return E4_OK;
}

enum e4_result e4_flash_port(struct e4_port *port, struct e4_flash *flash)
{
    enum e4_result result;

    if (!e4_sector_fits(flash))
        return E4_ERR_ARGUMENT;
    if (flash->places > e4_flash_capacity(flash))
        return E4_ERR_FULL;
    result = mount(flash);
    if (result != E4_OK)
        return result;
    port->ctx = flash;
    port->now = flash_now;
    port->load = flash_load;
    port->store = flash_store;
    port->set_clock = flash->set_clock == NULL ? NULL : flash_set_clock;
    return E4_OK;
}

enum e4_result e4_flash_format(struct e4_flash *flash)
{
    struct e4_sector sector[2];

    if (!e4_sector_fits(flash))
        return E4_ERR_ARGUMENT;
    for (unsigned i = 0; i < 2; i++)
        (void)e4_sector_look(flash, i, &sector[i]); /* whatever it is, it goes */
    recall_erases(flash, sector);
    flash->active = NOWHERE;
    flash->turn = 0;
    flash->used = 0;
    flash->full = false;
    flash->spare_ready = e4_sector_prepare(flash, 1, 1) && e4_sector_prepare(flash, 0, 1);
    return flash->spare_ready ? E4_OK : E4_ERR_STORAGE;
}

enum e4_result e4_flash_clean(struct e4_flash *flash)
{
    enum e4_result result = E4_OK;

    if (flash->active == NOWHERE)
        return E4_OK;
    result = turn(flash, NO_PLACE, NULL);
    if (result == E4_OK && !flash->spare_ready)
        result = E4_ERR_STORAGE;
    return result;
}

uint32_t e4_flash_room(const struct e4_flash *flash)
{
    return flash->active == NOWHERE || flash->full ? 0 : e4_flash_capacity(flash) - flash->used;
}
