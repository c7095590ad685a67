/* SPDX-License-Identifier: Apache-2.0 */
/* How any command is run, and what the special ones share. */
#ifndef TOOLS_E4CTL_RUN_H
#define TOOLS_E4CTL_RUN_H

#include "tools/e4ctl/commands.h"
#include "tools/e4ctl/request.h"

/* A request with the command's arguments, and the options that are fields as they are. */
void run_start(struct request *request, const struct command *command, const struct line *line);

/* Call it, and show the answer. */
int run_finish(const struct request *request, const struct line *line, struct err *err);

/* Call it, and show nothing. */
int run_silently(const struct request *request, const struct line *line, struct err *err);

/* A text of the answer to a call; freed by the caller. */
int run_ask(char **text, const struct request *request, const struct line *line,
            const char *member, struct err *err);

#endif
