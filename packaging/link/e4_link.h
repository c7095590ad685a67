/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between an MQTT client, whichever, and libe4: a frame that arrives goes in, and comes out as
 * a message, or is a command, which is carried out and answered by a receipt. For clients whose
 * receiving topic is the usual one, e4_receiving_topic().
 */
#ifndef E4_LINK_H
#define E4_LINK_H

#include "e4.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filled in by whoever knows the MQTT client. Names of topics that are passed with a length
 * have no NUL at their end. */
struct e4_link {
    struct e4_client *client;
    void *ctx; /* for the functions */
    /* Publish a receipt or a hello. Whether it succeeded is of no account: a key server that
     * misses one asks by sending again. */
    void (*publish)(void *ctx, const char *topic, const uint8_t *frame, size_t frame_len);
    /* A message that is authentic. */
    void (*message)(void *ctx, const char *topic, size_t topic_len, const uint8_t *text,
                    const struct e4_opened *opened);
    /* A command, by its first byte, and what became of it; may be NULL. */
    void (*command)(void *ctx, unsigned command, enum e4_result result);
    /* Something else, and why it was refused; may be NULL. */
    void (*refused)(void *ctx, const char *topic, size_t topic_len, enum e4_result why);
};

/* Connected: tell the key server what is held, so that it can send what is missing. */
void e4_link_connected(const struct e4_link *link);

/* A frame has arrived whole. It is decrypted where it lies, and wiped. */
void e4_link_arrived(const struct e4_link *link, const char *topic, size_t topic_len,
                     uint8_t *frame, size_t frame_len);

/* Protect a text for a topic by its name, as e4_protect(). */
enum e4_result e4_link_protect(const struct e4_link *link, const char *topic, uint8_t *frame,
                               size_t frame_cap, size_t *frame_len, const void *text,
                               size_t text_len);

#ifdef __cplusplus
}
#endif

#endif
