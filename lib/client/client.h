/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of lib/client share of a client. */
#ifndef E4_CLIENT_CLIENT_H
#define E4_CLIENT_CLIENT_H

#include "e4/e4.h"

#include "client/record.h"
#include "client/replay.h"
#include "client/table.h"
#include "client/time.h"

struct e4_task;
struct e4_frame;

/* What public-key mode adds. Reached only through e4_config, so symmetric builds lack it. */
struct e4_public_key_mode {
    /* Of e4_identity_take(): its own keys, and the command key that comes of them. */
    enum e4_result (*take_identity)(struct e4_client *client, const struct e4_record *record);
    void (*sign)(const struct e4_client *client, uint8_t *signature, const uint8_t *data,
                 size_t len);
    /* Who signed, and rightly? Fills in opened->verified. */
    enum e4_result (*check_signature)(struct e4_client *client, struct e4_opened *opened,
                                      const struct e4_frame *frame);
    /* The commands that only this mode has, and SetIDKey. */
    enum e4_result (*carry_out)(const struct e4_task *task);
};

/* What of the identity the command at identity_s changed. */
enum {
    E4_CHANGED_TOPICS = 1,
    E4_CHANGED_PEERS = 2,
    E4_CHANGED_KEY = 4,
    E4_CHANGED_SERVER_KEY = 8
};

/* Clear the guard's memory, unless it may be kept and is this client's own. */
void e4_guard_start(const struct e4_client *client, bool keep);

/* The table of topics, or of peers. */
struct e4_table e4_table_of(struct e4_client *client, bool topics);

/*
 * The time here, never below what was reached before. E4_ERR_CLOCK if the port has none;
 * *now_s is then the time reached.
 */
enum e4_result e4_time_of(struct e4_client *client, uint64_t *now_s);

/*
 * The identity, a topic or a peer as it is in memory, for a record that is then changed and
 * stored: which makes memory so as well, or with an error leaves it as it was. It wipes the
 * record.
 */
void e4_identity_record(const struct e4_client *client, struct e4_record *record);
void e4_entry_record(const struct e4_client *client, struct e4_record *record,
                     const struct e4_table *table, const struct e4_entry *entry);
enum e4_result e4_identity_store(struct e4_client *client, struct e4_record *record);
enum e4_result e4_entry_store(const struct e4_client *client, struct e4_record *record,
                              const struct e4_table *table, struct e4_entry *entry);

/* Take a topic or a peer into memory: into an entry in use, or the first that is not. */
void e4_entry_take(const struct e4_table *table, struct e4_entry *entry,
                   const struct e4_record *record);

/* Wipe the memory of topics, peers and own keys. */
void e4_slots_wipe(const struct e4_config *config);

/* Empty memory for a client that is to come; E4_ERR_ARGUMENT for an unsound configuration. */
enum e4_result e4_client_start(struct e4_client *client, const struct e4_config *config);

/* Take into memory what stands in an identity's record, but for the keys of public-key mode. */
void e4_own_take(struct e4_client *client, const struct e4_record *record);

/*
 * Take an identity into memory, and all that is derived from it. E4_ERR_ARGUMENT: a server
 * key or a receiving topic that is no good; E4_ERR_MODE.
 */
enum e4_result e4_identity_take(struct e4_client *client, const struct e4_record *record);

/* Places are handed out to spare slots, numbered on from those of topics in use: of topics
 * first and then of peers. */
void e4_give_place(const struct e4_client *client, unsigned slot, unsigned place);

/* Overwrite a place that no longer counts; the record is blank thereafter as well. */
enum e4_result e4_scrub(const struct e4_client *client, unsigned place,
                        struct e4_record *record);
/*
 * Wipe every slot of a table and its index, and overwrite what is stored of them: what fails,
 * e4_open() tries again. Each slot keeps its place in storage.
 */
void e4_clear_entries(const struct e4_client *client, const struct e4_table *table);

/*
 * Take a command frame: prove it, carry it out, store it (§7). The frame is under the
 * client's receiving topic.
 */
enum e4_result e4_command_take(struct e4_client *client, struct e4_opened *opened,
                               const uint8_t *frame, size_t frame_len);

/* By sent_s and now_s: E4_ERR_STALE, E4_ERR_FUTURE or E4_OK. */
enum e4_result e4_age_check(const struct e4_client *client, const struct e4_opened *opened);

#endif
