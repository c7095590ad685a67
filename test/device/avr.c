/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program needs on an AVR in test/device/simavr_run: standard output and the exit code
 * are registers there.
 */
#include <avr/io.h>
#include <stdio.h>
#include <stdlib.h>

static int put(char character, FILE *file)
{
    (void)file;
    GPIOR0 = (uint8_t)character;
    return 0;
}

static FILE output = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

__attribute__((constructor)) static void open_output(void)
{
    stdout = &output;
}

/* In place of avr-libc's, which stops without a word. */
void exit(int code)
{
    for (;;)
        GPIOR1 = (uint8_t)code;
}
