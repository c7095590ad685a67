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

bool e4_replay_has(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s)
{
    return e4_replay_look(guard, mark, sent_s) == NULL;
}

enum e4_result e4_replay_admit(const struct e4_replay *guard, uint64_t mark, uint64_t sent_s)
{
    uint64_t floor_s = e4_replay_floor(guard);
    struct e4_seen_slot *slot = e4_replay_look(guard, mark, sent_s);

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
