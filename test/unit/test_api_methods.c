/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of server/api/methods.def, methods.c and calls*.c. */
#include <stdio.h>
#include <string.h>

#include "core_rig.h"
#include "law.h"
#include "server/api/arena.h"
#include "server/api/methods.h"
#include "server/api/path.h"

/* A path that a pattern matches: each field is "x". */
static void sample(char path[256], const char *pattern)
{
    size_t len = 0;

    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '{') {
            pattern += strcspn(pattern, "}");
            path[len++] = 'x';
        } else {
            path[len++] = *pattern;
        }
    }
    path[len] = '\0';
}

TEST(every_row_is_found_by_its_paths_and_no_other_is)
{
    size_t count;
    const struct method *method = method_list(&count);

    CHECK(count > 30);
    for (size_t i = 0; i < count; i++) {
        struct path_match match;
        char path[256];
        size_t others = 0;

        sample(path, method[i].path);
        CHECK_AT(i, method_by_http(method[i].verb, path, &match) == &method[i]);
        CHECK_AT(i, method_by_grpc(method[i].grpc, strlen(method[i].grpc)) == &method[i]);
        CHECK_AT(i, method_at_path(path));
        for (size_t j = 0; j < count; j++) {
            others += j != i && strcmp(method[j].verb, method[i].verb) == 0 &&
                      path_match(&match, method[j].path, path, strlen(path));
            CHECK_AT(i, j == i || strcmp(method[j].grpc, method[i].grpc) != 0);
        }
        CHECK_AT(i, others == 0);
    }
}

TEST(what_is_no_row_is_not_found)
{
    struct path_match match;

    CHECK(method_by_http("GET", "/", &match) == NULL && !method_at_path("/"));
    CHECK(method_by_http("get", "/e4/clients", &match) == NULL);
    CHECK(method_by_http("POST", "/e4/clients", &match) == NULL);
    CHECK(method_by_grpc("/pb.C2/newclient", 16) == NULL);
    CHECK(method_by_grpc("/pb.C2/NewClientX", 17) == NULL);
    CHECK(method_by_grpc("", 0) == NULL);
}

/* Fields of other kinds would come out wrong, or not at all. */
static void check_type(const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];

        CHECK(field->label == PROTOBUF_C_LABEL_NONE ||
              field->label == PROTOBUF_C_LABEL_REPEATED);
        CHECK((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0);
        CHECK(field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_INT64 ||
              field->type == PROTOBUF_C_TYPE_BOOL || field->type == PROTOBUF_C_TYPE_ENUM ||
              field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES ||
              field->type == PROTOBUF_C_TYPE_MESSAGE);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            check_type(field->descriptor);
    }
}

TEST(messages_have_only_fields_that_the_codec_knows)
{
    size_t count;
    const struct method *method = method_list(&count);

    for (size_t i = 0; i < count; i++) {
        check_type(method[i].request);
        check_type(method[i].reply);
    }
}

/* Calls a method with nothing in its request. */
static int call_with_nothing(struct rig *rig, const struct method *method, struct err *err)
{
    struct arena arena;
    struct call call = {rig->core, &arena, "somebody", ""};
    ProtobufCMessage *request;
    ProtobufCMessage *reply = NULL;
    int rc;

    arena_start(&arena, 1 << 16);
    request = arena_alloc(&arena, method->request->sizeof_message);
    method->request->message_init(request);
    rc = method_call(method, &call, request, &reply, err);
    CHECK(rc == 0 ? reply->descriptor == method->reply : reply == NULL);
    arena_end(&arena);
    return rc;
}

TEST(a_request_with_nothing_in_it_is_answered_or_refused_with_a_reason)
{
    static const enum e4_mode modes[] = {E4_SYMMETRIC, E4_PUBLIC_KEY};
    size_t count;
    const struct method *method = method_list(&count);

    for (size_t m = 0; m < COUNT(modes); m++) {
        struct rig rig;

        rig_open(&rig, modes[m]);
        for (size_t i = 0; i < count; i++) {
            struct err err = {.kind = ERR_NONE};

            if (method[i].function == NULL || call_with_nothing(&rig, &method[i], &err) == 0)
                continue;
            CHECK_AT(i, err.kind == ERR_INPUT || err.kind == ERR_MODE);
            CHECK_AT(i, err.text[0] != '\0');
        }
        rig_close(&rig);
    }
}

