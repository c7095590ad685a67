/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES by the chip: a firmware with an AES unit puts its own engine in place of the library's.
 *
 * It defines one function, e4_aes_choose(), that returns its struct e4_aes. From libe4.a the
 * linker then takes no engine; with e4.c, E4_AES_BITS is 0 (e4/options.h). All of the library
 * goes through that engine: messages, commands, receipts, with or without a client.
 */
#ifndef E4_AES_H
#define E4_AES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { E4_AES_BLOCK_SIZE = 16, E4_AES_RAW_SIZE = 32, E4_AES_KEY_WORDS = 60 };

struct e4_aes_whole;
struct e4_aes_lanes;

/*
 * An engine for AES-256, encryption alone: a constant object. Both functions take as long for
 * one secret as for another, and neither may fail: what waits for a busy unit is fine, but
 * blocks that are not encrypted would go out as they are, so an engine whose unit does not
 * answer stops the device.
 */
struct e4_aes {
    const char *name; /* for a log */

    /* The key in whatever form encrypt() wants it, for the AES unit that may be raw itself. The
     * words are kept in the client's memory and in caches, copied, and wiped: no handle of
     * anything that must be released. */
    void (*expand)(uint32_t key[E4_AES_KEY_WORDS], const uint8_t raw[E4_AES_RAW_SIZE]);
    /* Count blocks, each by itself (ECB); out may be in. */
    void (*encrypt)(const uint32_t key[E4_AES_KEY_WORDS], uint8_t *out, const uint8_t *in,
                    size_t count);

    /* Private, of the engines for hosts; NULL. */
    bool (*usable)(void);
    const struct e4_aes_whole *whole;
    const struct e4_aes_lanes *lanes;
};

/* The engine that everything goes through. Asked whenever a client is opened or a frame is
 * handled without one, and always the same. */
const struct e4_aes *e4_aes_choose(void);

#ifdef __cplusplus
}
#endif

#endif
