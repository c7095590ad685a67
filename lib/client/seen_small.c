/* SPDX-License-Identifier: Apache-2.0 */
/* A frame's place in the replay guard, in little code. */
#include "client/replay.h"

#include <string.h>

struct e4_seen_slot *e4_replay_look(const struct e4_replay *guard, uint64_t mark,
                                    uint64_t sent_s)
{
    uint64_t floor_s = e4_replay_floor(guard);
    const struct e4_seen_slot frame = {mark, sent_s};
    struct e4_seen_slot *best = NULL;
    unsigned most_free = 0;
    bool found = false;

    for (unsigned half = 0; half < 64; half += 32) {
        struct e4_seen_slot *set = e4_replay_set(guard, mark >> half);
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
