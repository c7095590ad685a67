/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many messages at once. Their AES runs are independent, so they are laid side by side,
 * E4_SIV_LANES at a time; all else is as for one message, in the list's order.
 *
 * Only symmetric messages gain from it. Signed ones, commands, topics without a cache
 * and topics within a key transition go one at a time.
 */
#include "client/message.h"

#include <string.h>

#include "crypto/bytes.h"
#include "crypto/aes.h"
#include "crypto/ct.h"
#include "crypto/load.h"
#include "crypto/siv.h"
#include "wire/frame.h"

/* A stretch of a list that is worked on together. */
struct batch {
    struct e4_siv_job job[E4_SIV_LANES];
    struct e4_frame frame[E4_SIV_LANES]; /* opening: as they were parsed */
    uint8_t tag[E4_SIV_LANES][E4_TAG_SIZE];
    size_t index[E4_SIV_LANES]; /* of the message in the list */
    size_t count;
};

/* Make the tags of a batch, each unlike the frames sent last, then encrypt. */
static void seal_batch(const struct e4_client *client, struct e4_outgoing *list,
                       struct batch *batch)
{
    const struct e4_config *config = client->config;

    e4_siv_tag_many(client->aes, batch->job, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        struct e4_siv_job *job = &batch->job[i];
        struct e4_outgoing *message = &list[batch->index[i]];

        if (e4_sent_has(config, job->tag))
            e4_tag_fresh(client, job->key, message->frame, job->tag, job->in, job->len);
        else
            e4_sent_add(config, job->tag);
        message->frame_len = E4_OVERHEAD_SK + job->len;
    }
    e4_siv_crypt_many(client->aes, batch->job, batch->count);
    batch->count = 0;
}

/* Put a message into the batch, or say why not. */
static enum e4_result add_outgoing(struct e4_client *client, struct batch *batch,
                                   const struct e4_outgoing *message, size_t index,
                                   uint64_t now_s)
{
    struct e4_siv_job *job = &batch->job[batch->count];
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, message->topic);
    enum e4_result result = e4_protect_check(client, message->frame_cap, message->text_len);

    if (slot == NULL)
        return E4_ERR_NO_TOPIC;
    if (result != E4_OK)
        return result;
    e4_frame_date(client, message->frame, &now_s);
    job->key = e4_words_of(client, message->topic->cache, slot->entry.key, NULL);
    job->ad = message->frame;
    job->tag = message->frame + E4_TAG_AT;
    job->out = message->frame + E4_OVERHEAD_SK;
    job->in = message->text;
    job->len = message->text_len;
    batch->index[batch->count++] = index;
    return E4_OK;
}

enum e4_result e4_protect_many(struct e4_client *client, struct e4_outgoing *list, size_t count)
{
    struct batch batch;
    enum e4_result first = E4_OK;
    uint64_t now_s;
    enum e4_result timed = e4_time_of(client, &now_s);

    batch.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct e4_outgoing *message = &list[i];

        message->frame_len = 0;
        if (client->mode != E4_SYMMETRIC || message->topic->cache == NULL || timed != E4_OK) {
            seal_batch(client, list, &batch);
            message->result =
                e4_protect(client, message->topic, message->frame, message->frame_cap,
                           &message->frame_len, message->text, message->text_len);
        } else {
            message->result = add_outgoing(client, &batch, message, i, now_s);
        }
        if (batch.count == E4_SIV_LANES)
            seal_batch(client, list, &batch);
        if (first == E4_OK)
            first = message->result;
    }
    seal_batch(client, list, &batch);
    return first;
}

/* Open the batch; then let each message in, in order. */
static void open_batch(const struct e4_client *client, struct e4_incoming *list,
                       struct batch *batch)
{
    e4_siv_open_many(client->aes, batch->job, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        const struct e4_siv_job *job = &batch->job[i];
        struct e4_incoming *message = &list[batch->index[i]];
        const struct e4_frame *frame = &batch->frame[i]; /* the text may lie over its body */
        enum e4_result result = E4_ERR_FORGED;

        if (job->ok)
            result = e4_admit_message(client, &message->opened, frame);
        if (result == E4_OK)
            e4_opened_fill(&message->opened, frame);
        else
            e4_wipe(message->text, job->len);
        message->result = e4_opened_settle(&message->opened, result);
    }
    batch->count = 0;
}

/* The slot of the key of a message that gains from company; NULL: it does not. */
static const struct e4_topic_slot *joining(struct e4_client *client,
                                           const struct e4_incoming *message, uint64_t now_s)
{
    const struct e4_topic_slot *slot = e4_topic_slot_of(client, message->topic);
    bool joins = client->mode == E4_SYMMETRIC && message->topic->cache != NULL &&
                 slot != NULL && !e4_is_receiving(client, message->topic) &&
                 !e4_old_key_counts(client, slot, &now_s);

    return joins ? slot : NULL;
}

static enum e4_result add_incoming(struct e4_client *client, struct batch *batch,
                                   struct e4_incoming *message, size_t index, uint64_t now_s,
                                   const struct e4_topic_slot *slot)
{
    struct e4_siv_job *job = &batch->job[batch->count];
    struct e4_frame *frame = &batch->frame[batch->count];
    enum e4_result result =
        e4_frame_parse(frame, E4_SYMMETRIC, message->frame, message->frame_len);

    if (result != E4_OK)
        return result;
    message->opened.sent_s = frame->sent_s;
    message->opened.now_s = now_s;
    result = e4_age_check(client, &message->opened);
    if (result != E4_OK)
        return result;
    if (message->text_cap < frame->body_len)
        return E4_ERR_SPACE;
    job->key = e4_words_of(client, message->topic->cache, slot->entry.key, NULL);
    job->ad = frame->bytes;
    e4_copy16(batch->tag[batch->count], frame->tag);
    job->tag = batch->tag[batch->count];
    job->out = message->text;
    job->in = frame->body;
    job->len = frame->body_len;
    batch->index[batch->count++] = index;
    return E4_OK;
}

/* One message by itself, after those before it. */
static enum e4_result open_alone(struct e4_client *client, struct e4_incoming *message)
{
    return e4_unprotect(client, message->topic, message->text, message->text_cap,
                        &message->opened, message->frame, message->frame_len);
}

enum e4_result e4_unprotect_many(struct e4_client *client, struct e4_incoming *list,
                                 size_t count)
{
    struct batch batch;
    uint64_t now_s;
    enum e4_result timed = e4_time_of(client, &now_s);
    enum e4_result first = E4_OK;

    batch.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct e4_incoming *message = &list[i];
        const struct e4_topic_slot *slot;

        memset(&message->opened, 0, sizeof message->opened);
        slot = timed == E4_OK ? joining(client, message, now_s) : NULL;
        if (slot != NULL) {
            message->result = e4_opened_settle(
                &message->opened, add_incoming(client, &batch, message, i, now_s, slot));
        } else {
            open_batch(client, list, &batch);
            message->result = open_alone(client, message);
            timed = e4_time_of(client, &now_s); /* a command may have set the clock */
        }
        if (batch.count == E4_SIV_LANES)
            open_batch(client, list, &batch);
    }
    open_batch(client, list, &batch);
    for (size_t i = 0; i < count && first == E4_OK; i++)
        first = list[i].result;
    return first;
}
