/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands of e4. Each gets its own arguments, with argv[0] being "e4 pub" and so on,
 * prints its own errors, and returns an exit code (exit.h).
 */
#ifndef TOOLS_E4_COMMANDS_H
#define TOOLS_E4_COMMANDS_H

int cmd_keygen(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_provision(int argc, char **argv);
int cmd_pub(int argc, char **argv);
int cmd_sub(int argc, char **argv);
int cmd_shell(int argc, char **argv);
int cmd_command(int argc, char **argv);
int cmd_inspect(int argc, char **argv);

#endif
