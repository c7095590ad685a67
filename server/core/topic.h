/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and their keys. The rules of core.h hold. */
#ifndef SERVER_CORE_TOPIC_H
#define SERVER_CORE_TOPIC_H

#include "server/core/core.h"

/*
 * NewTopic: make a topic with a key, or give one that exists a new key, which its clients are
 * sent. They open messages under the old one for an hour more.
 */
int topic_new(struct core *core, const char *who, const char *topic, struct err *err);

/* The same for a topic that exists, but its clients forget the old key at once. */
int topic_revoke(struct core *core, const char *who, const char *topic, struct err *err);

/* RemoveTopic: forget it; its clients are told to. */
int topic_remove(struct core *core, const char *who, const char *topic, struct err *err);

/* CountTopics, GetTopics */
int topic_count(struct core *core, int64_t *count, struct err *err);
int topic_list(struct core *core, const struct range *range, core_each each, void *ctx,
               struct err *err);

#endif
