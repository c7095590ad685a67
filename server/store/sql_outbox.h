/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of store.h about what is on its way and what happened: commands, events, audit.
 */
#ifndef SERVER_STORE_SQL_OUTBOX_H
#define SERVER_STORE_SQL_OUTBOX_H

#include "server/store/store.h"

struct sql_rows;

int sql_add_command(struct tx *tx, const struct store_command *command, struct err *err);
int sql_add_commands(struct tx *tx, const struct store_command *command, enum store_list list,
                     const uint8_t *of, struct err *err);
int sql_drop_commands(struct tx *tx, const uint8_t *client, int64_t type, const uint8_t *object,
                      struct err *err);
int sql_drop_type(struct tx *tx, const uint8_t *client, int64_t type, struct err *err);
int sql_next_commands(struct tx *tx, struct store_command *commands, size_t cap, size_t *count,
                      int64_t now_s, struct err *err);
int sql_find_command(struct tx *tx, struct store_command *command, int64_t number,
                     struct err *err);
int sql_pick_command(struct tx *tx, struct store_command *command, const uint8_t *client,
                     int64_t type, bool newest, struct err *err);
int sql_claim_command(struct tx *tx, int64_t number, struct err *err);
int sql_unclaim_command(struct tx *tx, int64_t number, struct err *err);
int sql_owner(struct tx *tx, int64_t *owner, struct err *err);
int sql_take_back(struct tx *tx, struct err *err);
int sql_lead(struct tx *tx, bool wanted, bool *leads, struct err *err);
int sql_remove_command(struct tx *tx, int64_t number, struct err *err);
int sql_count_commands(struct tx *tx, int64_t *count, const uint8_t *client, struct err *err);
int sql_span_commands(struct tx *tx, int64_t *oldest, int64_t *newest, struct err *err);
int sql_due_clients(struct tx *tx, uint8_t (*ids)[STORE_ID_SIZE], size_t cap, size_t *count,
                    int64_t now_s, struct err *err);
int sql_count_about(struct tx *tx, int64_t *count, const uint8_t *object, struct err *err);
int sql_read_waiting(struct tx *tx, const uint8_t *client, int64_t count,
                     store_waiting_each each, void *ctx, struct err *err);
int sql_count_confirmed(struct tx *tx, int64_t *count, const uint8_t *topic, struct err *err);
/* The columns of a pace, from the first on; false: they are damaged. */
bool sql_take_pace(struct store_pace *pace, struct sql_rows *rows, int first);
int sql_find_pace(struct tx *tx, struct store_pace *pace, const uint8_t *client,
                  struct err *err);
int sql_put_pace(struct tx *tx, const uint8_t *client, const struct store_pace *pace,
                 struct err *err);
int sql_retire_key(struct tx *tx, const uint8_t *print, int64_t issued_s, struct err *err);
int sql_retired_key(struct tx *tx, int64_t *issued_s, const uint8_t *print, struct err *err);
int sql_delay_client(struct tx *tx, const uint8_t *client, int64_t until_s, struct err *err);
int sql_add_event(struct tx *tx, const struct store_event *event, struct err *err);
int sql_newest_event(struct tx *tx, int64_t *number, struct err *err);
int sql_read_events(struct tx *tx, int64_t after, int64_t count, store_event_each each,
                    void *ctx, struct err *err);
int sql_drop_events(struct tx *tx, int64_t up_to, struct err *err);
int sql_add_audit(struct tx *tx, const struct store_audit *audit, struct err *err);
int sql_newest_audit(struct tx *tx, int64_t *number, uint8_t hash[STORE_HASH_SIZE],
                     struct err *err);
int sql_read_audit(struct tx *tx, int64_t after, int64_t count, store_audit_each each,
                   void *ctx, struct err *err);

#endif
