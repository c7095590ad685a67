/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run an Arduino's program by simavr, with a serial line and an EEPROM that outlives the run.
 *
 * usage: simavr_serial MCU PROGRAM EEPROM-FILE
 *
 * Says on its first line what the serial line is called (a pseudo terminal). SIGTERM is power
 * off: the EEPROM is kept in its file, and the exit code is 0.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_eeprom.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>

enum { FREQUENCY = 16000000, EEPROM_MAX = 4096, SLICE = FREQUENCY / 1000 };

static volatile sig_atomic_t power_off;
static int serial_line;
static bool may_send;

static void on_signal(int number)
{
    (void)number;
    power_off = 1;
}

static void die(const char *what)
{
    fprintf(stderr, "simavr_serial: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void on_log(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr;
    if (level == LOG_ERROR)
        vfprintf(stderr, format, arguments);
}

static void on_output(avr_irq_t *irq, uint32_t value, void *param)
{
    uint8_t byte = (uint8_t)value;

    (void)irq;
    (void)param;
    if (write(serial_line, &byte, 1) != 1)
        die("the serial line takes nothing");
}

static void on_xon(avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq;
    (void)value;
    (void)param;
    may_send = true;
}

static void on_xoff(avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq;
    (void)value;
    (void)param;
    may_send = false;
}

/* The other end stays open here, so that programs may come and go. */
static void open_serial_line(void)
{
    struct termios settings;
    const char *name;
    int other;

    serial_line = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (serial_line < 0 || grantpt(serial_line) != 0 || unlockpt(serial_line) != 0)
        die("no pseudo terminal");
    name = ptsname(serial_line);
    other = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
    if (other < 0 || tcgetattr(other, &settings) != 0)
        die("no pseudo terminal");
    settings.c_lflag = settings.c_oflag = settings.c_iflag = 0;
    if (tcsetattr(other, TCSANOW, &settings) != 0)
        die("no raw terminal");
    printf("%s\n", name);
    fflush(stdout);
}

static void connect_serial_line(avr_t *avr)
{
    uint32_t flags = 0;
    avr_irq_t *irq;

    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    irq = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT);
    avr_irq_register_notify(irq, on_output, NULL);
    irq = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON);
    avr_irq_register_notify(irq, on_xon, NULL);
    irq = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF);
    avr_irq_register_notify(irq, on_xoff, NULL);
}

static void feed_serial_line(avr_t *avr)
{
    avr_irq_t *irq = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    uint8_t byte;

    while (may_send && read(serial_line, &byte, 1) == 1)
        avr_raise_irq(irq, byte);
}

/* A file that is missing is a new chip's EEPROM: all ones, as simavr's is. */
static void load_eeprom(avr_t *avr, const char *path)
{
    static uint8_t bytes[EEPROM_MAX];
    FILE *file = fopen(path, "rb");
    avr_eeprom_desc_t eeprom = {bytes, 0, avr->e2end + 1u};

    if (file == NULL)
        return;
    if (fread(bytes, 1, eeprom.size, file) != eeprom.size)
        die(path);
    fclose(file);
    avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &eeprom);
}

static void keep_eeprom(avr_t *avr, const char *path)
{
    static uint8_t bytes[EEPROM_MAX];
    FILE *file = fopen(path, "wb");
    avr_eeprom_desc_t eeprom = {bytes, 0, avr->e2end + 1u};

    avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &eeprom);
    if (file == NULL || fwrite(bytes, 1, eeprom.size, file) != eeprom.size || fclose(file) != 0)
        die(path);
}

static void run(avr_t *avr)
{
    struct timespec due;
    avr_cycle_count_t end = 0;
    int state = cpu_Running;

    clock_gettime(CLOCK_MONOTONIC, &due);
    while (!power_off && state != cpu_Done && state != cpu_Crashed) {
        feed_serial_line(avr);
        for (end += SLICE; avr->cycle < end && state != cpu_Done && state != cpu_Crashed;)
            state = avr_run(avr);
        /* Not faster than the chip: its clock is compared with those of other programs. */
        due.tv_nsec += 1000000;
        due.tv_sec += due.tv_nsec / 1000000000;
        due.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    }
    if (!power_off) {
        fprintf(stderr, "simavr_serial: the program has crashed\n");
        exit(3);
    }
}

int main(int argc, char **argv)
{
    elf_firmware_t firmware;
    struct sigaction action = {.sa_handler = on_signal};
    avr_t *avr;

    avr_global_logger_set(on_log);
    memset(&firmware, 0, sizeof firmware);
    avr = argc == 4 ? avr_make_mcu_by_name(argv[1]) : NULL;
    if (avr == NULL || elf_read_firmware(argv[2], &firmware) != 0) {
        fprintf(stderr, "usage: simavr_serial MCU PROGRAM EEPROM-FILE\n");
        return 2;
    }
    sigaction(SIGTERM, &action, NULL);
    open_serial_line();
    avr_init(avr);
    firmware.frequency = FREQUENCY;
    avr_load_firmware(avr, &firmware);
    load_eeprom(avr, argv[3]);
    connect_serial_line(avr);
    run(avr);
    keep_eeprom(avr, argv[3]);
    return 0;
}
