/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See scope.h. In all requests that a token with a scope may make, a client's name is a field
 * called name, perhaps in a message of its own, and a topic's one called topic; so a method
 * that is added is within bounds without a thought.
 */
#include "server/api/scope.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"

/* The value of a field that there is one of; a message or a text, either of which may be NULL.
 */
static const void *value_of(const ProtobufCMessage *message,
                            const ProtobufCFieldDescriptor *field)
{
    return *(const void *const *)((const char *)message + field->offset);
}

static bool is_name(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING &&
           (strcmp(field->name, "name") == 0 || strcmp(field->name, "topic") == 0);
}

static int check_fields(const ProtobufCMessage *message, const char *scope, bool inner,
                        struct err *err)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;

    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];

        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            return err_set(err, ERR_DENIED, "%s: not with a token for some names only",
                           field->name);
        if (is_name(field) && strncmp(value_of(message, field), scope, strlen(scope)) != 0)
            return err_set(err, ERR_DENIED, "%s: the token is for names that begin with %s",
                           field->name, scope);
        if (inner && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            value_of(message, field) != NULL &&
            check_fields(value_of(message, field), scope, false, err) != 0)
            return -1;
    }
    return 0;
}

int scope_check(const ProtobufCMessage *request, const char *scope, struct err *err)
{
    return scope[0] == '\0' ? 0 : check_fields(request, scope, true, err);
}
