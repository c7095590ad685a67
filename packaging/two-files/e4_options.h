/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of e4.c and e4.h, as they are by default: change what you want otherwise, and
 * keep this file where the compiler finds it; without it all is as here. e4_device_config(3)
 * and e4_aes_choose(3) tell more.
 */
#ifndef MY_E4_OPTIONS_H
#define MY_E4_OPTIONS_H

/* The arrays of struct e4_device: topics, public keys of others, messages that the replay guard
 * remembers, frames sent last. */
/* #define E4_TOPICS 8 */
/* #define E4_PEERS 8 */
/* #define E4_SEEN 64 */
/* #define E4_SENT 8 */

/* The AES engine in plain C: words of 32 or 16 bits, by default as wide as an int; or 0, where
 * you define e4_aes_choose() for the chip's AES unit. */
/* #define E4_AES_BITS 32 */

#endif
