/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links: which client is on which topic, and, in public-key mode, which client (the target)
 * should know which other's public key (the source's). The rules of core.h hold; ERR_NOT_FOUND
 * says whether a client, a topic or the link between them is missing.
 */
#ifndef SERVER_CORE_LINK_H
#define SERVER_CORE_LINK_H

#include "server/core/core.h"

/* NewTopicClient, RemoveTopicClient. A link that is there already is sent again. */
int link_topic(struct core *core, const char *who, const char *client, const char *topic,
               struct err *err);
int unlink_topic(struct core *core, const char *who, const char *client, const char *topic,
                 struct err *err);

/* CountTopicsForClient, GetTopicsForClient */
int link_count_topics(struct core *core, int64_t *count, const char *client, struct err *err);
int link_list_topics(struct core *core, const char *client, const struct range *range,
                     core_each each, void *ctx, struct err *err);

/* CountClientsForTopic, GetClientsForTopic */
int link_count_clients(struct core *core, int64_t *count, const char *topic, struct err *err);
int link_list_clients(struct core *core, const char *topic, const struct range *range,
                      core_each each, void *ctx, struct err *err);

/* LinkClient, UnlinkClient: only noted, nothing is sent. In both modes, as E4 tools expect. */
int link_client(struct core *core, const char *who, const char *target, const char *source,
                struct err *err);
int unlink_client(struct core *core, const char *who, const char *target, const char *source,
                  struct err *err);

/* CountLinkedClients, GetLinkedClients: the sources of a target. */
int link_count_sources(struct core *core, int64_t *count, const char *target, struct err *err);
int link_list_sources(struct core *core, const char *target, const struct range *range,
                      core_each each, void *ctx, struct err *err);

/*
 * SendClientPubKey, RemoveClientPubKey, ResetClientPubKeys: a command to the target. ERR_MODE
 * in symmetric-key mode. The source may be MESSAGE_SIGNER of message.h.
 */
int link_send_key(struct core *core, const char *who, const char *target, const char *source,
                  struct err *err);
int link_remove_key(struct core *core, const char *who, const char *target, const char *source,
                    struct err *err);
int link_reset_keys(struct core *core, const char *who, const char *target, struct err *err);

#endif
