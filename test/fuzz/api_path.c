/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths of URLs: they lead to a method or to none, whose fields are found within them, one
 * after the other, and set in its request or refused. Points in time are read and written, too.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/api/arena.h"
#include "server/api/json.h"
#include "server/api/path.h"
#include "server/api/timestamp.h"
#include "server.pb-c.h"

#define ROW(package, service, method, who, http, where, asked, answered, called)               \
    {where, &package##__##asked##__descriptor},

static const struct {
    const char *pattern;
    const ProtobufCMessageDescriptor *request;
} rows[] = {
#include "server/api/methods.def"
};
enum { ROWS = sizeof rows / sizeof *rows };

static void set_field(ProtobufCMessage *message, struct arena *arena,
                      const struct path_field *field)
{
    char *name = arena_text(arena, field->name, field->name_len);
    char *value = malloc(field->value_len + 1);
    struct err err;
    size_t len;

    law(name != NULL && value != NULL, "there is memory");
    if (path_decode(value, &len, field->value, field->value_len) == 0) {
        law(len <= field->value_len, "decoding does not make it longer");
        if (json_set(message, arena, name, value, len, &err) != 0)
            law(err.kind == ERR_INPUT || err.kind == ERR_BUSY, "it says whose fault it is");
    }
    free(value);
}

static void look_at(const char *path, size_t len, size_t row)
{
    struct path_match match;
    struct arena arena;
    ProtobufCMessage *message;
    const char *at = path;

    if (!path_match(&match, rows[row].pattern, path, len))
        return;
    arena_start(&arena, 1 << 20);
    message = arena_alloc(&arena, rows[row].request->sizeof_message);
    rows[row].request->message_init(message);
    law(match.count <= PATH_FIELDS, "there are not too many fields");
    for (size_t i = 0; i < match.count; i++) {
        const struct path_field *field = &match.field[i];

        law(field->value >= at && field->value + field->value_len <= path + len,
            "a field is within the path, after the one before");
        at = field->value + field->value_len;
        set_field(message, &arena, field);
    }
    arena_end(&arena);
}

static void look_at_time(const char *text, size_t len)
{
    char again[TIMESTAMP_SIZE];
    int64_t seconds[2];
    int32_t nanoseconds[2];

    if (timestamp_decode(&seconds[0], &nanoseconds[0], text, len) != 0)
        return;
    law(timestamp_encode(again, seconds[0], nanoseconds[0]) == 0,
        "what was read can be written");
    law(timestamp_decode(&seconds[1], &nanoseconds[1], again, strlen(again)) == 0,
        "what was written can be read");
    law(seconds[0] == seconds[1] && nanoseconds[0] == nanoseconds[1], "it is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < ROWS; i++)
        look_at((const char *)data, size, i);
    look_at_time((const char *)data, size);
    return 0;
}
