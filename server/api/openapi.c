/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See openapi.h. Each message is a schema; which of its fields stand in the path, in the query
 * (those of a GET) or in the body follows from the method's path and verb, as in rest.c.
 */
#include "server/api/openapi.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/json_out.h"
#include "e4/e4.h"
#include "e4/keys.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "server/api/methods.h"

/* What a value is for: requests have rules that core checks, replies have nothing missing. */
enum purpose { ASKED, ANSWERED };

static void reference(struct json_out *json, const char *name, const char *message)
{
    char text[128];

    (void)snprintf(text, sizeof text, "#/components/schemas/%s", message);
    json_out_open(json, name, '{');
    json_out_string(json, "$ref", text);
    json_out_close(json, '}');
}

static void type(struct json_out *json, const char *what, const char *format)
{
    json_out_string(json, "type", what);
    if (format != NULL)
        json_out_string(json, "format", format);
}

static void enum_names(struct json_out *json, const ProtobufCEnumDescriptor *descriptor,
                       enum purpose purpose)
{
    json_out_open(json, "enum", '[');
    for (unsigned i = 0; i < descriptor->n_values; i++) {
        if (purpose == ANSWERED || descriptor->values[i].value != 0) /* 0: not said */
            json_out_string(json, NULL, descriptor->values[i].name);
    }
    json_out_close(json, ']');
}

static bool is_named(const ProtobufCFieldDescriptor *field, const char *name)
{
    return strcmp(field->name, name) == 0;
}

/* Fields that a request may leave out. */
static bool is_optional(const ProtobufCFieldDescriptor *field)
{
    return is_named(field, "expires") || is_named(field, "certificate") ||
           is_named(field, "scope") || is_named(field, "prefix") || is_named(field, "after");
}

/* What texts and bytes must look like that are asked with. */
static void rules(struct json_out *json, const ProtobufCFieldDescriptor *field)
{
    if (is_named(field, "topic")) {
        json_out_string(json, "pattern", "^(?!\\$SYS)[^+#\\u0000]+$");
        json_out_number(json, "maxLength", (int64_t)E4_TOPIC_MAX);
    } else if (is_named(field, "binaryData")) {
        json_out_number(json, "minLength", 4); /* one byte */
    } else if (is_named(field, "key")) {
        json_out_string(json, "pattern", "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$");
    } else if (is_named(field, "name")) {
        json_out_number(json, "minLength", 1);
        json_out_number(json, "maxLength", E4_NAME_MAX);
    }
}

/* The type of a value that is no message. */
static void plain_type(struct json_out *json, const ProtobufCFieldDescriptor *field,
                       enum purpose purpose)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
        type(json, "integer", "int32");
        break;
    case PROTOBUF_C_TYPE_BOOL:
        type(json, "boolean", NULL);
        break;
    case PROTOBUF_C_TYPE_INT64:
        type(json, "string", "int64");
        json_out_string(json, "pattern",
                        purpose == ASKED ? "^[0-9]{1,18}$" : "^-?[0-9]{1,19}$");
        break;
    case PROTOBUF_C_TYPE_BYTES:
        type(json, "string", "byte");
        break;
    case PROTOBUF_C_TYPE_ENUM:
        type(json, "string", NULL);
        enum_names(json, field->descriptor, purpose);
        break;
    default:
        type(json, "string", NULL);
        break;
    }
    if (purpose == ASKED)
        rules(json, field);
}

static void members(struct json_out *json, const ProtobufCMessageDescriptor *message,
                    const char *path, enum purpose purpose);

/* The schema of one value. Messages of requests stand where they are used. */
static void value_schema(struct json_out *json, const char *name,
                         const ProtobufCFieldDescriptor *field, enum purpose purpose)
{
    const ProtobufCMessageDescriptor *message = field->descriptor;
    const bool inner = field->type == PROTOBUF_C_TYPE_MESSAGE;
    const bool time = inner && message == &google__protobuf__timestamp__descriptor;

    json_out_open(json, name, '{');
    if (time) {
        type(json, "string", "date-time");
    } else if (inner && purpose == ASKED) {
        members(json, message, "", purpose);
    } else if (inner) {
        json_out_open(json, "allOf", '[');
        reference(json, NULL, message->name);
        json_out_close(json, ']');
    } else {
        plain_type(json, field, purpose);
    }
    if (purpose == ASKED ? is_optional(field) : inner)
        json_out_bool(json, "nullable", true);
    json_out_close(json, '}');
}

