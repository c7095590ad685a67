/* SPDX-License-Identifier: Apache-2.0 */
/* The flash port's sectors, headers, slots and marks; see flash_sector.h. */
#include "flash_sector.h"

#include <string.h>

#include "crc.h"
#include "e4/keys.h"

enum { SECTOR_VERSION = 1, HEADER_SIZE = 28, HEAD_SIZE = 8, CHUNK = 32 /* the largest unit */ };

static const uint8_t magic[4] = {'e', '4', 'f', 'l'};
static const uint8_t mark_text[4] = {'m', 'a', 'r', 'k'};

static unsigned in_units(const struct e4_flash *flash, unsigned size)
{
    return (size + flash->unit - 1U) & ~(flash->unit - 1U); /* a power of two */
}

static unsigned mark_size(const struct e4_flash *flash)
{
    return in_units(flash, sizeof mark_text);
}

/* Where the n-th mark of a sector's header is. */
static uint32_t header_mark(const struct e4_flash *flash, unsigned n)
{
    return in_units(flash, HEADER_SIZE) + n * mark_size(flash);
}

static unsigned slot_size(const struct e4_flash *flash)
{
    return in_units(flash, HEAD_SIZE) + E4_RECORD_SIZE + 2 * mark_size(flash);
}

static uint32_t slot_at(const struct e4_flash *flash, uint32_t slot)
{
    return header_mark(flash, E4_SECTOR_MARKS) + slot * slot_size(flash);
}

static uint32_t record_at(const struct e4_flash *flash, uint32_t slot)
{
    return slot_at(flash, slot) + in_units(flash, HEAD_SIZE);
}

/* Where the n-th of a slot's two marks is. */
static uint32_t slot_mark(const struct e4_flash *flash, uint32_t slot, unsigned n)
{
    return record_at(flash, slot) + E4_RECORD_SIZE + n * mark_size(flash);
}

uint32_t e4_flash_capacity(const struct e4_flash *flash)
{
    return (flash->sector_size - slot_at(flash, 0)) / slot_size(flash);
}

bool e4_sector_fits(const struct e4_flash *flash)
{
    uint8_t unit = flash->unit;

    return flash->read != NULL && flash->program != NULL && flash->erase != NULL && unit > 0 &&
           unit <= CHUNK && (unit & (unit - 1)) == 0 && flash->sector_size % unit == 0 &&
           flash->sector_size >= slot_at(flash, 1);
}

/* Nothing but 0xff? What cannot be read is not erased. */
static bool is_erased(const struct e4_flash *flash, unsigned sector, uint32_t from, uint32_t to)
{
    uint8_t chunk[CHUNK];
    uint8_t all = 0xff;

    while (from < to && all == 0xff) {
        unsigned len = to - from < CHUNK ? (unsigned)(to - from) : (unsigned)CHUNK;

        if (!flash->read(flash->ctx, sector, from, chunk, len)) {
            all = 0;
            break;
        }
        for (unsigned i = 0; i < len; i++)
            all &= chunk[i];
        from += len;
    }
    e4_wipe(chunk, sizeof chunk);
    return all == 0xff;
}

/* Can this be read there? */
static bool is_there(const struct e4_flash *flash, unsigned sector, uint32_t offset,
                     const uint8_t *data, unsigned len)
{
    uint8_t chunk[CHUNK];
    bool right = true;

    for (unsigned at = 0; at < len && right; at += CHUNK) {
        unsigned part = len - at < CHUNK ? len - at : (unsigned)CHUNK;

        right = flash->read(flash->ctx, sector, offset + at, chunk, part) &&
                e4_equal(chunk, data + at, part);
    }
    e4_wipe(chunk, sizeof chunk);
    return right;
}

/* Program, and read back whether it is there. */
static bool write(const struct e4_flash *flash, unsigned sector, uint32_t offset,
                  const uint8_t *data, unsigned len)
{
    return flash->program(flash->ctx, sector, offset, data, len) &&
           is_there(flash, sector, offset, data, len);
}

static void fill_mark(const struct e4_flash *flash, uint8_t mark[CHUNK])
{
    for (unsigned i = 0; i < mark_size(flash); i++)
        mark[i] = mark_text[i % sizeof mark_text];
}

/* Set a mark. Where power was cut in it, only those units are programmed that are not right. */
static bool set_mark(const struct e4_flash *flash, unsigned sector, uint32_t offset)
{
    uint8_t mark[CHUNK];
    uint8_t unit = flash->unit;
    bool done = true;

    fill_mark(flash, mark);
    for (unsigned at = 0; at < mark_size(flash) && done; at += unit)
        done = is_there(flash, sector, offset + at, mark + at, unit) ||
               write(flash, sector, offset + at, mark + at, unit);
    return done;
}

static enum e4_mark look_at_mark(const struct e4_flash *flash, unsigned sector, uint32_t offset)
{
    uint8_t have[CHUNK];
    uint8_t want[CHUNK];
    unsigned size = mark_size(flash);

    if (!flash->read(flash->ctx, sector, offset, have, size))
        return E4_MARK_TORN;
    fill_mark(flash, want);
    if (memcmp(have, want, size) == 0)
        return E4_MARK_SET;
    memset(want, 0xff, size);
    return memcmp(have, want, size) == 0 ? E4_MARK_ERASED : E4_MARK_TORN;
}

enum e4_mark e4_sector_mark_of(const struct e4_flash *flash, unsigned sector,
                               enum e4_sector_mark mark)
{
    return look_at_mark(flash, sector, header_mark(flash, mark));
}

bool e4_sector_set_mark(const struct e4_flash *flash, unsigned sector, enum e4_sector_mark mark)
{
    return set_mark(flash, sector, header_mark(flash, mark));
}

