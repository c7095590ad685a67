/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port for microcontrollers: a client's state in two sectors of flash memory.
 *
 * Records are appended to one sector. When it is full, those in force are copied to the other,
 * which takes over by one last unit, and the first is erased: a turn. A power cut at any
 * moment, within the programming of a unit or an erase too, leaves the old record or the new
 * one. There is no index and no buffer of a sector: this struct and some stack are all.
 *
 * Life: a sector holds e4_flash_capacity() records. With n places in use there is a turn every
 * capacity - n + 1 stores, and a sector is erased at every second turn. So flash that bears
 * 10,000 erases, with room for twice the places in use, bears 10,000 * capacity stores.
 *
 * Several small pages can serve as one sector: the driver's erase() then erases them all.
 */
#ifndef E4_PORT_FLASH_H
#define E4_PORT_FLASH_H

#include "e4/e4.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Zero it, fill in the first part, and call e4_flash_port(). The three functions return whether
 * they succeeded; sector is 0 or 1, and offset counts bytes from the start of the sector. Data
 * may lie anywhere; offset and len of program() are multiples of unit.
 *
 * A unit is programmed once between two erases, except with zeros if zero_over, and is read
 * back; where power was cut meanwhile perhaps once more, and program() fails if the chip does
 * not have that. Erasing makes all bytes 0xff (for a chip that makes them 0x00 invert in all
 * three). Where power was cut while a unit was programmed or erased, reading may fail, as flash
 * with error correction does, or give anything, and something else the next time.
 */
struct e4_flash {
    void *ctx; /* for the functions */
    bool (*read)(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len);
    bool (*program)(void *ctx, unsigned sector, uint32_t offset, const void *data, size_t len);
    bool (*erase)(void *ctx, unsigned sector);
    enum e4_result (*now)(void *ctx, uint64_t *now_s); /* NULL: E4_ERR_CLOCK for ever */
    void (*set_clock)(void *ctx, uint64_t now_s);      /* may be NULL; see struct e4_port */
    uint32_t sector_size;                              /* of one sector; a multiple of unit */
    unsigned places; /* e4_places(), for which a sector must have room; 0: not looked at */
    uint8_t unit;    /* bytes programmed at once: 1, 2, 4, 8, 16 or 32 */
    bool zero_over;  /* zeros may be programmed over a programmed unit */

    /* For reading: how often each sector was erased, give or take one at a power cut. */
    uint32_t erases[2];

    /* Private. */
    uint32_t turn;    /* of the sector in use */
    uint32_t used;    /* records in it, dead ones too */
    uint8_t active;   /* the sector in use; 2: nothing was ever stored */
    bool spare_ready; /* the other one is erased, and says so */
    bool full;        /* nothing more is to be appended: a turn comes first */
};

/*
 * Find what is stored, finish what a power cut interrupted, and let port use it; flash must
 * outlive the client. Flash that holds nothing is taken as it is.
 *
 *   E4_ERR_ARGUMENT  a function is missing, or unit and sector_size do not do or are not those
 *                    that it was written with
 *   E4_ERR_FULL      a sector has no room for places records
 *   E4_ERR_STORAGE   the flash failed, or holds something else or something damaged; then
 *                    nothing was changed, and e4_flash_format() is the way to start afresh
 *   E4_ERR_VERSION   written by a newer version of this port
 *
 * port->load() says E4_ERR_STORAGE when what it looks for, or might look for, is damaged. After
 * port->store() said so the old record is in force; only where the flash failed in the last
 * unit of the new one, and in all that was tried next, may that be in force after a restart.
 */
enum e4_result e4_flash_port(struct e4_port *port, struct e4_flash *flash);

/*
 * Erase both sectors, whatever they hold; e4_flash_port() comes next. If power is cut
 * meanwhile, or with E4_ERR_STORAGE, format again.
 */
enum e4_result e4_flash_format(struct e4_flash *flash);

/*
 * A turn now, so that nothing of replaced and removed keys is left. With zero_over nothing is
 * left after store() anyway; without, a superseded record stays until the next turn.
 *
 * E4_ERR_STORAGE: something may be left; all records are in force as before.
 */
enum e4_result e4_flash_clean(struct e4_flash *flash);

/* Records a sector holds. More than e4_places(), or every store() costs an erase; at least
 * that. */
uint32_t e4_flash_capacity(const struct e4_flash *flash);

/* Stores until the next turn. */
uint32_t e4_flash_room(const struct e4_flash *flash);

#ifdef __cplusplus
}
#endif

#endif
