/* SPDX-License-Identifier: Apache-2.0 */
/* See outage.h. */
#include "server/store/outage.h"

#include "base/monotonic.h"

enum { PROBE_MS = 1000 };

void outage_init(struct outage *outage)
{
    (void)pthread_mutex_init(&outage->lock, NULL);
}

void outage_destroy(struct outage *outage)
{
    (void)pthread_mutex_destroy(&outage->lock);
}

int outage_check(struct outage *outage, struct err *err)
{
    int rc = 0;

    if (!outage->lasts)
        return 0;
    (void)pthread_mutex_lock(&outage->lock);
    if (outage->lasts && (outage->probing || monotonic_ms() < outage->retry_ms)) {
        *err = outage->why;
        rc = -1;
    } else {
        outage->probing = outage->lasts;
    }
    (void)pthread_mutex_unlock(&outage->lock);
    return rc;
}

void outage_begin(struct outage *outage, const struct err *why)
{
    (void)pthread_mutex_lock(&outage->lock);
    outage->lasts = true;
    outage->probing = false;
    outage->retry_ms = monotonic_ms() + PROBE_MS;
    outage->why = *why;
    (void)pthread_mutex_unlock(&outage->lock);
}

void outage_end(struct outage *outage)
{
    if (!outage->lasts)
        return;
    (void)pthread_mutex_lock(&outage->lock);
    outage->lasts = false;
    outage->probing = false;
    (void)pthread_mutex_unlock(&outage->lock);
}
