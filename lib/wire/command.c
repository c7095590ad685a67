/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to bytes and back (PROTOCOL.md §7): one table says what each is made of. */
#include "e4/wire.h"

#include <string.h>

#include "crypto/ct.h"

enum { KEY = 1, PUBLIC_KEY = 2, TOPIC = 4, ID = 8 };

/* The parts of each command, in their order on the wire: keys first, then what they are for. */
static const struct {
    uint8_t parts;
    bool both_modes;
} layout[] = {
    [E4_REMOVE_TOPIC] = {TOPIC, true},    [E4_RESET_TOPICS] = {0, true},
    [E4_SET_ID_KEY] = {KEY, true},        [E4_SET_TOPIC_KEY] = {KEY | TOPIC, true},
    [E4_REMOVE_PUB_KEY] = {ID, false},    [E4_RESET_PUB_KEYS] = {0, false},
    [E4_SET_PUB_KEY] = {KEY | ID, false}, [E4_SET_SERVER_KEY] = {KEY, false},
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

static size_t length_of(uint8_t parts)
{
    return 1U + ((parts & KEY) ? E4_KEY_SIZE : 0U) + ((parts & PUBLIC_KEY) ? E4_KEY_SIZE : 0U) +
           ((parts & TOPIC) ? E4_HASH_SIZE : 0U) + ((parts & ID) ? E4_ID_SIZE : 0U);
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

static const uint8_t *get(uint8_t *part, const uint8_t *in, size_t len)
{
    memcpy(part, in, len);
    return in + len;
}

enum e4_result e4_command_decode(struct e4_command *command, enum e4_mode mode,
                                 const uint8_t *in, size_t in_len)
{
    uint8_t parts;
    const uint8_t *at = in;
    enum e4_result result;

    memset(command, 0, sizeof *command);
    if (in_len == 0)
        return E4_ERR_COMMAND;
    result = parts_of(&parts, in[0], mode);
    if (result != E4_OK)
        return result;
    if (in_len != length_of(parts))
        return E4_ERR_COMMAND;
    command->type = (enum e4_command_type) * at++;
    if (parts & KEY)
        at = get(command->key, at, E4_KEY_SIZE);
    if (parts & PUBLIC_KEY)
        at = get(command->public_key, at, E4_KEY_SIZE);
    if (parts & TOPIC)
        at = get(command->topic, at, E4_HASH_SIZE);
    if (parts & ID)
        (void)get(command->id, at, E4_ID_SIZE);
    return E4_OK;
}
