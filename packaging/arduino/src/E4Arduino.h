/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libe4 on Arduino: its state in the EEPROM, its clock from millis().
 *
 * The sizes of struct e4_device (E4_TOPICS and so on, see e4.h) may be defined before this file
 * is included.
 */
#ifndef E4_ARDUINO_H
#define E4_ARDUINO_H

#include "e4.h"

#ifdef ARDUINO_ARCH_AVR

/* Zero it; it must outlive the client. */
struct e4_eeprom {
    /* For reading: bytes that were written, of 3.4 ms each. */
    uint32_t written;

    /* Private. */
    struct e4_flash flash;
    int start;
    uint64_t now_s; /* 0: the clock is not set */
    uint32_t at_ms; /* by millis(), when it was now_s */
};

/*
 * Keep a client's records in len bytes of the EEPROM from start on, as e4_flash_port() does in
 * two sectors of flash: a power cut leaves the old record or the new one. A device has so many
 * places (1 + topics + peers, as e4_places() says) and needs room for as many records in each
 * half; with twice that, it erases seldom. Each record takes 144 bytes.
 *
 * The clock is set by the first command that arrives, and runs by millis(); until then the time
 * is not known, after each reset. So E4_ERR_CLOCK from e4_protect() means: wait for a command.
 * Something of the library must be called every 49 days, when millis() starts again.
 *
 * Results are those of e4_flash_port(); E4_ERR_FULL where a half has no room for all places,
 * and E4_ERR_STORAGE where the EEPROM holds something else:
 * e4_eeprom_format() is the way to start afresh.
 */
enum e4_result e4_eeprom_port(struct e4_port *port, struct e4_eeprom *eeprom, int start,
                              int len, unsigned places);
enum e4_result e4_eeprom_format(struct e4_eeprom *eeprom, int start, int len);

/* Set the clock, where something else knows the time. */
void e4_eeprom_set_clock(struct e4_eeprom *eeprom, uint64_t now_s);

#endif
#endif
