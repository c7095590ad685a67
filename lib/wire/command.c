/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to bytes and back (PROTOCOL.md §7): one table says what each is made of. */
#include "wire/command.h"

#include <string.h>

#include "crypto/bytes.h"

/* The parts of a command, as the bytes that they take: a key or a pair, then what it is about.
 */
enum { OBJECT = E4_HASH_SIZE, KEY = E4_KEY_SIZE, PAIR = 2 * E4_KEY_SIZE };

static const uint8_t layout[] = {
    OBJECT,       /* E4_REMOVE_TOPIC */
    0,            /* E4_RESET_TOPICS */
    KEY,          /* E4_SET_ID_KEY; in public-key mode a PAIR */
    KEY | OBJECT, /* E4_SET_TOPIC_KEY */
    OBJECT,       /* E4_REMOVE_PUB_KEY, and from here on only for public-key mode */
    0,            /* E4_RESET_PUB_KEYS */
    KEY | OBJECT, /* E4_SET_PUB_KEY */
    KEY,          /* E4_SET_SERVER_KEY */
};
enum { COMMAND_TYPES = sizeof layout };

const char *e4_command_name(unsigned type)
{
    static const char *const name[COMMAND_TYPES] = {
        "RemoveTopic",  "ResetTopics",  "SetIDKey",  "SetTopicKey",
        "RemovePubKey", "ResetPubKeys", "SetPubKey", "SetC2Key",
    };

    return type < COMMAND_TYPES ? name[type] : NULL;
}

bool e4_command_needs_public_key(enum e4_command_type type)
{
    return (unsigned)type < COMMAND_TYPES && type >= E4_REMOVE_PUB_KEY;
}

static enum e4_result check_type(unsigned type, enum e4_mode mode)
{
    if (type >= COMMAND_TYPES)
        return E4_ERR_COMMAND;
    return type >= E4_REMOVE_PUB_KEY && mode != E4_PUBLIC_KEY ? E4_ERR_MODE : E4_OK;
}

/* Which parts a command of a type that was checked has in this mode. */
static uint8_t parts_of(unsigned type, enum e4_mode mode)
{
    return type == E4_SET_ID_KEY && mode == E4_PUBLIC_KEY ? (uint8_t)PAIR : layout[type];
}

enum e4_result e4_command_encode(uint8_t out[E4_COMMAND_MAX], size_t *out_len,
                                 const struct e4_command *command, enum e4_mode mode)
{
    unsigned type = (unsigned)command->type;
    enum e4_result result = check_type(type, mode);
    uint8_t parts;

    *out_len = 0;
    if (result != E4_OK)
        return result;
    parts = parts_of(type, mode);
    out[0] = (uint8_t)type;
    if (parts >= KEY)
        e4_copy32(out + 1, command->key);
    if (parts == PAIR)
        e4_copy32(out + 1 + KEY, command->public_key);
    if (parts & OBJECT)
        e4_copy16(out + 1 + (parts & KEY),
                  type < E4_REMOVE_PUB_KEY ? command->topic : command->id);
    *out_len = 1U + parts;
    return E4_OK;
}

enum e4_result e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                const uint8_t *in, size_t in_len)
{
    uint8_t has;
    enum e4_result result;

    if (in_len == 0)
        return E4_ERR_COMMAND;
    result = check_type(in[0], mode);
    if (result != E4_OK)
        return result;
    has = parts_of(in[0], mode);
    parts->type = in[0];
    parts->key = in + 1;
    parts->object = in + 1 + (has < KEY ? 0 : KEY);
    return in_len == 1U + has ? E4_OK : E4_ERR_COMMAND;
}

enum e4_result e4_command_decode(struct e4_command *command, enum e4_mode mode,
                                 const uint8_t *in, size_t in_len)
{
    struct e4_command_parts parts;
    uint8_t has;
    enum e4_result result = e4_command_split(&parts, mode, in, in_len);

    memset(command, 0, sizeof *command);
    if (result != E4_OK)
        return result;
    command->type = (enum e4_command_type)parts.type;
    has = parts_of(parts.type, mode);
    if (has >= KEY)
        e4_copy32(command->key, parts.key);
    if (has == PAIR)
        e4_copy32(command->public_key, parts.object);
    if (has & OBJECT)
        e4_copy16(parts.type < E4_REMOVE_PUB_KEY ? command->topic : command->id, parts.object);
    return E4_OK;
}
