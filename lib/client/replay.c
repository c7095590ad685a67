/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replay guard.
 *
 * A frame may stand in either of two sets, picked by two halves of its mark; it goes where
 * there is more room, which keeps all sets about equally full. So it costs two short
 * looks, however large the guard is. When both sets are full, the entry sent longest ago in
 * them is forgotten, and from then on nothing that old is admitted, so forgetting never
 * lets a copy in. Entries below the floor are as good as free.
 */
#include "client/replay.h"

#include <string.h>

#include "crypto/load.h"

uint64_t e4_replay_mark(const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender)
{
    uint64_t mark = e4_load_le64(tag);

    return sender == NULL ? mark : mark ^ e4_load_le64(sender);
}

uint64_t e4_replay_floor(const struct e4_replay *guard)
{
    return guard->slot[0].sent_s > 0 ? guard->slot[0].sent_s : 1; /* time 0 marks a free slot */
}

void e4_replay_raise(const struct e4_replay *guard, uint64_t floor_s)
{
    if (guard->slot[0].sent_s < floor_s)
        guard->slot[0].sent_s = floor_s;
}

/* The set that 32 bits of a mark pick. */
static struct e4_seen_slot *set_of(const struct e4_replay *guard, uint64_t bits)
{
    uint32_t sets = (guard->count - 1) / E4_SEEN_SET;
    uint64_t set = ((bits & 0xFFFFFFFF) * sets) >> 32;

    return guard->slot + 1 + set * E4_SEEN_SET;
}

/* Where a frame that is new would go: the slot to forget for it. NULL: the frame is known. */
static struct e4_seen_slot *look(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s)
{
    uint64_t floor_s = e4_replay_floor(guard);
    const struct e4_seen_slot frame = {mark, sent_s};
    struct e4_seen_slot *best = NULL;
    unsigned most_free = 0;
    bool found = false;

    for (unsigned half = 0; half < 64; half += 32) {
        struct e4_seen_slot *set = set_of(guard, mark >> half);
        struct e4_seen_slot *oldest = set; /* a free one, if there is any */
        unsigned free_count = 0;

        for (unsigned i = 0; i < E4_SEEN_SET; i++) {
            found |= memcmp(&set[i], &frame, sizeof frame) == 0;
            free_count += set[i].sent_s < floor_s;
            if (set[i].sent_s < oldest->sent_s)
                oldest = &set[i];
        }
        if (best == NULL || free_count > most_free ||
            (free_count == most_free && oldest->sent_s < best->sent_s)) {
            best = oldest;
            most_free = free_count;
        }
    }
    return found ? NULL : best;
}

bool e4_replay_has(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s)
{
    return look(guard, mark, sent_s) == NULL;
}

enum e4_result e4_replay_admit(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s)
{
    uint64_t floor_s = e4_replay_floor(guard);
    struct e4_seen_slot *slot = look(guard, mark, sent_s);

    if (slot == NULL)
        return E4_ERR_REPLAY;
    if (sent_s < floor_s)
        return E4_ERR_STALE;
    if (slot->sent_s >= sent_s)
        return E4_ERR_GUARD;
    if (slot->sent_s >= floor_s)
        guard->slot[0].sent_s = slot->sent_s + 1;
    slot->mark = mark;
    slot->sent_s = sent_s;
    return E4_OK;
}

bool e4_sent_has(const struct e4_sent_slot *sent, uint16_t count, uint64_t mark)
{
    bool found = false;

    for (uint16_t i = 0; i < count; i++)
        found |= sent[i].mark == mark;
    return found;
}

void e4_sent_add(struct e4_sent_slot *sent, uint16_t count, uint64_t mark)
{
    memmove(sent + 1, sent, (count - 1U) * sizeof *sent);
    sent[0].mark = mark;
}
