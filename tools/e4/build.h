/* SPDX-License-Identifier: Apache-2.0 */
/* Commands from words: "set-topic-key room1 room1.key" and so on. */
#ifndef TOOLS_E4_BUILD_H
#define TOOLS_E4_BUILD_H

#include <stddef.h>

#include "e4/wire.h"

struct err;

/*
 * Build a command for a device of this mode; files that the words name are read and checked.
 * ERR_USAGE: no such command, a wrong number of words, or not for this mode. The caller wipes
 * command.
 */
int build_command(struct e4_command *command, enum e4_mode mode, char **words, size_t count,
                  struct err *err);

#endif
