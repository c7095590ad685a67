/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run a program for an ATmega1284 by simavr: what it writes to GPIOR0 is its standard output,
 * what it writes to GPIOR1 its exit code.
 *
 * usage: simavr_run PROGRAM [RAM-BYTES]
 *
 * Tests of parts, with all their texts, take more RAM than whole devices: they may be given
 * more than the 16 KiB of the chip. A program that leaves its RAM, or its stack that meets its
 * data, is a crash.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>

enum { GPIOR0 = 0x3e, GPIOR1 = 0x4a, GPIOR2 = 0x4b, COUNT = 0xf0, FREQUENCY = 16000000 };

static void on_character(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)avr;
    (void)address;
    (void)param;
    putchar(value);
}

static void on_exit_code(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)avr;
    (void)address;
    (void)param;
    if (fflush(stdout) != 0)
        exit(2);
    exit(value);
}

/* The cycles so far, into registers that the chip does not use. */
static void on_count(avr_t *avr, avr_io_addr_t address, uint8_t value, void *param)
{
    (void)address;
    (void)value;
    (void)param;
    for (int i = 0; i < 4; i++)
        avr->data[COUNT + i] = (uint8_t)(avr->cycle >> (8 * i));
}

/* Only errors: what it loads is of no interest. */
static void on_log(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr;
    if (level == LOG_ERROR)
        vfprintf(stderr, format, arguments);
}

int main(int argc, char **argv)
{
    elf_firmware_t firmware;
    avr_t *avr = avr_make_mcu_by_name("atmega1284");
    int state;

    memset(&firmware, 0, sizeof firmware);
    avr_global_logger_set(on_log);
    if (argc < 2 || avr == NULL || elf_read_firmware(argv[1], &firmware) != 0) {
        fprintf(stderr, "simavr_run: cannot run %s\n", argc < 2 ? "nothing" : argv[1]);
        return 2;
    }
    if (argc > 2)
        avr->ramend = (uint16_t)(0x100 + strtoul(argv[2], NULL, 0) - 1);
    avr_init(avr);
    firmware.frequency = FREQUENCY;
    avr_load_firmware(avr, &firmware);
    avr_register_io_write(avr, GPIOR0, on_character, NULL);
    avr_register_io_write(avr, GPIOR1, on_exit_code, NULL);
    avr_register_io_write(avr, GPIOR2, on_count, NULL);
    do
        state = avr_run(avr);
    while (state != cpu_Done && state != cpu_Crashed);
    fflush(stdout);
    fprintf(stderr, "simavr_run: %s ended without an exit code\n", argv[1]);
    return 3;
}
