/* SPDX-License-Identifier: Apache-2.0 */
/* See exit.h. */
#include "tools/e4ctl/exit.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"

void exit_print(FILE *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        /* Of two bytes in UTF-8, C2 80 to C2 9F are control characters as well. */
        bool second = i > 0 && (unsigned char)text[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0;

        (void)putc(c < 0x20 || c == 0x7f || second ? '?' : c, out);
    }
}

int exit_report(const struct err *err)
{
    static const int code[ERR_KINDS] = {
        [ERR_USAGE] = EXIT_USAGE,         [ERR_INPUT] = EXIT_INPUT,
        [ERR_MODE] = EXIT_INPUT,          [ERR_CONFLICT] = EXIT_INPUT,
        [ERR_NOT_FOUND] = EXIT_NOT_FOUND, [ERR_NETWORK] = EXIT_NETWORK,
        [ERR_UNAVAILABLE] = EXIT_NETWORK, [ERR_TIMEOUT] = EXIT_NETWORK,
        [ERR_STRANGER] = EXIT_DENIED,     [ERR_DENIED] = EXIT_DENIED,
        [ERR_BUSY] = EXIT_BUSY,
    };

    (void)fflush(stdout);
    (void)fputs("e4ctl: ", stderr);
    exit_print(stderr, err->text, strlen(err->text));
    (void)putc('\n', stderr);
    return code[err->kind] != 0 ? code[err->kind] : EXIT_FAILED;
}