/* Does the path have a field, or one within it? */
static bool is_in_path(const char *path, const ProtobufCFieldDescriptor *field)
{
    char begin[64];
    const char *found;

    (void)snprintf(begin, sizeof begin, "{%s", field->name);
    found = strstr(path, begin);
    return found != NULL && strchr(".}", found[strlen(begin)]) != NULL;
}

static void required(struct json_out *json, const ProtobufCMessageDescriptor *message,
                     const char *path, enum purpose purpose)
{
    bool any = false;

    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];

        if (is_in_path(path, field) || (purpose == ASKED && is_optional(field)))
            continue;
        if (!any)
            json_out_open(json, "required", '[');
        any = true;
        json_out_string(json, NULL, field->name);
    }
    if (any)
        json_out_close(json, ']');
}

/* What an object has, but for what is in the path. */
static void members(struct json_out *json, const ProtobufCMessageDescriptor *message,
                    const char *path, enum purpose purpose)
{
    json_out_string(json, "type", "object");
    json_out_bool(json, "additionalProperties", false);
    required(json, message, path, purpose);
    json_out_open(json, "properties", '{');
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];

        if (is_in_path(path, field))
            continue;
        if (field->label != PROTOBUF_C_LABEL_REPEATED) {
            value_schema(json, field->name, field, purpose);
            continue;
        }
        json_out_open(json, field->name, '{');
        json_out_string(json, "type", "array");
        value_schema(json, "items", field, purpose);
        json_out_close(json, '}');
    }
    json_out_close(json, '}');
}

static void message_schema(struct json_out *json, const ProtobufCMessageDescriptor *message)
{
    json_out_open(json, message->name, '{');
    members(json, message, "", ANSWERED);
    json_out_close(json, '}');
}

/* Messages that have been written. */
enum { SEEN_MAX = 64 };
struct seen {
    const ProtobufCMessageDescriptor *message[SEEN_MAX];
    size_t count;
};

/* A message and those within. */
static void schemas(struct json_out *json, struct seen *seen,
                    const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->message[i] == message)
            return;
    }
    if (message == &google__protobuf__timestamp__descriptor || seen->count == SEEN_MAX)
        return;
    seen->message[seen->count++] = message;
    message_schema(json, message);
    for (unsigned i = 0; i < message->n_fields; i++) {
        if (message->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            schemas(json, seen, message->fields[i].descriptor);
    }
}

static void error_schema(struct json_out *json)
{
    static const char *const texts[] = {"error", "message"};

    json_out_open(json, "Error", '{');
    json_out_string(json, "type", "object");
    json_out_open(json, "properties", '{');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_out_open(json, texts[i], '{');
        type(json, "string", NULL);
        json_out_close(json, '}');
    }
    json_out_open(json, "code", '{');
    type(json, "integer", NULL);
    json_out_close(json, '}');
    json_out_open(json, "details", '{');
    type(json, "array", NULL);
    json_out_open(json, "items", '{');
    json_out_close(json, '}');
    json_out_close(json, '}');
    json_out_close(json, '}');
    json_out_close(json, '}');
}

/* The field that a dotted name leads to. */
static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *message,
                                                  const char *name, size_t len)
{
    char first[32];
    const char *dot = memchr(name, '.', len);
    size_t first_len = dot == NULL ? len : (size_t)(dot - name);
    const ProtobufCFieldDescriptor *field;

    (void)snprintf(first, sizeof first, "%.*s", (int)first_len, name);
    field = protobuf_c_message_descriptor_get_field_by_name(message, first);
    if (dot == NULL || field == NULL)
        return field;
    return find_field(field->descriptor, dot + 1, len - first_len - 1);
}

/* In names of parameters programs want no dots: "client_name". */
static void dotless(char *out, size_t cap, const char *name, size_t len)
{
    (void)snprintf(out, cap, "%.*s", (int)len, name);
    for (char *at = strchr(out, '.'); at != NULL; at = strchr(at, '.'))
        *at = '_';
}

static void parameter(struct json_out *json, const ProtobufCFieldDescriptor *field,
                      const char *name, size_t name_len, bool in_path)
{
    char text[64];

    dotless(text, sizeof text, name, name_len);
    json_out_open(json, NULL, '{');
    json_out_string(json, "name", text);
    json_out_string(json, "in", in_path ? "path" : "query");
    json_out_bool(json, "required", in_path);
    value_schema(json, "schema", field, ASKED);
    json_out_close(json, '}');
}

