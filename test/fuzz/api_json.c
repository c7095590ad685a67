/* SPDX-License-Identifier: Apache-2.0 */
/* Requests in JSON: read, or refused with a sentence; what was read is written, and read again
 * as the same. The first byte says which method's request it is. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "server/api/arena.h"
#include "server/api/json.h"
#include "server.pb-c.h"

static const ProtobufCMessageDescriptor *const types[] = {
    &pb__new_client_request__descriptor,
    &pb__client_topic_request__descriptor,
    &pb__client_page_request__descriptor,
    &pb__pair_request__descriptor,
    &pb__force_request__descriptor,
    &pb__protected_message__descriptor,
    &pb__clients_reply__descriptor,
    &pb__topics_reply__descriptor,
    &pb__event__descriptor,
    &pb__crypto_mode_reply__descriptor,
    &e4__new_token_request__descriptor,
    &e4__audit__descriptor,
};
enum { TYPES = sizeof types / sizeof *types, LIMIT = 1 << 20 };

static char *written(size_t *len, const ProtobufCMessage *message)
{
    struct err err;
    char *text = NULL;
    FILE *out = open_memstream(&text, len);

    law(out != NULL && json_encode(out, message, &err) == 0, "what was read can be written");
    law(fclose(out) == 0, "there is memory");
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const ProtobufCMessageDescriptor *type = types[take_byte(&input) % TYPES];
    struct arena arena;
    struct err err = {.kind = ERR_NONE};
    ProtobufCMessage *message;
    char *text[2];
    size_t len[2];

    arena_start(&arena, LIMIT);
    if (json_decode(&message, type, &arena, (const char *)input.data, input.len, &err) != 0) {
        law(err.kind == ERR_INPUT || err.kind == ERR_BUSY, "it says whose fault it is");
        law(err.text[0] != '\0', "it says what is wrong");
        arena_end(&arena);
        return 0;
    }
    text[0] = written(&len[0], message);
    arena_end(&arena);
    law(json_decode(&message, type, &arena, text[0], len[0], &err) == 0,
        "what was written can be read");
    text[1] = written(&len[1], message);
    law(len[0] == len[1] && memcmp(text[0], text[1], len[0]) == 0, "it is the same");
    arena_end(&arena);
    free(text[0]);
    free(text[1]);
    return 0;
}