enum e4_result e4_sector_look(const struct e4_flash *flash, unsigned sector,
                              struct e4_sector *found)
{
    uint8_t header[HEADER_SIZE];

    memset(found, 0, sizeof *found);
    found->blank = is_erased(flash, sector, 0, flash->sector_size);
    for (int i = 0; i < E4_SECTOR_MARKS; i++)
        found->mark[i] = e4_sector_mark_of(flash, sector, (enum e4_sector_mark)i);
    if (!flash->read(flash->ctx, sector, 0, header, HEADER_SIZE) ||
        memcmp(header, magic, sizeof magic) != 0 ||
        e4_port_load32(header + 24) != e4_port_crc(0, header, 24))
        return E4_OK;
    if (header[4] != SECTOR_VERSION)
        return E4_ERR_VERSION;
    if (header[5] != flash->unit || e4_port_load32(header + 8) != flash->sector_size)
        return E4_ERR_ARGUMENT;
    found->made = true;
    found->turn = e4_port_load32(header + 12);
    found->erases = e4_port_load32(header + 16);
    found->other_erases = e4_port_load32(header + 20);
    found->bare = is_erased(flash, sector, header_mark(flash, 0), flash->sector_size);
    return E4_OK;
}

bool e4_sector_prepare(struct e4_flash *flash, unsigned sector, uint32_t turn)
{
    uint8_t header[CHUNK];

    flash->erases[sector]++;
    memset(header, 0xff, sizeof header);
    memcpy(header, magic, sizeof magic);
    header[4] = SECTOR_VERSION;
    header[5] = flash->unit;
    header[6] = header[7] = 0;
    e4_port_store32(header + 8, flash->sector_size);
    e4_port_store32(header + 12, turn);
    e4_port_store32(header + 16, flash->erases[sector]);
    e4_port_store32(header + 20, flash->erases[1 - sector]);
    e4_port_store32(header + 24, e4_port_crc(0, header, 24));
    return flash->erase(flash->ctx, sector) &&
           is_erased(flash, sector, 0, flash->sector_size) &&
           write(flash, sector, 0, header, in_units(flash, HEADER_SIZE));
}

uint32_t e4_slots_used(const struct e4_flash *flash, unsigned sector)
{
    uint32_t slot = e4_flash_capacity(flash);

    while (slot > 0 && is_erased(flash, sector, slot_at(flash, slot - 1), slot_at(flash, slot)))
        slot--;
    return slot;
}

bool e4_slot_is_unsure(const struct e4_flash *flash, unsigned sector, uint32_t slot)
{
    return look_at_mark(flash, sector, slot_mark(flash, slot, 0)) != E4_MARK_ERASED &&
           look_at_mark(flash, sector, slot_mark(flash, slot, 1)) != E4_MARK_SET;
}

enum e4_slot e4_slot_look(const struct e4_flash *flash, uint32_t slot, unsigned *place)
{
    uint8_t head[HEAD_SIZE];
    unsigned complement;

    if (look_at_mark(flash, flash->active, slot_mark(flash, slot, 1)) == E4_MARK_ERASED)
        return E4_SLOT_DEAD;
    if (look_at_mark(flash, flash->active, slot_mark(flash, slot, 0)) != E4_MARK_SET ||
        !flash->read(flash->ctx, flash->active, slot_at(flash, slot), head, HEAD_SIZE))
        return E4_SLOT_DAMAGED;
    *place = head[0] + 256U * head[1];
    complement = head[2] + 256U * head[3];
    return (*place ^ complement) == 0xffff ? E4_SLOT_IN_FORCE : E4_SLOT_DAMAGED;
}

/* The 8 bytes before a record. */
static void make_head(uint8_t head[HEAD_SIZE], unsigned place,
                      const uint8_t record[E4_RECORD_SIZE])
{
    e4_port_store32(head, place | (uint32_t)(place ^ 0xffffU) << 16);
    e4_port_store32(head + 4, e4_port_crc(e4_port_crc(0, head, 4), record, E4_RECORD_SIZE));
}

bool e4_slot_read(const struct e4_flash *flash, uint32_t slot, unsigned place,
                  uint8_t record[E4_RECORD_SIZE])
{
    uint8_t have[HEAD_SIZE];
    uint8_t want[HEAD_SIZE];

    if (flash->read(flash->ctx, flash->active, slot_at(flash, slot), have, HEAD_SIZE) &&
        flash->read(flash->ctx, flash->active, record_at(flash, slot), record,
                    E4_RECORD_SIZE)) {
        make_head(want, place, record);
        if (memcmp(have, want, HEAD_SIZE) == 0)
            return true;
    }
    e4_wipe(record, E4_RECORD_SIZE);
    return false;
}

bool e4_slot_write(const struct e4_flash *flash, unsigned sector, uint32_t slot, unsigned place,
                   const uint8_t record[E4_RECORD_SIZE])
{
    uint8_t head[CHUNK];

    memset(head, 0xff, sizeof head);
    make_head(head, place, record);
    return write(flash, sector, slot_at(flash, slot), head, in_units(flash, HEAD_SIZE)) &&
           write(flash, sector, record_at(flash, slot), record, E4_RECORD_SIZE) &&
           set_mark(flash, sector, slot_mark(flash, slot, 0)) &&
           set_mark(flash, sector, slot_mark(flash, slot, 1));
}

bool e4_slot_zero(const struct e4_flash *flash, uint32_t slot)
{
    static const uint8_t zeros[CHUNK] = {0};
    bool done = true;

    for (uint32_t at = 0; at < E4_RECORD_SIZE && done; at += CHUNK)
        done = write(flash, flash->active, record_at(flash, slot) + at, zeros, CHUNK);
    return done;
}
