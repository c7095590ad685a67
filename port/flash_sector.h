/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies where in a sector of the flash port, and how it is read and written. A sector is a
 * header and then slots, each a whole number of units:
 *
 *   header  28 bytes: "e4fl", version, unit, 0, 0, bytes in a sector, turn, how often this
 *           sector and how often the other was erased, CRC-32C of all before it
 *           marks: see enum e4_sector_mark
 *   slot    8 bytes: place and its complement, 2 bytes each, CRC-32C of place and record
 *           128 bytes: the record
 *           mark, mark: the record is in force
 *
 * Numbers are little-endian; a mark is 4 bytes or a unit, if that is more.
 *
 * A unit at which power was cut may read as anything, and as something else the next time; only
 * not as erased one time and as complete another. Therefore marks come in pairs: the first is
 * programmed when all before it has been read back, and that the second is begun says that the
 * first is complete. Where that leaves a doubt, opening removes it by a turn or an erase, which
 * may itself be cut, as often as it pleases: so whatever is erased is of no use by then, or
 * known not to be whole. A mark that was cut is completed where the chip lets it. Where it
 * refuses, a second mark cut right after the first, if both read as begun and then as erased,
 * would leave nothing to tell by.
 */
#ifndef E4_PORT_FLASH_SECTOR_H
#define E4_PORT_FLASH_SECTOR_H

#include "e4/port_flash.h"

enum e4_mark { E4_MARK_ERASED, E4_MARK_SET, E4_MARK_TORN };

/* The marks of a sector's header, in their order. */
enum e4_sector_mark {
    E4_IN_USE,      /* all records in force are here */
    E4_SURELY,      /* and that mark is complete */
    E4_BELIEVED,    /* that was acted on: the other sector may be gone */
    E4_SPARE_READY, /* the other sector has been erased to the end */
    E4_SPARE_TAKEN, /* and may have been touched again since */
    E4_SECTOR_MARKS
};

/* What a sector says of itself. */
struct e4_sector {
    bool blank; /* all is erased */
    bool made;  /* the header is right */
    bool bare;  /* and all after it is erased */
    enum e4_mark mark[E4_SECTOR_MARKS];
    uint32_t turn;
    uint32_t erases;
    uint32_t other_erases;
};

/* Do unit and sector_size make sense, and are the functions there? */
bool e4_sector_fits(const struct e4_flash *flash);

/* Read the header. E4_ERR_VERSION, or E4_ERR_ARGUMENT: it is one for other measures. */
enum e4_result e4_sector_look(const struct e4_flash *flash, unsigned sector,
                              struct e4_sector *found);
/* Erase a sector, count that, and write the header with which it will serve in that turn. */
bool e4_sector_prepare(struct e4_flash *flash, unsigned sector, uint32_t turn);

enum e4_mark e4_sector_mark_of(const struct e4_flash *flash, unsigned sector,
                               enum e4_sector_mark mark);
/* One that was cut is completed, if the chip takes that. */
bool e4_sector_set_mark(const struct e4_flash *flash, unsigned sector,
                        enum e4_sector_mark mark);

/* How many slots from the first on are not erased throughout? */
uint32_t e4_slots_used(const struct e4_flash *flash, unsigned sector);
/* Was power cut in the marks of this slot? */
bool e4_slot_is_unsure(const struct e4_flash *flash, unsigned sector, uint32_t slot);

/* Whose record is in force in a slot of the active sector. */
enum e4_slot { E4_SLOT_DEAD, E4_SLOT_IN_FORCE, E4_SLOT_DAMAGED };
enum e4_slot e4_slot_look(const struct e4_flash *flash, uint32_t slot, unsigned *place);
/* The record in such a slot; false and zeros if it is damaged. */
bool e4_slot_read(const struct e4_flash *flash, uint32_t slot, unsigned place,
                  uint8_t record[E4_RECORD_SIZE]);

/* Fill an erased slot, and read all back. */
bool e4_slot_write(const struct e4_flash *flash, unsigned sector, uint32_t slot, unsigned place,
                   const uint8_t record[E4_RECORD_SIZE]);
/* Zeros over the record in a slot of the active sector; only with zero_over. */
bool e4_slot_zero(const struct e4_flash *flash, uint32_t slot);

#endif
