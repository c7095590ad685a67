/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that do more than hand on their arguments and show the answer. */
#ifndef TOOLS_E4CTL_SPECIAL_H
#define TOOLS_E4CTL_SPECIAL_H

#include "tools/e4ctl/commands.h"

int special_create(const struct command *command, const struct line *line, struct err *err);
int special_events(const struct command *command, const struct line *line, struct err *err);
int special_protect(const struct command *command, const struct line *line, struct err *err);
int special_unprotect(const struct command *command, const struct line *line, struct err *err);
int special_server_key(const struct command *command, const struct line *line, struct err *err);
int special_rekey(const struct command *command, const struct line *line, struct err *err);
int special_token(const struct command *command, const struct line *line, struct err *err);

#endif
