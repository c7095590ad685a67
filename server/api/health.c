/* SPDX-License-Identifier: Apache-2.0 */
/* See health.h. */
#include "server/api/health.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "health.pb-c.h"
#include "server/core/core.h"

static int check(const struct call *call, const ProtobufCMessage *request,
                 ProtobufCMessage *reply, struct err *err)
{
    const Grpc__Health__V1__HealthCheckRequest *asked =
        (const Grpc__Health__V1__HealthCheckRequest *)request;
    Grpc__Health__V1__HealthCheckResponse *answer =
        (Grpc__Health__V1__HealthCheckResponse *)reply;

    if (asked->service[0] != '\0' && strcmp(asked->service, "pb.C2") != 0)
        return err_set(err, ERR_NOT_FOUND, "service: there is none of this name");
    answer->status = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
    if (core_health(call->core, err) != 0) {
        log_warning("grpc", "not serving: %s", err->text);
        answer->status = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING;
    }
    return 0;
}

const struct method health_method = {
    .grpc = "/grpc.health.v1.Health/Check",
    .name = "Check",
    .role = ROLE_ANYONE,
    .request = &grpc__health__v1__health_check_request__descriptor,
    .reply = &grpc__health__v1__health_check_response__descriptor,
    .function = check,
};
