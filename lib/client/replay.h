/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of frames: those accepted, so that each is accepted once, and those sent last,
 * so that none is sent twice (PROTOCOL.md §8). Both are arrays of the caller's, in its
 * configuration. Slot 0 of those accepted holds the floor, nothing sent before which is
 * admitted, and 1 at least; the others stand in sets of E4_SEEN_SET.
 */
#ifndef E4_CLIENT_REPLAY_H
#define E4_CLIENT_REPLAY_H

#include <string.h>

#include "crypto/bytes.h"
#include "e4/e4.h"

enum { E4_SEEN_SET = 8, E4_SEEN_MIN = 1 + E4_SEEN_SET };

/* A frame as it stands in a slot: a part of its tag, together with as much of its sender. */
static inline void e4_replay_describe(struct e4_seen_slot *frame,
                                      const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender,
                                      const uint64_t *sent_s)
{
    memcpy(&frame->mark, tag, sizeof frame->mark);
    if (sender != NULL)
        e4_xor(&frame->mark, sender, sizeof frame->mark);
    frame->sent_s = *sent_s;
}

/*
 * Describe a frame. And where would it go, if it is new: to a free slot of the set that has
 * more of them, or else to the one to forget. NULL: it is known. Written to be fast (seen.c),
 * or to be small (seen_small.c, for devices). One of the two is in a library.
 */
struct e4_seen_slot *e4_replay_look(const struct e4_config *config, struct e4_seen_slot *frame,
                                    const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender,
                                    const uint64_t *sent_s);

/*
 * Admit a frame that has already proved authentic, once. It is known by its tag, its time and,
 * where tags of different senders may be equal, its sender (otherwise NULL). E4_ERR_REPLAY:
 * admitted before; E4_ERR_STALE: older than what had to be forgotten; E4_ERR_GUARD: no room,
 * and nothing older to forget.
 */
enum e4_result e4_replay_admit(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE],
                               const uint8_t *sender, const uint64_t *sent_s);
bool e4_replay_has(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE],
                   const uint8_t *sender, const uint64_t *sent_s);

/* Was a frame of this tag among those sent last? And remember it, forgetting the first of them.
 */
bool e4_sent_has(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE]);
void e4_sent_add(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE]);

#endif
