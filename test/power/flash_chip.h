/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flash chip of two sectors as data sheets describe it, whose power can be cut at any step: a
 * step is a unit programmed or a sector erased. Cut units read differently each time. Sectors
 * have up to CHIP_SECTOR_MAX bytes, which is given when this is compiled.
 */
#ifndef FLASH_CHIP_H
#define FLASH_CHIP_H

#include <setjmp.h>

#include "e4/port_flash.h"

/* What becomes of the step at which power is cut. */
enum chip_cut {
    CHIP_NOTHING, /* it had not begun */
    CHIP_ALL,     /* it was complete */
    CHIP_PART,    /* a unit: some bits; a sector: some of it erased, the rest as before */
    CHIP_CHAOS,   /* a unit: bits that come and go, but not all; a sector: the same all over */
    CHIP_CUTS
};

struct chip {
    /* What kind of chip it is. */
    uint32_t sector_size;
    uint8_t unit;
    bool zero_over;
    bool checks; /* error correction: reading a unit that was cut fails */

    /* What it holds: bytes, bits that come and go, and whether a unit was programmed. */
    uint8_t cell[2][CHIP_SECTOR_MAX];
    uint8_t loose[2][CHIP_SECTOR_MAX];
    uint8_t programmed[2][CHIP_SECTOR_MAX]; /* 1: whole; 2: cut; for each byte */
    uint8_t unreadable[2][CHIP_SECTOR_MAX]; /* if the chip checks; 1: at times, 2: always */

    bool was_cut[2]; /* since the sector was erased last */

    /* What happens to it. */
    unsigned long steps;  /* taken so far */
    unsigned long cut_at; /* power is cut in this one, counted from 1; 0: never */
    enum chip_cut cut;
    jmp_buf *power_off;            /* where a cut leads */
    unsigned long fail_program_at; /* this step fails, not a cut; 0: none */
    unsigned long fail_erase_at;
    bool fail_onwards; /* and so do those that follow */
    bool fail_read;
    uint32_t random;       /* where its chances stand */
    unsigned long misuses; /* units programmed twice, and the like: must stay 0 */
    unsigned long erases[2];
};

/* A chip from the factory, and the port's struct for it. */
void chip_init(struct chip *chip, uint32_t sector_size, uint8_t unit);
void chip_connect(struct chip *chip, struct e4_flash *flash);

/* Do these bytes lie anywhere in it? */
bool chip_contains(const struct chip *chip, const uint8_t *bytes, size_t len);

/* The next number by chance. */
uint32_t chip_random(uint32_t *state);

#endif
