/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of carrying out a command, shared by the commands of both modes. */
#ifndef E4_CLIENT_COMMAND_H
#define E4_CLIENT_COMMAND_H

#include "client/client.h"
#include "wire/command.h"

/* One command on its way. */
struct e4_task {
    struct e4_client *client;
    struct e4_command_parts command;
    const uint64_t *sent_s;
    const uint64_t *now_s;
    bool ordered; /* from the key server; the application's own are taken as they come */
};

/* Would this command undo what of the identity (E4_CHANGED_*) another of its second changed? */
bool e4_undoes_identity(const struct e4_task *task, uint8_t what);

/*
 * Change one thing of the identity (E4_CHANGED_*), or only its time (0): stored, then in
 * memory, but for what public-key mode derives of its keys.
 */
enum e4_result e4_change_identity(const struct e4_task *task, uint8_t what);

/* Give an entry the command's name and key, or take its keys: stored, then in memory. */
enum e4_result e4_change_entry(const struct e4_task *task, const struct e4_table *table,
                               struct e4_entry *entry, bool set);

/* Topics and public keys are set, removed and all removed alike. */
enum e4_result e4_set_entry(const struct e4_task *task, const struct e4_table *table);
enum e4_result e4_remove_entry(const struct e4_task *task, const struct e4_table *table);
enum e4_result e4_reset_entries(const struct e4_task *task, const struct e4_table *table);

#endif
