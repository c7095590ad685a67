/* SPDX-License-Identifier: Apache-2.0 */
/* See rate.h. A bucket may stand at a few places, so that those who meet there by chance do not
 * share one; the one that was used longest ago makes room. */
#include "server/api/rate.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "e4/keys.h"

enum {
    SETS = 256,
    PLACES = 8,
    ONE = 1000 /* a request; as much flows in 1 ms at 1000 a second */
};

struct bucket {
    uint64_t who;    /* of a hash; 0: nobody's */
    int64_t left;    /* thousandths of requests */
    int64_t used_ms; /* when it was last looked into */
};

struct rate {
    pthread_mutex_t lock;
    int64_t per_s;
    struct bucket bucket[SETS][PLACES];
};

int rate_new(struct rate **rate, unsigned per_s, struct err *err)
{
    struct rate *made = calloc(1, sizeof *made);

    if (made == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    (void)pthread_mutex_init(&made->lock, NULL); /* which cannot fail without attributes */
    made->per_s = per_s;
    *rate = made;
    return 0;
}

void rate_free(struct rate *rate)
{
    if (rate == NULL)
        return;
    (void)pthread_mutex_destroy(&rate->lock);
    free(rate);
}

/* Theirs, or a full one in place of that used longest ago. */
static struct bucket *bucket_of(struct rate *rate, uint64_t who, int64_t now_ms)
{
    struct bucket *set = rate->bucket[who % SETS];
    struct bucket *oldest = set;

    for (size_t i = 0; i < PLACES; i++) {
        if (set[i].who == who)
            return &set[i];
        if (set[i].used_ms < oldest->used_ms)
            oldest = &set[i];
    }
    *oldest = (struct bucket){who, rate->per_s * ONE, now_ms};
    return oldest;
}

static bool take(struct bucket *bucket, int64_t per_s, int64_t now_ms)
{
    const int64_t full = per_s * ONE;
    int64_t passed_ms = now_ms - bucket->used_ms;

    /* After a second it is full, however long it has been. */
    bucket->left = passed_ms >= 1000 ? full : bucket->left + passed_ms * per_s;
    if (bucket->left > full)
        bucket->left = full;
    bucket->used_ms = now_ms;
    if (bucket->left < ONE)
        return false;
    bucket->left -= ONE;
    return true;
}

bool rate_take(struct rate *rate, const char *who, int64_t now_ms)
{
    uint8_t hash[E4_HASH_SIZE];
    uint64_t key;
    bool may;

    e4_hash(hash, who, strlen(who));
    memcpy(&key, hash, sizeof key);
    key |= 1U << 31; /* nobody's is 0 */
    (void)pthread_mutex_lock(&rate->lock);
    may = take(bucket_of(rate, key, now_ms), rate->per_s, now_ms);
    (void)pthread_mutex_unlock(&rate->lock);
    return may;
}
