/* SPDX-License-Identifier: Apache-2.0 */
/* A command as it lies in its bytes, for those who need no copy of its parts (PROTOCOL.md §7).
 */
#ifndef E4_WIRE_COMMAND_H
#define E4_WIRE_COMMAND_H

#include "e4/wire.h"

/* The parts lead into the command's bytes. */
struct e4_command_parts {
    const uint8_t *key; /* of every SET_* */
    /* What comes after the key, if there is one: the topic's hash or the client's id; of
       SET_ID_KEY in public-key mode the public half. */
    const uint8_t *object;
    uint8_t type;
};

/* E4_ERR_COMMAND, E4_ERR_MODE: as e4_command_decode(). */
enum e4_result e4_command_split(struct e4_command_parts *parts, enum e4_mode mode,
                                const uint8_t *in, size_t in_len);

#endif
