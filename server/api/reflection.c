/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See reflection.h. Of the descriptors only two fields are looked at: a file's name, 1, and its
 * package, 2. They come from our own build, so that what is wrong in them is no error.
 */
#include "server/api/reflection.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "reflection.pb-c.h"
#include "server/api/arena.h"
#include "server/api/status.h"

struct piece {
    const uint8_t *bytes;
    size_t len;
};

static uint64_t take_varint(struct piece *rest)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64 && rest->len > 0; shift += 7) {
        uint8_t byte = *rest->bytes++;

        rest->len--;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

/* The next field of bytes or text with this number; false: there is none. */
static bool next_field(struct piece *field, struct piece *rest, uint64_t number)
{
    while (rest->len > 0) {
        const uint64_t tag = take_varint(rest);

        if ((tag & 7) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            (void)take_varint(rest); /* descriptors have no fixed sizes */
            continue;
        }
        field->len = (size_t)take_varint(rest);
        field->bytes = rest->bytes;
        if (field->len > rest->len)
            return false;
        rest->bytes += field->len;
        rest->len -= field->len;
        if (tag >> 3 == number)
            return true;
    }
    return false;
}

static bool is_text(const struct piece *piece, const char *text, size_t len)
{
    return piece->len == len && memcmp(piece->bytes, text, len) == 0;
}

/* The file with this name, or the one whose package a symbol is in. */
static bool find_file(struct piece *file, const char *name, bool is_symbol)
{
    struct piece all = {reflection_files, reflection_files_len};
    const size_t len = strlen(name);

    while (next_field(file, &all, 1)) {
        struct piece rest = *file;
        struct piece found;

        if (!next_field(&found, &rest, is_symbol ? 2 : 1))
            continue;
        if (is_symbol
                ? found.len < len && name[found.len] == '.' && is_text(&found, name, found.len)
                : is_text(&found, name, len))
            return true;
    }
    return false;
}

typedef Grpc__Reflection__V1alpha__ServerReflectionRequest Request;
typedef Grpc__Reflection__V1alpha__ServerReflectionResponse Response;
typedef Grpc__Reflection__V1alpha__FileDescriptorResponse Files;
typedef Grpc__Reflection__V1alpha__ListServiceResponse Services;
typedef Grpc__Reflection__V1alpha__ServiceResponse Service;
typedef Grpc__Reflection__V1alpha__ErrorResponse Error;

static int no_room(struct err *err)
{
    return err_set(err, ERR_BUSY, "the answer takes too much memory");
}

static int answer_nothing(Response *answer, struct arena *arena, struct err *err)
{
    static char text[] = "there is nothing of this name";
    Error *error = arena_alloc(arena, sizeof *error);

    if (error == NULL)
        return no_room(err);
    grpc__reflection__v1alpha__error_response__init(error);
    error->error_code = STATUS_NOT_FOUND;
    error->error_message = text;
    answer->error_response = error;
    answer->message_response_case =
        GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_ERROR_RESPONSE;
    return 0;
}

static int answer_file(Response *answer, struct arena *arena, const char *name, bool is_symbol,
                       struct err *err)
{
    Files *files = arena_alloc(arena, sizeof *files);
    ProtobufCBinaryData *file = arena_alloc(arena, sizeof *file);
    struct piece found;

    if (!find_file(&found, name, is_symbol))
        return answer_nothing(answer, arena, err);
    if (files == NULL || file == NULL)
        return no_room(err);
    file->data = (uint8_t *)arena_text(arena, (const char *)found.bytes, found.len);
    if (file->data == NULL)
        return no_room(err);
    file->len = found.len;
    grpc__reflection__v1alpha__file_descriptor_response__init(files);
    files->file_descriptor_proto = file;
    files->n_file_descriptor_proto = 1;
    answer->file_descriptor_response = files;
    answer->message_response_case =
        GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_FILE_DESCRIPTOR_RESPONSE;
    return 0;
}

static int answer_services(Response *answer, struct arena *arena, struct err *err)
{
    static char names[][48] = {"pb.C2", "e4.Server", "grpc.health.v1.Health",
                               "grpc.reflection.v1alpha.ServerReflection"};
    enum { COUNT = sizeof names / sizeof *names };
    Services *services = arena_alloc(arena, sizeof *services);
    Service *service = arena_alloc(arena, COUNT * sizeof *service);
    Service **list = arena_alloc(arena, COUNT * sizeof(void *));

    if (services == NULL || service == NULL || list == NULL)
        return no_room(err);
    grpc__reflection__v1alpha__list_service_response__init(services);
    for (size_t i = 0; i < COUNT; i++) {
        grpc__reflection__v1alpha__service_response__init(&service[i]);
        service[i].name = names[i];
        list[i] = &service[i];
    }
    services->service = list;
    services->n_service = COUNT;
    answer->list_services_response = services;
    answer->message_response_case =
        GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_LIST_SERVICES_RESPONSE;
    return 0;
}

static int reflect(const struct call *call, const ProtobufCMessage *request,
                   ProtobufCMessage *reply, struct err *err)
{
    const Request *asked = (const Request *)request;
    Response *answer = (Response *)reply;

    answer->valid_host = asked->host;
    switch (asked->message_request_case) {
    case GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_BY_FILENAME:
        return answer_file(answer, call->arena, asked->file_by_filename, false, err);
    case GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_FILE_CONTAINING_SYMBOL:
        return answer_file(answer, call->arena, asked->file_containing_symbol, true, err);
    case GRPC__REFLECTION__V1ALPHA__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_LIST_SERVICES:
        return answer_services(answer, call->arena, err);
    default:
        return answer_nothing(answer, call->arena, err);
    }
}

const struct method reflection_method = {
    .grpc = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    .name = "ServerReflectionInfo",
    .role = ROLE_ANYONE,
    .request = &grpc__reflection__v1alpha__server_reflection_request__descriptor,
    .reply = &grpc__reflection__v1alpha__server_reflection_response__descriptor,
    .function = reflect,
    .conversation = true,
};
