/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See calls.h. What is wrong with a name, core says; a client that is not in the request is one
 * without a name. Which struct request and reply are, methods.def says.
 */
#include "server/api/calls.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "server.pb-c.h"
#include "server/api/answer.h"
#include "server/api/arena.h"
#include "server/core/client.h"
#include "server/core/core.h"
#include "server/core/link.h"
#include "server/core/message.h"
#include "server/core/names.h"
#include "server/core/serverkey.h"
#include "server/core/topic.h"

enum { SEARCH_COUNT = 100 }; /* names, if nobody says otherwise */

#define CALL(name)                                                                             \
    int call_##name(const struct call *call, const ProtobufCMessage *request,                  \
                    ProtobufCMessage *reply, struct err *err)

static const char *name_of(const Pb__Client *client)
{
    return client == NULL ? "" : client->name;
}

CALL(new_client)
{
    const Pb__NewClientRequest *asked = (const Pb__NewClientRequest *)request;

    (void)reply;
    return client_new(call->core, call->who, name_of(asked->client), asked->key.data,
                      asked->key.len, err);
}

CALL(remove_client)
{
    const Pb__ClientRequest *asked = (const Pb__ClientRequest *)request;

    (void)reply;
    return client_remove(call->core, call->who, name_of(asked->client), err);
}

CALL(reset_client)
{
    const Pb__ClientRequest *asked = (const Pb__ClientRequest *)request;

    (void)reply;
    return client_reset(call->core, call->who, name_of(asked->client), err);
}

CALL(new_client_key)
{
    const Pb__ClientRequest *asked = (const Pb__ClientRequest *)request;

    (void)reply;
    return client_new_key(call->core, call->who, name_of(asked->client), err);
}

CALL(new_topic)
{
    const Pb__TopicRequest *asked = (const Pb__TopicRequest *)request;

    (void)reply;
    return topic_new(call->core, call->who, asked->topic, err);
}

CALL(remove_topic)
{
    const Pb__TopicRequest *asked = (const Pb__TopicRequest *)request;

    (void)reply;
    return topic_remove(call->core, call->who, asked->topic, err);
}

CALL(new_topic_client)
{
    const Pb__ClientTopicRequest *asked = (const Pb__ClientTopicRequest *)request;

    (void)reply;
    return link_topic(call->core, call->who, name_of(asked->client), asked->topic, err);
}

CALL(remove_topic_client)
{
    const Pb__ClientTopicRequest *asked = (const Pb__ClientTopicRequest *)request;

    (void)reply;
    return unlink_topic(call->core, call->who, name_of(asked->client), asked->topic, err);
}

/* Names on their way from core into a reply. */
static int add_name(void *ctx, const char *name, struct err *err)
{
    struct answer_list *names = ctx;
    char *copy;

    return answer_text(&copy, names->arena, name, err) != 0 ? -1 : answer_add(names, copy, err);
}

static int reply_topics(ProtobufCMessage *reply, const struct answer_list *names)
{
    Pb__TopicsReply *answer = (Pb__TopicsReply *)reply;

    answer->topics = (char **)names->item;
    answer->n_topics = names->count;
    return 0;
}

static int reply_clients(ProtobufCMessage *reply, const struct answer_list *names,
                         struct err *err)
{
    Pb__ClientsReply *answer = (Pb__ClientsReply *)reply;
    Pb__Client *client;

    if (names->count == 0)
        return 0;
    client = arena_alloc(names->arena, names->count * sizeof *client);
    answer->clients = arena_alloc(names->arena, names->count * sizeof(Pb__Client *));
    if (client == NULL || answer->clients == NULL)
        return answer_no_room(err);
    for (size_t i = 0; i < names->count; i++) {
        pb__client__init(&client[i]);
        client[i].name = names->item[i];
        answer->clients[i] = &client[i];
    }
    answer->n_clients = names->count;
    return 0;
}

