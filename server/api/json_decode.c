/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See json.h. A field's place is where its value lies in the message's struct; what type of
 * value that is, the field's descriptor says. Types that no message here uses are none.
 */
#include "server/api/json.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/json_in.h"
#include "e4/keys.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "server/api/arena.h"
#include "server/api/path.h"
#include "server/api/timestamp.h"

static int no_room(struct err *err)
{
    return err_set(err, ERR_BUSY, "the request takes too much memory");
}

static bool is_timestamp(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_MESSAGE &&
           field->descriptor == &google__protobuf__timestamp__descriptor;
}

static ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *type,
                                     struct arena *arena, struct err *err)
{
    ProtobufCMessage *message = arena_alloc(arena, type->sizeof_message);

    if (message == NULL)
        (void)no_room(err);
    else
        type->message_init(message);
    return message;
}

/* Decimal digits, with a minus perhaps, and nothing else. */
static bool parse_int64(int64_t *number, const char *text, size_t len)
{
    bool negative = len > 0 && text[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t value = 0; /* kept negative, for there is one more of these */

    if (i == len)
        return false;
    for (; i < len; i++) {
        if (text[i] < '0' || text[i] > '9' || value < (INT64_MIN + (text[i] - '0')) / 10)
            return false;
        value = value * 10 - (text[i] - '0');
    }
    if (!negative && value == INT64_MIN)
        return false;
    *number = negative ? value : -value;
    return true;
}

static int put_number(const ProtobufCFieldDescriptor *field, void *place, int64_t number,
                      struct err *err)
{
    int32_t small = (int32_t)number;

    if (field->type == PROTOBUF_C_TYPE_INT64)
        memcpy(place, &number, sizeof number);
    else if (number < INT32_MIN || number > INT32_MAX)
        return err_set(err, ERR_INPUT, "not a whole number of 32 bits");
    else
        memcpy(place, &small, sizeof small);
    return 0;
}

static int put_string(void *place, struct arena *arena, const char *text, size_t len,
                      struct err *err)
{
    char *copy;

    if (memchr(text, '\0', len) != NULL || !e4_is_utf8(text, len))
        return err_set(err, ERR_INPUT, "not text in UTF-8 without NUL");
    copy = arena_text(arena, text, len);
    if (copy == NULL)
        return no_room(err);
    memcpy(place, &copy, sizeof copy);
    return 0;
}

static int put_bytes(void *place, struct arena *arena, const char *text, size_t len,
                     struct err *err)
{
    ProtobufCBinaryData bytes = {0, NULL};
    size_t cap = len / 4 * 3;

    bytes.data = arena_alloc(arena, cap > 0 ? cap : 1);
    if (bytes.data == NULL)
        return no_room(err);
    if (base64_decode(bytes.data, cap, &bytes.len, text, len) != 0)
        return err_set(err, ERR_INPUT, "not standard base64 with padding");
    memcpy(place, &bytes, sizeof bytes);
    return 0;
}

static int put_enum(const ProtobufCFieldDescriptor *field, void *place, const char *text,
                    size_t len, struct err *err)
{
    const ProtobufCEnumDescriptor *type = field->descriptor;

    for (unsigned i = 0; i < type->n_values; i++) {
        if (strlen(type->values[i].name) == len &&
            memcmp(type->values[i].name, text, len) == 0) {
            memcpy(place, &type->values[i].value, sizeof type->values[i].value);
            return 0;
        }
    }
    return err_set(err, ERR_INPUT, "none of the names of %s", type->name);
}

static int put_timestamp(void *place, struct arena *arena, const char *text, size_t len,
                         struct err *err)
{
    Google__Protobuf__Timestamp *time = arena_alloc(arena, sizeof *time);

    if (time == NULL)
        return no_room(err);
    google__protobuf__timestamp__init(time);
    if (timestamp_decode(&time->seconds, &time->nanos, text, len) != 0)
        return err_set(err, ERR_INPUT, "not a point in time as 2006-01-02T15:04:05Z");
    memcpy(place, &time, sizeof(void *));
    return 0;
}

/* What types can be as text, in JSON as well as in a URL. */
static int put_text(const ProtobufCFieldDescriptor *field, void *place, struct arena *arena,
                    const char *text, size_t len, struct err *err)
{
    int64_t number;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return put_string(place, arena, text, len, err);
    case PROTOBUF_C_TYPE_BYTES:
        return put_bytes(place, arena, text, len, err);
    case PROTOBUF_C_TYPE_ENUM:
        return put_enum(field, place, text, len, err);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_INT64:
        if (!parse_int64(&number, text, len))
            return err_set(err, ERR_INPUT, "not a whole number of 64 bits");
        return put_number(field, place, number, err);
    default:
        if (is_timestamp(field))
            return put_timestamp(place, arena, text, len, err);
        return err_set(err, ERR_INPUT, "a text where there must be something else");
    }
}

