/* SPDX-License-Identifier: Apache-2.0 */
/* See calls.h: the methods of server.proto that tell how a client or a topic stands. */
#include "server/api/calls.h"

#include <string.h>

#include "base/err.h"
#include "server.pb-c.h"
#include "server/api/arena.h"
#include "server/core/detail.h"

enum { WAITING_COUNT = 100 }; /* commands, if nobody says otherwise */

#define CALL(name)                                                                             \
    int call_##name(const struct call *call, const ProtobufCMessage *request,                  \
                    ProtobufCMessage *reply, struct err *err)

static int no_room(struct err *err)
{
    return err_set(err, ERR_BUSY, "the answer takes too much memory; ask for less at a time");
}

/* A copy of a text for the reply. */
static int set_text(char **field, struct arena *arena, const char *text, struct err *err)
{
    *field = arena_text(arena, text, strlen(text));
    return *field == NULL ? no_room(err) : 0;
}

/* A point in time; 0: there is none. */
static int set_time(Google__Protobuf__Timestamp **field, struct arena *arena, int64_t time_s,
                    struct err *err)
{
    if (time_s == 0)
        return 0;
    *field = arena_alloc(arena, sizeof **field);
    if (*field == NULL)
        return no_room(err);
    google__protobuf__timestamp__init(*field);
    (*field)->seconds = time_s;
    return 0;
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
    if (set_text(&answer->name, call->arena, asked->name, err) != 0 ||
        set_text(&answer->receivingtopic, call->arena, detail.receiving, err) != 0 ||
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
    return set_text(&answer->topic, call->arena, asked->topic, err) != 0
               ? -1
               : set_time(&answer->changed, call->arena, detail.changed_s, err);
}

/* Commands on their way from core into a reply's list. */
struct commands {
    struct arena *arena;
    E4__WaitingCommand **command;
    size_t count;
    size_t cap;
};

static int make_room(struct commands *commands, struct err *err)
{
    size_t cap = commands->cap == 0 ? 64 : commands->cap * 2;
    E4__WaitingCommand **more;

    if (commands->count < commands->cap)
        return 0;
    more = arena_alloc(commands->arena, cap * sizeof(E4__WaitingCommand *));
    if (more == NULL)
        return no_room(err);
    if (commands->count > 0)
        memcpy(more, commands->command, commands->count * sizeof(E4__WaitingCommand *));
    commands->command = more;
    commands->cap = cap;
    return 0;
}

static int add_command(void *ctx, const struct waiting *waiting, struct err *err)
{
    struct commands *commands = ctx;
    E4__WaitingCommand *made = arena_alloc(commands->arena, sizeof *made);

    if (made == NULL)
        return no_room(err);
    e4__waiting_command__init(made);
    made->attempts = waiting->attempts;
    made->sent = waiting->sent;
    if (set_text(&made->what, commands->arena, waiting->what, err) != 0 ||
        set_text(&made->about, commands->arena, waiting->about, err) != 0 ||
        make_room(commands, err) != 0)
        return -1;
    commands->command[commands->count++] = made;
    return 0;
}

CALL(get_waiting)
{
    const E4__WaitingRequest *asked = (const E4__WaitingRequest *)request;
    E4__Waiting *answer = (E4__Waiting *)reply;
    struct commands commands = {.arena = call->arena};
    int64_t count = asked->count == 0 ? WAITING_COUNT : asked->count;

    if (detail_waiting(call->core, asked->name, count, add_command, &commands, err) != 0)
        return -1;
    answer->commands = commands.command;
    answer->n_commands = commands.count;
    return 0;
}
