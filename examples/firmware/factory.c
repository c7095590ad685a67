/* SPDX-License-Identifier: Apache-2.0 */
/* See factory.h. The steps are those of PROTOCOL.md §13. */
#include "examples/firmware/factory.h"

#include <string.h>

#include "e4/keys.h"

enum { WORDS = 9, CHECK_DIGITS = 2 * E4_HASH_SIZE };

/* A word of a line. */
struct word {
    const char *text;
    size_t len;
};

/* What a store request asks for. */
struct order {
    struct word replaces;
    struct e4_identity identity;
};

static bool word_is(struct word word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.text, text, word.len) == 0;
}

/* Split at single spaces. Returns how many words there are; 0: more than WORDS. */
static size_t split(struct word words[WORDS], const char *line, size_t len)
{
    size_t count = 0;
    size_t begin = 0;

    for (size_t at = 0; at <= len; at++) {
        if (at < len && line[at] != ' ')
            continue;
        if (count == WORDS)
            return 0;
        words[count].text = line + begin;
        words[count++].len = at - begin;
        begin = at + 1;
    }
    return count;
}

/* All ones if low <= c <= high, else 0: no branch tells of a key's digits. */
static unsigned in_range(unsigned c, unsigned low, unsigned high)
{
    return 0U - ((((c - low) | (high - c)) >> (sizeof(unsigned) * 8 - 1)) ^ 1U);
}

static unsigned digit(char c, unsigned *bad)
{
    unsigned value = (unsigned char)c;
    unsigned decimal = in_range(value, '0', '9');
    unsigned letter = in_range(value, 'a', 'f');

    *bad |= ~(decimal | letter);
    return (decimal & (value - '0')) | (letter & (value - 'a' + 10));
}

/* Exactly so many bytes, in lower-case hexadecimal digits. */
static bool from_hex(uint8_t *bytes, size_t len, struct word word)
{
    unsigned bad = 0;

    if (word.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned high = digit(word.text[2 * i], &bad);

        bytes[i] = (uint8_t)(high << 4 | digit(word.text[2 * i + 1], &bad));
    }
    return bad == 0;
}

/* Append a word to an answer that has room for it. */
static void say(char answer[FACTORY_ANSWER_SIZE], const char *word)
{
    size_t len = strlen(answer);

    answer[len] = ' ';
    memcpy(answer + len + 1, word, strlen(word) + 1);
}

