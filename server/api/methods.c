/* SPDX-License-Identifier: Apache-2.0 */
/* See methods.h. */
#include "server/api/methods.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "server/api/arena.h"
#include "server/api/calls.h"
#include "server/api/path.h"
#include "server/api/scope.h"
#include "server.pb-c.h"

#define call_none NULL

#define ROW(package, service, method, who, http, where, asked, answered, called)               \
    {.grpc = "/" #package "." #service "/" #method,                                            \
     .name = #method,                                                                          \
     .role = ROLE_##who,                                                                       \
     .verb = #http,                                                                            \
     .path = (where),                                                                          \
     .request = &package##__##asked##__descriptor,                                             \
     .reply = &package##__##answered##__descriptor,                                            \
     .function = call_##called},

static const struct method methods[] = {
#include "server/api/methods.def"
};
enum { METHODS = sizeof methods / sizeof *methods };

const struct method *method_list(size_t *count)
{
    *count = METHODS;
    return methods;
}

const struct method *method_by_grpc(const char *path, size_t len)
{
    for (size_t i = 0; i < METHODS; i++) {
        if (strlen(methods[i].grpc) == len && memcmp(methods[i].grpc, path, len) == 0)
            return &methods[i];
    }
    return NULL;
}

const struct method *method_by_http(const char *verb, const char *path,
                                    struct path_match *match)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < METHODS; i++) {
        if (strcmp(methods[i].verb, verb) == 0 && path_match(match, methods[i].path, path, len))
            return &methods[i];
    }
    return NULL;
}

void method_verbs(char verbs[METHOD_VERBS_SIZE], const char *path)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct path_match match;
    size_t len = 0;

    verbs[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (method_by_http(names[i], path, &match) != NULL)
            len += (size_t)snprintf(verbs + len, METHOD_VERBS_SIZE - len, "%s%s",
                                    len == 0 ? "" : ", ", names[i]);
    }
}

bool method_at_path(const char *path)
{
    struct path_match match;
    size_t len = strlen(path);

    for (size_t i = 0; i < METHODS; i++) {
        if (path_match(&match, methods[i].path, path, len))
            return true;
    }
    return false;
}

int method_call(const struct method *method, const struct call *call,
                const ProtobufCMessage *request, ProtobufCMessage **reply, struct err *err)
{
    ProtobufCMessage *made;

    if (scope_check(request, call->scope, err) != 0) {
        log_warning("auth", "refused %s %s: %s", call->who, method->name, err->text);
        return -1;
    }
    made = arena_alloc(call->arena, method->reply->sizeof_message);

    if (made == NULL)
        return err_set(err, ERR_BUSY, "the request takes too much memory");
    method->reply->message_init(made);
    if (method->function(call, request, made, err) != 0)
        return -1;
    *reply = made;
    return 0;
}
