/* SPDX-License-Identifier: Apache-2.0 */
/* What has a shell complete e4ctl's commands and options. */
#ifndef TOOLS_E4CTL_COMPLETE_H
#define TOOLS_E4CTL_COMPLETE_H

struct err;

/* Print it for a shell: bash, which zsh understands too. ERR_USAGE: another one. */
int complete_print(const char *shell, struct err *err);

#endif