/* Fields in the path, and what a GET has left for its query: numbers and texts. */
static void parameters(struct json_out *json, const struct method *method)
{
    const bool get = strcmp(method->verb, "GET") == 0;

    json_out_open(json, "parameters", '[');
    for (const char *at = strchr(method->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        size_t len = strcspn(at + 1, "}");

        parameter(json, find_field(method->request, at + 1, len), at + 1, len, true);
    }
    for (unsigned i = 0; get && i < method->request->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &method->request->fields[i];

        if (field->type != PROTOBUF_C_TYPE_MESSAGE && !is_in_path(method->path, field))
            parameter(json, field, field->name, strlen(field->name), false);
    }
    json_out_close(json, ']');
}

/* What is left for the body; nothing, if nothing is. */
static void body(struct json_out *json, const struct method *method)
{
    bool any = false;

    for (unsigned i = 0; i < method->request->n_fields; i++)
        any = any || !is_in_path(method->path, &method->request->fields[i]);
    if (!any || strcmp(method->verb, "GET") == 0)
        return;
    json_out_open(json, "requestBody", '{');
    json_out_bool(json, "required", true);
    json_out_open(json, "content", '{');
    json_out_open(json, "application/json", '{');
    json_out_open(json, "schema", '{');
    members(json, method->request, method->path, ASKED);
    json_out_close(json, '}');
    json_out_close(json, '}');
    json_out_close(json, '}');
    json_out_close(json, '}');
}

static void content(struct json_out *json, const char *media, const char *message)
{
    json_out_open(json, "content", '{');
    json_out_open(json, media, '{');
    reference(json, "schema", message);
    json_out_close(json, '}');
    json_out_close(json, '}');
}

static void responses(struct json_out *json, const struct method *method)
{
    const bool stream = method->function == NULL;

    json_out_open(json, "responses", '{');
    json_out_open(json, "200", '{');
    json_out_string(json, "description", "done");
    content(json, stream ? "text/event-stream" : "application/json", method->reply->name);
    json_out_close(json, '}');
    json_out_open(json, "default", '{');
    json_out_string(json, "description", "not done");
    content(json, "application/json", "Error");
    json_out_close(json, '}');
    json_out_close(json, '}');
}

static void operation(struct json_out *json, const struct method *method)
{
    char verb[16] = "";

    for (size_t i = 0; method->verb[i] != '\0' && i + 1 < sizeof verb; i++)
        verb[i] = (char)tolower((unsigned char)method->verb[i]);
    json_out_open(json, verb, '{');
    json_out_string(json, "operationId", method->name);
    parameters(json, method);
    body(json, method);
    responses(json, method);
    if (method->role == ROLE_ANYONE) {
        json_out_open(json, "security", '[');
        json_out_close(json, ']');
    }
    json_out_close(json, '}');
}

/* Methods of one path stand together, where the first of them does. */
static void paths(struct json_out *json)
{
    size_t count;
    const struct method *method = method_list(&count);

    json_out_open(json, "paths", '{');
    for (size_t i = 0; i < count; i++) {
        bool first = true;
        char path[128];

        for (size_t j = 0; j < i; j++)
            first = first && strcmp(method[j].path, method[i].path) != 0;
        if (!first)
            continue;
        dotless(path, sizeof path, method[i].path, strlen(method[i].path));
        json_out_open(json, path, '{');
        for (size_t j = i; j < count; j++) {
            if (strcmp(method[j].path, method[i].path) == 0)
                operation(json, &method[j]);
        }
        json_out_close(json, '}');
    }
    json_out_close(json, '}');
}

static void components(struct json_out *json)
{
    struct seen seen = {.count = 0};
    size_t count;
    const struct method *method = method_list(&count);

    json_out_open(json, "components", '{');
    json_out_open(json, "schemas", '{');
    error_schema(json);
    for (size_t i = 0; i < count; i++)
        schemas(json, &seen, method[i].reply);
    json_out_close(json, '}');
    json_out_open(json, "securitySchemes", '{');
    json_out_open(json, "token", '{');
    json_out_string(json, "type", "http");
    json_out_string(json, "scheme", "bearer");
    json_out_close(json, '}');
    json_out_close(json, '}');
    json_out_close(json, '}');
}

void openapi_write(FILE *out)
{
    struct json_out json;

    json_out_start(&json, out, false);
    json_out_open(&json, NULL, '{');
    json_out_string(&json, "openapi", "3.0.3");
    json_out_open(&json, "info", '{');
    json_out_string(&json, "title", "E4 key server");
    json_out_string(&json, "version", e4_version());
    json_out_close(&json, '}');
    json_out_open(&json, "security", '[');
    json_out_open(&json, NULL, '{');
    json_out_open(&json, "token", '[');
    json_out_close(&json, ']');
    json_out_close(&json, '}');
    json_out_close(&json, ']');
    paths(&json);
    components(&json);
    json_out_close(&json, '}');
}
