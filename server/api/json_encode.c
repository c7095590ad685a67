/* SPDX-License-Identifier: Apache-2.0 */
/* See json.h: messages on their way out. */
#include "server/api/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/json_out.h"
#include "e4/keys.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "server/api/timestamp.h"

static int out_message(struct json_out *json, const char *name, const ProtobufCMessage *message,
                       struct err *err);

static int out_bytes(struct json_out *json, const char *name, const ProtobufCBinaryData *bytes,
                     struct err *err)
{
    size_t size = BASE64_SIZE(bytes->len);
    char *text = malloc(size);

    if (text == NULL)
        return err_set(err, ERR_SYSTEM, "out of memory");
    base64_encode(text, bytes->data, bytes->len);
    json_out_text(json, name, text, size - 1);
    e4_wipe(text, size);
    free(text);
    return 0;
}

/* Numbers that this version has no name for come out as numbers. */
static void out_enum(struct json_out *json, const char *name,
                     const ProtobufCEnumDescriptor *type, int32_t number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);

    if (value != NULL)
        json_out_string(json, name, value->name);
    else
        json_out_number(json, name, number);
}

static int out_timestamp(struct json_out *json, const char *name,
                         const Google__Protobuf__Timestamp *time, struct err *err)
{
    char text[TIMESTAMP_SIZE];

    if (timestamp_encode(text, time->seconds, time->nanos) != 0)
        return err_set(err, ERR_STATE, "%s: no point in time", name == NULL ? "" : name);
    json_out_string(json, name, text);
    return 0;
}

static void out_number(struct json_out *json, const char *name, const void *place)
{
    char text[sizeof "-9223372036854775808"];
    int64_t number;

    memcpy(&number, place, sizeof number);
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    json_out_string(json, name, text);
}

static int out_inner(struct json_out *json, const char *name,
                     const ProtobufCFieldDescriptor *field, const void *place, struct err *err)
{
    const ProtobufCMessage *message;

    memcpy(&message, place, sizeof(void *));
    if (message == NULL)
        json_out_null(json, name);
    else if (field->descriptor == &google__protobuf__timestamp__descriptor)
        return out_timestamp(json, name, (const void *)message, err);
    else
        return out_message(json, name, message, err);
    return 0;
}

/* One value, and how many bytes it takes where it lies. */
static int out_value(struct json_out *json, const char *name,
                     const ProtobufCFieldDescriptor *field, const void *place, size_t *size,
                     struct err *err)
{
    int32_t small;
    const char *text;
    ProtobufCBinaryData bytes;

    *size = sizeof small;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
        memcpy(&small, place, sizeof small);
        json_out_number(json, name, small);
        return 0;
    case PROTOBUF_C_TYPE_ENUM:
        memcpy(&small, place, sizeof small);
        out_enum(json, name, field->descriptor, small);
        return 0;
    case PROTOBUF_C_TYPE_BOOL:
        memcpy(&small, place, sizeof small);
        json_out_bool(json, name, small != 0);
        return 0;
    case PROTOBUF_C_TYPE_INT64:
        *size = sizeof(int64_t);
        out_number(json, name, place);
        return 0;
    case PROTOBUF_C_TYPE_STRING:
        *size = sizeof text;
        memcpy(&text, place, sizeof text);
        json_out_string(json, name, text);
        return 0;
    case PROTOBUF_C_TYPE_BYTES:
        *size = sizeof bytes;
        memcpy(&bytes, place, sizeof bytes);
        return out_bytes(json, name, &bytes, err);
    default:
        assert(field->type == PROTOBUF_C_TYPE_MESSAGE);
        *size = sizeof(ProtobufCMessage *);
        return out_inner(json, name, field, place, err);
    }
}

static int out_list(struct json_out *json, const ProtobufCFieldDescriptor *field,
                    const uint8_t *message, struct err *err)
{
    size_t count;
    const uint8_t *values;

    memcpy(&count, message + field->quantifier_offset, sizeof count);
    memcpy(&values, message + field->offset, sizeof values);
    json_out_open(json, field->name, '[');
    for (size_t i = 0; i < count; i++) {
        size_t size;

        if (out_value(json, NULL, field, values, &size, err) != 0)
            return -1;
        values += size;
    }
    json_out_close(json, ']');
    return 0;
}

static int out_message(struct json_out *json, const char *name, const ProtobufCMessage *message,
                       struct err *err)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const uint8_t *bytes = (const uint8_t *)message;

    json_out_open(json, name, '{');
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        size_t size;
        int rc;

        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            rc = out_list(json, field, bytes, err);
        else
            rc = out_value(json, field->name, field, bytes + field->offset, &size, err);
        if (rc != 0)
            return -1;
    }
    json_out_close(json, '}');
    return 0;
}

int json_encode(FILE *out, const ProtobufCMessage *message, struct err *err)
{
    struct json_out json;

    json_out_start(&json, out, false);
    return out_message(&json, NULL, message, err);
}
