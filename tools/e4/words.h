/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about a frame, for e4 inspect. None holds a secret. */
#ifndef TOOLS_E4_WORDS_H
#define TOOLS_E4_WORDS_H

#include "tools/e4/look.h"

struct device;

enum { WORDS_SIZE = 640 };

/* What the bytes can be, and what came of the keys. */
void words_of_look(char words[WORDS_SIZE], const struct look *look);

/* Would a device with the usual limits refuse it for its time? "" if not. */
void words_of_age(char words[WORDS_SIZE], const struct look *look);

/* What a stored device makes of it; opened is what e4_unprotect() gave with the result. */
void words_of_result(char words[WORDS_SIZE], const struct device *device, enum e4_result result,
                     const struct e4_opened *opened, const char *topic);

#endif