static int64_t *count_of(ProtobufCMessage *reply)
{
    return &((Pb__CountReply *)reply)->count;
}

CALL(count_topics_for_client)
{
    const Pb__ClientRequest *asked = (const Pb__ClientRequest *)request;

    return link_count_topics(call->core, count_of(reply), name_of(asked->client), err);
}

CALL(get_topics_for_client)
{
    const Pb__ClientPageRequest *asked = (const Pb__ClientPageRequest *)request;
    const struct range range = {asked->offset, asked->count};
    struct answer_list names = {.arena = call->arena};

    if (link_list_topics(call->core, name_of(asked->client), &range, add_name, &names, err) !=
        0)
        return -1;
    return reply_topics(reply, &names);
}

CALL(count_clients_for_topic)
{
    const Pb__TopicRequest *asked = (const Pb__TopicRequest *)request;

    return link_count_clients(call->core, count_of(reply), asked->topic, err);
}

CALL(get_clients_for_topic)
{
    const Pb__TopicPageRequest *asked = (const Pb__TopicPageRequest *)request;
    const struct range range = {asked->offset, asked->count};
    struct answer_list names = {.arena = call->arena};

    if (link_list_clients(call->core, asked->topic, &range, add_name, &names, err) != 0)
        return -1;
    return reply_clients(reply, &names, err);
}

CALL(count_clients)
{
    (void)request;
    return names_count(call->core, count_of(reply), NAMES_CLIENTS, call->scope, err);
}

CALL(get_clients)
{
    const Pb__PageRequest *asked = (const Pb__PageRequest *)request;
    const struct range range = {asked->offset, asked->count};
    struct answer_list names = {.arena = call->arena};

    if (names_list(call->core, NAMES_CLIENTS, call->scope, &range, add_name, &names, err) != 0)
        return -1;
    return reply_clients(reply, &names, err);
}

CALL(count_topics)
{
    (void)request;
    return names_count(call->core, count_of(reply), NAMES_TOPICS, call->scope, err);
}

CALL(get_topics)
{
    const Pb__PageRequest *asked = (const Pb__PageRequest *)request;
    const struct range range = {asked->offset, asked->count};
    struct answer_list names = {.arena = call->arena};

    if (names_list(call->core, NAMES_TOPICS, call->scope, &range, add_name, &names, err) != 0)
        return -1;
    return reply_topics(reply, &names);
}

/* What both begin with that a token is for and that is asked for; NULL: nothing does. */
static const char *longer(const char *scope, const char *prefix)
{
    if (strncmp(prefix, scope, strlen(scope)) == 0)
        return prefix;
    return strncmp(scope, prefix, strlen(prefix)) == 0 ? scope : NULL;
}

static int search(const struct call *call, enum names_of of, const ProtobufCMessage *request,
                  ProtobufCMessage *reply, struct err *err)
{
    const E4__SearchRequest *asked = (const E4__SearchRequest *)request;
    const char *prefix = longer(call->scope, asked->prefix);
    int64_t count = asked->count == 0 ? SEARCH_COUNT : asked->count;
    E4__Names *answer = (E4__Names *)reply;
    struct answer_list names = {.arena = call->arena};

    if (prefix == NULL)
        return 0;
    if (names_after(call->core, of, prefix, asked->after, count, add_name, &names, err) != 0)
        return -1;
    answer->names = (char **)names.item;
    answer->n_names = names.count;
    return 0;
}

CALL(search_clients)
{
    return search(call, NAMES_CLIENTS, request, reply, err);
}

CALL(search_topics)
{
    return search(call, NAMES_TOPICS, request, reply, err);
}

CALL(link_client)
{
    const Pb__PairRequest *asked = (const Pb__PairRequest *)request;

    (void)reply;
    return link_client(call->core, call->who, name_of(asked->targetclient),
                       name_of(asked->sourceclient), err);
}

