/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The factory's line, both ends: what a device makes of lines, and e4 provision of its answers.
 * A line that ends with "?" gets the check value that it needs in its place.
 */
#include "fuzz.h"

#include <string.h>

#include "base/hex.h"
#include "e4/keys.h"
#include "examples/firmware/factory.h"
#include "tools/e4/handover.h"
#include "unit.h"

enum { LINE = 300, LINES = 20 };

static struct unit unit;
static struct unit before;
static struct factory factory;

static enum e4_result format(void *ctx)
{
    (void)ctx;
    memset(unit.stored, 0, sizeof unit.stored);
    return E4_OK;
}

/* Say a line. True: there is an answer. */
static bool say(const char *line, size_t len, struct handover_answer *answer)
{
    char text[FACTORY_ANSWER_SIZE];

    for (size_t i = 0; i < len; i++)
        law(!factory_byte(&factory, line[i], text), "no answer before the line ends");
    if (!factory_byte(&factory, '\n', text))
        return false;
    law(memchr(text, '\0', sizeof text) != NULL, "an answer is text");
    law(handover_parse(answer, text), "an answer is one");
    return true;
}

/* The next line of the input, with its check value if it wants one. */
static size_t next_line(struct input *input, char line[LINE])
{
    size_t len = 0;
    uint8_t hash[E4_HASH_SIZE];
    char byte = 0;

    while (input->len > 0 && (byte = (char)take_byte(input)) != '\n' && len < LINE - 40)
        line[len++] = byte;
    if (len > 1 && line[len - 1] == '?') {
        e4_hash(hash, line, len - 2); /* without the space */
        hex_encode(line + len - 1, hash, sizeof hash);
        len += 2 * E4_HASH_SIZE - 1;
    }
    return len;
}

static void check_line(const char *line, size_t len)
{
    struct handover_answer answer, then;

    before = unit;
    if (!say(line, len, &answer) || answer.kind != HANDOVER_STORED) {
        law(memcmp(before.records, unit.records, sizeof unit.records) == 0,
            "nothing is stored without saying so");
        return;
    }
    law(factory.stored && factory.opened == E4_OK, "what is stored is taken up");
    law(say("e4 hello 1", 10, &then) && then.kind == HANDOVER_HOLDS, "it holds what it stored");
    law(handover_same(&then.who, &answer.who), "it is who it said");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct handover_answer answer;
    char line[LINE];

    unit_prepare(&unit, take_byte(&input) % 2 == 0 ? E4_SYMMETRIC : E4_PUBLIC_KEY);
    memset(&factory, 0, sizeof factory);
    factory.client = &unit.client;
    factory.config = &unit.config;
    factory.format = format;
    factory.opened = e4_open(&unit.client, &unit.config);
    for (int i = 0; i < LINES && input.len > 0; i++) {
        size_t len = next_line(&input, line);

        check_line(line, len);
        line[len] = '\0';
        if (handover_parse(&answer, line))
            law(answer.kind <= HANDOVER_OTHER, "an answer is of some kind");
    }
    return 0;
}
