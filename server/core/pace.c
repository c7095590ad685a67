/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pace.h. A command that touches something is noted in five bytes: which kind of thing, and
 * the first bytes of its id. Two ids that begin alike cost a second, nothing else.
 */
#include "server/core/pace.h"

#include <string.h>

#include "e4/wire.h"

enum { TOUCH = 5, ALL_OF_KIND = 0x80 };

static void touch_of(uint8_t touch[TOUCH], int64_t type, const uint8_t object[STORE_ID_SIZE])
{
    static const uint8_t kind[] = {
        [E4_REMOVE_TOPIC] = 1,
        [E4_RESET_TOPICS] = 1 | ALL_OF_KIND,
        [E4_SET_ID_KEY] = 3 | ALL_OF_KIND,
        [E4_SET_TOPIC_KEY] = 1,
        [E4_REMOVE_PUB_KEY] = 2,
        [E4_RESET_PUB_KEYS] = 2 | ALL_OF_KIND,
        [E4_SET_PUB_KEY] = 2,
        [E4_SET_SERVER_KEY] = 4 | ALL_OF_KIND,
    };

    touch[0] = kind[type];
    memcpy(touch + 1, object, TOUCH - 1);
}

static bool clash(const uint8_t *a, const uint8_t *b)
{
    if ((a[0] & ~ALL_OF_KIND) != (b[0] & ~ALL_OF_KIND))
        return false;
    return ((a[0] | b[0]) & ALL_OF_KIND) != 0 || memcmp(a + 1, b + 1, TOUCH - 1) == 0;
}

/* May this command share the second of those noted? */
static bool may_join(const struct store_pace *pace, const uint8_t touch[TOUCH])
{
    if (pace->touched_len + TOUCH > sizeof pace->touched)
        return false;
    for (size_t at = 0; at + TOUCH <= pace->touched_len; at += TOUCH) {
        if (clash(pace->touched + at, touch))
            return false;
    }
    return true;
}

bool pace_take(struct store_pace *pace, int64_t *sent_s, int64_t type,
               const uint8_t object[STORE_ID_SIZE], int64_t now_s)
{
    uint8_t touch[TOUCH];
    int64_t time_s = now_s - PACE_BACK_S;

    touch_of(touch, type, object);
    if (time_s <= pace->issued_s)
        time_s = may_join(pace, touch) ? pace->issued_s : pace->issued_s + 1;
    *sent_s = time_s;
    if (time_s > now_s)
        return false;
    if (time_s > pace->issued_s)
        pace->touched_len = 0;
    pace->issued_s = time_s;
    memcpy(pace->touched + pace->touched_len, touch, TOUCH);
    pace->touched_len += TOUCH;
    return true;
}
