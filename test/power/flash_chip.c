/* SPDX-License-Identifier: Apache-2.0 */
/* A flash chip whose power can be cut; see flash_chip.h. */
#include "test/power/flash_chip.h"

#include <string.h>

/* A counter and its hash: cheap on the smallest processor too. */
uint32_t chip_random(uint32_t *state)
{
    uint32_t x = *state += 0x9e3779b9U;

    x = (x ^ x >> 16) * 0x21f0aaadU;
    x = (x ^ x >> 15) * 0x735a2d97U;
    return x ^ x >> 15;
}

/* Eight bits by chance. */
static uint8_t any(struct chip *chip)
{
    return (uint8_t)chip_random(&chip->random);
}

void chip_init(struct chip *chip, uint32_t sector_size, uint8_t unit)
{
    memset(chip, 0, sizeof *chip);
    chip->sector_size = sector_size;
    chip->unit = unit;
    memset(chip->cell, 0xff, sizeof chip->cell);
}

static bool is_outside(const struct chip *chip, unsigned sector, uint32_t offset, size_t len)
{
    return sector > 1 || offset > chip->sector_size || len > chip->sector_size - offset;
}

static bool chip_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    struct chip *chip = ctx;
    const uint8_t *loose = &chip->loose[sector][offset];
    const uint8_t *unreadable = &chip->unreadable[sector][offset];
    uint8_t *out = data;

    if (is_outside(chip, sector, offset, len)) {
        chip->misuses++;
        return false;
    }
    if (chip->fail_read)
        return false;
    memcpy(data, &chip->cell[sector][offset], len);
    for (size_t i = 0; i < len && chip->was_cut[sector]; i++) {
        if (chip->checks && unreadable[i] > any(chip) % 2)
            return false;
        if (loose[i] != 0)
            out[i] = (uint8_t)((out[i] & ~loose[i]) | (any(chip) & loose[i]));
    }
    return true;
}

/* Which bits of a unit are to fall, in its first byte that has such; -1: none are. */
static int first_falling(const struct chip *chip, const uint8_t *cell, const uint8_t *data)
{
    for (int i = 0; i < chip->unit; i++)
        if ((cell[i] & ~data[i]) != 0)
            return i;
    return -1;
}

/*
 * Power is cut in the programming of one unit: some bits fall (CHIP_PART), or come and go: all
 * of them, or some in one byte while the rest has fallen or has not. But one at least stays as
 * it was or falls for good, so that the unit is not erased now and complete later. A chip that
 * checks refuses such a unit each time it is read or, more often, at times.
 */
static void cut_unit(struct chip *chip, unsigned sector, uint32_t at, const uint8_t *data)
{
    int first = first_falling(chip, &chip->cell[sector][at], data);
    unsigned how = (unsigned)(any(chip) % 3);
    bool begun = how == 1 || (how == 0 && any(chip) % 2 == 0);
    int only = (int)(any(chip) % chip->unit);

    if (chip->cut < CHIP_PART || first < 0)
        return;
    for (int i = 0; i < chip->unit; i++) {
        uint8_t *cell = &chip->cell[sector][at + (unsigned)i];
        uint8_t falling = (uint8_t)(*cell & ~data[i]);
        uint8_t firm = i == first ? (uint8_t)(falling & -falling) : 0;
        uint8_t loose = how == 0 ? falling : falling & any(chip);
        uint8_t fallen = how == 1 ? falling : 0;

        if (chip->cut == CHIP_PART || (how != 0 && i != only))
            loose = 0;
        if (chip->cut == CHIP_PART)
            fallen = falling & any(chip);
        loose &= (uint8_t)~firm;
        chip->loose[sector][at + (unsigned)i] |= loose;
        *cell &= (uint8_t) ~(fallen & ~loose & ~firm);
        if (begun)
            *cell &= (uint8_t)~firm;
    }
    chip->was_cut[sector] = true;
    memset(&chip->programmed[sector][at], 2, chip->unit);
    memset(&chip->unreadable[sector][at], any(chip) % 4 == 0 ? 2 : 1, chip->unit);
}

/* One step begins. Does it happen to its end? */
static bool takes_place(struct chip *chip)
{
    chip->steps++;
    return chip->steps != chip->cut_at || chip->cut == CHIP_ALL;
}

static void after_step(const struct chip *chip)
{
    if (chip->steps == chip->cut_at)
        longjmp(*chip->power_off, 1);
}

static bool fails(const struct chip *chip, unsigned long at)
{
    return at != 0 && (chip->steps == at || (chip->fail_onwards && chip->steps > at));
}

