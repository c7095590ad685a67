/* SPDX-License-Identifier: Apache-2.0 */
/* See calls.h: the methods of server.proto. */
#include "server/api/calls.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "server.pb-c.h"
#include "server/api/answer.h"
#include "server/api/arena.h"
#include "server/core/audit.h"
#include "server/core/core.h"
#include "server/core/message.h"
#include "server/core/rekey.h"
#include "server/core/serverkey.h"
#include "server/core/token.h"
#include "server/core/topic.h"

enum { AUDIT_COUNT = 100 }; /* records, if nobody says otherwise */

#define CALL(name)                                                                             \
    int call_##name(const struct call *call, const ProtobufCMessage *request,                  \
                    ProtobufCMessage *reply, struct err *err)

CALL(revoke_topic)
{
    const E4__TopicName *asked = (const E4__TopicName *)request;

    (void)reply;
    return topic_revoke(call->core, call->who, asked->topic, err);
}

CALL(get_server_key)
{
    static char signer[] = MESSAGE_SIGNER;
    E4__ServerKey *answer = (E4__ServerKey *)reply;
    uint8_t *keys = arena_alloc(call->arena, (size_t)2 * E4_KEY_SIZE);

    (void)request;
    if (keys == NULL)
        return answer_no_room(err);
    if (serverkey_public(call->core, keys, err) != 0 ||
        message_signer_public(call->core, keys + E4_KEY_SIZE, err) != 0)
        return -1;
    answer->serverkey = (ProtobufCBinaryData){E4_KEY_SIZE, keys};
    answer->signer = signer;
    answer->signerkey = (ProtobufCBinaryData){E4_KEY_SIZE, keys + E4_KEY_SIZE};
    return 0;
}

static int read_token(struct token *token, const E4__NewTokenRequest *asked, struct err *err)
{
    *token = (struct token){.role = (enum role)asked->role};
    if (strlen(asked->name) >= sizeof token->name)
        return err_set(err, ERR_INPUT, "name: longer than %d bytes", TOKEN_NAME_SIZE - 1);
    if (strlen(asked->scope) >= sizeof token->scope)
        return err_set(err, ERR_INPUT, "scope: longer than %d bytes", TOKEN_SCOPE_SIZE - 1);
    memcpy(token->name, asked->name, strlen(asked->name));
    memcpy(token->scope, asked->scope, strlen(asked->scope));
    if (asked->expires != NULL)
        token->expires_s = asked->expires->seconds;
    if (asked->expires != NULL && token->expires_s <= 0)
        return err_set(err, ERR_INPUT, "expires: that is over");
    return 0;
}

CALL(new_token)
{
    const E4__NewTokenRequest *asked = (const E4__NewTokenRequest *)request;
    E4__NewTokenReply *answer = (E4__NewTokenReply *)reply;
    const bool certificate = asked->certificate[0] != '\0';
    char *text = arena_alloc(call->arena, TOKEN_SIZE + TOKEN_CERTIFICATE_SIZE);
    struct token token;

    if (text == NULL)
        return answer_no_room(err);
    if (read_token(&token, asked, err) != 0 ||
        (certificate ? token_of_certificate(text, asked->certificate, err)
                     : token_make(text, err)) != 0 ||
        token_add(call->core, call->who, &token, text, err) != 0)
        return -1;
    if (!certificate)
        answer->token = text;
    return 0;
}

/* NULL: no room. */
static int add_token(void *ctx, const struct token *token, struct err *err)
{
    struct answer_list *tokens = ctx;
    struct arena *arena = tokens->arena;
    E4__Token *made = arena_alloc(arena, sizeof *made);

    if (made == NULL)
        return answer_no_room(err);
    e4__token__init(made);
    made->role = (E4__Role)token->role;
    if (answer_text(&made->name, arena, token->name, err) != 0 ||
        answer_text(&made->scope, arena, token->scope, err) != 0 ||
        answer_time(&made->made, arena, token->made_s, err) != 0 ||
        (token->expires_s != 0 &&
         answer_time(&made->expires, arena, token->expires_s, err) != 0))
        return -1;
    return answer_add(tokens, made, err);
}

CALL(get_tokens)
{
    E4__Tokens *answer = (E4__Tokens *)reply;
    struct answer_list list = {.arena = call->arena};

    (void)request;
    if (token_list(call->core, add_token, &list, err) != 0)
        return -1;
    answer->tokens = (E4__Token **)list.item;
    answer->n_tokens = list.count;
    return 0;
}

CALL(remove_token)
{
    const E4__TokenName *asked = (const E4__TokenName *)request;

    (void)reply;
    return token_remove(call->core, call->who, asked->name, err);
}

static int add_record(void *ctx, const struct audit *audit, struct err *err)
{
    struct answer_list *records = ctx;
    struct arena *arena = records->arena;
    E4__AuditRecord *made = arena_alloc(arena, sizeof *made);
    uint8_t *hash = arena_alloc(arena, sizeof audit->hash);

    if (made == NULL || hash == NULL)
        return answer_no_room(err);
    e4__audit_record__init(made);
    memcpy(hash, audit->hash, sizeof audit->hash);
    made->number = audit->number;
    made->hash = (ProtobufCBinaryData){sizeof audit->hash, hash};
    if (answer_time(&made->time, arena, audit->time_s, err) != 0 ||
        answer_text(&made->who, arena, audit->who, err) != 0 ||
        answer_text(&made->what, arena, audit->what, err) != 0 ||
        answer_text(&made->first, arena, audit->first, err) != 0 ||
        answer_text(&made->second, arena, audit->second, err) != 0)
        return -1;
    return answer_add(records, made, err);
}

CALL(get_audit)
{
    const E4__AuditRequest *asked = (const E4__AuditRequest *)request;
    E4__Audit *answer = (E4__Audit *)reply;
    struct answer_list list = {.arena = call->arena};
    int64_t count = asked->count == 0 ? AUDIT_COUNT : asked->count;

    if (audit_read(call->core, asked->after, count, add_record, &list, err) != 0)
        return -1;
    answer->records = (E4__AuditRecord **)list.item;
    answer->n_records = list.count;
    return 0;
}

CALL(get_rekey)
{
    E4__RekeyState *answer = (E4__RekeyState *)reply;
    struct rekey_state state;

    (void)request;
    (void)err;
    rekey_look(call->core, &state);
    answer->running = state.running;
    answer->resealed = state.resealed;
    return 0;
}

CALL(rekey)
{
    return rekey_start(call->core, call->who, err) != 0
               ? -1
               : call_get_rekey(call, request, reply, err);
}

CALL(verify_audit)
{
    E4__AuditVerified *answer = (E4__AuditVerified *)reply;
    uint8_t *hash = arena_alloc(call->arena, AUDIT_HASH_SIZE);

    (void)request;
    if (hash == NULL)
        return answer_no_room(err);
    if (audit_verify(call->core, &answer->count, hash, err) != 0)
        return -1;
    answer->hash = (ProtobufCBinaryData){AUDIT_HASH_SIZE, hash};
    return 0;
}
