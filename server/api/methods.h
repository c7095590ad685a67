/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the API (methods.def): which one is asked for, and how it is called. */
#ifndef SERVER_API_METHODS_H
#define SERVER_API_METHODS_H

#include <stdbool.h>
#include <stddef.h>

#include "c2.pb-c.h"
#include "server/core/token.h"

struct arena;
struct core;
struct err;
struct path_match;

/* What a call works with. */
struct call {
    struct core *core;
    struct arena *arena; /* the reply lies in it */
    const char *who;     /* for the audit record */
    const char *scope;   /* what names they may ask about begin with */
};

/* Do what the request asks for, and fill in the reply, whose fields have their defaults. */
typedef int (*method_function)(const struct call *call, const ProtobufCMessage *request,
                               ProtobufCMessage *reply, struct err *err);

struct method {
    const char *grpc; /* "/pb.C2/NewClient" */
    const char *name; /* the end of that: "NewClient" */
    enum role role;   /* who may, at least */
    const char *verb; /* of HTTP */
    const char *path; /* of HTTP, a pattern of path.h */
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *reply;
    method_function function; /* NULL: a stream of events */
    bool conversation;        /* any number of requests, each with its reply; gRPC only */
};

/* All of them, in the order of methods.def. */
const struct method *method_list(size_t *count);

/* The method of a gRPC path, or of an HTTP verb and path; NULL: there is none. */
const struct method *method_by_grpc(const char *path, size_t len);
const struct method *method_by_http(const char *verb, const char *path,
                                    struct path_match *match);

/* The verbs of HTTP that there are at this path: "GET, POST". */
enum { METHOD_VERBS_SIZE = 64 };
void method_verbs(char verbs[METHOD_VERBS_SIZE], const char *path);

/* Is there a method of any verb at this path? */
bool method_at_path(const char *path);

/* Call a method that is no stream. reply: where it lies in the arena. ERR_DENIED: it is about
 * what is outside of the scope. */
int method_call(const struct method *method, const struct call *call,
                const ProtobufCMessage *request, ProtobufCMessage **reply, struct err *err);

#endif
