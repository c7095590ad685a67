/* SPDX-License-Identifier: Apache-2.0 */
/* A server that was built without gRPC. See grpc.h. */
#include "server/api/grpc.h"

#include "base/log.h"

int grpc_start(struct grpc **grpc, const struct grpc_options *options, struct err *err)
{
    (void)options;
    (void)err;
    log_info("grpc", "this server was built without gRPC");
    *grpc = NULL;
    return 0;
}

unsigned grpc_port(const struct grpc *grpc)
{
    (void)grpc;
    return 0;
}

void grpc_stop(struct grpc *grpc)
{
    (void)grpc;
}
