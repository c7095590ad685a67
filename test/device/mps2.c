/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The example firmware's board: ARM's MPS2 with a Cortex-M4 (AN386), as qemu-system-arm has it.
 * The factory's line is UART 0, the modem's UART 1. Time since power-on comes from the dual
 * timer, so slow that it takes half a day to wrap around. Flash is the file flash.bin of the
 * computer beneath, reached by semihosting: it outlives the emulator, as flash does power.
 */
#include "examples/firmware/board.h"

#include <string.h>

enum { SECTOR_SIZE = 4096, UNIT = 8 };

#define CLOCK_HZ UINT32_C(25000000)

struct uart {
    uint32_t data;
    uint32_t state;
    uint32_t control;
    uint32_t interrupts;
    uint32_t divider;
};
enum { TX_FULL = 1, RX_FULL = 2, TX_ENABLE = 1, RX_ENABLE = 2, RX_INTERRUPT = 8 };

struct timer {
    uint32_t load;
    uint32_t value;
    uint32_t control;
};
enum { TIMER_ON = 0x80, TIMER_BY_256 = 8, TIMER_32_BITS = 2 };

static volatile struct uart *const uart[] = {
    [BOARD_FACTORY] = (volatile struct uart *)0x40004000,
    [BOARD_MODEM] = (volatile struct uart *)0x40005000,
};
#define TIMER              ((volatile struct timer *)0x40002000)
#define SYSTICK            ((volatile struct timer *)0xe000e014)
#define SYSTICK_CONTROL    (*(volatile uint32_t *)0xe000e010)
#define PENDING_CLEAR_TICK (*(volatile uint32_t *)0xe000ed04)
#define INTERRUPTS_ENABLE  (*(volatile uint32_t *)0xe000e100)
#define INTERRUPTS_FORGET  (*(volatile uint32_t *)0xe000e280)

static int flash_file = -1;
static uint32_t elapsed_s;
static uint32_t counted; /* ticks of the timer that elapsed_s has */

/* Ticks since power-on, modulo 2^32. */
static uint32_t ticks(void)
{
    return 0U - TIMER->value;
}

void board_start(void)
{
    /* Interrupts wake the processor and are never taken. */
    __asm__ volatile("cpsid i");
    for (int line = BOARD_FACTORY; line <= BOARD_MODEM; line++) {
        uart[line]->divider = 16;
        uart[line]->control = TX_ENABLE | RX_ENABLE | RX_INTERRUPT;
    }
    INTERRUPTS_ENABLE = 0xf;
    SYSTICK->load = 0xffffff; /* every 0.67 s */
    SYSTICK_CONTROL = 7;
    TIMER->load = 0;
    TIMER->control = TIMER_ON | TIMER_BY_256 | TIMER_32_BITS;
}

bool board_get(enum board_line line, uint8_t *byte)
{
    if ((uart[line]->state & RX_FULL) == 0)
        return false;
    *byte = (uint8_t)uart[line]->data;
    return true;
}

void board_put(enum board_line line, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++) {
        while ((uart[line]->state & TX_FULL) != 0)
            continue;
        uart[line]->data = bytes[i];
    }
}

void board_sleep(void)
{
    for (int line = BOARD_FACTORY; line <= BOARD_MODEM; line++)
        uart[line]->interrupts = RX_FULL;
    INTERRUPTS_FORGET = 0xf;
    PENDING_CLEAR_TICK = UINT32_C(1) << 25;
    /* A byte that came before this was looked for would not wake it any more. */
    if (((uart[BOARD_FACTORY]->state | uart[BOARD_MODEM]->state) & RX_FULL) == 0)
        __asm__ volatile("wfi");
}

uint32_t board_uptime_s(void)
{
    const uint32_t second = CLOCK_HZ / 256;

    while (ticks() - counted >= second) {
        counted += second;
        elapsed_s++;
    }
    return elapsed_s;
}

/*
 * Ask the computer beneath (Semihosting for AArch32, by Arm). The C library's open() truncates,
 * so that these calls are made here.
 */
enum host_call { HOST_OPEN = 1, HOST_WRITE = 5, HOST_READ = 6, HOST_SEEK = 10 };
enum { OPEN_TO_CHANGE = 3, OPEN_AFRESH = 7 }; /* as fopen()'s "r+b" and "w+b" */

static int host(enum host_call call, const void *arguments)
{
    register int r0 __asm__("r0") = (int)call;
    register const void *r1 __asm__("r1") = arguments;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static int host_open(const char *name, unsigned mode)
{
    const uintptr_t arguments[] = {(uintptr_t)name, mode, strlen(name)};

    return host(HOST_OPEN, arguments);
}

/* Read or write at a place in the file: all of it, or false. */
static bool transfer(enum host_call call, unsigned sector, uint32_t offset, const void *data,
                     size_t len)
{
    const uintptr_t file = (uintptr_t)flash_file;
    const uintptr_t place[] = {file, sector * SECTOR_SIZE + offset};
    const uintptr_t bytes[] = {file, (uintptr_t)data, len};

    return host(HOST_SEEK, place) == 0 && host(call, bytes) == 0;
}

static bool flash_read(void *ctx, unsigned sector, uint32_t offset, void *data, size_t len)
{
    (void)ctx;
    return transfer(HOST_READ, sector, offset, data, len);
}

/* As flash does, this makes zeros of ones and never the other way round. */
static bool flash_program(void *ctx, unsigned sector, uint32_t offset, const void *data,
                          size_t len)
{
    const uint8_t *bytes = data;
    uint8_t cells[UNIT];

    for (size_t at = 0; at < len; at += UNIT) {
        if (!flash_read(ctx, sector, offset + at, cells, UNIT))
            return false;
        for (size_t i = 0; i < UNIT; i++)
            cells[i] &= bytes[at + i];
        if (!transfer(HOST_WRITE, sector, offset + at, cells, UNIT))
            return false;
    }
    return true;
}

static bool flash_erase(void *ctx, unsigned sector)
{
    uint8_t erased[64];

    (void)ctx;
    memset(erased, 0xff, sizeof erased);
    for (uint32_t at = 0; at < SECTOR_SIZE; at += sizeof erased) {
        if (!transfer(HOST_WRITE, sector, at, erased, sizeof erased))
            return false;
    }
    return true;
}

void board_flash(struct e4_flash *flash)
{
    flash_file = host_open("flash.bin", OPEN_TO_CHANGE);
    if (flash_file < 0) { /* flash is erased when it comes from its factory */
        flash_file = host_open("flash.bin", OPEN_AFRESH);
        (void)flash_erase(NULL, 0);
        (void)flash_erase(NULL, 1);
    }
    flash->read = flash_read;
    flash->program = flash_program;
    flash->erase = flash_erase;
    flash->sector_size = SECTOR_SIZE;
    flash->unit = UNIT;
    flash->zero_over = true;
}
