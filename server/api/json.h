/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages as JSON and back, for any message, by its descriptor: names as in the .proto file,
 * int64 as a string, bytes in base64, enums by name, points in time by RFC 3339, all fields
 * present, a message that is not there as null.
 */
#ifndef SERVER_API_JSON_H
#define SERVER_API_JSON_H

#include <stddef.h>
#include <stdio.h>

#include "c2.pb-c.h"

struct arena;
struct err;

/*
 * Read a message of this type, an object, into memory of the arena. Fields may be missing or
 * null; int64 may be a number. ERR_INPUT: not JSON, a field that the message does not have, or
 * one that is not what it should be; the text names it. ERR_BUSY: it does not fit the arena.
 */
int json_decode(ProtobufCMessage **message, const ProtobufCMessageDescriptor *type,
                struct arena *arena, const char *text, size_t len, struct err *err);

/*
 * Set one field of a message from text, as it stands in a URL. name leads to it, through
 * messages within: "client.name". ERR_INPUT: there is no such field, it is one that a text
 * cannot be, or it has a different value already, that is not its default.
 */
int json_set(ProtobufCMessage *message, struct arena *arena, const char *name, const char *text,
             size_t len, struct err *err);

/* ERR_SYSTEM: no memory for what is on its way; errors of out are the caller's to find. */
int json_encode(FILE *out, const ProtobufCMessage *message, struct err *err);

/* The same where both are parts of a URL, and the text is percent-encoded. */
int json_set_encoded(ProtobufCMessage *message, struct arena *arena, const char *name,
                     size_t name_len, const char *text, size_t len, struct err *err);

#endif
