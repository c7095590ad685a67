/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame's place in the replay guard, for hosts. There the next frame's decryption begins
 * beside this one's, as far ahead as the processor sees: so every step here counts, and every
 * branch that cannot be foretold, such as one on what is free. Frames that are known and sets
 * that are full may take longer.
 */
#include "client/replay.h"

/* The set that a half of a mark picks. */
static inline struct e4_seen_slot *set_of(const struct e4_config *config, uint32_t half)
{
    uint32_t sets = (config->seen_count - 1) / E4_SEEN_SET;
    uint32_t set = (uint32_t)((uint64_t)half * sets >> 32);

    return config->seen + 1 + (size_t)set * E4_SEEN_SET;
}

static inline bool is_of(const struct e4_seen_slot *slot, const struct e4_seen_slot *frame)
{
    return slot->mark == frame->mark && slot->sent_s == frame->sent_s;
}

static struct e4_seen_slot *oldest_of(struct e4_seen_slot *set)
{
    struct e4_seen_slot *oldest = set;

    for (unsigned i = 1; i < E4_SEEN_SET; i++)
        oldest = set[i].sent_s < oldest->sent_s ? &set[i] : oldest;
    return oldest;
}

/* The first slot below the floor, in a set that has one. */
static struct e4_seen_slot *free_of(struct e4_seen_slot *set, uint64_t floor_s)
{
    unsigned at = 0;

    for (unsigned i = E4_SEEN_SET; i-- > 0;)
        at = set[i].sent_s < floor_s ? i : at;
    return set + at;
}

/* Has set b more room than a? With as many free slots, older entries make room sooner. */
static bool is_roomier(const struct e4_seen_slot *b, unsigned b_free,
                       const struct e4_seen_slot *a, unsigned a_free)
{
    uint64_t a_sum = 0, b_sum = 0;

    for (unsigned i = 0; i < E4_SEEN_SET; i++) {
        a_sum += a[i].sent_s;
        b_sum += b[i].sent_s;
    }
    return (b_free > a_free) | ((b_free == a_free) & (b_sum < a_sum));
}

struct e4_seen_slot *e4_replay_look(const struct e4_config *config, struct e4_seen_slot *frame,
                                    const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender,
                                    const uint64_t *sent_s)
{
    uint64_t floor_s = config->seen->sent_s;
    struct e4_seen_slot *a, *b, *either[2]; /* picked by index, so by no branch */
    unsigned a_free = 0, b_free = 0;

    e4_replay_describe(frame, tag, sender, sent_s);
    a = either[0] = set_of(config, (uint32_t)frame->mark);
    b = either[1] = set_of(config, (uint32_t)(frame->mark >> 32));
    for (unsigned i = 0; i < E4_SEEN_SET; i++) {
        if (is_of(&a[i], frame) || is_of(&b[i], frame))
            return NULL;
        a_free += a[i].sent_s < floor_s;
        b_free += b[i].sent_s < floor_s;
    }
    if (a_free + b_free > 0)
        return free_of(either[is_roomier(b, b_free, a, a_free)], floor_s);
    a = oldest_of(a);
    b = oldest_of(b);
    return b->sent_s < a->sent_s ? b : a;
}
