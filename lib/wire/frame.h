/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a frame lie (PROTOCOL.md §5); the text comes after the tag. */
#ifndef E4_WIRE_FRAME_H
#define E4_WIRE_FRAME_H

#include "e4/e4.h"

enum {
    E4_TIME_SIZE = 8,
    E4_SENDER_AT = E4_TIME_SIZE,
    E4_TAG_AT = E4_TIME_SIZE,
    E4_TAG_AT_SIGNED = E4_SENDER_AT + E4_ID_SIZE
};

#endif
