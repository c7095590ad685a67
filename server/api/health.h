/* SPDX-License-Identifier: Apache-2.0 */
/* The standard health service of gRPC, /grpc.health.v1.Health/Check, which has no HTTP path. */
#ifndef SERVER_API_HEALTH_H
#define SERVER_API_HEALTH_H

#include "server/api/methods.h"

extern const struct method health_method;

#endif
