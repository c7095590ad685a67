/* SPDX-License-Identifier: Apache-2.0 */
/* See who.h. */
#include "tools/e4/who.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"

enum { OPTION_NAME = 768, OPTION_ID };

static const struct argp_option option_list[] = {
    {"name", OPTION_NAME, "NAME", 0, "Its name: 1 to 255 bytes of UTF-8", 0},
    {"id", OPTION_ID, "HEX", 0, "Its id: 32 hexadecimal digits", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct who_options *who = state->input;

    switch (key) {
    case OPTION_NAME:
        who->name = arg;
        return 0;
    case OPTION_ID:
        who->id = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp who_argp = {.options = option_list, .parser = parse};

bool who_is_given(const struct who_options *who)
{
    return who->name != NULL || who->id != NULL;
}

static int from_name(uint8_t id[E4_ID_SIZE], const char *name, struct err *err)
{
    size_t len = strlen(name);

    if (e4_id_from_name(id, name, len) == E4_OK)
        return 0;
    if (len == 0)
        return err_set(err, ERR_INPUT, "the name is empty; a name has 1 to %d bytes",
                       E4_NAME_MAX);
    if (len > E4_NAME_MAX)
        return err_set(err, ERR_INPUT, "the name is too long: %zu bytes; a name has 1 to %d",
                       len, E4_NAME_MAX);
    return err_set(err, ERR_INPUT, "the name is not UTF-8");
}

int who_id(uint8_t id[E4_ID_SIZE], const struct who_options *who, struct err *err)
{
    if (who->name != NULL && who->id != NULL)
        return err_set(err, ERR_USAGE, "--name or --id: not both");
    if (who->name != NULL)
        return from_name(id, who->name, err);
    if (who->id == NULL)
        return err_set(err, ERR_USAGE, "which device: say --name NAME, or --id HEX");
    if (hex_decode(id, E4_ID_SIZE, who->id, strlen(who->id)) == 0)
        return 0;
    return err_set(err, ERR_INPUT, "%s: no id; an id is %d hexadecimal digits", who->id,
                   2 * E4_ID_SIZE);
}

static bool is_spelled_out(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The digits behind a prefix: a mistyped one is not taken for a name that looks like it. */
static int spelled_out(uint8_t bytes[16], const char *text, const char *prefix, struct err *err)
{
    const char *digits = text + strlen(prefix);

    if (hex_decode(bytes, 16, digits, strlen(digits)) == 0)
        return 0;
    return err_set(err, ERR_INPUT, "%s: after \"%s\" come 32 hexadecimal digits", text, prefix);
}

int who_parse(uint8_t id[E4_ID_SIZE], const char *text, struct err *err)
{
    return is_spelled_out(text, "id:") ? spelled_out(id, text, "id:", err)
                                       : from_name(id, text, err);
}

int who_parse_topic(uint8_t hash[E4_HASH_SIZE], const char *text, struct err *err)
{
    size_t len = strlen(text);

    if (is_spelled_out(text, "hash:"))
        return spelled_out(hash, text, "hash:", err);
    if (e4_topic_hash(hash, text, len) == E4_OK)
        return 0;
    if (len == 0)
        return err_set(err, ERR_INPUT, "the topic is empty");
    if (len > E4_TOPIC_MAX)
        return err_set(err, ERR_INPUT,
                       "the topic is too long: %zu bytes; a topic has up to %lu", len,
                       E4_TOPIC_MAX);
    if (strncmp(text, "$SYS", 4) == 0)
        return err_set(err, ERR_INPUT, "%s: topics under $SYS are the broker's own", text);
    return err_set(err, ERR_INPUT, "%s: a pattern; name one topic, without + and #", text);
}
