/* SPDX-License-Identifier: Apache-2.0 */
/* See sent.h. */
#include "server/core/sent.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { KEPT = 4096 };

struct sent {
    pthread_mutex_t lock;
    uint64_t tag[KEPT]; /* the first 8 bytes, by which a device's replay guard knows a frame */
    size_t next;        /* the oldest, which the next one takes the place of */
};

int sent_new(struct sent **sent, struct err *err)
{
    struct sent *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)pthread_mutex_init(&made->lock, NULL); /* which cannot fail without attributes */
    *sent = made;
    return 0;
}

void sent_free(struct sent *sent)
{
    if (sent == NULL)
        return;
    (void)pthread_mutex_destroy(&sent->lock);
    free(sent);
}

bool sent_add(struct sent *sent, const uint8_t *tag)
{
    bool found = false;
    uint64_t fresh;

    memcpy(&fresh, tag, sizeof fresh);
    (void)pthread_mutex_lock(&sent->lock);
    for (size_t i = 0; i < KEPT; i++)
        found = found || sent->tag[i] == fresh;
    if (!found) {
        sent->tag[sent->next] = fresh;
        sent->next = (sent->next + 1) % KEPT;
    }
    (void)pthread_mutex_unlock(&sent->lock);
    return !found;
}
