/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whichever reading of a flash chip fails while the port takes up what is stored, or makes a
 * turn to a sector whose erase stopped half way, no part of a record is left on the stack. Such
 * a reading may have given bytes all the same.
 */
#include "e4.h"

#include <stdio.h>
#include <string.h>

#include "below.h"

enum { SECTOR = 1024, FILL = 0x6b, PART = 8 };

static uint8_t cell[2][SECTOR];
static unsigned long readings, failing; /* this one and those after it; 0: none */
static uint32_t erased = SECTOR;        /* bytes that an erase gets to */
static struct e4_flash flash;
static struct e4_port port;

static bool chip_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    (void)ctx;
    readings++;
    if (failing == 0 || readings <= failing)
        memcpy(data, &cell[sector][offset], len);
    return failing == 0 || readings < failing;
}

static bool chip_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                         size_t len)
{
    (void)ctx;
    memcpy(&cell[sector][offset], data, len);
    return true;
}

static bool chip_erase(void *ctx, unsigned sector)
{
    (void)ctx;
    memset(cell[sector], 0xff, erased);
    return true;
}

static void fail_from(unsigned long reading)
{
    readings = 0;
    failing = reading;
}

static bool store(unsigned place)
{
    uint8_t record[E4_RECORD_SIZE];

    memset(record, FILL, sizeof record);
    return port.store(port.ctx, place, record) == E4_OK;
}

/* Two records in each sector, one sector in use. */
static bool set_up(void)
{
    fail_from(0);
    erased = SECTOR;
    memset(cell, 0xff, sizeof cell);
    if (e4_flash_port(&port, &flash) != E4_OK || !store(0) || !store(1))
        return false;
    memcpy(cell[1] + 64, cell[0] + 64, SECTOR - 64);
    erased = 64;
    return true;
}

static void take_up(void)
{
    (void)e4_flash_port(&port, &flash);
}

static void turn(void)
{
    (void)e4_flash_clean(&flash);
}

/* Let one reading after the other fail. How many leave something? */
static unsigned long count_leaving(const char *what, void (*call)(void))
{
    unsigned long left = 0;
    uint8_t part[PART];

    memset(part, FILL, sizeof part);
    for (unsigned long n = 1; n == 1 || readings >= failing; n++) {
        if (!set_up())
            return 1;
        fail_from(n);
        look_below(true);
        call();
        look_below(false);
        if (was_below(part, PART) && left++ == 0)
            printf("%s: reading %lu fails, and a part of a record is left\n", what, n);
    }
    printf("%s: %lu of %lu leave something\n", what, left, readings);
    return left;
}

int main(void)
{
    unsigned long left;

    flash.read = chip_read;
    flash.program = chip_program;
    flash.erase = chip_erase;
    flash.sector_size = SECTOR;
    flash.unit = 1;
    left = count_leaving("taking up", take_up);
    left += count_leaving("a turn", turn);
    return left == 0 ? 0 : 1;
}
