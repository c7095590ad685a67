/* SPDX-License-Identifier: Apache-2.0 */
/* Protecting and opening messages, one at a time (PROTOCOL.md §5, §6). */
#include "client/message.h"

#include <string.h>

#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/siv.h"
#include "e4/keys.h"
#include "wire/frame.h"

enum e4_result e4_topic_init(struct e4_topic *topic, const char *name, size_t name_len,
                             struct e4_cache *cache)
{
    enum e4_result result = e4_topic_hash(topic->hash, name, name_len);

    topic->slot = 0;
    topic->cache = cache;
    if (cache != NULL)
        cache->aes = NULL;
    return result;
}

void e4_topic_forget(struct e4_topic *topic)
{
    if (topic->cache != NULL)
        e4_wipe(topic->cache, sizeof *topic->cache);
}

bool e4_is_receiving(const struct e4_client *client, const struct e4_topic *topic)
{
    return memcmp(client->receiving, topic->hash, E4_HASH_SIZE) == 0;
}

/* The slot found last is only a hint: it counts if it is still this topic's. */
const struct e4_topic_slot *e4_topic_slot_of(struct e4_client *client, struct e4_topic *topic)
{
    const struct e4_topic_slot *slot = client->config->topics;
    struct e4_table table;
    uint16_t found = topic->slot;

    if (found >= client->topic_top ||
        memcmp(slot[found].entry.name, topic->hash, E4_HASH_SIZE) != 0) {
        table = e4_topics_of(client);
        found = e4_table_find(&table, topic->hash);
        if (found == E4_NO_SLOT)
            return NULL;
        topic->slot = found;
    }
    return slot[found].entry.state == E4_HELD ? slot + found : NULL;
}

const uint32_t *e4_topic_words(const struct e4_client *client, struct e4_topic *topic,
                               const struct e4_topic_slot *slot, uint32_t *spare)
{
    struct e4_cache *cache = topic->cache;

    if (cache == NULL) {
        e4_siv_expand(client->aes, spare, slot->entry.key);
        return spare;
    }
    if (cache->aes != client->aes || !e4_equal(cache->key, slot->entry.key, E4_KEY_SIZE)) {
        e4_siv_expand(client->aes, cache->words, slot->entry.key);
        memcpy(cache->key, slot->entry.key, E4_KEY_SIZE);
        cache->aes = client->aes;
    }
    return cache->words;
}

bool e4_old_key_counts(const struct e4_client *client, const struct e4_topic_slot *slot,
                       const uint64_t *now_s)
{
    return slot->entry.has_old &&
           !e4_passed(&slot->changed_s, now_s, client->policy->transition_s);
}

enum e4_result e4_protect_check(const struct e4_client *client, size_t frame_cap,
                                size_t text_len)
{
    size_t overhead = client->mode == E4_SYMMETRIC ? E4_OVERHEAD_SK : E4_OVERHEAD_PK;

    if (text_len == 0 && !client->policy->send_empty)
        return E4_ERR_ARGUMENT;
    if (frame_cap < overhead || text_len > frame_cap - overhead)
        return E4_ERR_SPACE;
    return E4_OK;
}

uint64_t e4_sending_time(const struct e4_client *client, uint64_t now_s)
{
    uint32_t back_date_s = client->policy->back_date_s;

    return now_s > back_date_s ? now_s - back_date_s : 0;
}

void e4_tag_fresh(const struct e4_client *client, const uint32_t *words, uint8_t *frame,
                  uint8_t *tag, const uint8_t *text, size_t text_len)
{
    const struct e4_config *config = client->config;

    e4_siv_tag(client->aes, words, tag, frame, text, text_len);
    while (e4_sent_has(config, tag)) {
        for (size_t i = 0; i < E4_TIME_SIZE && frame[i]-- == 0; i++)
            continue; /* a second less: borrow from the next byte */
        e4_siv_tag(client->aes, words, tag, frame, text, text_len);
    }
    e4_sent_add(config, tag);
}

/* Fill in a frame whose time stands in it already; the checks have been made. */
static size_t seal(struct e4_client *client, const uint32_t *words, uint8_t *frame,
                   const uint8_t *text, size_t text_len)
{
    bool is_signed = client->mode != E4_SYMMETRIC;
    uint8_t *tag = frame + (is_signed ? E4_TAG_AT_SIGNED : E4_TAG_AT);
    uint8_t *end = tag + E4_TAG_SIZE + text_len;

    if (is_signed)
        memcpy(frame + E4_SENDER_AT, client->id, E4_ID_SIZE);
    e4_tag_fresh(client, words, frame, tag, text, text_len);
    e4_siv_crypt(client->aes, words, tag + E4_TAG_SIZE, text, text_len, tag);
    if (is_signed) {
        client->config->public_key->sign(client, end, frame, (size_t)(end - frame));
        end += E4_SIGNATURE_SIZE;
    }
    return (size_t)(end - frame);
}

enum e4_result e4_protect(struct e4_client *client, struct e4_topic *topic, uint8_t *frame,
                          size_t frame_cap, size_t *frame_len, const uint8_t *text,
                          size_t text_len)
{
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, topic);
    enum e4_result result = e4_protect_check(client, frame_cap, text_len);
    uint32_t spare[E4_SIV_KEY_WORDS];
    const uint32_t *words;
    uint64_t now_s;

    *frame_len = 0;
    if (slot == NULL)
        return E4_ERR_NO_TOPIC;
    if (result == E4_OK)
        result = e4_time_of(client, &now_s);
    if (result != E4_OK)
        return result;
    words = e4_topic_words(client, topic, slot, spare);
    e4_store_le64(frame, e4_sending_time(client, now_s));
    *frame_len = seal(client, words, frame, text, text_len);
    if (words == spare)
        e4_wipe(spare, sizeof spare);
    return E4_OK;
}

