/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Printing messages as a format says, in the manner of mosquitto_sub -F:
 *
 *   %t topic   %p text   %x %X text in hex   %l its length   %q QoS   %r retained   %% a %
 *   %I %U      when it arrived: ISO 8601, Unix time with nanoseconds
 *   %T %u      when it was sent, by its sender's clock: ISO 8601, Unix time
 *   %s         id of the signer in hex; empty if nobody signed
 *   %v         signed, unverified, protected (by the topic's key alone) or clear
 *   %o         1 if it was opened with the key before the last, otherwise 0
 *   %j %J      all of it as JSON; with J the text itself is JSON
 *   @X         strftime's %X of the time of arrival; @N nanoseconds; @@ an @
 *   \\ \0 \a \e \n \r \t \v
 */
#ifndef TOOLS_E4_FORMAT_H
#define TOOLS_E4_FORMAT_H

#include <stdio.h>

#include "tools/e4/receive.h"

struct err;

/* ERR_USAGE: it has a sequence that is not listed above. */
int format_check(const char *format, struct err *err);

/*
 * Print a text that was received. ERR_INPUT: with %J, it is no JSON; then nothing is printed.
 * Errors of out are the stream's: ask ferror().
 */
int format_print(FILE *out, const char *format, const struct received *received,
                 struct err *err);

#endif
