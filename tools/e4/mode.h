/* SPDX-License-Identifier: Apache-2.0 */
/* The option --mode, of e4 init and e4 provision. */
#ifndef TOOLS_E4_MODE_H
#define TOOLS_E4_MODE_H

#include "e4/e4.h"

struct err;

/* "symmetric" or "public-key"; NULL is the first. ERR_USAGE: neither. */
int mode_parse(enum e4_mode *mode, const char *name, struct err *err);
/* And back. */
const char *mode_name(enum e4_mode mode);

#endif
