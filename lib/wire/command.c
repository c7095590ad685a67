/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to bytes and back (PROTOCOL.md §7): one table says what each is made of. */
#include "wire/command.h"

#include <string.h>

enum { KEY = 1, PUBLIC_KEY = 2, TOPIC = 4, ID = 8 };

/* The parts of each command, in their order on the wire: keys first, then what they are for. */
static const struct {
    uint8_t parts;
    bool both_modes;
} layout[] = {
    {TOPIC, true},       /* E4_REMOVE_TOPIC */
    {0, true},           /* E4_RESET_TOPICS */
    {KEY, true},         /* E4_SET_ID_KEY */
    {KEY | TOPIC, true}, /* E4_SET_TOPIC_KEY */
    {ID, false},         /* E4_REMOVE_PUB_KEY */
    {0, false},          /* E4_RESET_PUB_KEYS */
    {KEY | ID, false},   /* E4_SET_PUB_KEY */
    {KEY, false},        /* E4_SET_SERVER_KEY */
};
enum { COMMAND_TYPES = sizeof layout / sizeof layout[0] };

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
    return (unsigned)type < COMMAND_TYPES && !layout[type].both_modes;
}

/* Which parts a command of this type has in this mode. */
static enum e4_result parts_of(uint8_t *parts, unsigned type, enum e4_mode mode)
{
    if (type >= COMMAND_TYPES)
        return E4_ERR_COMMAND;
    if (!layout[type].both_modes && mode != E4_PUBLIC_KEY)
        return E4_ERR_MODE;
    *parts = layout[type].parts;
    if (type == E4_SET_ID_KEY && mode == E4_PUBLIC_KEY)
        *parts |= PUBLIC_KEY;
    return E4_OK;
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
    enum e4_result result = parts_of(&parts, (unsigned)command->type, mode);

    *out_len = 0;
    if (result != E4_OK)
        return result;
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
    size_t public_key, topic, id; /* where those would lie, after the key */
    uint8_t has;
    enum e4_result result;

    if (in_len == 0)
        return E4_ERR_COMMAND;
    result = parts_of(&has, in[0], mode);
    if (result != E4_OK)
        return result;
    public_key = 1U + ((has & KEY) ? (size_t)E4_KEY_SIZE : 0);
    topic = public_key + ((has & PUBLIC_KEY) ? (size_t)E4_KEY_SIZE : 0);
    id = topic + ((has & TOPIC) ? (size_t)E4_HASH_SIZE : 0);
    if (in_len != id + ((has & ID) ? (size_t)E4_ID_SIZE : 0))
        return E4_ERR_COMMAND;
    parts->type = in[0];
    parts->key = (has & KEY) ? in + 1 : NULL;
    parts->public_key = (has & PUBLIC_KEY) ? in + public_key : NULL;
    parts->topic = (has & TOPIC) ? in + topic : NULL;
    parts->id = (has & ID) ? in + id : NULL;
    return E4_OK;
}

static void copy(uint8_t *out, const uint8_t *part, size_t len)
{
    if (part != NULL)
        memcpy(out, part, len);
}

enum e4_result e4_command_decode(struct e4_command *command, enum e4_mode mode,
                                 const uint8_t *in, size_t in_len)
{
    struct e4_command_parts parts;
    enum e4_result result = e4_command_split(&parts, mode, in, in_len);

    memset(command, 0, sizeof *command);
    if (result != E4_OK)
        return result;
    command->type = (enum e4_command_type)parts.type;
    copy(command->key, parts.key, E4_KEY_SIZE);
    copy(command->public_key, parts.public_key, E4_KEY_SIZE);
    copy(command->topic, parts.topic, E4_HASH_SIZE);
    copy(command->id, parts.id, E4_ID_SIZE);
    return E4_OK;
}
