/* SPDX-License-Identifier: Apache-2.0 */
/* The messages that the server protected last, by the tags of their frames: equal texts in one
 * second give equal frames, and none is to leave twice (§5 of PROTOCOL.md). */
#ifndef SERVER_CORE_SENT_H
#define SERVER_CORE_SENT_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct sent;

int sent_new(struct sent **sent, struct err *err);
void sent_free(struct sent *sent); /* NULL is fine */

/* Note a frame with a tag of E4_TAG_SIZE bytes. false: it is there already. Any thread. */
bool sent_add(struct sent *sent, const uint8_t *tag);

#endif
