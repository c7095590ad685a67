/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of frames: those accepted, so that each is accepted once, and those sent last,
 * so that none is sent twice (PROTOCOL.md §8).
 */
#ifndef E4_CLIENT_REPLAY_H
#define E4_CLIENT_REPLAY_H

#include "e4/e4.h"

enum { E4_SEEN_SET = 8, E4_SEEN_MIN = 1 + E4_SEEN_SET };

/* The array as a guard: slot 0 holds the floor, the others stand in sets of E4_SEEN_SET. */
struct e4_replay {
    struct e4_seen_slot *slot;
    uint32_t count;
};

/* What names a frame: a part of its tag and, where tags of different senders may be equal, the
 * sender. */
uint64_t e4_replay_mark(const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender);

/* Nothing sent before this time is admitted. */
uint64_t e4_replay_floor(const struct e4_replay *guard);
void e4_replay_raise(const struct e4_replay *guard, uint64_t floor_s);

/* The set that 32 bits of a mark pick. */
static inline struct e4_seen_slot *e4_replay_set(const struct e4_replay *guard, uint64_t bits)
{
    uint32_t sets = (guard->count - 1) / E4_SEEN_SET;
    uint64_t set = ((bits & 0xFFFFFFFF) * sets) >> 32;

    return guard->slot + 1 + set * E4_SEEN_SET;
}

/*
 * Where a frame that is new would go: a free slot of the set that has more of them, or else the
 * one to forget. NULL: the frame is known. Written to be fast (seen.c), or to be small
 * (seen_small.c, for devices). One of the two is in a library.
 */
struct e4_seen_slot *e4_replay_look(const struct e4_replay *guard, uint64_t mark,
                                    uint64_t sent_s);

bool e4_replay_has(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s);

/*
 * Admit a frame that has already proved authentic, once. E4_ERR_REPLAY: admitted before;
 * E4_ERR_STALE: older than what had to be forgotten; E4_ERR_GUARD: no room, and nothing
 * older to forget.
 */
enum e4_result e4_replay_admit(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s);

/* Was this frame among the last `count` sent? And remember it, forgetting the first of them. */
bool e4_sent_has(const struct e4_sent_slot *sent, uint16_t count, uint64_t mark);
void e4_sent_add(struct e4_sent_slot *sent, uint16_t count, uint64_t mark);

#endif