/* Put this text into each field of texts. How many there are. */
static unsigned fill(ProtobufCMessage *message, struct arena *arena, char *text)
{
    unsigned filled = 0;

    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        void *value = (char *)message + field->offset;
        ProtobufCMessage *inner;

        if (strcmp(field->name, "prefix") == 0 || strcmp(field->name, "after") == 0)
            continue; /* what is to be found is within the scope, whatever they are */
        if (field->type == PROTOBUF_C_TYPE_STRING) {
            *(char **)value = text;
            filled++;
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessageDescriptor *type = field->descriptor;

            inner = arena_alloc(arena, type->sizeof_message);
            type->message_init(inner);
            *(ProtobufCMessage **)value = inner;
            filled += fill(inner, arena, text);
        }
    }
    return filled;
}

/* What comes of a request about this name, asked with a scope. *names: how many it has. */
static enum err_kind ask_within(struct rig *rig, const struct method *method, char *name,
                                const char *scope, unsigned *names)
{
    struct arena arena;
    struct call call = {rig->core, &arena, "somebody", scope};
    struct err err = {.kind = ERR_NONE};
    ProtobufCMessage *request, *reply;

    arena_start(&arena, 1 << 16);
    request = arena_alloc(&arena, method->request->sizeof_message);
    method->request->message_init(request);
    *names = fill(request, &arena, name);
    (void)method_call(method, &call, request, &reply, &err);
    arena_end(&arena);
    return err.kind;
}

TEST(with_a_scope_nothing_is_done_to_what_has_another_name)
{
    static const char nameless[] = "CountClients GetClients CountTopics GetTopics HealthCheck "
                                   "GetCryptoMode GetServerKey SearchClients SearchTopics ";
    static char inside[] = "zone/a", outside[] = "zon", end[] = "a/zone/";
    struct rig rig;
    size_t count;
    const struct method *method = method_list(&count);

    rig_open(&rig, E4_PUBLIC_KEY);
    for (size_t i = 0; i < count; i++) {
        unsigned names;
        char word[64];

        (void)snprintf(word, sizeof word, "%s ", method[i].name);
        if (method[i].function == NULL || method[i].role == ROLE_ADMIN)
            continue; /* neither is for tokens with a scope */
        CHECK_AT(i, ask_within(&rig, &method[i], inside, "zone/", &names) != ERR_DENIED);
        CHECK_AT(i, (names == 0) == (strstr(nameless, word) != NULL));
        CHECK_AT(i, (ask_within(&rig, &method[i], outside, "zone/", &names) == ERR_DENIED) ==
                        (names > 0));
        CHECK_AT(i, (ask_within(&rig, &method[i], end, "zone/", &names) == ERR_DENIED) ==
                        (names > 0));
        CHECK_AT(i, ask_within(&rig, &method[i], outside, "", &names) != ERR_DENIED);
    }
    rig_close(&rig);
}

TEST(an_answer_that_does_not_fit_is_refused)
{
    static const char *const lists[] = {"/pb.C2/GetTopics", "/e4.Server/GetAudit"};
    struct rig rig;

    rig_open(&rig, E4_SYMMETRIC);
    for (int i = 0; i < 200; i++) {
        char topic[32];

        (void)snprintf(topic, sizeof topic, "topic %d", i);
        CHECK(topic_new(rig.core, "test", topic, &rig.err) == 0);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        const struct method *method = method_by_grpc(lists[i], strlen(lists[i]));

        for (size_t limit = 0; limit <= 1 << 17; limit += 1 << 12) {
            struct arena arena;
            struct call call = {rig.core, &arena, "somebody", ""};
            Pb__PageRequest request = PB__PAGE_REQUEST__INIT; /* both have these fields */
            ProtobufCMessage *reply;
            struct err err = {.kind = ERR_NONE};

            request.count = 200;
            if (i == 1)
                request.offset = 0;
            arena_start(&arena, limit);
            CHECK_AT(i, method_call(method, &call, &request.base, &reply, &err) == 0 ||
                            err.kind == ERR_BUSY);
            CHECK_AT(i, limit < 1 << 17 || err.kind == ERR_NONE);
            arena_end(&arena);
        }
    }
    rig_close(&rig);
}

LAWS(LAW(with_a_scope_nothing_is_done_to_what_has_another_name),
     LAW(every_row_is_found_by_its_paths_and_no_other_is), LAW(what_is_no_row_is_not_found),
     LAW(messages_have_only_fields_that_the_codec_knows),
     LAW(a_request_with_nothing_in_it_is_answered_or_refused_with_a_reason),
     LAW(an_answer_that_does_not_fit_is_refused))