/* Program over what may not be programmed? Chips that check refuse what was cut before. */
static bool refuses(struct chip *chip, unsigned sector, uint32_t at, const uint8_t *data)
{
    static const uint8_t zeros[32];

    if (chip->zero_over && memcmp(data, zeros, chip->unit) == 0)
        return false;
    if (chip->programmed[sector][at] == 1)
        chip->misuses++;
    return chip->programmed[sector][at] == 2 && chip->checks;
}

static bool program_unit(struct chip *chip, unsigned sector, uint32_t at, const uint8_t *data)
{
    bool whole = takes_place(chip);

    if (refuses(chip, sector, at, data))
        return false;
    if (fails(chip, chip->fail_program_at)) {
        cut_unit(chip, sector, at, data);
        return false;
    }
    if (whole) {
        for (unsigned i = 0; i < chip->unit; i++)
            chip->cell[sector][at + i] &= data[i];
        memset(&chip->loose[sector][at], 0, chip->unit);
        memset(&chip->programmed[sector][at], 1, chip->unit);
        memset(&chip->unreadable[sector][at], 0, chip->unit);
    } else {
        cut_unit(chip, sector, at, data);
    }
    after_step(chip);
    return true;
}

static bool chip_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                         size_t len)
{
    struct chip *chip = ctx;
    const uint8_t *from = data;

    if (is_outside(chip, sector, offset, len) || offset % chip->unit != 0 ||
        len % chip->unit != 0) {
        chip->misuses++;
        return false;
    }
    for (size_t at = 0; at < len; at += chip->unit)
        if (!program_unit(chip, sector, offset + (uint32_t)at, from + at))
            return false;
    return true;
}

/*
 * Power is cut while a sector is erased: a part of it is as before (a sector may be several
 * pages of the chip, erased in any order), or anything is anywhere.
 */
static void cut_sector(struct chip *chip, unsigned sector)
{
    /* Often just behind the header, which is where a mistake would tell. */
    uint32_t at = any(chip) % 4 == 0 ? chip_random(&chip->random) % chip->sector_size
                                     : 24U + any(chip) % 40U;

    if (chip->cut == CHIP_NOTHING)
        return;
    chip->was_cut[sector] = true;
    if (chip->cut == CHIP_PART) {
        bool front = any(chip) % 2 == 0;
        uint32_t from = front ? 0 : at;
        uint32_t len = front ? at : chip->sector_size - at;

        memset(chip->programmed[sector] + from, 1, len); /* nothing may be programmed there */
        memset(chip->cell[sector] + from, 0xff, len);
        memset(chip->loose[sector] + from, 0, len);
        memset(chip->unreadable[sector] + from, 0, len);
        if (any(chip) % 2) { /* otherwise what is erased too little does not show */
            chip->loose[sector][at] = 0xff;
            chip->unreadable[sector][at] = 1;
        }
        return;
    }
    memset(chip->programmed[sector], 1, chip->sector_size);
    for (uint32_t i = 0; i < chip->sector_size; i++) {
        chip->loose[sector][i] = any(chip);
        chip->cell[sector][i] |= any(chip);
        chip->unreadable[sector][i] = any(chip) % 8 == 0 ? 2 : 0;
    }
}

static bool chip_erase(void *ctx, unsigned sector)
{
    struct chip *chip = ctx;

    if (sector > 1) {
        chip->misuses++;
        return false;
    }
    chip->erases[sector]++;
    if (!takes_place(chip)) {
        cut_sector(chip, sector);
    } else if (fails(chip, chip->fail_erase_at)) {
        return false;
    } else {
        memset(chip->cell[sector], 0xff, chip->sector_size);
        memset(chip->loose[sector], 0, chip->sector_size);
        memset(chip->programmed[sector], 0, chip->sector_size);
        memset(chip->unreadable[sector], 0, chip->sector_size);
        chip->was_cut[sector] = false;
    }
    after_step(chip);
    return true;
}

void chip_connect(struct chip *chip, struct e4_flash *flash)
{
    memset(flash, 0, sizeof *flash);
    flash->ctx = chip;
    flash->read = chip_read;
    flash->program = chip_program;
    flash->erase = chip_erase;
    flash->sector_size = chip->sector_size;
    flash->unit = chip->unit;
    flash->zero_over = chip->zero_over;
}

bool chip_contains(const struct chip *chip, const uint8_t *bytes, size_t len)
{
    for (unsigned sector = 0; sector < 2; sector++)
        for (uint32_t at = 0; at + len <= chip->sector_size; at++)
            if (chip->cell[sector][at] == bytes[0] &&
                memcmp(&chip->cell[sector][at], bytes, len) == 0)
                return true;
    return false;
}
