/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are for some clients and topics only: those whose names begin alike. */
#ifndef SERVER_API_SCOPE_H
#define SERVER_API_SCOPE_H

#include "c2.pb-c.h"

struct err;

/* ERR_DENIED: a client or topic that the request names does not begin with scope. */
int scope_check(const ProtobufCMessage *request, const char *scope, struct err *err);

#endif
