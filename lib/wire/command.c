/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to bytes and back (PROTOCOL.md §7): one table says what each is made of. */
#include "wire/command.h"

#include <string.h>

#include "crypto/bytes.h"

enum { KEY = 1, PUBLIC_KEY = 2, TOPIC = 4, ID = 8, OBJECT = TOPIC | ID };

/* The parts of each command: a key first, then what it is about. */
static const uint8_t layout[] = {
    TOPIC,       /* E4_REMOVE_TOPIC */
    0,           /* E4_RESET_TOPICS */
    KEY,         /* E4_SET_ID_KEY, with PUBLIC_KEY in public-key mode */
    KEY | TOPIC, /* E4_SET_TOPIC_KEY */
    ID,          /* E4_REMOVE_PUB_KEY, and from here on only for public-key mode */
    0,           /* E4_RESET_PUB_KEYS */
    KEY | ID,    /* E4_SET_PUB_KEY */
    KEY,         /* E4_SET_SERVER_KEY */
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
    bool with_public = type == E4_SET_ID_KEY && mode == E4_PUBLIC_KEY;

    return with_public ? KEY | PUBLIC_KEY : layout[type];
}

static uint8_t *put(uint8_t *out, const uint8_t *part, size_t len)
{
    memcpy(out, part, len);
    return out + len;
}

enum e4_result e4_command_encode(uint8_t out[E4_COMMAND_MAX], size_t *out_len,
                                 const struct e4_command *command, enum e4_mode mode)
{
    uint8_t parts;
    uint8_t *at = out;
    enum e4_result result = check_type((unsigned)command->type, mode);

    *out_len = 0;
    if (result != E4_OK)
        return result;
    parts = parts_of((unsigned)command->type, mode);
    *at++ = (uint8_t)command->type;
    if (parts & KEY)
        at = put(at, command->key, E4_KEY_SIZE);
    if (parts & PUBLIC_KEY)
        at = put(at, command->public_key, E4_KEY_SIZE);
    if (parts & TOPIC)
        at = put(at, command->topic, E4_HASH_SIZE);
    if (parts & ID)
        at = put(at, command->id, E4_ID_SIZE);
    *out_len = (size_t)(at - out);
    return E4_OK;
}

enum e4_result e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                const uint8_t *in, size_t in_len)
{
    size_t len = 1;
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
    if (has & KEY)
        len += E4_KEY_SIZE;
    parts->object = in + len;
    if (has & PUBLIC_KEY)
        len += E4_KEY_SIZE;
    if (has & OBJECT)
        len += E4_HASH_SIZE;
    return in_len == len ? E4_OK : E4_ERR_COMMAND;
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
    if (has & KEY)
        e4_copy32(command->key, parts.key);
    if (has & PUBLIC_KEY)
        e4_copy32(command->public_key, parts.object);
    if (has & TOPIC)
        e4_copy16(command->topic, parts.object);
    if (has & ID)
        e4_copy16(command->id, parts.object);
    return E4_OK;
}
