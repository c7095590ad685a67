/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runners of e4go.json share: the names of its errors, the list of deviations (where
 * libe4 differs on purpose, and what it does instead), and the state that e4go saved.
 */
#ifndef E4GO_H
#define E4GO_H

#include "rig.h"
#include "suite.h"

/* The result that stands for e4go's error of this name; `other` is what "other" means here. */
enum e4_result e4go_result(const char *error, enum e4_result other);

/*
 * What libe4 gives in this case (of case_begin()): what e4go gave, or what deviations.list
 * says instead. The list is wrong, and the case fails, if it names another error of e4go's,
 * or says what e4go says anyway.
 */
enum e4_result e4go_expected(const char *section, const char *error, enum e4_result other);

/* A line of deviations.list for this section that was never needed is a failure. */
void e4go_check_deviations(const char *section);

/* The section of e4go.json, with the file kept open until e4go_close(). */
json_t *e4go_section(const char *name);
void e4go_close(void);

/* A client as "command_keys" describes it. */
void e4go_identity(struct e4_identity *identity, enum e4_mode mode);
const json_t *e4go_command_keys(void);
enum e4_mode e4go_mode(const char *name); /* "sym" or "pub" */

/*
 * The client is in the state that e4go saved as this text: id, keys, topics, keys before the
 * last of topics, public keys. It is asked by a hello, and looked at where a hello does not
 * tell.
 * missing: the hash of a topic that e4go holds and the client need not; or NULL.
 */
void expect_state(struct rig *rig, const char *saved, const uint8_t *missing);

/* The runners, one a section or group. */
void e4go_hash(void **state);
void e4go_receiving_topic(void **state);
void e4go_password(void **state);
void e4go_key_agreement(void **state);
void e4go_bad_c2_public(void **state);
void e4go_validate(void **state);
void e4go_siv(void **state);
void e4go_siv_negative(void **state);
void e4go_sym_message(void **state);
void e4go_pub_message(void **state);
void e4go_command(void **state);
void e4go_command_builder_errors(void **state);
void e4go_command_receive(void **state);
void e4go_unprotect_sym(void **state);
void e4go_unprotect_pub(void **state);
void e4go_scenario(void **state);

#endif
