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

#include "client/time.h"
#include "crypto/bytes.h"

bool e4_replay_has(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE],
                   const uint8_t *sender, const uint64_t *sent_s)
{
    struct e4_seen_slot frame;

    return e4_replay_look(config, &frame, tag, sender, sent_s) == NULL;
}

enum e4_result e4_replay_admit(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE],
                               const uint8_t *sender, const uint64_t *sent_s)
{
    uint64_t *floor_s = &config->seen->sent_s;
    struct e4_seen_slot frame;
    struct e4_seen_slot *slot = e4_replay_look(config, &frame, tag, sender, sent_s);

    if (slot == NULL)
        return E4_ERR_REPLAY;
    if (e4_before(sent_s, floor_s))
        return E4_ERR_STALE;
    if (!e4_before(&slot->sent_s, sent_s))
        return E4_ERR_GUARD;
    if (!e4_before(&slot->sent_s, floor_s))
        *floor_s = slot->sent_s + 1;
    *slot = frame;
    return E4_OK;
}

bool e4_sent_has(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE])
{
    const struct e4_sent_slot *sent = config->sent;

    for (unsigned left = config->sent_count; left > 0; left--, sent++) {
        if (memcmp(&sent->mark, tag, sizeof sent->mark) == 0)
            return true;
    }
    return false;
}

void e4_sent_add(const struct e4_config *config, const uint8_t tag[E4_TAG_SIZE])
{
    struct e4_sent_slot *sent = config->sent;

    memmove(sent + 1, sent, (config->sent_count - 1U) * sizeof *sent);
    memcpy(&sent->mark, tag, sizeof sent->mark);
}
