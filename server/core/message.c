/* SPDX-License-Identifier: Apache-2.0 */
/* See message.h. */
#include "server/core/message.h"

#include <string.h>

#include "base/err.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "server/core/serverkey_make.h"
#include "server/core/state.h"

/* As the deployed clients have them (§6 of PROTOCOL.md), how far times are set back (§5), and
 * how much further where a frame has to differ from one before: messages are not to be so old
 * that receivers refuse them. */
enum { MAX_AGE_S = 600, MAX_SKEW_S = 60, GRACE_S = 3600, BACK_S = 2, MORE_BACK_S = 300 };

/* Whom the server signs as. */
struct signer {
    uint8_t id[E4_ID_SIZE];
    uint8_t seed[E4_KEY_SIZE];
    uint8_t public_key[E4_KEY_SIZE];
};

static int find_signer(struct core *core, struct tx *tx, struct signer *signer, struct err *err)
{
    if (state_client_id(signer->id, MESSAGE_SIGNER, err) != 0 ||
        serverkey_signer(core, signer->seed, tx, err) != 0)
        return -1;
    if (e4_sign_public(signer->public_key, signer->seed) == E4_OK)
        return 0;
    return err_set(err, ERR_STATE, "the server's own signing key is damaged");
}

/* A frame that was not sent before: of the same text in the same second the time is set back by
 * a second more, until it differs. */
static int seal_fresh(struct core *core, uint8_t *out, size_t cap, size_t *len,
                      struct e4_sealing *sealing, const uint8_t *data, size_t data_len,
                      struct err *err)
{
    uint64_t first_s = sealing->sent_s;
    struct e4_frame frame;

    for (; first_s - sealing->sent_s <= MORE_BACK_S; sealing->sent_s--) {
        if ((core->mode == E4_PUBLIC_KEY ? e4_frame_seal_signed : e4_frame_seal)(
                out, cap, len, sealing, data, data_len) != E4_OK ||
            e4_frame_parse(&frame, core->mode, out, *len) != E4_OK)
            return err_set(err, ERR_PROTOCOL, "the message cannot be protected");
        if (sent_add(core->sent, frame.tag))
            return 0;
    }
    *len = 0;
    return err_set(err, ERR_BUSY, "the same message was protected too often just now");
}

int message_protect(struct core *core, const char *name, uint8_t *out, size_t cap, size_t *len,
                    const uint8_t *data, size_t data_len, struct err *err)
{
    uint8_t key[E4_KEY_SIZE] = {0};
    struct signer signer = {{0}, {0}, {0}};
    struct e4_sealing sealing = {key, (uint64_t)state_now(core) - BACK_S, signer.id,
                                 signer.seed, signer.public_key};
    struct store_topic topic;
    struct tx *tx = NULL;
    int rc = -1;

    *len = 0;
    if (data_len == 0) /* deployed clients refuse it */
        return err_set(err, ERR_INPUT, "the message is empty");
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    if (state_find_topic(tx, &topic, name, err) != 0 ||
        state_topic_key(core, key, &topic, err) != 0 ||
        (core->mode == E4_PUBLIC_KEY && find_signer(core, tx, &signer, err) != 0))
        goto done;
    rc = seal_fresh(core, out, cap, len, &sealing, data, data_len, err);

done:
    store_rollback(&tx);
    e4_wipe(key, sizeof key);
    e4_wipe(&signer, sizeof signer);
    return rc;
}

static int check_time(const struct core *core, const struct e4_frame *frame, struct err *err)
{
    uint64_t now_s = (uint64_t)state_now(core);

    if (frame->sent_s < now_s && now_s - frame->sent_s > MAX_AGE_S)
        return err_set(err, ERR_INPUT, "the message is too old: sent %llu s ago",
                       (unsigned long long)(now_s - frame->sent_s));
    if (frame->sent_s > now_s && frame->sent_s - now_s > MAX_SKEW_S)
        return err_set(err, ERR_INPUT, "the message is from the future: sent in %llu s",
                       (unsigned long long)(frame->sent_s - now_s));
    return 0;
}