static int put_object(ProtobufCMessage *message, struct arena *arena,
                      const struct json_in *object, struct err *err);

static int put_message(const ProtobufCFieldDescriptor *field, void *place, struct arena *arena,
                       const struct json_in *value, struct err *err)
{
    ProtobufCMessage *message = message_new(field->descriptor, arena, err);

    if (message == NULL || put_object(message, arena, value, err) != 0)
        return -1;
    memcpy(place, &message, sizeof(void *));
    return 0;
}

static int put_value(const ProtobufCFieldDescriptor *field, void *place, struct arena *arena,
                     const struct json_in *value, struct err *err)
{
    size_t len;
    const char *text = json_in_text(value, &len);
    int64_t number;
    bool truth;

    if (text != NULL)
        return put_text(field, place, arena, text, len, err);
    if ((field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_INT64) &&
        json_in_number(value, &number))
        return put_number(field, place, number, err);
    if (field->type == PROTOBUF_C_TYPE_BOOL && json_in_bool(value, &truth)) {
        protobuf_c_boolean boolean = truth;

        memcpy(place, &boolean, sizeof boolean);
        return 0;
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && !is_timestamp(field) &&
        json_in_is_object(value))
        return put_message(field, place, arena, value, err);
    return err_set(err, ERR_INPUT, "not of the right type");
}

static size_t size_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(int32_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
        return sizeof(int64_t);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        assert(field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE);
        return sizeof(void *);
    }
}

static int put_list(const ProtobufCFieldDescriptor *field, ProtobufCMessage *message,
                    struct arena *arena, const struct json_in *list, struct err *err)
{
    size_t count = json_in_length(list);
    size_t size = size_of(field);
    uint8_t *values = NULL;

    if (!json_in_is_list(list))
        return err_set(err, ERR_INPUT, "not a list");
    if (count > 0)
        values = count <= SIZE_MAX / size ? arena_alloc(arena, count * size) : NULL;
    if (count > 0 && values == NULL)
        return no_room(err);
    for (size_t i = 0; i < count; i++) {
        if (put_value(field, values + i * size, arena, json_in_at(list, i), err) != 0)
            return err_prefix(err, "%zu", i);
    }
    memcpy((uint8_t *)message + field->quantifier_offset, &count, sizeof count);
    memcpy((uint8_t *)message + field->offset, &values, sizeof values);
    return 0;
}

static int put_object(ProtobufCMessage *message, struct arena *arena,
                      const struct json_in *object, struct err *err)
{
    const struct json_in_member *member = NULL;

    while ((member = json_in_next(object, member)) != NULL) {
        const char *name = json_in_name(member);
        const struct json_in *value = json_in_value(member);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        int rc = 0;

        if (field == NULL)
            return err_set(err, ERR_INPUT, "%.100s: there is no such field", name);
        if (json_in_is_null(value))
            continue;
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            rc = put_list(field, message, arena, value, err);
        else
            rc = put_value(field, (uint8_t *)message + field->offset, arena, value, err);
        if (rc != 0)
            return err_prefix(err, "%s", name);
    }
    return 0;
}

