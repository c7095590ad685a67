/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be chosen before compiling. Each has a default; a firmware that wants another names
 * it in a file e4_options.h of its own, anywhere on the include path, or on the compiler's
 * command line. All files of one firmware must see the same.
 */
#ifndef E4_OPTIONS_H
#define E4_OPTIONS_H

#include <limits.h>

#if defined __has_include
#if __has_include("e4_options.h")
#include "e4_options.h"
#endif
#endif

/*
 * The AES engine in plain C, by the bits of its words: 32, or 16, which is for 8-bit and 16-bit
 * processors. 0: none, since the firmware defines e4_aes_choose() for the chip's AES unit.
 */
#ifndef E4_AES_BITS
#define E4_AES_BITS (INT_MAX > 0x7fff ? 32 : 16)
#endif

/* The arrays of struct e4_device: topics whose keys are held, public keys that are held (for
 * struct e4_device_keys), messages that the replay guard remembers, frames sent last. */
#ifndef E4_TOPICS
#define E4_TOPICS 8
#endif
#ifndef E4_PEERS
#define E4_PEERS 8
#endif
#ifndef E4_SEEN
#define E4_SEEN 64
#endif
#ifndef E4_SENT
#define E4_SENT 8
#endif

#if E4_AES_BITS != 0 && E4_AES_BITS != 16 && E4_AES_BITS != 32
#error "E4_AES_BITS is 32 or 16, or 0 where the firmware defines e4_aes_choose()"
#elif E4_TOPICS < 1 || E4_PEERS < 1 || E4_TOPICS + E4_PEERS > 65534 || E4_SEEN < 9 ||          \
    E4_SENT < 1 || E4_SENT > 65535
#error "E4_TOPICS, E4_PEERS: 1 or more, in all 65534; E4_SEEN: 9 or more; E4_SENT: 1 to 65535"
#endif

#endif
