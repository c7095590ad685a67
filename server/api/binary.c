/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See binary.h. protobuf-c reads the message; before that its texts are looked at here, for in
 * a struct a text ends at its first NUL, and "a", NUL, "b" would be taken for "a".
 */
#include "server/api/binary.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "server/api/arena.h"

/* What is left of a message. */
struct rest_of {
    const uint8_t *bytes;
    size_t len;
};

static bool take_varint(struct rest_of *rest, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 64 && rest->len > 0; shift += 7) {
        uint8_t byte = *rest->bytes++;

        rest->len--;
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool skip(struct rest_of *rest, size_t len)
{
    if (len > rest->len)
        return false;
    rest->bytes += len;
    rest->len -= len;
    return true;
}

/* Take a value that is neither text nor message. */
static bool skip_value(struct rest_of *rest, unsigned wire_type)
{
    uint64_t number;

    switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return take_varint(rest, &number);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip(rest, 8);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip(rest, 4);
    default: /* groups went out of use long before this */
        return false;
    }
}

static int check(const ProtobufCMessageDescriptor *type, struct rest_of rest, struct err *err);

static int check_piece(const ProtobufCFieldDescriptor *field, struct rest_of piece,
                       struct err *err)
{
    if (field == NULL)
        return 0;
    if (field->type == PROTOBUF_C_TYPE_STRING &&
        ((piece.len > 0 && memchr(piece.bytes, 0, piece.len) != NULL) ||
         !e4_is_utf8((const char *)piece.bytes, piece.len)))
        return err_set(err, ERR_INPUT, "%s: not text in UTF-8 without NUL", field->name);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && check(field->descriptor, piece, err) != 0)
        return err_prefix(err, "%s", field->name);
    return 0;
}

/* As deep as types are nested, which ours are not endlessly. */
static int check(const ProtobufCMessageDescriptor *type, struct rest_of rest, struct err *err)
{
    while (rest.len > 0) {
        uint64_t tag;
        uint64_t len;
        struct rest_of piece;

        if (!take_varint(&rest, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
            return err_set(err, ERR_INPUT, "not a message of protocol buffers");
        if ((tag & 7) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            if (!skip_value(&rest, (unsigned)(tag & 7)))
                return err_set(err, ERR_INPUT, "not a message of protocol buffers");
            continue;
        }
        if (!take_varint(&rest, &len))
            return err_set(err, ERR_INPUT, "not a message of protocol buffers");
        piece = rest;
        if (len > rest.len || !skip(&rest, (size_t)len))
            return err_set(err, ERR_INPUT, "not a message of protocol buffers");
        piece.len = (size_t)len;
        if (check_piece(protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3)),
                        piece, err) != 0)
            return -1;
    }
    return 0;
}

static void *take(void *arena, size_t len)
{
    return arena_alloc(arena, len);
}

/* All of it goes with the arena. */
static void give_back(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

int binary_decode(ProtobufCMessage **message, const ProtobufCMessageDescriptor *type,
                  struct arena *arena, const uint8_t *bytes, size_t len, struct err *err)
{
    ProtobufCAllocator allocator = {take, give_back, arena};
    const struct rest_of all = {bytes, len};

    if (check(type, all, err) != 0)
        return -1;
    *message = protobuf_c_message_unpack(type, &allocator, len, bytes);
    if (*message != NULL)
        return 0;
    if (arena_alloc(arena, len) == NULL)
        return err_set(err, ERR_BUSY, "the request takes too much memory");
    return err_set(err, ERR_INPUT, "not a message of protocol buffers");
}
