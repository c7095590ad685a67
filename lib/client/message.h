/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of protecting and opening a message, shared by one at a time and many at once. */
#ifndef E4_CLIENT_MESSAGE_H
#define E4_CLIENT_MESSAGE_H

#include "client/client.h"
#include "crypto/bytes.h"
#include "crypto/siv.h"
#include "e4/wire.h"
#include "wire/frame.h"

/* The slot of a topic's key; NULL if no key is held. */
const struct e4_topic_slot *e4_topic_slot_of(struct e4_client *client, struct e4_topic *topic);

/* The expanded key: in the cache (may be NULL), or in `spare` (E4_SIV_KEY_WORDS; wipe it). */
const uint32_t *e4_words_of(const struct e4_client *client, struct e4_cache *cache,
                            const uint8_t key[E4_KEY_SIZE], uint32_t *spare);

/* Is there an old key that still opens frames? */
bool e4_old_key_counts(const struct e4_client *client, const struct e4_topic_slot *slot,
                       const uint64_t *now_s);

/* May a text of this length be protected, and into this room? */
enum e4_result e4_protect_check(const struct e4_client *client, size_t frame_cap,
                                size_t text_len);

/* Write into a frame when to say that it was sent. */
void e4_frame_date(const struct e4_client *client, uint8_t *frame, const uint64_t *now_s);

/*
 * The tag of a frame must differ from those sent last: while it does not, the time in
 * frame[0..7] steps back and the tag is made anew. text is still in clear.
 */
static inline void e4_tag_fresh(const struct e4_client *client, const uint32_t *words,
                                uint8_t *frame, uint8_t *tag, const uint8_t *text,
                                size_t text_len)
{
    for (;;) {
        e4_siv_tag(client->aes, words, tag, frame, text, text_len);
        if (!e4_sent_has(client->config, tag))
            break;
        for (size_t i = 0; i < E4_TIME_SIZE && frame[i]-- == 0; i++)
            continue; /* a second less: borrow from the next byte */
    }
    e4_sent_add(client->config, tag);
}

/* Protect a text: the tag, unlike those sent last, and the ciphertext behind it. */
void e4_seal(const struct e4_client *client, struct e4_cache *cache,
             const uint8_t key[E4_KEY_SIZE], uint8_t *frame, uint8_t *tag, const uint8_t *text,
             size_t text_len);

/*
 * What can be said of a frame by its length and its time: parsed, and of an age to be taken.
 * E4_ERR_CLOCK: the first and not the second, opened->now_s is the time reached.
 */
enum e4_result e4_frame_take(struct e4_client *client, struct e4_opened *opened,
                             struct e4_frame *frame, enum e4_mode mode, const uint8_t *in,
                             size_t in_len);

/*
 * Decrypt and prove authentic, or wipe text: with a key; else with the old one, if it is not
 * NULL, which opened->old_key says.
 */
enum e4_result e4_open_text(const struct e4_client *client, struct e4_cache *cache,
                            const uint8_t key[E4_KEY_SIZE], const uint8_t *old_key,
                            uint8_t *text, struct e4_opened *opened,
                            const struct e4_frame *frame);

/* Of a frame that has proved authentic: was it accepted before? Marks it as accepted now. */
static inline enum e4_result e4_admit_message(const struct e4_client *client,
                                              struct e4_opened *opened,
                                              const struct e4_frame *frame)
{
    /* Anyone can write a name that is not verified, so that it tells nothing. */
    const uint8_t *sender = opened->verified ? frame->sender : NULL;
    enum e4_result result = e4_replay_admit(client->config, frame->tag, sender, &frame->sent_s);

    /* Nor does what was verified come again unverified, under another name. */
    if (result == E4_OK && opened->verified && client->policy->unknown_senders)
        (void)e4_replay_admit(client->config, frame->tag, NULL, &frame->sent_s);
    if (result == E4_ERR_REPLAY && client->policy->report_repeats) {
        opened->repeated = true;
        result = E4_OK;
    }
    return result;
}

/*
 * Open a message frame: everything that can be checked, then decrypt, then the guard (§6). The
 * arguments are those of e4_unprotect().
 */
enum e4_result e4_message_take(struct e4_client *client, struct e4_topic *topic, uint8_t *text,
                               size_t text_cap, struct e4_opened *opened, const uint8_t *in,
                               size_t in_len);

/* What to say of a message that was opened. */
static inline void e4_opened_fill(struct e4_opened *opened, const struct e4_frame *frame)
{
    opened->kind = E4_MESSAGE;
    opened->text_len = frame->body_len;
    e4_copy16(opened->tag, frame->tag);
    if (frame->sender != NULL)
        e4_copy16(opened->sender, frame->sender);
}

/* With an error, leave of it only what e4_unprotect() promises. Returns the result. */
enum e4_result e4_opened_settle(struct e4_opened *opened, enum e4_result result);

#endif