/* Is the signature that of the client that the frame names, or of the server itself? */
static int check_signature(struct core *core, struct tx *tx, const struct e4_frame *frame,
                           struct err *err)
{
    struct store_client signer;
    uint8_t public_key[E4_KEY_SIZE];
    uint8_t own_id[E4_ID_SIZE];
    int rc;

    if (state_client_id(own_id, MESSAGE_SIGNER, err) != 0)
        return -1;
    if (memcmp(frame->sender, own_id, sizeof own_id) == 0) {
        uint8_t seed[E4_KEY_SIZE];

        rc = serverkey_signer(core, seed, tx, err);
        if (rc == 0 && e4_sign_public(public_key, seed) != E4_OK)
            rc = err_set(err, ERR_STATE, "the server's own signing key is damaged");
        e4_wipe(seed, sizeof seed);
    } else {
        rc = tx->ask->find_client(tx, &signer, frame->sender, err);
        if (rc == 0)
            rc = state_client_key(core, public_key, &signer, err);
        else if (err->kind == ERR_NOT_FOUND)
            (void)err_set(err, ERR_NOT_FOUND, "no client has the id of the message's signer");
    }
    if (rc == 0 && e4_frame_verify(frame, public_key) != E4_OK)
        rc = err_set(err, ERR_INPUT, "the message's signature is not its signer's");
    return rc;
}

/* Open under the topic's key, or under the old one as long as clients do. */
static int open_frame(struct core *core, uint8_t *out, size_t cap, size_t *len,
                      const struct e4_frame *frame, const struct store_topic *topic,
                      struct err *err)
{
    struct seal_place old_place = {"topic", topic->hash, topic->key_version - 1};
    bool may_be_old = topic->has_old_key && state_now(core) - topic->changed_s <= GRACE_S;
    uint8_t key[E4_KEY_SIZE];
    enum e4_result result;

    if (state_topic_key(core, key, topic, err) != 0)
        return -1;
    result = e4_frame_open(out, cap, len, frame, key);
    if (result != E4_OK && may_be_old) {
        if (seal_open(core->seal, key, &old_place, topic->old_key, err) != 0)
            return -1;
        result = e4_frame_open(out, cap, len, frame, key);
    }
    e4_wipe(key, sizeof key);
    return result == E4_OK ? 0 : err_set(err, ERR_INPUT, "the message is not authentic");
}

int message_unprotect(struct core *core, const char *name, uint8_t *out, size_t cap,
                      size_t *len, const uint8_t *data, size_t data_len, struct err *err)
{
    struct e4_frame frame;
    struct store_topic topic;
    struct tx *tx = NULL;
    int rc = -1;

    *len = 0;
    if (state_begin_read(core, &tx, err) != 0)
        return -1;
    if (state_find_topic(tx, &topic, name, err) != 0)
        goto done;
    if (e4_frame_parse(&frame, core->mode, data, data_len) != E4_OK) {
        (void)err_set(err, ERR_INPUT, "the message is too short to be one: %zu bytes",
                      data_len);
        goto done;
    }
    if (check_time(core, &frame, err) == 0 &&
        (core->mode == E4_SYMMETRIC || check_signature(core, tx, &frame, err) == 0))
        rc = open_frame(core, out, cap, len, &frame, &topic, err);

done:
    store_rollback(&tx);
    return rc;
}

int message_signer_public(struct core *core, uint8_t key[E4_KEY_SIZE], struct err *err)
{
    uint8_t seed[E4_KEY_SIZE];
    struct tx *tx = NULL;
    int rc;

    if (state_needs_public_keys(core, "the server's signing key", err) != 0 ||
        state_begin_read(core, &tx, err) != 0)
        return -1;
    rc = serverkey_signer(core, seed, tx, err);
    store_rollback(&tx);
    if (rc == 0 && e4_sign_public(key, seed) != E4_OK)
        rc = err_set(err, ERR_STATE, "the server's own signing key is damaged");
    e4_wipe(seed, sizeof seed);
    return rc;
}
