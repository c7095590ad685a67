/* SPDX-License-Identifier: Apache-2.0 */
/* Protecting and opening messages, one at a time (PROTOCOL.md §5, §6). */
#include "client/message.h"

#include <string.h>

#include "crypto/bytes.h"
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

    if (topic->slot < client->topic_top)
        slot += topic->slot;
    if (memcmp(slot->entry.name, topic->hash, E4_HASH_SIZE) != 0) {
        struct e4_table table = e4_table_of(client, true);

        slot = (const struct e4_topic_slot *)e4_table_find(&table, topic->hash);
        if (slot == NULL)
            return NULL;
        topic->slot = (uint16_t)(slot - client->config->topics);
    }
    return slot->entry.state == E4_HELD ? slot : NULL;
}

const uint32_t *e4_words_of(const struct e4_client *client, struct e4_cache *cache,
                            const uint8_t key[E4_KEY_SIZE], uint32_t *spare)
{
    uint32_t *words = cache == NULL ? spare : cache->words;

    if (cache != NULL) {
        if (cache->aes == client->aes && e4_equal(cache->key, key, E4_KEY_SIZE))
            return words;
        e4_copy32(cache->key, key);
        cache->aes = client->aes;
    }
    e4_siv_expand(client->aes, words, key);
    return words;
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
    if (text_len > frame_cap || overhead > frame_cap - text_len)
        return E4_ERR_SPACE;
    return E4_OK;
}

void e4_frame_date(const struct e4_client *client, uint8_t *frame, const uint64_t *now_s)
{
    uint32_t back_s = client->policy->back_date_s;

    e4_store_le64(frame, *now_s > back_s ? *now_s - back_s : 0);
}

void e4_seal(const struct e4_client *client, struct e4_cache *cache,
             const uint8_t key[E4_KEY_SIZE], uint8_t *frame, uint8_t *tag, const uint8_t *text,
             size_t text_len)
{
    uint32_t spare[E4_SIV_KEY_WORDS];
    const uint32_t *words = e4_words_of(client, cache, key, spare);

    e4_tag_fresh(client, words, frame, tag, text, text_len);
    e4_siv_crypt(client->aes, words, tag + E4_TAG_SIZE, text, text_len, tag);
    if (words == spare)
        e4_wipe(spare, sizeof spare);
}

enum e4_result e4_protect(struct e4_client *client, struct e4_topic *topic, uint8_t *frame,
                          size_t frame_cap, size_t *frame_len, const uint8_t *text,
                          size_t text_len)
{
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, topic);
    enum e4_result result = e4_protect_check(client, frame_cap, text_len);
    bool is_signed = client->mode != E4_SYMMETRIC;
    uint8_t *tag, *end;
    uint64_t now_s;

    *frame_len = 0;
    if (slot == NULL)
        return E4_ERR_NO_TOPIC;
    if (result == E4_OK)
        result = e4_time_of(client, &now_s);
    if (result != E4_OK)
        return result;
    tag = frame + E4_TAG_AT;
    if (is_signed) {
        e4_copy16(frame + E4_SENDER_AT, client->id);
        tag = frame + E4_TAG_AT_SIGNED;
    }
    e4_frame_date(client, frame, &now_s);
    e4_seal(client, topic->cache, slot->entry.key, frame, tag, text, text_len);
    end = tag + E4_TAG_SIZE + text_len;
    if (is_signed) {
        client->config->public_key->sign(client, end, frame, (size_t)(end - frame));
        end += E4_SIGNATURE_SIZE;
    }
    *frame_len = (size_t)(end - frame);
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

enum e4_result e4_open_text(const struct e4_client *client, struct e4_cache *cache,
                            const uint8_t key[E4_KEY_SIZE], const uint8_t *old_key,
                            uint8_t *text, struct e4_opened *opened,
                            const struct e4_frame *frame)
{
    uint32_t spare[E4_SIV_KEY_WORDS];
    const uint32_t *words = e4_words_of(client, cache, key, spare);
    const uint8_t *in = frame->body;
    size_t len = frame->body_len;
    bool authentic;

    for (;;) {
        authentic = e4_siv_try(client->aes, words, text, in, len, frame->bytes, frame->tag);
        if (authentic || old_key == NULL)
            break;
        /* The body may lie where the text does: there it is made again. */
        e4_siv_crypt(client->aes, words, text, text, len, frame->tag);
        in = text;
        words = spare;
        e4_siv_expand(client->aes, spare, old_key);
        old_key = NULL;
        opened->old_key = true;
    }
    if (words == spare)
        e4_wipe(spare, sizeof spare);
    if (authentic)
        return E4_OK;
    e4_wipe(text, len);
    opened->old_key = false;
    return E4_ERR_FORGED;
}

enum e4_result e4_frame_take(struct e4_client *client, struct e4_opened *opened,
                             struct e4_frame *frame, enum e4_mode mode, const uint8_t *in,
                             size_t in_len)
{
    enum e4_result result = e4_frame_parse(frame, mode, in, in_len);

    if (result != E4_OK)
        return result;
    opened->sent_s = frame->sent_s;
    result = e4_time_of(client, &opened->now_s);
    return result == E4_OK ? e4_age_check(client, opened) : result;
}

enum e4_result e4_message_take(struct e4_client *client, struct e4_topic *topic, uint8_t *text,
                               size_t text_cap, struct e4_opened *opened, const uint8_t *in,
                               size_t in_len)
{
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, topic);
    const uint8_t *old_key = NULL;
    struct e4_frame frame;
    enum e4_result result;

    if (slot == NULL)
        return E4_ERR_NO_TOPIC;
    result = e4_frame_take(client, opened, &frame, (enum e4_mode)client->mode, in, in_len);
    if (result == E4_OK && frame.sender != NULL)
        result = client->config->public_key->check_signature(client, opened, &frame);
    if (result != E4_OK)
        return result;
    if (text_cap < frame.body_len)
        return E4_ERR_SPACE;
    /* What is read of the frame after decryption lies before the text: it may be in place. */
    if (e4_old_key_counts(client, slot, &opened->now_s))
        old_key = slot->old_key;
    result = e4_open_text(client, topic->cache, slot->entry.key, old_key, text, opened, &frame);
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
