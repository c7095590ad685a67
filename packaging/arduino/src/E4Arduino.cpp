/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EEPROM as the two sectors of e4_flash_port(), and a clock over millis().
 */
#include "E4Arduino.h"

#ifdef ARDUINO_ARCH_AVR

#include <Arduino.h>
#include <EEPROM.h>

static int address_of(const struct e4_eeprom *eeprom, unsigned sector, uint32_t offset)
{
    return eeprom->start + (int)(sector * eeprom->flash.sector_size + offset);
}

static bool eeprom_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    int at = address_of((const struct e4_eeprom *)ctx, sector, offset);
    uint8_t *out = (uint8_t *)data;

    for (size_t i = 0; i < len; i++)
        out[i] = EEPROM.read(at + (int)i);
    return true;
}

/* A byte that is as it shall be is not written again: that would cost time and wear. */
static void write_byte(struct e4_eeprom *eeprom, int at, uint8_t byte)
{
    if (EEPROM.read(at) == byte)
        return;
    EEPROM.write(at, byte);
    eeprom->written++;
}

static bool eeprom_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                           size_t len)
{
    struct e4_eeprom *eeprom = (struct e4_eeprom *)ctx;
    int at = address_of(eeprom, sector, offset);
    const uint8_t *in = (const uint8_t *)data;

    for (size_t i = 0; i < len; i++)
        write_byte(eeprom, at + (int)i, in[i]);
    return true;
}

static bool eeprom_erase(void *ctx, unsigned sector)
{
    struct e4_eeprom *eeprom = (struct e4_eeprom *)ctx;
    int at = address_of(eeprom, sector, 0);

    for (uint32_t i = 0; i < eeprom->flash.sector_size; i++)
        write_byte(eeprom, at + (int)i, 0xff);
    return true;
}

static enum e4_result clock_now(void *ctx, uint64_t *now_s)
{
    struct e4_eeprom *eeprom = (struct e4_eeprom *)ctx;
    uint32_t passed_s;

    if (eeprom->now_s == 0)
        return E4_ERR_CLOCK;
    passed_s = ((uint32_t)millis() - eeprom->at_ms) / 1000;
    eeprom->now_s += passed_s;
    eeprom->at_ms += passed_s * 1000;
    *now_s = eeprom->now_s;
    return E4_OK;
}

static void clock_set(void *ctx, uint64_t now_s)
{
    e4_eeprom_set_clock((struct e4_eeprom *)ctx, now_s);
}

void e4_eeprom_set_clock(struct e4_eeprom *eeprom, uint64_t now_s)
{
    eeprom->now_s = now_s;
    eeprom->at_ms = (uint32_t)millis();
}

static bool describe(struct e4_eeprom *eeprom, int start, int len, unsigned places)
{
    struct e4_flash *flash = &eeprom->flash;

    if (start < 0 || len < 2 || len > (int)EEPROM.length() - start)
        return false;
    eeprom->start = start;
    flash->ctx = eeprom;
    flash->read = eeprom_read;
    flash->program = eeprom_program;
    flash->erase = eeprom_erase;
    flash->now = clock_now;
    flash->set_clock = clock_set;
    flash->sector_size = (uint32_t)len / 2;
    flash->unit = 1;
    flash->places = places;
    flash->zero_over = true;
    return true;
}

enum e4_result e4_eeprom_port(struct e4_port *port, struct e4_eeprom *eeprom, int start,
                              int len, unsigned places)
{
    return describe(eeprom, start, len, places) ? e4_flash_port(port, &eeprom->flash)
                                                : E4_ERR_ARGUMENT;
}

enum e4_result e4_eeprom_format(struct e4_eeprom *eeprom, int start, int len)
{
    return describe(eeprom, start, len, 0) ? e4_flash_format(&eeprom->flash) : E4_ERR_ARGUMENT;
}

#endif
