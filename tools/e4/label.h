/* SPDX-License-Identifier: Apache-2.0 */
/* Text as a QR code. label.c is the one file that knows libqrencode. */
#ifndef TOOLS_E4_LABEL_H
#define TOOLS_E4_LABEL_H

#include <stddef.h>

struct err;

/*
 * Write text as a QR code: to standard output in characters of half a square each, dark ink on
 * light (path "-"), or to a new file, as SVG. mode is the file's: 0600 for a secret.
 */
int label_write(const char *text, const char *path, unsigned mode, struct err *err);

#endif
