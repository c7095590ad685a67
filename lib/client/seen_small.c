/* SPDX-License-Identifier: Apache-2.0 */
/* A frame's place in the replay guard, in little code. */
#include "client/replay.h"

#include <string.h>

#include "client/time.h"

/* The set that a half of a mark picks, of 65,536 at most: without a product of 64 bits. */
static struct e4_seen_slot *set_of(const struct e4_config *config, uint32_t half)
{
    uint32_t sets = (config->seen_count - 1) / E4_SEEN_SET;
    uint32_t set = (half >> 16) * sets >> 16;

    return config->seen + 1 + (size_t)set * E4_SEEN_SET;
}

struct e4_seen_slot *e4_replay_look(const struct e4_config *config, struct e4_seen_slot *frame,
                                    const uint8_t tag[E4_TAG_SIZE], const uint8_t *sender,
                                    const uint64_t *sent_s)
{
    struct e4_seen_slot *best = NULL;
    unsigned most_free = 0;
    uint32_t half[2];

    e4_replay_describe(frame, tag, sender, sent_s);
    memcpy(half, &frame->mark, sizeof half);
    for (unsigned h = 0; h < 2; h++) {
        struct e4_seen_slot *set = set_of(config, half[h]);
        struct e4_seen_slot *oldest = set; /* a free one, if there is any */
        unsigned free_count = 0;

        for (unsigned i = 0; i < E4_SEEN_SET; i++) {
            if (memcmp(&set[i], frame, sizeof *frame) == 0)
                return NULL;
            free_count += e4_before(&set[i].sent_s, &config->seen->sent_s);
            if (e4_before(&set[i].sent_s, &oldest->sent_s))
                oldest = &set[i];
        }
        if (best == NULL || free_count > most_free ||
            (free_count == most_free && e4_before(&oldest->sent_s, &best->sent_s))) {
            best = oldest;
            most_free = free_count;
        }
    }
    return best;
}
