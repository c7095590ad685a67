/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash that holds what the port wrote, with bytes changed by whatever: it opens or not; when
 * it does, it gives back only records that were stored, and goes on working.
 *
 * Input: measures; how many records to store, and which; bytes to change; records to store
 * then.
 */
#include "fuzz.h"

#include <string.h>

#include "e4/e4.h"
#include "e4/port_flash.h"

enum { SECTOR_MAX = 4096, PLACES = 5, STORES_MAX = 60, CHANGES_MAX = 12 };

static uint8_t memory[2][SECTOR_MAX];

static bool chip_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    const struct e4_flash *flash = ctx;

    law(sector < 2 && offset <= flash->sector_size && len <= flash->sector_size - offset,
        "reading stays inside a sector");
    memcpy(data, memory[sector] + offset, len);
    return true;
}

static bool chip_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                         size_t len)
{
    const struct e4_flash *flash = ctx;
    const uint8_t *bytes = data;

    law(sector < 2 && offset <= flash->sector_size && len <= flash->sector_size - offset,
        "programming stays inside a sector");
    law(offset % flash->unit == 0 && len % flash->unit == 0, "whole units are programmed");
    for (size_t i = 0; i < len; i++)
        memory[sector][offset + i] &= bytes[i]; /* programming only clears bits */
    return true;
}

static bool chip_erase(void *ctx, unsigned sector)
{
    const struct e4_flash *flash = ctx;

    law(sector < 2, "there are two sectors");
    memset(memory[sector], 0xff, flash->sector_size);
    return true;
}

/* Each record tells which it is, so that one that was never stored is found out. */
static void make_record(uint8_t record[E4_RECORD_SIZE], unsigned place, unsigned number)
{
    for (unsigned i = 0; i < E4_RECORD_SIZE; i++)
        record[i] = (uint8_t)(place * 37 + number * 11 + i);
    record[0] = (uint8_t)place;
    record[1] = (uint8_t)number;
}

static void expect_genuine(const struct e4_port *port)
{
    for (unsigned place = 0; place < PLACES; place++) {
        uint8_t record[E4_RECORD_SIZE];
        uint8_t want[E4_RECORD_SIZE];
        enum e4_result result = port->load(port->ctx, place, record);

        law(result == E4_OK || result == E4_ERR_EMPTY || result == E4_ERR_STORAGE,
            "a record is there, or was never stored, or is damaged");
        if (result != E4_OK)
            continue;
        make_record(want, place, record[1]);
        law(memcmp(record, want, sizeof want) == 0, "a record is one that was stored");
    }
}

/* Store some, each once more than its place had. */
static void store_some(const struct e4_port *port, struct input *input, unsigned *number,
                       bool must_work)
{
    unsigned count = take_byte(input) % STORES_MAX;

    for (unsigned i = 0; i < count; i++) {
        unsigned place = take_byte(input) % PLACES;
        uint8_t record[E4_RECORD_SIZE];
        uint8_t back[E4_RECORD_SIZE];
        enum e4_result result;

        make_record(record, place, ++*number);
        result = port->store(port->ctx, place, record);
        law(result == E4_OK || (result == E4_ERR_STORAGE && !must_work), "a record is stored");
        if (result == E4_OK)
            law(port->load(port->ctx, place, back) == E4_OK &&
                    memcmp(record, back, sizeof back) == 0,
                "what was stored is loaded");
    }
}

static bool open_flash(struct e4_flash *flash, struct e4_port *port, uint8_t measures)
{
    static const uint8_t units[] = {1, 2, 4, 8, 16, 32};

    memset(flash, 0, sizeof *flash);
    flash->ctx = flash;
    flash->read = chip_read;
    flash->program = chip_program;
    flash->erase = chip_erase;
    flash->sector_size = 1024U + 1024U * (measures / 12 % 4);
    flash->unit = units[measures % 6];
    flash->zero_over = measures / 6 % 2 == 0;
    return e4_flash_port(port, flash) == E4_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint8_t measures = take_byte(&input);
    struct e4_flash flash;
    struct e4_port port;
    unsigned number = 0;
    unsigned changes;

    memset(memory, 0xff, sizeof memory);
    law(open_flash(&flash, &port, measures), "erased flash is taken as it is");
    if (e4_flash_capacity(&flash) <= PLACES)
        return 0;
    store_some(&port, &input, &number, true);
    expect_genuine(&port);
    changes = take_byte(&input) % CHANGES_MAX;
    for (unsigned i = 0; i < changes; i++) {
        uint64_t at = take_number(&input, 2);

        memory[at & 1][at / 2 % flash.sector_size] ^= take_byte(&input);
    }
    if (!open_flash(&flash, &port, measures))
        return 0;
    expect_genuine(&port);
    store_some(&port, &input, &number, changes == 0);
    expect_genuine(&port);
    if (open_flash(&flash, &port, measures))
        expect_genuine(&port);
    return 0;
}
