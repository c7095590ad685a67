/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what arrives, and saying in words what became of it. */
#include "tools/e4/receive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/hex.h"
#include "e4/keys.h"
#include "e4/wire.h"
#include "tools/e4/holding.h"

/* No frame was made before 2015 or will be after 2242: the first 8 bytes of text say otherwise.
 */
#define PLAUSIBLE_FIRST UINT64_C(1420070400)
#define PLAUSIBLE_LAST  UINT64_C(8589934591)

enum { HEX_SIZE = 2 * E4_HASH_SIZE + 1, TIME_SIZE = 32 };

/* Could this be a frame at all, or is it something that nobody protected? */
static bool looks_protected(const struct e4_client *client, const struct mqtt_message *message)
{
    struct e4_frame frame;

    return e4_frame_parse(&frame, e4_client_mode(client), message->payload, message->len) ==
               E4_OK &&
           frame.sent_s >= PLAUSIBLE_FIRST && frame.sent_s <= PLAUSIBLE_LAST;
}

static void time_words(char words[TIME_SIZE], uint64_t time_s)
{
    time_t time = (time_t)time_s;
    struct tm parts;

    if (time_s > PLAUSIBLE_LAST || gmtime_r(&time, &parts) == NULL ||
        strftime(words, TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        snprintf(words, TIME_SIZE, "second %" PRIu64, time_s);
}

/* Why a frame is refused for its time, with both times. */
static void explain_time(char *why, size_t cap, const struct received *received,
                         const struct e4_policy *policy)
{
    uint64_t sent_s = received->opened.sent_s;
    uint64_t now_s = received->opened.now_s;
    char sent[TIME_SIZE];
    char now[TIME_SIZE];

    time_words(sent, sent_s);
    time_words(now, now_s);
    if (received->result == E4_ERR_FUTURE)
        snprintf(why, cap,
                 "it was sent at %s by its sender's clock, and here it is only %s; "
                 "compare the clocks",
                 sent, now);
    else if (now_s > sent_s && now_s - sent_s > policy->max_age_s)
        snprintf(why, cap,
                 "it was sent at %s, and here it is %s: %" PRIu64 " s are more than %" PRIu32,
                 sent, now, now_s - sent_s, policy->max_age_s);
    else
        snprintf(why, cap,
                 "it was sent at %s, and messages of that time are not accepted any more "
                 "(here it is %s)",
                 sent, now);
}

static void explain(char *why, size_t cap, const struct receiver *receiver,
                    const struct received *received, const struct e4_frame *frame)
{
    char signer[HEX_SIZE] = "";

    if (frame->sender != NULL)
        hex_encode(signer, frame->sender, E4_ID_SIZE);
    switch (received->result) {
    case E4_ERR_NO_TOPIC:
        snprintf(why, cap,
                 "topic key not found: no key is held for this topic, it comes with a "
                 "command");
        break;
    case E4_ERR_NO_SENDER:
        snprintf(why, cap,
                 "signer public key not found: no public key is held for %s, it comes "
                 "with a command",
                 signer);
        break;
    case E4_ERR_SIGNATURE:
        snprintf(why, cap, "the signature is not that of %s", signer);
        break;
    case E4_ERR_FORGED:
        snprintf(why, cap, "not authentic: made with another key, or changed on its way");
        break;
    case E4_ERR_REPLAY:
        snprintf(why, cap,
                 "it was accepted before: somebody replays it, or the broker delivered "
                 "it twice");
        break;
    case E4_ERR_STALE:
    case E4_ERR_FUTURE:
        explain_time(why, cap, received, &receiver->device->policy);
        break;
    case E4_ERR_FULL:
        snprintf(why, cap, "%s; room is made when the program starts again",
                 e4_strerror(received->result));
        break;
    case E4_ERR_STORAGE:
        snprintf(why, cap, "%s", e4_posix_why(&receiver->device->state));
        break;
    default:
        snprintf(why, cap, "%s", e4_strerror(received->result));
    }
}

/* Messages */

static void refuse(struct receiver *receiver, struct received *received, const char *what)
{
    struct e4_frame frame = {.sender = NULL};
    enum e4_mode mode = e4_client_mode(&receiver->device->client);
    char why[512];

    if (e4_frame_parse(&frame, mode, received->message->payload, received->message->len) !=
        E4_OK)
        frame.sender = NULL;
    received->kind = RECEIVED_REFUSED;
    explain(why, sizeof why, receiver, received, &frame);
    snprintf(received->words, sizeof received->words, "%s refused: %s", what, why);
}

static void take_clear(const struct receiver *receiver, struct received *received)
{
    if (receiver->allow_clear) {
        received->kind = RECEIVED_TEXT;
        received->clear = true;
        received->text = received->message->payload;
        received->len = received->message->len;
        return;
    }
    received->kind = RECEIVED_REFUSED;
    snprintf(received->words, sizeof received->words,
             "message on %.200s refused: it is not protected%s; --allow-clear lets it through",
             received->message->topic,
             received->result == E4_ERR_NO_TOPIC || received->result == E4_ERR_ARGUMENT
                 ? ", and no key is held for this topic"
                 : ", although a key is held for this topic");
}

static void take_message(struct receiver *receiver, struct received *received,
                         struct e4_topic *topic)
{
    const struct mqtt_message *message = received->message;
    struct e4_client *client = &receiver->device->client;
    char what[256];

    received->result = e4_topic_init(topic, message->topic, strlen(message->topic), NULL);
    if (received->result == E4_OK)
        received->result = e4_unprotect(client, topic, receiver->memory, receiver->cap,
                                        &received->opened, message->payload, message->len);
    if (received->result == E4_OK) {
        received->kind = RECEIVED_TEXT;
        received->text = receiver->memory;
        received->len = received->opened.text_len;
    } else if (!looks_protected(client, message)) {
        take_clear(receiver, received);
    } else {
        snprintf(what, sizeof what, "message on %.200s", message->topic);
        refuse(receiver, received, what);
        received->key_missing = received->result == E4_ERR_NO_TOPIC ||
                                received->result == E4_ERR_NO_SENDER ||
                                received->result == E4_ERR_FORGED;
    }
}

/* Commands */

/* What a command that was carried out did to the topics or public keys held. */
static void tell_change(struct received *received, const char *noun,
                        const struct holding *before, const struct holding *after)
{
    const struct e4_held *gained = holding_only(after, before);
    const struct e4_held *lost = holding_only(before, after);
    const char *name = e4_command_name(received->opened.command);
    char *words = received->words;
    size_t cap = sizeof received->words;
    char hash[HEX_SIZE];
    char print[HEX_SIZE];

    if (gained != NULL) {
        hex_encode(hash, gained->name, sizeof gained->name);
        hex_encode(print, gained->fingerprint, sizeof gained->fingerprint);
        snprintf(words, cap, "command %s carried out: %s %s has %s key with fingerprint %s",
                 name, noun, hash, lost != NULL ? "another" : "a", print);
    } else if (lost != NULL && before->count - after->count == 1) {
        hex_encode(hash, lost->name, sizeof lost->name);
        snprintf(words, cap, "command %s carried out: the key of %s %s is gone", name, noun,
                 hash);
    } else if (lost != NULL) {
        snprintf(words, cap, "command %s carried out: the keys of %zu %ss are gone", name,
                 before->count - after->count, noun);
    } else {
        snprintf(words, cap, "command %s carried out: nothing had to be changed", name);
    }
}

static void tell_command(struct received *received, const struct e4_client *client)
{
    const char *name = e4_command_name(received->opened.command);
    const uint8_t *public_key = e4_client_public_key(client);
    uint8_t print[16];
    char text[HEX_SIZE];

    if (received->opened.command != E4_SET_ID_KEY || public_key == NULL) {
        snprintf(received->words, sizeof received->words, "command %s carried out: %s", name,
                 received->opened.command == E4_SET_ID_KEY ? "this device has a new key"
                                                           : "the key server has a new key");
        return;
    }
    e4_fingerprint(print, public_key);
    hex_encode(text, print, sizeof print);
    snprintf(received->words, sizeof received->words,
             "command %s carried out: this device's public key has now the fingerprint %s",
             name, text);
}

/* A command that comes again, as retained ones do whenever somebody subscribes. One that is not
 * retained and not in the guard is new, and whoever sent it late must hear of it. */
static bool is_past(const struct received *received, const struct e4_client *client)
{
    if (received->result == E4_ERR_REPLAY)
        return true;
    return received->message->retained &&
           (received->result == E4_ERR_ORDER ||
            (received->result == E4_ERR_STALE &&
             received->opened.sent_s <= e4_client_command_time(client)));
}

static void settle_command(struct receiver *receiver, struct received *received)
{
    char what[64] = "command";

    if (received->reportable && e4_command_name(received->opened.command) != NULL)
        snprintf(what, sizeof what, "command %s", e4_command_name(received->opened.command));
    if (!is_past(received, &receiver->device->client)) {
        refuse(receiver, received, what);
        return;
    }
    received->kind = RECEIVED_AGAIN;
    snprintf(received->words, sizeof received->words, "%s came again: %s", what,
             received->result == E4_ERR_REPLAY ? "it was carried out before"
                                               : "newer ones were carried out since");
}

static int take_command(struct receiver *receiver, struct received *received,
                        struct e4_topic *topic, struct err *err)
{
    static const uint8_t no_tag[E4_TAG_SIZE];
    const struct mqtt_message *message = received->message;
    struct e4_client *client = &receiver->device->client;
    struct holding before[2] = {{0}};
    struct holding after[2] = {{0}};
    int kind;
    int rc = -1;

    if (holding_take(&before[0], client, HOLDING_TOPICS, err) != 0 ||
        holding_take(&before[1], client, HOLDING_PEERS, err) != 0)
        goto done;
    received->result = e4_unprotect(client, topic, receiver->memory, receiver->cap,
                                    &received->opened, message->payload, message->len);
    received->reportable = memcmp(received->opened.tag, no_tag, sizeof no_tag) != 0;
    rc = 0;
    if (received->result != E4_OK) {
        settle_command(receiver, received);
        goto done;
    }
    received->kind = RECEIVED_COMMAND;
    kind = received->opened.command >= E4_REMOVE_PUB_KEY;
    if (received->opened.command == E4_SET_ID_KEY ||
        received->opened.command == E4_SET_SERVER_KEY)
        tell_command(received, client);
    else if ((rc = holding_take(&after[kind], client, (enum holding_kind)kind, err)) == 0)
        tell_change(received, kind == HOLDING_TOPICS ? "topic" : "client", &before[kind],
                    &after[kind]);

done:
    for (int i = 0; i < 2; i++) {
        holding_free(&before[i]);
        holding_free(&after[i]);
    }
    return rc;
}

static int make_room(struct receiver *receiver, size_t len, struct err *err)
{
    uint8_t *memory;

    if (receiver->memory != NULL && len <= receiver->cap)
        return 0;
    memory = realloc(receiver->memory, len + 1);
    if (memory == NULL)
        return err_set(err, ERR_SYSTEM, "not enough memory for a message of %zu bytes", len);
    receiver->memory = memory;
    receiver->cap = len + 1;
    return 0;
}

int receive(struct receiver *receiver, const struct mqtt_message *message,
            struct received *received, struct err *err)
{
    struct e4_topic topic;

    memset(received, 0, sizeof *received);
    received->message = message;
    if (make_room(receiver, message->len, err) != 0)
        return -1;
    if (strcmp(message->topic, receiver->device->receiving_topic) != 0) {
        take_message(receiver, received, &topic);
        return 0;
    }
    if (message->len == 0) {
        received->kind = RECEIVED_AGAIN;
        snprintf(received->words, sizeof received->words,
                 "the retained command was taken off the broker");
        return 0;
    }
    received->result = e4_topic_init(&topic, message->topic, strlen(message->topic), NULL);
    if (received->result != E4_OK) {
        refuse(receiver, received, "command");
        return 0;
    }
    return take_command(receiver, received, &topic, err);
}

void receiver_free(struct receiver *receiver)
{
    if (receiver->memory != NULL)
        e4_wipe(receiver->memory, receiver->cap);
    free(receiver->memory);
    receiver->memory = NULL;
}