int json_decode(ProtobufCMessage **message, const ProtobufCMessageDescriptor *type,
                struct arena *arena, const char *text, size_t len, struct err *err)
{
    struct json_in *object = json_in_read_whole(text, len, err);
    ProtobufCMessage *made = NULL;
    int rc = -1;

    if (object == NULL)
        return -1;
    if (!json_in_is_object(object)) {
        (void)err_set(err, ERR_INPUT, "not a JSON object");
        goto done;
    }
    made = message_new(type, arena, err);
    if (made == NULL || put_object(made, arena, object, err) != 0)
        goto done;
    *message = made;
    rc = 0;

done:
    json_in_free(object);
    return rc;
}

/* The message that a field holds, made if it is not there. */
static ProtobufCMessage *step_into(ProtobufCMessage *message,
                                   const ProtobufCFieldDescriptor *field, struct arena *arena,
                                   struct err *err)
{
    void *const place = (uint8_t *)message + field->offset;
    ProtobufCMessage *inner;

    memcpy(&inner, place, size_of(field));
    if (inner == NULL)
        inner = message_new(field->descriptor, arena, err);
    if (inner != NULL)
        memcpy(place, &inner, size_of(field));
    return inner;
}

/* Put a new value in a field's place, unless a different one that somebody gave is there. */
static int replace(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                   const uint8_t *value, struct err *err)
{
    static const uint8_t zero[sizeof(ProtobufCBinaryData)];
    uint8_t *place = (uint8_t *)message + field->offset;
    bool fine;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *before;
        const char *after;

        memcpy(&before, place, sizeof before);
        memcpy(&after, value, sizeof after);
        fine = before[0] == '\0' || strcmp(before, after) == 0;
    } else {
        fine = memcmp(place, zero, size_of(field)) == 0 ||
               memcmp(place, value, size_of(field)) == 0;
    }
    if (!fine)
        return err_set(err, ERR_INPUT, "given twice, and not the same");
    memcpy(place, value, size_of(field));
    return 0;
}

int json_set(ProtobufCMessage *message, struct arena *arena, const char *name, const char *text,
             size_t len, struct err *err)
{
    const char *end = strchr(name, '.');
    const ProtobufCFieldDescriptor *field;
    uint8_t value[sizeof(ProtobufCBinaryData)] = {0};
    char first[32];

    if (end == NULL)
        end = name + strlen(name);
    if ((size_t)(end - name) >= sizeof first)
        return err_set(err, ERR_INPUT, "there is no such field");
    memcpy(first, name, (size_t)(end - name));
    first[end - name] = '\0';
    field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, first);
    if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED ||
        (*end == '.') != (field->type == PROTOBUF_C_TYPE_MESSAGE && !is_timestamp(field)) ||
        field->type == PROTOBUF_C_TYPE_BYTES || is_timestamp(field))
        return err_set(err, ERR_INPUT, "there is no such field");
    if (*end == '.') {
        message = step_into(message, field, arena, err);
        return message == NULL ? -1 : json_set(message, arena, end + 1, text, len, err);
    }
    if (put_text(field, value, arena, text, len, err) != 0)
        return -1;
    return replace(message, field, value, err);
}

int json_set_encoded(ProtobufCMessage *message, struct arena *arena, const char *name,
                     size_t name_len, const char *text, size_t len, struct err *err)
{
    char *key = arena_text(arena, name, name_len);
    char *decoded = arena_alloc(arena, len + 1);

    if (key == NULL || decoded == NULL)
        return err_set(err, ERR_BUSY, "the request takes too much memory");
    if (path_decode(decoded, &len, text, len) != 0)
        return err_set(err, ERR_INPUT, "%s: not percent-encoded as it should be", key);
    if (json_set(message, arena, key, decoded, len, err) != 0)
        return err_prefix(err, "%.100s", key);
    return 0;
}
