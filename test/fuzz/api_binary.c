/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as gRPC carries them: read, or refused; no text in them ends before its end. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/api/arena.h"
#include "server/api/binary.h"
#include "server.pb-c.h"

static const ProtobufCMessageDescriptor *const types[] = {
    &pb__new_client_request__descriptor,
    &pb__client_topic_request__descriptor,
    &pb__pair_request__descriptor,
    &pb__protected_message__descriptor,
    &pb__clients_reply__descriptor,
    &pb__topics_reply__descriptor,
    &pb__event__descriptor,
    &e4__new_token_request__descriptor,
    &e4__audit__descriptor,
};
enum { TYPES = sizeof types / sizeof *types, LIMIT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const ProtobufCMessageDescriptor *type = types[take_byte(&input) % TYPES];
    struct arena arena;
    struct err err = {.kind = ERR_NONE};
    ProtobufCMessage *message;
    size_t len;
    uint8_t *bytes;

    arena_start(&arena, LIMIT);
    if (binary_decode(&message, type, &arena, input.data, input.len, &err) != 0) {
        law(err.kind == ERR_INPUT || err.kind == ERR_BUSY, "it says whose fault it is");
        law(err.text[0] != '\0', "it says what is wrong");
    } else {
        len = protobuf_c_message_get_packed_size(message);
        bytes = malloc(len + 1);
        law(bytes != NULL && protobuf_c_message_pack(message, bytes) == len,
            "it can be packed");
        law(binary_decode(&message, type, &arena, bytes, len, &err) == 0 ||
                err.kind == ERR_BUSY,
            "what was packed can be read");
        free(bytes);
    }
    arena_end(&arena);
    return 0;
}