static void say_hex(char answer[FACTORY_ANSWER_SIZE], const uint8_t bytes[16])
{
    static const char digits[] = "0123456789abcdef";
    char text[33];

    for (size_t i = 0; i < 16; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[32] = '\0';
    say(answer, text);
}

static void begin(char answer[FACTORY_ANSWER_SIZE], const char *word)
{
    memcpy(answer, "e4", 3);
    say(answer, word);
    say(answer, "1");
}

static void refuse(char answer[FACTORY_ANSWER_SIZE], const char *why)
{
    begin(answer, "refused");
    say(answer, why);
}

/* Who the device is: only what may be known. */
static void say_who(char answer[FACTORY_ANSWER_SIZE], const char *word,
                    const struct e4_client *client)
{
    uint8_t print[16];

    e4_client_fingerprint(client, print);
    begin(answer, word);
    say(answer, e4_client_mode(client) == E4_SYMMETRIC ? "symmetric" : "public-key");
    say_hex(answer, e4_client_id(client));
    say_hex(answer, print);
}

/* §13.2: what is stored here? */
static void hello(const struct factory *factory, char answer[FACTORY_ANSWER_SIZE])
{
    if (factory->opened == E4_OK)
        say_who(answer, "holds", factory->client);
    else
        begin(answer, factory->opened == E4_ERR_EMPTY ? "empty" : "damaged");
}

/* §13.3: the words of a store request, as far as they can be judged by themselves. */
static const char *read_order(struct order *order, const struct word words[WORDS])
{
    struct e4_identity *identity = &order->identity;
    bool symmetric = word_is(words[4], "symmetric");

    if (!symmetric && !word_is(words[4], "public-key"))
        return "form";
    identity->mode = symmetric ? E4_SYMMETRIC : E4_PUBLIC_KEY;
    order->replaces = words[3];
    if (!from_hex(identity->id, E4_ID_SIZE, words[5]) ||
        !from_hex(identity->key, E4_KEY_SIZE, words[6]))
        return "form";
    if (symmetric ? !word_is(words[7], "none")
                  : !from_hex(identity->server_key, E4_KEY_SIZE, words[7]))
        return "form";
    return NULL;
}

/* §13.4: what is stored here is what the factory expects. */
static bool may_replace(const struct factory *factory, struct word replaces)
{
    uint8_t id[E4_ID_SIZE];

    if (factory->opened == E4_ERR_EMPTY)
        return word_is(replaces, "none");
    if (factory->opened != E4_OK)
        return word_is(replaces, "damaged");
    return from_hex(id, sizeof id, replaces) &&
           e4_equal(id, e4_client_id(factory->client), sizeof id);
}

/* §13.5: store it, and take up what is stored then, as after a restart. */
static const char *store(struct factory *factory, const struct order *order)
{
    enum e4_result result = E4_OK;

    if (factory->opened != E4_OK && factory->opened != E4_ERR_EMPTY)
        result = factory->format(factory->ctx);
    if (result != E4_OK)
        return "storage";
    result = e4_create(factory->client, factory->config, &order->identity);
    e4_close(factory->client);
    factory->opened = e4_open(factory->client, factory->config);
    factory->stored = result == E4_OK && factory->opened == E4_OK;
    if (factory->stored)
        return NULL;
    return result == E4_ERR_MODE ? "mode" : result == E4_ERR_ARGUMENT ? "key" : "storage";
}

static void answer_order(struct factory *factory, const struct word words[WORDS],
                         char answer[FACTORY_ANSWER_SIZE])
{
    struct order order = {{NULL, 0}, {0}};
    const char *refused = read_order(&order, words);

    if (refused == NULL && !may_replace(factory, order.replaces))
        refused = "taken";
    if (refused == NULL)
        refused = store(factory, &order);
    if (refused == NULL)
        say_who(answer, "stored", factory->client);
    else
        refuse(answer, refused);
    e4_wipe(&order, sizeof order);
}

/* §13.1: does the line end with the check value of what comes before it? */
static bool is_whole(const char *line, struct word check)
{
    uint8_t hash[E4_HASH_SIZE];
    uint8_t said[E4_HASH_SIZE];

    e4_hash(hash, line, (size_t)(check.text - line) - 1);
    return from_hex(said, sizeof said, check) && e4_equal(hash, said, sizeof hash);
}

static bool begins(const struct factory *factory, const char *text)
{
    size_t len = strlen(text);

    return factory->len >= len && memcmp(factory->line, text, len) == 0;
}

/* Why a request cannot be read; NULL: it can. */
static const char *what_is_wrong(const struct factory *factory, const struct word words[WORDS],
                                 size_t count, bool asks)
{
    if (factory->too_long || count < 3)
        return "form";
    if (!word_is(words[2], "1"))
        return "version";
    return count == (asks ? 3 : WORDS) ? NULL : "form";
}

/* A whole line. False: it is no request, and gets no answer: a line may echo what is said. */
static bool take_line(struct factory *factory, char answer[FACTORY_ANSWER_SIZE])
{
    struct word words[WORDS];
    bool asks = begins(factory, "e4 hello ");
    const char *wrong;

    if (!asks && !begins(factory, "e4 store "))
        return false;
    wrong = what_is_wrong(factory, words, split(words, factory->line, factory->len), asks);
    if (wrong != NULL)
        refuse(answer, wrong);
    else if (asks)
        hello(factory, answer);
    else if (!is_whole(factory->line, words[8]))
        refuse(answer, "check");
    else
        answer_order(factory, words, answer);
    return true;
}

bool factory_byte(struct factory *factory, char byte, char answer[FACTORY_ANSWER_SIZE])
{
    bool ours;

    if (byte == '\r')
        return false;
    if (byte != '\n') {
        if (factory->len < FACTORY_LINE_MAX)
            factory->line[factory->len++] = byte;
        else
            factory->too_long = true;
        return false;
    }
    ours = take_line(factory, answer);
    e4_wipe(factory->line, sizeof factory->line);
    factory->len = 0;
    factory->too_long = false;
    return ours;
}
