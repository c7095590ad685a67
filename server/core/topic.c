/* SPDX-License-Identifier: Apache-2.0 */
/* See topic.h. */
#include "server/core/topic.h"

#include <string.h>

#include "base/err.h"
#include "base/secret.h"
#include "e4/keys.h"
#include "server/core/outbox.h"
#include "server/core/state.h"

/* The row of a topic: what there is, or a new one without a key, of version 0. */
static int find_or_make(struct change *change, struct store_topic *topic, const char *name,
                        struct err *err)
{
    if (state_find_topic(change->tx, topic, name, err) == 0)
        return 0;
    if (err->kind != ERR_NOT_FOUND)
        return -1;
    memset(topic, 0, sizeof *topic);
    return state_topic_hash(topic->hash, name, err);
}

/* Give a topic a new key; the one it has becomes the old one. */
static int renew(struct change *change, struct store_topic *topic, const char *name,
                 struct err *err)
{
    struct seal_place place = {"topic", topic->hash, topic->key_version + 1};
    uint8_t key[E4_KEY_SIZE];
    int rc = -1;

    topic->has_old_key = topic->key_version > 0;
    memcpy(topic->old_key, topic->key, sizeof topic->old_key);
    topic->key_version = place.version;
    topic->changed_s = change->now_s;
    if (secret_random(key, sizeof key, err) == 0 &&
        seal_key(change->core->seal, topic->key, &place, key, err) == 0)
        rc = change->tx->ask->put_topic(change->tx, topic, name, err);
    e4_wipe(key, sizeof key);
    return rc;
}

int topic_new(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_topic topic;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (find_or_make(&change, &topic, name, err) == 0 &&
        renew(&change, &topic, name, err) == 0 &&
        outbox_rotate_topic(change.tx, topic.hash, err) == 0)
        rc = change_commit(&change, "NewTopic", name, "", err);
    change_end(&change);
    return rc;
}

int topic_revoke(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_topic topic;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_topic(change.tx, &topic, name, err) != 0 ||
        renew(&change, &topic, name, err) != 0)
        goto done;
    topic.has_old_key = false; /* the server does not open with it any more either */
    if (change.tx->ask->put_topic(change.tx, &topic, name, err) == 0 &&
        outbox_revoke_topic(change.tx, topic.hash, err) == 0)
        rc = change_commit(&change, "RevokeTopic", name, "", err);

done:
    change_end(&change);
    return rc;
}

int topic_remove(struct core *core, const char *who, const char *name, struct err *err)
{
    struct change change;
    struct store_topic topic;
    int rc = -1;

    if (change_begin(&change, core, who, err) != 0)
        return -1;
    if (state_find_topic(change.tx, &topic, name, err) == 0 &&
        outbox_drop_topic(change.tx, topic.hash, err) == 0 &&
        change.tx->ask->remove_topic(change.tx, topic.hash, err) == 0)
        rc = change_commit(&change, "RemoveTopic", name, "", err);
    change_end(&change);
    return rc;
}

int topic_count(struct core *core, int64_t *count, struct err *err)
{
    return state_count(core, count, STORE_TOPICS, NULL, err);
}

int topic_list(struct core *core, const struct range *range, core_each each, void *ctx,
               struct err *err)
{
    return state_list(core, STORE_TOPICS, NULL, range, each, ctx, err);
}
