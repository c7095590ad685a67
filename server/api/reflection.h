/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is to be called, for gRPC's own tools: the .proto files as descriptors. A call is
 * a conversation, a request and a reply at a time.
 */
#ifndef SERVER_API_REFLECTION_H
#define SERVER_API_REFLECTION_H

#include "server/api/methods.h"

extern const struct method reflection_method;

/* The descriptors of all .proto files, a google.protobuf.FileDescriptorSet; the build makes it.
 */
extern const unsigned char reflection_files[];
extern const unsigned long reflection_files_len;

#endif
