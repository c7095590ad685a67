/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of methods.def, call_new_client() and so on: from a request to core, and back.
 */
#ifndef SERVER_API_CALLS_H
#define SERVER_API_CALLS_H

#include "server/api/methods.h"

#define ROW(package, service, method, who, http, where, asked, answered, called)               \
    int call_##called(const struct call *call, const ProtobufCMessage *request,                \
                      ProtobufCMessage *reply, struct err *err);
#include "server/api/methods.def"

#endif