CALL(unlink_client)
{
    const Pb__PairRequest *asked = (const Pb__PairRequest *)request;

    (void)reply;
    return unlink_client(call->core, call->who, name_of(asked->targetclient),
                         name_of(asked->sourceclient), err);
}

CALL(count_linked_clients)
{
    const Pb__ClientRequest *asked = (const Pb__ClientRequest *)request;

    return link_count_sources(call->core, count_of(reply), name_of(asked->client), err);
}

CALL(get_linked_clients)
{
    const Pb__ClientPageRequest *asked = (const Pb__ClientPageRequest *)request;
    const struct range range = {asked->offset, asked->count};
    struct answer_list names = {.arena = call->arena};

    if (link_list_sources(call->core, name_of(asked->client), &range, add_name, &names, err) !=
        0)
        return -1;
    return reply_clients(reply, &names, err);
}

CALL(send_client_pub_key)
{
    const Pb__PairRequest *asked = (const Pb__PairRequest *)request;

    (void)reply;
    return link_send_key(call->core, call->who, name_of(asked->targetclient),
                         name_of(asked->sourceclient), err);
}

CALL(remove_client_pub_key)
{
    const Pb__PairRequest *asked = (const Pb__PairRequest *)request;

    (void)reply;
    return link_remove_key(call->core, call->who, name_of(asked->targetclient),
                           name_of(asked->sourceclient), err);
}

CALL(reset_client_pub_keys)
{
    const Pb__TargetRequest *asked = (const Pb__TargetRequest *)request;

    (void)reply;
    return link_reset_keys(call->core, call->who, name_of(asked->targetclient), err);
}

CALL(new_c2_key)
{
    const Pb__ForceRequest *asked = (const Pb__ForceRequest *)request;

    (void)reply;
    return serverkey_new(call->core, call->who, asked->force != 0, err);
}

CALL(protect_message)
{
    const Pb__PlainMessage *asked = (const Pb__PlainMessage *)request;
    Pb__ProtectedMessage *answer = (Pb__ProtectedMessage *)reply;
    size_t cap = asked->binarydata.len + MESSAGE_OVERHEAD; /* far from overflow: it was read */

    answer->topic = asked->topic;
    answer->protectedbinarydata.data = arena_alloc(call->arena, cap);
    if (answer->protectedbinarydata.data == NULL)
        return answer_no_room(err);
    return message_protect(call->core, asked->topic, answer->protectedbinarydata.data, cap,
                           &answer->protectedbinarydata.len, asked->binarydata.data,
                           asked->binarydata.len, err);
}

CALL(unprotect_message)
{
    const Pb__ProtectedMessage *asked = (const Pb__ProtectedMessage *)request;
    Pb__PlainMessage *answer = (Pb__PlainMessage *)reply;
    size_t cap = asked->protectedbinarydata.len + 1; /* not 0 */

    answer->topic = asked->topic;
    answer->binarydata.data = arena_alloc(call->arena, cap);
    if (answer->binarydata.data == NULL)
        return answer_no_room(err);
    return message_unprotect(call->core, asked->topic, answer->binarydata.data, cap,
                             &answer->binarydata.len, asked->protectedbinarydata.data,
                             asked->protectedbinarydata.len, err);
}

CALL(health_check)
{
    Pb__HealthReply *answer = (Pb__HealthReply *)reply;
    static char fine[] = "OK";

    (void)request;
    if (core_health(call->core, err) != 0)
        return -1;
    answer->status = fine;
    return 0;
}

CALL(get_crypto_mode)
{
    Pb__CryptoModeReply *answer = (Pb__CryptoModeReply *)reply;

    (void)request;
    (void)err;
    answer->cryptomode = core_mode(call->core) == E4_PUBLIC_KEY
                             ? PB__CRYPTO_MODE__CRYPTOMODE_PUBKEY
                             : PB__CRYPTO_MODE__CRYPTOMODE_SYMKEY;
    return 0;
}