enum e4_result e4_age_check(const struct e4_client *client, const struct e4_opened *opened)
{
    if (e4_passed(&opened->sent_s, &opened->now_s, client->policy->max_age_s))
        return E4_ERR_STALE;
    if (e4_passed(&opened->now_s, &opened->sent_s, client->policy->max_skew_s))
        return E4_ERR_FUTURE;
    return E4_OK;
}

enum e4_result e4_admit_message(const struct e4_client *client, struct e4_opened *opened,
                                const struct e4_frame *frame)
{
    /* Anyone can write a name that is not verified, so that it tells nothing. */
    const uint8_t *sender = opened->verified ? frame->sender : NULL;
    struct e4_seen_slot seen = {e4_replay_mark(frame->tag, sender), frame->sent_s};
    enum e4_result result = e4_replay_admit(client->config, &seen);

    /* Nor does what was verified come again unverified, under another name. */
    if (result == E4_OK && opened->verified && client->policy->unknown_senders) {
        seen.mark = e4_replay_mark(frame->tag, NULL);
        (void)e4_replay_admit(client->config, &seen);
    }
    if (result == E4_ERR_REPLAY && client->policy->report_repeats) {
        opened->repeated = true;
        result = E4_OK;
    }
    return result;
}

/* Try a key where another may follow: text that lies over the body is then the body again. */
static bool try_key(const struct e4_client *client, const uint32_t *words, uint8_t *text,
                    const struct e4_frame *frame)
{
    uint8_t tag[E4_TAG_SIZE];
    bool authentic;

    e4_siv_crypt(client->aes, words, text, frame->body, frame->body_len, frame->tag);
    e4_siv_tag(client->aes, words, tag, frame->bytes, text, frame->body_len);
    authentic = e4_equal(tag, frame->tag, E4_TAG_SIZE);
    if (!authentic)
        e4_siv_crypt(client->aes, words, text, text, frame->body_len, frame->tag);
    e4_wipe(tag, sizeof tag);
    return authentic;
}

static bool open_whole(const struct e4_client *client, const uint32_t *words, uint8_t *text,
                       const struct e4_frame *frame)
{
    return e4_siv_open(client->aes, words, text, frame->body, frame->body_len, frame->bytes,
                       frame->tag);
}

/* Decrypt with the topic's key, or with the one before it while that counts. */
static enum e4_result open_text(struct e4_client *client, struct e4_topic *topic,
                                const struct e4_topic_slot *slot, uint8_t *text,
                                struct e4_opened *opened, const struct e4_frame *frame)
{
    uint32_t spare[E4_SIV_KEY_WORDS];
    const uint32_t *words = e4_topic_words(client, topic, slot, spare);
    bool authentic;

    if (!e4_old_key_counts(client, slot, &opened->now_s)) {
        authentic = open_whole(client, words, text, frame);
    } else {
        authentic = try_key(client, words, text, frame);
        if (!authentic) {
            e4_siv_expand(client->aes, spare, slot->old_key);
            authentic = open_whole(client, spare, text, frame);
            opened->old_key = authentic;
        }
        words = spare;
    }
    if (words == spare)
        e4_wipe(spare, sizeof spare);
    return authentic ? E4_OK : E4_ERR_FORGED;
}

/* Everything that can be said of a message before it is decrypted. */
static enum e4_result check_message(struct e4_client *client, struct e4_opened *opened,
                                    struct e4_frame *frame, const uint8_t *in, size_t in_len)
{
    enum e4_result result = e4_frame_parse(frame, (enum e4_mode)client->mode, in, in_len);

    if (result != E4_OK)
        return result;
    opened->sent_s = frame->sent_s;
    result = e4_time_of(client, &opened->now_s);
    if (result == E4_OK)
        result = e4_age_check(client, opened);
    if (result == E4_OK && frame->sender != NULL)
        result = client->config->public_key->check_signature(client, opened, frame);
    return result;
}

enum e4_result e4_message_take(struct e4_client *client, struct e4_topic *topic, uint8_t *text,
                               size_t text_cap, struct e4_opened *opened, const uint8_t *in,
                               size_t in_len)
{
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, topic);
    struct e4_frame frame;
    enum e4_result result;

    if (slot == NULL)
        return E4_ERR_NO_TOPIC;
    result = check_message(client, opened, &frame, in, in_len);
    if (result != E4_OK)
        return result;
    if (text_cap < frame.body_len)
        return E4_ERR_SPACE;
    /* What is read of the frame after decryption lies before the text: it may be in place. */
    result = open_text(client, topic, slot, text, opened, &frame);
    if (result != E4_OK)
        return result;
    result = e4_admit_message(client, opened, &frame);
    if (result != E4_OK) {
        e4_wipe(text, frame.body_len);
        return result;
    }
    e4_opened_fill(opened, &frame);
    return E4_OK;
}

void e4_opened_fill(struct e4_opened *opened, const struct e4_frame *frame)
{
    opened->kind = E4_MESSAGE;
    opened->text_len = frame->body_len;
    memcpy(opened->tag, frame->tag, E4_TAG_SIZE);
    if (frame->sender != NULL)
        memcpy(opened->sender, frame->sender, E4_ID_SIZE);
}
