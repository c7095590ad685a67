/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model's numbers stand for: real keys, names, texts and frames, and the two real
 * clients, which are the same device twice: same id, same keys, one of libe4 and one of e4go.
 * Whatever is made here is made by both implementations, and must be the same bytes.
 */
#ifndef WORLD_H
#define WORLD_H

#include "e4/e4.h"
#include "e4/keys.h"
#include "test/vectors/rig.h"

#include "gopeer.h"
#include "link.h"
#include "model.h"

enum { WORLD_TEXT_MAX = 6000, WORLD_FRAME_MAX = WORLD_TEXT_MAX + E4_OVERHEAD_PK + 64 };

struct world {
    uint64_t seed;
    bool public_key;
    struct rig rig;
    struct gopeer *go;
    struct link *link;
    char peer_name[MODEL_PEERS][64]; /* 0: the two clients themselves */
    uint8_t peer_id[MODEL_PEERS][E4_ID_SIZE];
    char topic[MODEL_TOPICS][160];
    char receiving[E4_RECEIVING_TOPIC_SIZE];
    struct e4_topic handle[MODEL_TOPICS];
    struct e4_cache cache[MODEL_TOPICS];
};

/* Two new clients. */
void world_start(struct world *world, uint64_t seed, bool public_key, struct key command_key);
/* Both are taken up anew; libe4's with or without its memory of frames. */
void world_restart(struct world *world, bool keeps_memory);

/* The topic's name, also of RECEIVING. */
const char *world_topic(const struct world *world, int topic);
/* Whose id this is, or NOBODY. */
int world_peer(const struct world *world, const uint8_t id[E4_ID_SIZE]);

/* What the numbers of keys stand for. A client key is a seed in public-key mode. */
void world_topic_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number);
void world_client_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number);
void world_public_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number);
void world_private_key(const struct world *world, uint8_t key[E4_PRIVATE_KEY_SIZE], int number);
void world_server_key(const struct world *world, uint8_t key[E4_KEY_SIZE], int number);
/* A topic's key, or a command key: the server's half of it, which e4go must agree with. */
void world_key(const struct world *world, uint8_t out[E4_KEY_SIZE], struct key key);
void world_text(const struct world *world, uint8_t *text, unsigned number, size_t len);

/* The text in a frame: a message's, or a command's plain form as both implementations have it.
 */
size_t world_plain(const struct world *world, uint8_t text[WORLD_TEXT_MAX],
                   const struct made *made);
/* Make the frame, by libe4 and by e4go. Returns its length. */
size_t world_make(const struct world *world, uint8_t frame[WORLD_FRAME_MAX],
                  const struct made *made);

/* libe4's client protects a text, or opens a frame. in_place: within the frame's buffer. */
enum outcome world_protect(struct world *world, int topic, uint8_t frame[WORLD_FRAME_MAX],
                           size_t *frame_len, const uint8_t *text, size_t text_len,
                           bool in_place);
enum outcome world_open(struct world *world, int topic, uint8_t *text, size_t *text_len,
                        const uint8_t *frame, size_t frame_len, unsigned way);
enum { WORLD_WAYS = 3 }; /* apart, in place, among many */

/* e4go's client protects a text and publishes the frame, which is then in go->answer. */
enum outcome world_protect_e4go(struct world *world, int topic, const uint8_t *text,
                                size_t text_len);
/* What e4go calls an outcome. */
enum outcome world_outcome_e4go(const char *result);

/* Both clients hold what the models say; a test failure otherwise. */
void world_check_libe4(struct world *world, const struct model *model);
void world_check_e4go(struct world *world, const struct model *model);

#endif
