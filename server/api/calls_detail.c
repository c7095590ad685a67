/* SPDX-License-Identifier: Apache-2.0 */
/* See calls.h: the methods of server.proto that tell how a client or a topic stands. */
#include "server/api/calls.h"

#include <string.h>

#include "base/err.h"
#include "server.pb-c.h"
#include "server/api/answer.h"
#include "server/api/arena.h"
#include "server/core/detail.h"

enum { WAITING_COUNT = 100 }; /* commands, if nobody says otherwise */

#define CALL(name)                                                                             \
    int call_##name(const struct call *call, const ProtobufCMessage *request,                  \
                    ProtobufCMessage *reply, struct err *err)

/* A point in time; 0: there is none. */
static int set_time(Google__Protobuf__Timestamp **field, struct arena *arena, int64_t time_s,
                    struct err *err)
{
    return time_s == 0 ? 0 : answer_time(field, arena, time_s, err);
}

CALL(get_client)
{
    const E4__ClientName *asked = (const E4__ClientName *)request;
    E4__ClientDetail *answer = (E4__ClientDetail *)reply;
    struct client_detail detail;

    if (detail_client(call->core, &detail, asked->name, err) != 0)
        return -1;
    answer->state = (E4__State)detail.state;
    answer->receipts = detail.receipts;
    answer->topics = detail.topics;
    answer->publickeys = detail.public_keys;
    answer->forgetting = detail.forgetting;
    answer->waiting = detail.waiting;
    answer->unconfirmed = detail.unconfirmed;
    answer->keychanges = detail.key_changes;
    if (answer_text(&answer->name, call->arena, asked->name, err) != 0 ||
        answer_text(&answer->receivingtopic, call->arena, detail.receiving, err) != 0 ||
        set_time(&answer->commanded, call->arena, detail.commanded_s, err) != 0 ||
        set_time(&answer->heard, call->arena, detail.heard_s, err) != 0)
        return -1;
    return set_time(&answer->repeats, call->arena, detail.repeats_s, err);
}

CALL(get_topic)
{
    const E4__TopicName *asked = (const E4__TopicName *)request;
    E4__TopicDetail *answer = (E4__TopicDetail *)reply;
    struct topic_detail detail;

    if (detail_topic(call->core, &detail, asked->topic, err) != 0)
        return -1;
    answer->clients = detail.clients;
    answer->confirmed = detail.confirmed;
    answer->waiting = detail.waiting;
    answer->keys = detail.keys;
    return answer_text(&answer->topic, call->arena, asked->topic, err) != 0
               ? -1
               : set_time(&answer->changed, call->arena, detail.changed_s, err);
}

static int add_command(void *ctx, const struct waiting *waiting, struct err *err)
{
    struct answer_list *commands = ctx;
    E4__WaitingCommand *made = arena_alloc(commands->arena, sizeof *made);

    if (made == NULL)
        return answer_no_room(err);
    e4__waiting_command__init(made);
    made->attempts = waiting->attempts;
    made->sent = waiting->sent;
    if (answer_text(&made->what, commands->arena, waiting->what, err) != 0 ||
        answer_text(&made->about, commands->arena, waiting->about, err) != 0)
        return -1;
    return answer_add(commands, made, err);
}

CALL(get_waiting)
{
    const E4__WaitingRequest *asked = (const E4__WaitingRequest *)request;
    E4__Waiting *answer = (E4__Waiting *)reply;
    struct answer_list commands = {.arena = call->arena};
    int64_t count = asked->count == 0 ? WAITING_COUNT : asked->count;

    if (detail_waiting(call->core, asked->name, count, add_command, &commands, err) != 0)
        return -1;
    answer->commands = (E4__WaitingCommand **)commands.item;
    answer->n_commands = commands.count;
    return 0;
}
