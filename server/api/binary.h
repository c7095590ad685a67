/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in protocol buffers' own form, as gRPC carries them, read into a request's memory.
 */
#ifndef SERVER_API_BINARY_H
#define SERVER_API_BINARY_H

#include <stddef.h>
#include <stdint.h>

#include "c2.pb-c.h"

struct arena;
struct err;

/*
 * Read a message of this type. Fields that it does not have are passed over. ERR_INPUT: not a
 * message, or a text in it that is not UTF-8 or has a NUL. ERR_BUSY: it does not fit the arena.
 */
int binary_decode(ProtobufCMessage **message, const ProtobufCMessageDescriptor *type,
                  struct arena *arena, const uint8_t *bytes, size_t len, struct err *err);

#endif
